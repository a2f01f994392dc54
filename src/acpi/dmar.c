/* SPDX-License-Identifier: BSD-2-Clause */
/* DMAR: which VT-d unit a PCI function is behind, and the memory it must go on seeing. */
#include "acpi.h"

#include "base/bits.h"

enum { DRHD, RMRR };

#define FIRST	    48u
#define INCLUDE_ALL 0x1u
#define OPT_IN	    0x4u /* firmware asks for protection against external devices */
#define SCOPE	    6u

enum { SCOPE_ENDPOINT = 1, SCOPE_BRIDGE = 2 };

static uint32_t least(uint16_t type)
{
	return type == DRHD ? 16 : type == RMRR ? 24 : 4;
}

static int piece_at(const struct table *t, uint32_t at, struct piece *p)
{
	*p = (struct piece){at, get16(t, at + 2)};
	if (t->n - at < 4 || p->n < least(get16(t, at)) || p->n > t->n - at)
		return any_acpi_error(t, -ANY_EINVAL, at, "a structure runs off the table");
	return 0;
}

/*
 * Does the way to the device pass through what the scope names? The scope begins on any bus of that
 * way and says a device and function for each step. An endpoint must be the device itself; below a
 * bridge everything is meant.
 */
static bool passes(const struct table *t, uint32_t at, uint32_t n, const struct any_acpi_device *d)
{
	unsigned steps = (n - SCOPE) / 2, i, k = 0;
	uint8_t type = get8(t, at), bus = get8(t, at + 5);

	for (i = 0; i < d->n_hops && d->hops[i].bus != bus; i++)
		;
	for (; i < d->n_hops && k < steps; i++, k++)
		if (d->hops[i].device != get8(t, at + SCOPE + 2 * k) ||
		    d->hops[i].function != get8(t, at + SCOPE + 2 * k + 1))
			return false;
	if (!steps || k < steps)
		return false;
	return type == SCOPE_BRIDGE || (type == SCOPE_ENDPOINT && i == d->n_hops);
}

/* 1: one of the scopes in [at, end) means the device; 0: none; negative: damaged. */
static int in_scope(const struct table *t, uint32_t at, uint32_t end,
		    const struct any_acpi_device *d)
{
	while (at < end) {
		uint8_t n = get8(t, at + 1);

		if (n < SCOPE || n > end - at)
			return any_acpi_error(t, -ANY_EINVAL, at,
					      "a device scope runs off its structure");
		if (passes(t, at, n, d))
			return 1;
		at += n;
	}
	return 0;
}

/* The unit that names the device; else the one of its segment that takes all the others. */
static int find_unit(const struct table *t, const struct any_acpi_device *d, uint32_t *unit)
{
	struct piece p;

	*unit = 0;
	for (uint32_t at = FIRST; at < t->n; at += p.n) {
		int err = piece_at(t, at, &p);

		if (err)
			return err;
		if (get16(t, at) != DRHD || get16(t, at + 6) != d->segment)
			continue;
		if (get8(t, at + 4) & INCLUDE_ALL) {
			if (!*unit)
				*unit = at;
			continue;
		}
		err = in_scope(t, at + 16, at + p.n, d);
		if (err < 0)
			return err;
		if (err) {
			*unit = at;
			return 0;
		}
	}
	return 0;
}

static int reserve(const struct table *t, const struct any_acpi_device *d,
		   struct any_acpi_answer *a)
{
	struct piece p;

	for (uint32_t at = FIRST; at < t->n; at += p.n) {
		uint64_t base = get64(t, at + 8), limit = get64(t, at + 16);
		int err = piece_at(t, at, &p);

		if (err)
			return err;
		if (get16(t, at) != RMRR || get16(t, at + 6) != d->segment)
			continue;
		err = in_scope(t, at + 24, at + p.n, d);
		if (err > 0)
			err = limit < base
				      ? any_acpi_error(t, -ANY_EINVAL, at,
						       "a memory range ends before it starts")
				      : any_acpi_reserve(t, at, a, base, limit - base + 1, true);
		if (err)
			return err;
	}
	return 0;
}

int any_acpi_read_dmar(const struct any_acpi *acpi, const struct any_acpi_device *d,
		       struct any_acpi_answer *a, struct any_platform_error *error)
{
	struct table t;
	uint32_t unit;
	int err = any_acpi_open(&t, &acpi->dmar, "DMAR", FIRST, error);

	if (err <= 0 || d->name)
		return err < 0 ? err : 0;
	a->platform.facts.untrusted |= d->external && (get8(&t, 37) & OPT_IN);
	err = find_unit(&t, d, &unit);
	if (err || !unit)
		return err;
	/* Every unit translates at least as many bits as the host has (said less one). */
	any_acpi_aperture(a, ANY_ACPI_UNIT_VTD, get64(&t, unit + 8), get8(&t, 36) + 1u);
	a->platform.machine.iommu.stream_id = a->alias = requester(d);
	err = any_acpi_reserve(&t, unit, a, 0xfee00000, 0x100000, false); /* interrupts */
	return err ? err : reserve(&t, d, a);
}

void any_acpi_vtd_registers(struct any_acpi_answer *answer, uint64_t cap, uint64_t ecap)
{
	struct any_platform_iommu *iommu = &answer->platform.machine.iommu;

	iommu->caching_mode = cap >> 7 & 1;
	iommu->write_buffer = cap >> 4 & 1;
	iommu->tables_noncoherent = !(ecap & 1);
	iommu->size = 1ull << any_min_u64((cap >> 16 & 63) + 1, 63);
}

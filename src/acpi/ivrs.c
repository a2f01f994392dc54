/* SPDX-License-Identifier: BSD-2-Clause */
/* IVRS: which AMD IOMMU a PCI function is behind, under whose id, and what must stay as it is. */
#include "acpi.h"

#include "base/bits.h"

#define FIRST 48u

enum { IVHD_10 = 0x10, IVHD_11 = 0x11, IVHD_40 = 0x40, IVMD_ALL = 0x20, IVMD_ONE, IVMD_RANGE };

enum {
	ENTRY_ALL = 1,
	ENTRY_SELECT = 2,
	ENTRY_FIRST = 3,
	ENTRY_LAST = 4,
	ENTRY_ALIAS = 0x42,
	ENTRY_ALIAS_FIRST = 0x43,
	ENTRY_EXT_SELECT = 0x46,
	ENTRY_EXT_FIRST = 0x47,
	ENTRY_NAMED = 0xf0,
};

static bool is_ivhd(uint8_t type)
{
	return type == IVHD_10 || type == IVHD_11 || type == IVHD_40;
}

static bool is_ivmd(uint8_t type)
{
	return type >= IVMD_ALL && type <= IVMD_RANGE;
}

static int piece_at(const struct table *t, uint32_t at, struct piece *p)
{
	uint8_t type = get8(t, at);
	uint32_t least = type == IVHD_10 ? 24 : is_ivhd(type) ? 40 : is_ivmd(type) ? 32 : 4;

	*p = (struct piece){at, get16(t, at + 2)};
	if (t->n - at < 4 || p->n < least || p->n > t->n - at)
		return any_acpi_error(t, -ANY_EINVAL, at, "a block runs off the table");
	return 0;
}

/* Of an entry, by its type; 0: no such thing. */
static uint32_t entry_bytes(const struct table *t, uint32_t at)
{
	uint8_t type = get8(t, at);

	if (type == ENTRY_NAMED)
		return 22u + get8(t, at + 21);
	return type < 64 ? 4 : type < 128 ? 8 : type < 192 ? 16 : 32;
}

struct cover {
	uint32_t id; /* asked for */
	bool yes;
	uint32_t alias; /* the id under which the IOMMU sees it */
	bool open;	/* in a range whose end has not come */
	uint32_t first, range_alias;
	bool aliased;
};

static void entry(const struct table *t, uint32_t at, struct cover *c)
{
	uint32_t id = get16(t, at + 1), source = get16(t, at + 5);
	uint8_t type = get8(t, at);

	switch (type) {
	case ENTRY_ALL:
		c->yes = true;
		c->alias = c->id;
		break;
	case ENTRY_SELECT:
	case ENTRY_EXT_SELECT:
	case ENTRY_ALIAS:
		if (id != c->id)
			break;
		c->yes = true;
		c->alias = type == ENTRY_ALIAS ? source : id;
		break;
	case ENTRY_FIRST:
	case ENTRY_EXT_FIRST:
	case ENTRY_ALIAS_FIRST:
		c->open = true;
		c->first = id;
		c->aliased = type == ENTRY_ALIAS_FIRST;
		c->range_alias = source;
		break;
	case ENTRY_LAST:
		if (c->open && c->id >= c->first && c->id <= id) {
			c->yes = true;
			c->alias = c->aliased ? c->range_alias : c->id;
		}
		c->open = false;
		break;
	default: /* padding, special devices, devices by name: not this one */
		break;
	}
}

static int covers(const struct table *t, const struct piece *p, struct cover *c)
{
	uint32_t at = p->at + (get8(t, p->at) == IVHD_10 ? 24 : 40), end = p->at + p->n, n;

	for (; at < end; at += n) {
		n = end - at < 4 ? 0 : entry_bytes(t, at);
		if (!n || n > end - at)
			return any_acpi_error(t, -ANY_EINVAL, at, "an entry runs off its block");
		entry(t, at, c);
	}
	return 0;
}

/* The same unit may be described several times: the highest type the reader knows counts. */
static int find_unit(const struct table *t, const struct any_acpi_device *d, uint32_t *unit,
		     uint32_t *alias)
{
	struct piece p;

	*unit = 0;
	for (uint32_t at = FIRST; at < t->n; at += p.n) {
		struct cover c = {.id = requester(d)};
		int err = piece_at(t, at, &p);

		if (err)
			return err;
		if (!is_ivhd(get8(t, at)) || get16(t, at + 16) != d->segment ||
		    (*unit && get8(t, at) < get8(t, *unit)))
			continue;
		err = covers(t, &p, &c);
		if (err)
			return err;
		if (c.yes) {
			*unit = at;
			*alias = c.alias;
		}
	}
	return 0;
}

static int reserve(const struct table *t, uint32_t id, struct any_acpi_answer *a)
{
	struct piece p;

	for (uint32_t at = FIRST; at < t->n; at += p.n) {
		int err = piece_at(t, at, &p);
		uint8_t type = get8(t, at);
		uint32_t first = get16(t, at + 4), last = get16(t, at + 6);

		if (err)
			return err;
		if (!is_ivmd(type) || (type == IVMD_ONE && id != first) ||
		    (type == IVMD_RANGE && (id < first || id > last)))
			continue;
		/* Unity or exclusion: either way the device goes on seeing it where it is. */
		err = any_acpi_reserve(t, at, a, get64(t, at + 16), get64(t, at + 24), true);
		if (err)
			return err;
	}
	return 0;
}

int any_acpi_read_ivrs(const struct any_acpi *acpi, const struct any_acpi_device *d,
		       struct any_acpi_answer *a, struct any_platform_error *error)
{
	struct table t;
	uint32_t unit, alias = 0, bits;
	int err = any_acpi_open(&t, &acpi->ivrs, "IVRS", FIRST, error);

	if (err <= 0 || d->name)
		return err < 0 ? err : 0;
	err = find_unit(&t, d, &unit, &alias);
	if (err || !unit)
		return err;
	bits = get32(&t, 36) >> 15 & 127; /* VASize */
	any_acpi_aperture(a, ANY_ACPI_UNIT_AMD, get64(&t, unit + 8), bits ? bits : 48);
	a->platform.machine.iommu.stream_id = a->alias = alias;
	err = any_acpi_reserve(&t, unit, a, 0xfee00000, 0x100000, false); /* interrupts */
	if (!err) /* HyperTransport's own addresses */
		err = any_acpi_reserve(&t, unit, a, 0xfd00000000, 0x300000000, false);
	return err ? err : reserve(&t, requester(d), a);
}

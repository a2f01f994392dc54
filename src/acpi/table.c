/* SPDX-License-Identifier: BSD-2-Clause */
#include "acpi.h"

#include "base/bits.h"

uint64_t any_acpi_get(const struct table *t, uint32_t at, unsigned bytes)
{
	uint64_t value = 0;

	if (at > t->n || bytes > t->n - at)
		return 0;
	for (unsigned i = bytes; i > 0; i--)
		value = value << 8 | t->p[at + i - 1];
	return value;
}

static void append(struct any_platform_error *error, const char *text)
{
	size_t n = 0;

	while (n < sizeof(error->text) && error->text[n])
		n++;
	while (n + 1 < sizeof(error->text) && *text)
		error->text[n++] = *text++;
	if (n < sizeof(error->text))
		error->text[n] = 0;
}

int any_acpi_error(const struct table *t, int err, uint32_t at, const char *what)
{
	static const char digits[] = "0123456789abcdef";
	char hex[] = ": at 0x00000000: ";

	for (unsigned i = 0; i < 8; i++)
		hex[7 + i] = digits[at >> (28 - 4 * i) & 15];
	t->error->text[0] = 0;
	append(t->error, t->name);
	append(t->error, hex);
	append(t->error, what);
	return err;
}

int any_acpi_open(struct table *t, const struct any_acpi_table *from, const char *name,
		  uint32_t least, struct any_platform_error *error)
{
	uint8_t sum = 0;

	*t = (struct table){from->data, (uint32_t)any_min_u64(from->size, UINT32_MAX), name, error};
	if (!from->data)
		return 0;
	if (t->n < ACPI_HEADER)
		return any_acpi_error(t, -ANY_EINVAL, 0, "is shorter than a table header");
	for (unsigned i = 0; i < 4; i++)
		if (t->p[i] != (uint8_t)name[i])
			return any_acpi_error(t, -ANY_EINVAL, 0, "has another table's signature");
	if (get32(t, 4) > t->n || get32(t, 4) < least)
		return any_acpi_error(t, -ANY_EINVAL, 4, "has a length that cannot be");
	t->n = get32(t, 4);
	for (uint32_t i = 0; i < t->n; i++)
		sum = (uint8_t)(sum + t->p[i]);
	return sum ? any_acpi_error(t, -ANY_EINVAL, 9, "the bytes do not add up to the checksum")
		   : 1;
}

int any_acpi_reserve(const struct table *t, uint32_t at, struct any_acpi_answer *a, uint64_t base,
		     uint64_t size, bool unity)
{
	struct any_platform_iommu *iommu = &a->platform.machine.iommu;

	if (!size || base + (size - 1) < base)
		return any_acpi_error(t, -ANY_EINVAL, at, "a memory range is empty or wraps");
	if (iommu->n_holes == ANY_PLATFORM_HOLES || (unity && a->n_unity == ANY_ACPI_UNITY))
		return any_acpi_error(t, -ANY_ENOSPC, at, "more memory ranges than fit");
	iommu->holes[iommu->n_holes++] = (struct any_platform_range){base, size};
	if (unity)
		a->unity[a->n_unity++] = (struct any_platform_range){base, size};
	return 0;
}

void any_acpi_aperture(struct any_acpi_answer *a, enum any_acpi_unit unit, uint64_t base,
		       unsigned bits)
{
	struct any_platform_iommu *iommu = &a->platform.machine.iommu;

	a->unit = unit;
	a->unit_base = base;
	iommu->present = true;
	iommu->granule = 4096;
	iommu->size = 1ull << (bits < 12 ? 12 : bits > 63 ? 63 : bits);
}

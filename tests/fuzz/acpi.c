/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as IORT, DMAR or IVRS: one clear line or facts that hold together. The first bytes name
 * the table and the device; signature, length and checksum are mended, so that more than the front
 * door is tried.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/acpi.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void mend(uint8_t *table, size_t size, const char *name)
{
	uint8_t sum = 0;

	if (size < 36)
		return;
	memcpy(table, name, 4);
	for (unsigned i = 0; i < 4; i++)
		table[4 + i] = (uint8_t)(size >> 8 * i);
	table[9] = 0;
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + table[i]);
	table[9] = (uint8_t)-sum;
}

static void check(const struct any_acpi_answer *a)
{
	const struct any_platform_iommu *iommu = &a->platform.machine.iommu;

	require(a->n_unity <= ANY_ACPI_UNITY && iommu->n_holes <= ANY_PLATFORM_HOLES);
	for (uint32_t i = 0; i < iommu->n_holes; i++)
		require(iommu->holes[i].size &&
			iommu->holes[i].base + (iommu->holes[i].size - 1) >= iommu->holes[i].base);
	require(iommu->present == (a->unit != ANY_ACPI_UNIT_NONE));
	require(!iommu->present || (iommu->size && !(iommu->size & (iommu->granule - 1))));
}

/* From a table that stands by itself: sysfs gives them so. What the device is, is in the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char names[][5] = {"IORT", "DMAR", "IVRS"};
	static struct any_acpi_answer a;
	struct any_platform_error error = {""};
	struct any_acpi acpi = {.cca_required = false};
	struct any_acpi_table *slots[] = {&acpi.iort, &acpi.dmar, &acpi.ivrs};
	struct any_acpi_device d = {.n_hops = 1};
	uint8_t *table;
	unsigned which;

	if (size < 8)
		return 0;
	which = data[0] % 3;
	d.name = data[0] & 0x80 ? "\\_SB.ETH0" : NULL;
	d.segment = data[1];
	d.external = data[2] & 1;
	d.n_hops = 1 + (data[2] >> 7);
	memcpy(&d.hops[0], data + 3, 3);
	d.hops[1] = (struct any_acpi_hop){data[6], data[7] >> 3, data[7] & 7};
	size -= 8;
	table = malloc(size ? size : 1); /* ASan guards its end */
	require(table != NULL);
	memcpy(table, data + 8, size);
	mend(table, size, names[which]);
	*slots[which] = (struct any_acpi_table){table, size};
	if (any_acpi_read(&acpi, &d, &a, &error))
		require(error.text[0] && !strchr(error.text, '\n'));
	else
		check(&a);
	free(table);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* From the root pointer to the tables this reader knows, in a memory that may hold anything. */
#include "acpi.h"

#define ROOT_OLD 20u /* bytes of the root pointer that the first checksum is over */
#define ROOT_NEW 36u
#define MOST	 (1u << 20) /* bytes of a table worth believing */
#define MCFG	 44u	    /* its first entry */
#define ENTRY	 16u
#define BUS	 (1u << 20) /* bytes of configuration space */

static bool adds_up(const uint8_t *p, uint32_t n)
{
	uint8_t sum = 0;

	while (n)
		sum = (uint8_t)(sum + p[--n]);
	return !sum;
}

/* As many bytes as the table says it has; size 0: it is nowhere, or says nonsense. */
static struct any_acpi_table table_at(const struct any_acpi_memory *memory, uint64_t phys)
{
	struct table head = {memory->map(memory->ctx, phys, ACPI_HEADER), ACPI_HEADER, "", NULL};
	uint32_t size;

	if (!head.p)
		return (struct any_acpi_table){NULL, 0};
	size = get32(&head, 4);
	if (size < ACPI_HEADER || size > MOST)
		return (struct any_acpi_table){NULL, 0};
	head.p = memory->map(memory->ctx, phys, size);
	return (struct any_acpi_table){head.p, head.p ? size : 0};
}

/* The list of tables: XSDT, or RSDT in machines older than it. */
static int list_of(const struct any_acpi_memory *memory, uint64_t rsdp, struct table *list,
		   struct any_platform_error *error)
{
	static const char signature[] = "RSD PTR ";
	struct table root = {memory->map(memory->ctx, rsdp, ROOT_OLD), ROOT_OLD, "RSDP", error};
	struct any_acpi_table found;
	uint64_t at;
	bool wide;

	if (!root.p)
		return any_acpi_error(&root, -ANY_ENOENT, 0, "is not in memory");
	for (unsigned i = 0; i < 8; i++)
		if (root.p[i] != (uint8_t)signature[i])
			return any_acpi_error(&root, -ANY_ENOENT, 0, "is something else");
	if (!adds_up(root.p, ROOT_OLD))
		return any_acpi_error(&root, -ANY_EINVAL, 8,
				      "the bytes do not add up to the checksum");
	at = get32(&root, 16);
	wide = get8(&root, 15) >= 2;
	if (wide) {
		root.p = memory->map(memory->ctx, rsdp, ROOT_NEW);
		root.n = ROOT_NEW;
		if (!root.p || !adds_up(root.p, ROOT_NEW))
			return any_acpi_error(&root, -ANY_EINVAL, 32,
					      "the bytes do not add up to the checksum");
		wide = get64(&root, 24);
		at = wide ? get64(&root, 24) : at;
	}
	found = table_at(memory, at);
	if (!found.data)
		return any_acpi_error(&root, -ANY_EINVAL, wide ? 24 : 16,
				      "its list of tables is not in memory");
	return any_acpi_open(list, &found, wide ? "XSDT" : "RSDT", ACPI_HEADER, error);
}

/* The first of each kind; what the list names besides, or in vain, is passed over. */
static void take(struct any_acpi_table *to, const char *name, const struct any_acpi_table *table)
{
	const uint8_t *p = table->data;

	for (unsigned i = 0; i < 4; i++)
		if (p[i] != (uint8_t)name[i])
			return;
	if (!to->data)
		*to = *table;
}

int any_acpi_find(const struct any_acpi_memory *memory, uint64_t rsdp, struct any_acpi *out,
		  struct any_platform_error *error)
{
	struct any_acpi found = {.cca_required = false};
	struct table list;
	uint32_t step;
	int err = list_of(memory, rsdp, &list, error);

	if (err < 0)
		return err;
	step = list.name[0] == 'X' ? 8 : 4;

	for (uint32_t at = ACPI_HEADER; at + step <= list.n; at += step) {
		const struct any_acpi_table table = table_at(memory, any_acpi_get(&list, at, step));

		if (!table.data)
			continue;
		take(&found.iort, "IORT", &table);
		take(&found.dmar, "DMAR", &table);
		take(&found.ivrs, "IVRS", &table);
		take(&found.mcfg, "MCFG", &table);
	}
	found.cca_required = out->cca_required;
	*out = found;
	return 0;
}

int any_acpi_ecam(const struct any_acpi *acpi, uint16_t segment, struct any_acpi_ecam *out,
		  struct any_platform_error *error)
{
	struct table t;
	int err = any_acpi_open(&t, &acpi->mcfg, "MCFG", MCFG, error);

	for (uint32_t at = MCFG; err > 0 && at + ENTRY <= t.n; at += ENTRY) {
		const struct any_acpi_ecam e = {get64(&t, at), get8(&t, at + 10),
						get8(&t, at + 11)};

		if (get16(&t, at + 8) != segment)
			continue;
		if (!e.base || e.base % BUS || e.first > e.last ||
		    e.base > UINT64_MAX - 256ull * BUS)
			return any_acpi_error(&t, -ANY_EINVAL, at, "no place for these buses");
		*out = e;
		return 0;
	}
	return err < 0 ? err : -ANY_ENOENT;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading tables that may lie: every access is within bounds, every failure names table and offset.
 */
#ifndef ANYDMA_ACPI_ACPI_H
#define ANYDMA_ACPI_ACPI_H

#include <anydma/acpi.h>

#define ACPI_HEADER 36u

struct table {
	const uint8_t *p;
	uint32_t n;
	const char *name; /* four letters */
	struct any_platform_error *error;
};

/* One structure inside a table: where it is and how long it says it is; it lies inside. */
struct piece {
	uint32_t at, n;
};

/* Little endian, whatever the host; 0 outside the table. */
uint64_t any_acpi_get(const struct table *t, uint32_t at, unsigned bytes);

static inline uint8_t get8(const struct table *t, uint32_t at)
{
	return (uint8_t)any_acpi_get(t, at, 1);
}

static inline uint16_t get16(const struct table *t, uint32_t at)
{
	return (uint16_t)any_acpi_get(t, at, 2);
}

static inline uint32_t get32(const struct table *t, uint32_t at)
{
	return (uint32_t)any_acpi_get(t, at, 4);
}

static inline uint64_t get64(const struct table *t, uint32_t at)
{
	return any_acpi_get(t, at, 8);
}

/* 1: there is such a table and it is sound; 0: the machine has none; negative: damaged. */
int any_acpi_open(struct table *t, const struct any_acpi_table *from, const char *name,
		  uint32_t least, struct any_platform_error *error);
/* Writes "IORT: at 0x30: what" and returns err. */
int any_acpi_error(const struct table *t, int err, uint32_t at, const char *what);

/* Memory that stays as it is: a hole of the IOVA space and, with `unity`, mapped one to one. */
int any_acpi_reserve(const struct table *t, uint32_t at, struct any_acpi_answer *a, uint64_t base,
		     uint64_t size, bool unity);
/* An IOMMU that translates [0, 2^bits). */
void any_acpi_aperture(struct any_acpi_answer *a, enum any_acpi_unit unit, uint64_t base,
		       unsigned bits);

/* bus << 8 | device << 3 | function of the last hop. */
static inline uint16_t function_of(const struct any_acpi_device *d)
{
	const struct any_acpi_hop *h = &d->hops[d->n_hops ? d->n_hops - 1 : 0];

	return (uint16_t)(h->bus << 8 | (h->device & 31) << 3 | (h->function & 7));
}

/* What an IOMMU sees of it. */
static inline uint16_t requester(const struct any_acpi_device *d)
{
	return d->aliased ? d->alias : function_of(d);
}

/* One file a source; read.c calls them in this order. */
int any_acpi_read_methods(const struct any_acpi *acpi, const struct any_acpi_device *d,
			  struct any_acpi_answer *a, bool *has_cca, bool *has_dma,
			  struct any_platform_error *error);
int any_acpi_read_iort(const struct any_acpi *acpi, const struct any_acpi_device *d,
		       struct any_acpi_answer *a, bool *has_cca, bool has_dma,
		       struct any_platform_error *error);
int any_acpi_read_dmar(const struct any_acpi *acpi, const struct any_acpi_device *d,
		       struct any_acpi_answer *a, struct any_platform_error *error);
int any_acpi_read_ivrs(const struct any_acpi *acpi, const struct any_acpi_device *d,
		       struct any_acpi_answer *a, struct any_platform_error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables that iasl built, and the same with a byte changed. */
#ifndef ANYDMA_TESTS_ACPI_TABLES_H
#define ANYDMA_TESTS_ACPI_TABLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/acpi.h>
#include <anydma/endian.h>

struct blob {
	uint8_t bytes[1024];
	size_t size;
};

/* The table that the build's iasl made of this folder's source. */
static inline void load(struct blob *b, const char *path)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	b->size = fread(b->bytes, 1, sizeof(b->bytes), f);
	fclose(f);
	assert_true(b->size > 36 && b->size < sizeof(b->bytes));
}

/* As firmware would: length and checksum follow the contents. */
static inline void seal(struct blob *b)
{
	uint8_t sum = 0;

	for (unsigned i = 0; i < 4; i++)
		b->bytes[4 + i] = (uint8_t)(b->size >> 8 * i);
	b->bytes[9] = 0;
	for (size_t i = 0; i < b->size; i++)
		sum = (uint8_t)(sum + b->bytes[i]);
	b->bytes[9] = (uint8_t)-sum;
}

static inline void put(struct blob *b, size_t at, unsigned n, uint64_t value)
{
	for (unsigned i = 0; i < n; i++)
		b->bytes[at + i] = (uint8_t)(value >> 8 * i);
	seal(b);
}

static inline struct any_acpi_table table_of(const struct blob *b)
{
	return (struct any_acpi_table){b->bytes, b->size};
}

static inline struct any_acpi_device function(uint8_t bus, uint8_t device, uint8_t fn)
{
	return (struct any_acpi_device){.n_hops = 1, .hops = {{bus, device, fn}}};
}

static inline void assert_range(const struct any_platform_range *r, uint64_t base, uint64_t size)
{
	assert_int_equal(r->base, base);
	assert_int_equal(r->size, size);
}

/* Every length at which the table may be cut gives a clear line, and nothing is read beyond. */
static inline void assert_cuts_are_refused(const struct blob *whole, struct any_acpi_table *slot,
					   struct any_acpi *acpi, const struct any_acpi_device *d)
{
	for (size_t n = 0; n < whole->size; n++) {
		struct any_platform_error error;
		struct any_acpi_answer a;
		struct blob cut = *whole;

		memset(&a, 0x5a, sizeof(a));
		cut.size = n;
		*slot = (struct any_acpi_table){cut.bytes, n}; /* the length says more */
		assert_int_equal(any_acpi_read(acpi, d, &a, &error), -ANY_EINVAL);
		assert_true(error.text[0] && !strchr(error.text, '\n'));
		assert_int_equal(a.unit, 0x5a5a5a5a);
	}
}

#endif

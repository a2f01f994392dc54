/* SPDX-License-Identifier: BSD-2-Clause */
/* Small trees for tests, written with libfdt's sequential functions. */
#ifndef TREE_BUILDER_H
#define TREE_BUILDER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <libfdt.h>
#include <string.h>

#include <anydma/platform.h>

struct builder {
	uint8_t blob[16384];
};

static inline void begin(struct builder *b)
{
	assert_int_equal(fdt_create(b->blob, sizeof(b->blob)), 0);
	assert_int_equal(fdt_finish_reservemap(b->blob), 0);
	assert_int_equal(fdt_begin_node(b->blob, ""), 0);
}

static inline void node(struct builder *b, const char *name)
{
	assert_int_equal(fdt_begin_node(b->blob, name), 0);
}

static inline void end(struct builder *b)
{
	assert_int_equal(fdt_end_node(b->blob), 0);
}

static inline void text(struct builder *b, const char *name, const char *value)
{
	assert_int_equal(fdt_property(b->blob, name, value, (int)strlen(value) + 1), 0);
}

static inline void flag(struct builder *b, const char *name)
{
	assert_int_equal(fdt_property(b->blob, name, NULL, 0), 0);
}

/* n cells */
static inline void cells(struct builder *b, const char *name, unsigned n, ...)
{
	fdt32_t value[64];
	va_list args;

	va_start(args, n);
	for (unsigned i = 0; i < n; i++)
		value[i] = cpu_to_fdt32(va_arg(args, uint32_t));
	va_end(args);
	assert_int_equal(fdt_property(b->blob, name, value, (int)(4 * n)), 0);
}

/* Root with 2/2 cells, 1 GiB at 0, /chosen for `device`; the caller goes on inside the root. */
static inline void board(struct builder *b, const char *device)
{
	begin(b);
	cells(b, "#address-cells", 1, 2u);
	cells(b, "#size-cells", 1, 2u);
	text(b, "compatible", "test,board");
	node(b, "chosen");
	text(b, "anydma,device", device);
	end(b);
	node(b, "memory@0");
	text(b, "device_type", "memory");
	cells(b, "reg", 4, 0u, 0u, 0u, 0x40000000u);
	end(b);
}

static inline int finish(struct builder *b, struct any_platform *p, struct any_platform_error *e)
{
	end(b);
	assert_int_equal(fdt_finish(b->blob), 0);
	return any_platform_read(b->blob, sizeof(b->blob), NULL, p, e);
}

#endif

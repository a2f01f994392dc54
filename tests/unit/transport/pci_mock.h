/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One PCI function by hand: configuration space with base address registers that can be sized, and
 * three BARs whose registers are noted and answered by the test (arch/any_arch.h).
 */
#ifndef ANYDMA_TESTS_PCI_MOCK_H
#define ANYDMA_TESTS_PCI_MOCK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/virtio/pci.h>

#include "any_arch.h"

#define BAR_BYTES 0x4000u
#define BAR_BUS	  0xe0000000ull /* BAR 0; each 16 KiB behind the last */

struct pci_mock {
	uint8_t space[256];
	uint32_t sizes[6]; /* what a size probe reads; 0: no register */
	uint8_t bars[6][BAR_BYTES];
	uint32_t next; /* of the capabilities */
	uint32_t reads;
	bool decoding_while_sized;
	char text[2048];
};

extern struct pci_mock mock;

static inline uint32_t space_get(uint32_t at, unsigned width)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)mock.space[(at + i) & 255] << 8 * i;
	return value;
}

static inline void space_put(uint32_t at, unsigned width, uint32_t value)
{
	for (unsigned i = 0; i < width; i++)
		mock.space[(at + i) & 255] = (uint8_t)(value >> 8 * i);
}

static inline void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void note(const char *format, ...)
{
	const size_t at = strlen(mock.text);
	va_list args;

	va_start(args, format);
	vsnprintf(mock.text + at, sizeof(mock.text) - at, format, args);
	va_end(args);
}

static inline uint32_t mock_config_read(void *ctx, uint32_t offset, unsigned width)
{
	(void)ctx;
	assert_true(offset + width <= 256 && offset % width == 0);
	mock.reads++;
	return space_get(offset, width);
}

static inline void mock_config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	(void)ctx;
	assert_true(offset == 4 || (offset >= 0x10 && offset < 0x28) || offset >= 0x40);
	if (offset >= 0x10 && offset < 0x28) {
		const unsigned bar = (offset - 0x10) / 4;

		mock.decoding_while_sized |= (value == UINT32_MAX && (mock.space[4] & 2));
		/* type bits are hard-wired, address bits below the size are too */
		value = (value & mock.sizes[bar]) | (space_get(offset, 4) & 0xf & ~mock.sizes[bar]);
	} else if (offset != 4) {
		note("c%x=%x ", (unsigned)offset, (unsigned)value);
	}
	space_put(offset, width, value);
}

static inline volatile void *mock_map(void *ctx, uint64_t bus, uint64_t size)
{
	const uint64_t at = bus - BAR_BUS;

	(void)ctx;
	if (at >= 6 * BAR_BYTES || size > BAR_BYTES - at % BAR_BYTES)
		return NULL;
	return &mock.bars[at / BAR_BYTES][at % BAR_BYTES];
}

static const struct any_pci_ops mock_ops = {mock_config_read, mock_config_write, mock_map};
static const struct any_pci_function mock_fn = {&mock_ops, NULL};

/* A 32-bit memory BAR of 16 KiB with an address. */
static inline void mock_bar(unsigned n)
{
	mock.sizes[n] = ~(BAR_BYTES - 1);
	space_put(0x10 + 4 * n, 4, (uint32_t)BAR_BUS + n * BAR_BYTES);
}

/* One capability behind the last; returns where it lies. */
static inline uint32_t mock_cap(uint8_t id, uint8_t len)
{
	const uint32_t at = mock.next;
	uint32_t last = 0x34, cap = mock.space[0x34];

	while (cap) {
		last = cap + 1;
		cap = mock.space[cap + 1];
	}
	mock.space[last] = (uint8_t)at;
	mock.space[at] = id;
	mock.space[at + 1] = 0;
	mock.space[at + 2] = len;
	mock.next += (len + 3u) & ~3u;
	return at;
}

static inline uint32_t mock_structure(uint8_t type, uint8_t bar, uint32_t offset, uint32_t len)
{
	const uint32_t at = mock_cap(9, type == 2 ? 20 : 16);

	mock.space[at + 3] = type;
	mock.space[at + 4] = bar;
	space_put(at + 8, 4, offset);
	space_put(at + 12, 4, len);
	if (type == 2)
		space_put(at + 16, 4, 4);
	return at;
}

/* A device without capabilities. */
static inline void mock_blank(void)
{
	memset(&mock, 0, sizeof(mock));
	space_put(0, 4, 0x10421af4); /* block */
	space_put(6, 2, 0x10);
	mock.next = 0x40;
	mock_bar(0);
	mock_bar(4);
}

/* As QEMU has it: everything in BAR 4, doorbells 4 bytes apart. */
static inline void mock_usual(void)
{
	mock_blank();
	mock_structure(1, 4, 0x0, 0x40);
	mock_structure(3, 4, 0x1000, 1);
	mock_structure(4, 4, 0x2000, 0x3c);
	mock_structure(2, 4, 0x3000, 0x1000);
}

#endif

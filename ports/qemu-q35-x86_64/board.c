/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's q35: COM1, PCI by ports, no devicetree; firmware has given the BARs their addresses. */
#include "any_arch.h"
#include "../shared/port.h"

#define COM1	 0x3f8u
#define POWER	 0x604u /* PM1a control: S5 is 0x2000 */
#define ADDRESS	 0xcf8u
#define DATA	 0xcfcu
#define UNCACHED (4ull << 30) /* where the first GiB is seen once more, past the caches */
#define HEAP	 (8u << 20)
#define COHERENT (2u << 20)

_Noreturn void board_main(void);

static uint8_t heap[HEAP] __attribute__((aligned(1u << 20)));
static uint8_t coherent[COHERENT] __attribute__((aligned(1u << 20)));

#define PORT_IO(type, suffix)                                                                      \
	static inline type in##suffix(uint16_t at)                                                 \
	{                                                                                          \
		type value;                                                                        \
                                                                                                   \
		__asm__ volatile("in %1, %0" : "=a"(value) : "Nd"(at));                            \
		return value;                                                                      \
	}                                                                                          \
	static inline void out##suffix(uint16_t at, type value)                                    \
	{                                                                                          \
		__asm__ volatile("out %0, %1" ::"a"(value), "Nd"(at));                             \
	}

PORT_IO(uint8_t, 8)
PORT_IO(uint16_t, 16)
PORT_IO(uint32_t, 32)

static void put(char c)
{
	while (!(in8(COM1 + 5) & 0x20u))
		;
	out8(COM1, (uint8_t)c);
}

_Noreturn static void off(void)
{
	out16(POWER, 0x2000);
	for (;;)
		__asm__ volatile("hlt");
}

/* ---- caches: there is no invalidate that does not write back, and none is needed here */

static uintptr_t line(void)
{
	uint32_t a = 1, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return (b >> 8 & 0xff) * 8;
}

static void clean_inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	const uintptr_t step = line(), end = (uintptr_t)va + len;

	(void)ctx;
	(void)phys;
	for (uintptr_t at = (uintptr_t)va & ~(step - 1); at < end; at += step)
		__asm__ volatile("clflushopt (%0)" ::"r"(at) : "memory");
}

/* CLFLUSHOPT is ordered by a fence; the partner is the device's first access after the doorbell. */
static void sync(void *ctx)
{
	(void)ctx;
	__asm__ volatile("mfence" ::: "memory");
}

static const struct any_dma_cache_ops cache = {clean_inval, clean_inval, clean_inval, sync};

static void drain(void *ctx, enum any_dma_dir dir)
{
	(void)ctx;
	(void)dir;
	__asm__ volatile("mfence" ::: "memory");
}

static volatile void *map(uint64_t phys, uint64_t size)
{
	return phys + (size - 1) < UNCACHED ? (volatile void *)phys : NULL;
}

/* ---- PCI: the address port selects, parts of the data port are parts of the register */

static void select(uint32_t function, uint32_t offset)
{
	out32(ADDRESS, 0x80000000u | function << 8 | (offset & ~3u));
}

static uint32_t pci_read(const struct port_pci *host, uint32_t function, uint32_t offset,
			 unsigned width)
{
	const uint16_t at = (uint16_t)(DATA + (offset & 3u));

	(void)host;
	select(function, offset);
	return width == 1 ? in8(at) : width == 2 ? in16(at) : in32(at);
}

static void pci_write(const struct port_pci *host, uint32_t function, uint32_t offset,
		      unsigned width, uint32_t value)
{
	const uint16_t at = (uint16_t)(DATA + (offset & 3u));

	(void)host;
	select(function, offset);
	if (width == 1)
		out8(at, (uint8_t)value);
	else if (width == 2)
		out16(at, (uint16_t)value);
	else
		out32(at, value);
}

_Noreturn void board_main(void)
{
	static const struct port_pci pci = {
		.read = pci_read,
		.write = pci_write,
		.ranges = {{.size = UNCACHED}},
		.n_ranges = 1,
	};
	static struct port board = {
		.name = "qemu-q35-x86_64",
		.heap = {.cpu = heap, .size = HEAP},
		.uncached = {.size = COHERENT},
		.coherent = coherent,
		.pci = &pci,
		.cache = &cache,
		.drain = drain,
		.map = map,
		.put = put,
		.off = off,
	};

	board.heap.phys = any_phys((uintptr_t)heap);
	board.uncached.phys = any_phys((uintptr_t)coherent);
	board.uncached.cpu = (void *)(UNCACHED + (uintptr_t)coherent);
	board.line = (uint32_t)line();
	port_main(&board);
}

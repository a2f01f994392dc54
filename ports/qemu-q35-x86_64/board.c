/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's q35: COM1, ACPI and no devicetree; firmware has given the BARs their addresses. */
#include "any_arch.h"
#include "../shared/lines.h"

#define COM1	 0x3f8u
#define POWER	 0x604u	      /* PM1a control: S5 is 0x2000 */
#define UNCACHED (4ull << 30) /* where the first GiB is seen once more, past the caches */
#define HEAP	 (8u << 20)
#define COHERENT (2u << 20)

/* What QEMU hands to a PVH image (Xen's hvm_start_info). */
struct start_info {
	uint32_t magic, version, flags, n_modules;
	uint64_t modules, command_line, rsdp;
};
#define START_MAGIC 0x336ec578u

_Noreturn void board_main(const struct start_info *start);

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

PORT_EACH_LINE(clean_inval, line(), __asm__ volatile("clflushopt (%0)" ::"r"(at) : "memory"))

/* CLFLUSHOPT is ordered by a fence; the partner is the device's first access after the doorbell. */
PORT_BARRIER(sync, drain, "mfence")

static const struct any_dma_cache_ops cache = {clean_inval, clean_inval, clean_inval, sync};

static volatile void *map(uint64_t phys, uint64_t size)
{
	return phys + (size - 1) < UNCACHED ? (volatile void *)phys : NULL;
}

_Noreturn void board_main(const struct start_info *start)
{
	static const struct port_pci pci = {
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
	port = &board;
	if (start->magic != START_MAGIC || !start->rsdp)
		port_panic("not started as PVH has it, or without ACPI");
	board.rsdp = start->rsdp;
	port_main(&board);
}

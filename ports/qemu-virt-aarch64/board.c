/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's virt machine, 64-bit Arm: PL011, PSCI by hvc, the devicetree at the start of RAM. */
#include <libfdt.h>

#include "any_arch.h"
#include "../shared/lines.h"

#define GIB	 (1ull << 30)
#define RAM	 0x40000000ull
#define UART	 0x09000000ull
#define UNCACHED (300ull * GIB) /* where RAM is seen once more, past the caches */
#define HEAP	 (8u << 20)
#define COHERENT (2u << 20)

#define BLOCK	     0x401ull /* valid block, access flag */
#define OUTER	     (2ull << 8)
#define INNER	     (3ull << 8)
#define ATTR(n)	     ((uint64_t)(n) << 2)
#define NEVER_CODE   (3ull << 53)
#define DEVICE_BLOCK (BLOCK | ATTR(0) | NEVER_CODE)
#define CACHED_BLOCK (BLOCK | ATTR(1) | INNER)
#define BYPASS_BLOCK (BLOCK | ATTR(2) | OUTER | NEVER_CODE)

void board_fill_tables(uint64_t *table);
_Noreturn void board_main(void);
_Noreturn void board_exception(uint64_t esr, uint64_t elr, uint64_t far);

uint64_t board_tables[512] __attribute__((aligned(4096)));
static uint8_t heap[HEAP] __attribute__((aligned(1u << 20)));
static uint8_t coherent[COHERENT] __attribute__((aligned(1u << 20)));

void board_fill_tables(uint64_t *table)
{
	for (uint64_t i = 0; i < 512; i++)
		table[i] = i * GIB | DEVICE_BLOCK; /* 256: the host bridge's ECAM */
	for (uint64_t i = RAM / GIB; i < RAM / GIB + 4; i++)
		table[i] = i * GIB | CACHED_BLOCK;
	table[UNCACHED / GIB] = RAM | BYPASS_BLOCK;
}

static void put(char c)
{
	volatile uint8_t *uart = (volatile uint8_t *)UART;

	while (any_mmio_read32(uart + 0x18) & 0x20u)
		;
	any_mmio_write32(uart, (unsigned char)c);
}

_Noreturn static void off(void)
{
	register uint64_t function __asm__("x0") = 0x84000008; /* SYSTEM_OFF */

	__asm__ volatile("hvc #0" : "+r"(function)::"x1", "x2", "x3", "memory");
	for (;;)
		__asm__ volatile("wfi");
}

_Noreturn void board_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
	if (!port) /* before the board is known there is nobody to tell */
		off();
	port_say("# exception: esr %llx, at %llx, address %llx\n", (unsigned long long)esr,
		 (unsigned long long)elr, (unsigned long long)far);
	port_panic("an exception");
}

/* ---- caches: the line is the smallest of any data cache (CTR_EL0.DminLine, in words) */

static uintptr_t line(void)
{
	uint64_t ctr;

	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	return 4u << (ctr >> 16 & 0xf);
}

PORT_EACH_LINE(clean, line(), __asm__ volatile("dc cvac, %0" ::"r"(at) : "memory"))
PORT_EACH_LINE(inval, line(), __asm__ volatile("dc ivac, %0" ::"r"(at) : "memory"))
PORT_EACH_LINE(clean_inval, line(), __asm__ volatile("dc civac, %0" ::"r"(at) : "memory"))

/* Maintenance completes at a DSB; the partner is the device's first access after the doorbell. */
PORT_BARRIER(sync, drain, "dsb sy")

static const struct any_dma_cache_ops cache = {clean, inval, clean_inval, sync};

static volatile void *map(uint64_t phys, uint64_t size)
{
	return phys + (size - 1) < 512 * GIB ? (volatile void *)phys : NULL;
}

_Noreturn void board_main(void)
{
	static struct port board = {
		.name = "qemu-virt-aarch64",
		.dtb = (const void *)RAM,
		.heap = {.cpu = heap, .size = HEAP},
		.uncached = {.size = COHERENT},
		.coherent = coherent,
		.cache = &cache,
		.drain = drain,
		.map = map,
		.put = put,
		.off = off,
	};

	port = &board;
	board.heap.phys = any_phys((uintptr_t)heap);
	board.uncached.phys = any_phys((uintptr_t)coherent);
	board.uncached.cpu = (void *)(UNCACHED + ((uintptr_t)coherent - RAM));
	board.line = (uint32_t)line();
	if (fdt_check_header(board.dtb))
		port_panic("no devicetree at the start of memory");
	board.dtb_size = fdt_totalsize(board.dtb);
	port_main(&board);
}

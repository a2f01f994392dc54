/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's virt machine, 32-bit Arm: PL011, PSCI by hvc, the devicetree at the start of RAM. */
#include <libfdt.h>

#include "any_arch.h"
#include "../shared/lines.h"

#define MIB	 (1u << 20)
#define RAM	 0x40000000u
#define RAM_MIB	 256u
#define UART	 0x09000000u
#define UNCACHED 0xc0000000u /* where RAM is seen once more, past the caches */
#define HEAP	 (8u << 20)
#define COHERENT (2u << 20)

/* Short descriptors: a section, readable and writable by the kernel; TEX, C and B say the rest. */
#define SECTION	       0x00c02u
#define NEVER_CODE     0x00010u
#define SHARED	       0x10000u
#define NORMAL	       0x01000u
#define WRITE_BACK     0x0000cu
#define DEVICE_SECTION (SECTION | 0x4u | NEVER_CODE)
#define CACHED_SECTION (SECTION | NORMAL | WRITE_BACK | SHARED)
#define BYPASS_SECTION (SECTION | NORMAL | SHARED | NEVER_CODE)

void board_fill_tables(uint32_t *table);
_Noreturn void board_main(void);
_Noreturn void board_exception(uint32_t status, uint32_t pc, uint32_t address);
void board_psci(uint32_t function);

uint32_t board_tables[4096] __attribute__((aligned(16384)));
static uint8_t heap[HEAP] __attribute__((aligned(1u << 20)));
static uint8_t coherent[COHERENT] __attribute__((aligned(1u << 20)));

void board_fill_tables(uint32_t *table)
{
	for (uint32_t i = 0; i < 4096; i++)
		table[i] = i * MIB | DEVICE_SECTION;
	for (uint32_t i = 0; i < RAM_MIB; i++) {
		table[RAM / MIB + i] = (RAM + i * MIB) | CACHED_SECTION;
		table[UNCACHED / MIB + i] = (RAM + i * MIB) | BYPASS_SECTION;
	}
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
	board_psci(0x84000008); /* SYSTEM_OFF */
	for (;;)
		__asm__ volatile("wfi");
}

_Noreturn void board_exception(uint32_t status, uint32_t pc, uint32_t address)
{
	if (!port) /* before the board is known there is nobody to tell */
		off();
	port_say("# exception: dfsr %x, at %x, address %x\n", (unsigned)status, (unsigned)pc,
		 (unsigned)address);
	port_panic("an exception");
}

/* ---- caches: the line is the smallest of any data cache (CTR.DminLine, in words) */

static uintptr_t line(void)
{
	uint32_t ctr;

	__asm__("mrc p15, 0, %0, c0, c0, 1" : "=r"(ctr));
	return 4u << (ctr >> 16 & 0xf);
}

PORT_EACH_LINE(clean, line(), __asm__ volatile("mcr p15, 0, %0, c7, c10, 1" ::"r"(at) : "memory"))
PORT_EACH_LINE(inval, line(), __asm__ volatile("mcr p15, 0, %0, c7, c6, 1" ::"r"(at) : "memory"))
PORT_EACH_LINE(clean_inval, line(),
	       __asm__ volatile("mcr p15, 0, %0, c7, c14, 1" ::"r"(at)
				: "memory"))

/* Maintenance completes at a DSB; the partner is the device's first access after the doorbell. */
PORT_BARRIER(sync, drain, "dsb")

static const struct any_dma_cache_ops cache = {clean, inval, clean_inval, sync};

static volatile void *map(uint64_t phys, uint64_t size)
{
	return phys + (size - 1) <= UINT32_MAX ? (volatile void *)(uintptr_t)phys : NULL;
}

_Noreturn void board_main(void)
{
	static struct port board = {
		.name = "qemu-virt-arm",
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

/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's virt machine, 64-bit RISC-V: NS16550, test finisher, Zicbom and Svpbmt where it has them.
 */
#include <libfdt.h>

#include "any_arch.h"
#include "../shared/lines.h"

#define GIB	 (1ull << 30)
#define RAM	 0x80000000ull
#define UART	 0x10000000ull
#define FINISHER 0x00100000ull
#define UNCACHED (100ull * GIB) /* where RAM is seen once more, past the caches */
#define HEAP	 (8u << 20)
#define COHERENT (2u << 20)

#define PAGES	  256u
#define LEAF	  0xc7ull /* valid, read, write, accessed, dirty */
#define EXECUTE	  0x08ull
#define PBMT_NC	  (1ull << 61)
#define PBMT_IO	  (2ull << 61)
#define ENTRY(pa) ((pa) >> 2)

void board_fill_tables(uint64_t *table);
_Noreturn void board_main(const void *dtb);
_Noreturn void board_exception(uint64_t cause, uint64_t epc, uint64_t value);

uint64_t board_tables[512] __attribute__((aligned(4096)));
static uint8_t heap[HEAP] __attribute__((aligned(1u << 20)));
static uint8_t coherent[COHERENT] __attribute__((aligned(1u << 20)));

/* The lower half of Sv39; everything but RAM is registers. */
void board_fill_tables(uint64_t *table)
{
	for (uint64_t i = 0; i < PAGES; i++)
		table[i] = ENTRY(i * GIB) | LEAF | PBMT_IO;
	for (uint64_t i = RAM / GIB; i < RAM / GIB + 2; i++)
		table[i] = ENTRY(i * GIB) | LEAF | EXECUTE;
	table[UNCACHED / GIB] = ENTRY(RAM) | LEAF | PBMT_NC;
}

static void put(char c)
{
	volatile uint8_t *uart = (volatile uint8_t *)UART;

	while (!(any_mmio_read8(uart + 5) & 0x20u))
		;
	any_mmio_write8(uart, (unsigned char)c);
}

_Noreturn static void off(void)
{
	any_mmio_write32((volatile void *)FINISHER, 0x5555);
	for (;;)
		__asm__ volatile("wfi");
}

_Noreturn void board_exception(uint64_t cause, uint64_t epc, uint64_t value)
{
	if (!port) /* before the board is known there is nobody to tell */
		off();
	port_say("# exception: cause %llu, at %llx, value %llx\n", (unsigned long long)cause,
		 (unsigned long long)epc, (unsigned long long)value);
	port_panic("an exception");
}

/* ---- caches: Zicbom, by the block size the tree gives (riscv,cbom-block-size) */

static uintptr_t block;

PORT_EACH_LINE(inval, block, __asm__ volatile(".insn i 0x0f, 2, x0, %0, 0" ::"r"(at) : "memory"))
PORT_EACH_LINE(clean, block, __asm__ volatile(".insn i 0x0f, 2, x0, %0, 1" ::"r"(at) : "memory"))
PORT_EACH_LINE(clean_inval, block,
	       __asm__ volatile(".insn i 0x0f, 2, x0, %0, 2" ::"r"(at)
				: "memory"))

/* A fence orders block operations like stores; the partner is the device's first access. */
PORT_BARRIER(sync, drain, "fence iorw, iorw")

static const struct any_dma_cache_ops cache = {clean, inval, clean_inval, sync};

static uint32_t block_size(const void *dtb)
{
	int len, cpu = fdt_node_offset_by_prop_value(dtb, -1, "device_type", "cpu", 4);
	const fdt32_t *size = cpu < 0 ? NULL : fdt_getprop(dtb, cpu, "riscv,cbom-block-size", &len);

	return size && len == 4 ? fdt32_ld(size) : 0;
}

static volatile void *map(uint64_t phys, uint64_t size)
{
	return phys + (size - 1) < PAGES * GIB ? (volatile void *)phys : NULL;
}

_Noreturn void board_main(const void *dtb)
{
	static struct port board = {
		.name = "qemu-virt-riscv64",
		.heap = {.cpu = heap, .size = HEAP},
		.uncached = {.size = COHERENT},
		.coherent = coherent,
		.drain = drain,
		.map = map,
		.put = put,
		.off = off,
	};

	port = &board;
	board.heap.phys = any_phys((uintptr_t)heap);
	board.uncached.phys = any_phys((uintptr_t)coherent);
	board.uncached.cpu = (void *)(UNCACHED + ((uintptr_t)coherent - RAM));
	if (fdt_check_header(dtb))
		port_panic("no devicetree");
	board.dtb = dtb;
	board.dtb_size = fdt_totalsize(dtb);
	board.line = block_size(dtb);
	if (board.line >= 4 && !(board.line & (board.line - 1)))
		board.cache = &cache;
	block = board.line;
	port_main(&board);
}

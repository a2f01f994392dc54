/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's Malta, 32-bit MIPS, big-endian: a GT-64120 host bridge whose windows QEMU's own loader has
 * opened, no devicetree, no firmware. Everything of PCI is little-endian (any_arch.h swaps).
 */
#include "any_arch.h"
#include "../shared/lines.h"

#define KSEG0	 0x80000000u /* the first 512 MiB through the caches */
#define KSEG1	 0xa0000000u /* and past them */
#define BRIDGE	 0x1be00000u
#define ADDRESS	 0xcf8u
#define DATA	 0xcfcu
#define COMMAND	 0xc00u	     /* of its PCI side */
#define NO_SWAP	 0x00010001u /* as master and as target: bytes keep their places */
#define UART	 0x180003f8u
#define SOFTRES	 0x1f000500u
#define GORESET	 0x42u
#define HEAP	 (8u << 20)
#define COHERENT (2u << 20)

_Noreturn void board_main(void);
_Noreturn void board_exception(uint32_t cause, uint32_t epc, uint32_t address);

static uint8_t heap[HEAP] __attribute__((aligned(1u << 20)));
static uint8_t coherent[COHERENT] __attribute__((aligned(1u << 20)));

static volatile uint8_t *reg(uint32_t phys)
{
	return (volatile uint8_t *)(KSEG1 + phys);
}

static void put(char c)
{
	while (!(any_mmio_read8(reg(UART) + 5) & 0x20u))
		;
	any_mmio_write8(reg(UART), (uint8_t)c);
}

_Noreturn static void off(void)
{
	*(volatile uint32_t *)(volatile void *)reg(SOFTRES) = GORESET;
	for (;;)
		;
}

_Noreturn void board_exception(uint32_t cause, uint32_t epc, uint32_t address)
{
	if (!port) /* before the board is known there is nobody to tell */
		off();
	port_say("# exception: cause %x, at %x, address %x\n", (unsigned)cause, (unsigned)epc,
		 (unsigned)address);
	port_panic("an exception");
}

/* ---- caches: by the line Config1 gives */

static uintptr_t line(void)
{
	uint32_t config1;

	__asm__("mfc0 %0, $16, 1" : "=r"(config1));
	return config1 >> 10 & 7u ? 2u << (config1 >> 10 & 7u) : 0;
}

PORT_EACH_LINE(inval, line(), __asm__ volatile("cache 0x11, 0(%0)" ::"r"(at) : "memory"))
PORT_EACH_LINE(clean_inval, line(), __asm__ volatile("cache 0x15, 0(%0)" ::"r"(at) : "memory"))
PORT_EACH_LINE(clean, line(), __asm__ volatile("cache 0x19, 0(%0)" ::"r"(at) : "memory"))

/* SYNC orders cache operations; the partner is the device's first access after the doorbell. */
PORT_BARRIER(sync, drain, "sync")

static const struct any_dma_cache_ops cache = {clean, inval, clean_inval, sync};

static volatile void *map(uint64_t phys, uint64_t size)
{
	return phys + (size - 1) < KSEG1 - KSEG0 ? reg((uint32_t)phys) : NULL;
}

/* ---- PCI: whole registers only */

static uint32_t whole(uint32_t function, uint32_t offset)
{
	any_mmio_write32(reg(BRIDGE + ADDRESS), 0x80000000u | function << 8 | (offset & ~3u));
	return any_mmio_read32(reg(BRIDGE + DATA));
}

static uint32_t pci_read(const struct port_pci *host, uint32_t function, uint32_t offset,
			 unsigned width)
{
	const uint32_t value = whole(function, offset) >> 8 * (offset & 3u);

	(void)host;
	return width == 4 ? value : value & ((1u << 8 * width) - 1);
}

static void pci_write(const struct port_pci *host, uint32_t function, uint32_t offset,
		      unsigned width, uint32_t value)
{
	const unsigned shift = 8 * (offset & 3u);
	uint32_t rest = 0;

	(void)host;
	if (width < 4) {
		rest = whole(function, offset) & ~(((1u << 8 * width) - 1) << shift);
		if ((offset & ~3u) == 4)
			rest &= 0xffffu; /* status is cleared by what is written to it */
	}
	any_mmio_write32(reg(BRIDGE + ADDRESS), 0x80000000u | function << 8 | (offset & ~3u));
	any_mmio_write32(reg(BRIDGE + DATA), rest | value << shift);
}

_Noreturn void board_main(void)
{
	static const struct port_pci pci = {
		.read = pci_read,
		.write = pci_write,
		.ranges = {{0x10000000, 0x10000000, 0x07e00000, false},
			   {0x18200000, 0x18200000, 0x03a00000, false}},
		.n_ranges = 2,
		.last = 255,
		.assign = true,
	};
	static struct port board = {
		.name = "qemu-malta-mips",
		.heap = {.cpu = heap, .size = HEAP},
		.uncached = {.size = COHERENT},
		.coherent = coherent,
		.pci = &pci,
		.drain = drain,
		.map = map,
		.put = put,
		.off = off,
	};

	port = &board;
	board.heap.phys = any_phys((uintptr_t)heap - KSEG0);
	board.uncached.phys = any_phys((uintptr_t)coherent - KSEG0);
	board.uncached.cpu = (void *)((uintptr_t)coherent + (KSEG1 - KSEG0));
	board.line = (uint32_t)line();
	if (board.line)
		board.cache = &cache;
	any_mmio_write32(reg(BRIDGE + COMMAND), NO_SWAP);
	port_main(&board);
}

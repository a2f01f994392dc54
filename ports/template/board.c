/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A board to start from: copy the folder, fill in each hook. It compiles, and runs nowhere; the
 * porter's self-test (ports/selftest) says which hooks are still wrong when the image boots.
 */
#include "any_arch.h"
#include "../shared/port.h"

#define HEAP	 (8u << 20)
#define COHERENT (2u << 20)
#define LINE	 64u

_Noreturn void board_start(void);

/* Whole lines, and nothing else in them: what a cache does to a line it does to all of it. */
static uint8_t heap[HEAP] __attribute__((aligned(1u << 20)));
static uint8_t coherent[COHERENT] __attribute__((aligned(1u << 20)));

/* One character to the machine's console; it waits until there is room. */
static void put(char c)
{
	(void)c;
}

/* Turns the machine off: a test harness waits for that. */
static ANY_NORETURN void off(void)
{
	for (;;)
		;
}

/*
 * Writes every line that holds a byte of [va, va + len) back to where a device reads, and keeps it.
 * The range may begin and end within a line. Take the step from the CPU, where it tells
 * (CTR_EL0.DminLine, riscv,cbom-block-size); a step that is too large leaves lines out.
 */
static void clean(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	(void)ctx;
	(void)va;
	(void)phys; /* for a second level that is maintained by physical address */
	(void)len;
}

/*
 * Drops the lines and writes nothing back; the library asks for whole lines only. A CPU that has no
 * such operation takes clean_inval for both.
 */
static void inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	(void)ctx;
	(void)va;
	(void)phys;
	(void)len;
}

/* Writes back, then drops. */
static void clean_inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	(void)ctx;
	(void)va;
	(void)phys;
	(void)len;
}

/* Returns when all operations before it are complete for a device; the partner is the device's
 * first access after the doorbell. */
static void sync(void *ctx)
{
	(void)ctx;
	any_dma_mb();
}

/* NULL in struct port where the CPU's caches are snooped by every bus, always. */
static const struct any_dma_cache_ops cache = {clean, inval, clean_inval, sync};

/*
 * Empties what lies between CPU and device besides caches: TO_DEVICE before a doorbell,
 * FROM_DEVICE before the CPU reads what a device wrote. Where nothing does, a barrier.
 */
static void drain(void *ctx, enum any_dma_dir dir)
{
	(void)ctx;
	(void)dir;
	any_dma_mb();
}

/* Registers at a physical address, by an address whose accesses are neither cached nor merged;
 * NULL: out of reach. */
static volatile void *map(uint64_t phys, uint64_t size)
{
	(void)size;
	return (volatile void *)(uintptr_t)phys;
}

/*
 * Entered by start.S, which you write: a stack, .bss zeroed, vectors that end in port_panic, and
 * page tables in which RAM is cached, registers are not, and `coherent` is seen a second time by an
 * uncached address.
 */
_Noreturn void board_start(void)
{
	static struct port board = {
		.name = "template",
		.heap = {.cpu = heap, .size = HEAP},
		.uncached = {.size = COHERENT},
		.coherent = coherent,
		.cache = &cache,
		.line = LINE,
		.drain = drain,
		.map = map,
		.put = put,
		.off = off,
	};

	port = &board;
	/* The addresses a bus without windows knows this memory by, however the CPU sees it. */
	board.heap.phys = any_phys((uintptr_t)heap);
	board.uncached.phys = any_phys((uintptr_t)coherent);
	board.uncached.cpu = coherent; /* the second address */
	/* board.dtb, .dtb_size: the devicetree the loader left; or .pci, .rsdp. */
	port_main(&board);
}

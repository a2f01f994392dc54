/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The port's rituals (M12, M13): each machine empties what lies between CPU and device in its own
 * way. Seen code: what is left out here, the lab notices.
 */
#include "port.h"
#include "../bus/bridge.h"

#include "any_arch.h"

static void *bridge(struct lab_machine *m, enum any_dma_dir dir, uint32_t reg)
{
	return lab_ptr(m, LAB_MMIO, LAB_DRAIN(dir) + reg);
}

static void instruction(struct lab_machine *m, enum any_dma_dir dir)
{
	lab_ritual_instruction(m, dir);
}

/* mvebu: I/O sync barrier; mstar: the L3 bridge. */
static void write_and_poll(struct lab_machine *m, enum any_dma_dir dir)
{
	any_mmio_write32(bridge(m, dir, LAB_DRAIN_TRIGGER), 1);
	while (any_mmio_read32(bridge(m, dir, LAB_DRAIN_STATUS)))
		any_cpu_relax();
}

/* Spider, TIOCP: the read makes the bridge push. */
static void mmio_read(struct lab_machine *m, enum any_dma_dir dir)
{
	(void)any_mmio_read32(bridge(m, dir, LAB_DRAIN_TRIGGER));
}

static void uncached_read(struct lab_machine *m, enum any_dma_dir dir)
{
	(void)*(volatile uint32_t *)bridge(m, dir, LAB_DRAIN_WORD);
}

/* OMAP4: a store to memory mapped strongly ordered. */
static void ordered_store(struct lab_machine *m, enum any_dma_dir dir)
{
	*(volatile uint32_t *)bridge(m, dir, LAB_DRAIN_WORD) = 0;
}

/* SPARC64's streaming buffer: the bridge writes the word when it is empty. */
static void wait_for_flag(struct lab_machine *m, enum any_dma_dir dir)
{
	volatile uint32_t *flag = bridge(m, dir, LAB_DRAIN_FLAG);

	*flag = 0;
	any_mmio_wmb(); /* 0 is in memory before the bridge may write 1 */
	any_mmio_write32(bridge(m, dir, LAB_DRAIN_TRIGGER), 1);
	while (!*flag)
		any_cpu_relax();
}

/* Armada 375 Z1: another engine's transfer pushes the writes ahead of its own. */
static void helper_dma(struct lab_machine *m, enum any_dma_dir dir)
{
	any_mmio_write32(bridge(m, dir, LAB_DRAIN_HELPER_LEN), 8);
	any_mmio_write32(bridge(m, dir, LAB_DRAIN_HELPER_GO), 1);
	while (any_mmio_read32(bridge(m, dir, LAB_DRAIN_HELPER_GO)))
		any_cpu_relax();
}

/* PL310 before I/O coherency, L220 on RealView: it is there, and using it stops the machine. */
static void forbidden(struct lab_machine *m, enum any_dma_dir dir)
{
	(void)m;
	(void)dir;
}

static void (*const rituals[])(struct lab_machine *m, enum any_dma_dir dir) = {
	[ANY_RITUAL_NONE] = forbidden,
	[ANY_RITUAL_INSTRUCTION] = instruction,
	[ANY_RITUAL_MMIO_WRITE_POLL] = write_and_poll,
	[ANY_RITUAL_MMIO_READ] = mmio_read,
	[ANY_RITUAL_UNCACHED_READ] = uncached_read,
	[ANY_RITUAL_STORE] = ordered_store,
	[ANY_RITUAL_FLAG] = wait_for_flag,
	[ANY_RITUAL_HELPER_DMA] = helper_dma,
	[ANY_RITUAL_FORBIDDEN] = forbidden,
};

void lab_port_drain(void *ctx, enum any_dma_dir dir)
{
	struct lab_machine *m = ctx;
	const struct any_platform_machine *machine = &m->plat->machine;

	any_mmio_wmb(); /* what is to be drained has left the CPU; partner: the ritual itself */
	rituals[dir == ANY_DMA_TO_DEVICE ? machine->drain_to_device : machine->drain_from_device](
		m, dir);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and barriers as memory-barriers.txt has them. */
#include <linux/io.h>

#include "book.h"

#include <anydma/compiler.h>

/*
 * What holds stores or the device's writes on some machines, and no barrier empties. Out, it comes
 * after the barrier that gets the stores there; in, before the barrier that holds the loads back.
 */
static void drain(enum any_dma_dir dir)
{
	any_dma_drain(any_lab_dma(any_lab_current()), dir);
}

void any_linux_mb(void)
{
	any_lab_barrier(ANY_LAB_MMIO_WMB);
	drain(ANY_DMA_TO_DEVICE);
	drain(ANY_DMA_FROM_DEVICE);
	any_lab_barrier(ANY_LAB_FULL_MB);
}

void any_linux_wmb(void)
{
	any_lab_barrier(ANY_LAB_MMIO_WMB);
	drain(ANY_DMA_TO_DEVICE);
}

void any_linux_rmb(void)
{
	drain(ANY_DMA_FROM_DEVICE);
	any_lab_barrier(ANY_LAB_MMIO_RMB);
}

void any_linux_dma_rmb(void)
{
	drain(ANY_DMA_FROM_DEVICE);
	any_lab_barrier(ANY_LAB_DMA_RMB);
}

void *any_linux_ioremap(phys_addr_t phys, size_t size)
{
	struct book *b = book_open();

	if (phys - b->regs.start >= ANY_LAB_REGS || size > ANY_LAB_REGS)
		return NULL;
	return (char *)(uintptr_t)b->regs_cpu + (phys - b->regs.start);
}

phys_addr_t virt_to_phys(const volatile void *p)
{
	struct book *b = book_open();
	const struct any_dma_region *region;
	struct any_phys_addr phys;

	if (any_dma_virt_to_phys(b->dma->plat, (const void *)(uintptr_t)p, 1, &phys, &region))
		return (phys_addr_t)(uintptr_t)p; /* no memory: what the arithmetic would give */
	return phys.raw;
}

void *phys_to_virt(phys_addr_t phys)
{
	const struct any_dma_platform *plat = book_open()->dma->plat;

	for (u32 i = 0; i < plat->n_ram; i++)
		if (phys - plat->ram[i].phys.raw < plat->ram[i].size)
			return (char *)plat->ram[i].cpu + (phys - plat->ram[i].phys.raw);
	return NULL;
}

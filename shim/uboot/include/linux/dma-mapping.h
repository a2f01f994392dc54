/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_LINUX_DMA_MAPPING_H
#define ANYDMA_UBOOT_LINUX_DMA_MAPPING_H

#include <asm/cache.h>
#include <asm/io.h>
#include <linux/dma-direction.h>

#define DMA_BIT_MASK(n) ((n) == 64 ? ~0ull : (1ull << ((n)&63)) - 1)

/* U-Boot's: cache maintenance, and the CPU's physical address. dev_phys_to_bus() is the driver's.
 */
dma_addr_t dma_map_single(void *p, size_t len, enum dma_data_direction dir);
void dma_unmap_single(dma_addr_t addr, size_t len, enum dma_data_direction dir);
static inline int dma_mapping_error(void *dev, dma_addr_t addr)
{
	(void)dev;
	(void)addr;
	return 0;
}

void *dma_alloc_coherent(size_t len, unsigned long *handle);
void dma_free_coherent(void *p);

#endif

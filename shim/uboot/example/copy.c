/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A DMA engine's driver as U-Boot has them: one transfer, polled to its end. Nothing in it knows of
 * the lab; the engine's datasheet is anydma/lab/engine.h.
 */
#include <asm/cache.h>
#include <asm/io.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <memalign.h>
#include <phys2bus.h>

#include <anydma/lab/engine.h>

#include "copy.h"

#define REG(regs, at) ((char *)(regs) + (at))
#define CH(regs, at)  REG(regs, ANY_LAB_ENGINE_CH(0) + (at))

int engine_probe(void *regs)
{
	if (readl(REG(regs, ANY_LAB_ENGINE_ID)) != ANY_LAB_ENGINE_MAGIC)
		return -ENODEV;
	writel(ANY_LAB_ENGINE_ENABLE, REG(regs, ANY_LAB_ENGINE_CTRL));
	writel(ANY_LAB_ENGINE_MODE_DIRECT | ANY_LAB_ENGINE_MODE_KIND(ANY_LAB_ENGINE_COPY),
	       CH(regs, ANY_LAB_ENGINE_CH_MODE));
	return 0;
}

static void start(void *regs, phys_addr_t dst, phys_addr_t src, size_t len)
{
	phys_addr_t to = dev_phys_to_bus(NULL, dst), from = dev_phys_to_bus(NULL, src);

	writel((u32)from, CH(regs, ANY_LAB_ENGINE_CH_SRC_LO));
	writel((u32)(from >> 32), CH(regs, ANY_LAB_ENGINE_CH_SRC_HI));
	writel((u32)to, CH(regs, ANY_LAB_ENGINE_CH_DST_LO));
	writel((u32)(to >> 32), CH(regs, ANY_LAB_ENGINE_CH_DST_HI));
	writel((u32)len, CH(regs, ANY_LAB_ENGINE_CH_LEN));
	writel(1, REG(regs, ANY_LAB_ENGINE_DOORBELL(0)));
}

static int finish(void *regs)
{
	u32 status;

	do {
		udelay(1);
		status = readl(CH(regs, ANY_LAB_ENGINE_CH_STATUS));
	} while (!(status & (ANY_LAB_ENGINE_CH_DONE | ANY_LAB_ENGINE_CH_ERROR)));
	return status & ANY_LAB_ENGINE_CH_ERROR ? -EIO : 0;
}

int engine_copy(void *regs, void *dst, const void *src, size_t len)
{
	unsigned long to = (unsigned long)dst, from = (unsigned long)src;
	size_t whole = ROUND(len, (size_t)ARCH_DMA_MINALIGN);
	int err;

	flush_dcache_range(from, from + whole);
	invalidate_dcache_range(to, to + whole);
	start(regs, virt_to_phys(dst), virt_to_phys(src), len);
	err = finish(regs);
	invalidate_dcache_range(to, to + whole);
	return err;
}

int engine_copy_mapped(void *regs, void *dst, void *src, size_t len)
{
	dma_addr_t from = dma_map_single(src, len, DMA_TO_DEVICE);
	dma_addr_t to = dma_map_single(dst, len, DMA_FROM_DEVICE);
	int err;

	start(regs, to, from, len);
	err = finish(regs);
	dma_unmap_single(from, len, DMA_TO_DEVICE);
	dma_unmap_single(to, len, DMA_FROM_DEVICE);
	return err;
}

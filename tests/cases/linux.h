/* SPDX-License-Identifier: BSD-2-Clause */
/* What the cases on Linux share: a platform device with the lab's engine, one transfer at a time.
 */
#ifndef ANYDMA_TESTS_CASES_LINUX_H
#define ANYDMA_TESTS_CASES_LINUX_H

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/slab.h>

#include <anydma/lab/engine.h>
#include <anydma_linux.h>

#include "case.h"

#define ENGINE_TRIES 1000u

struct engine {
	struct platform_device *pdev;
	struct device *dev;
	char __iomem *regs;
};

static inline void engine_write(struct engine *e, u32 reg, u64 value)
{
	writel(lower_32_bits(value), e->regs + ANY_LAB_ENGINE_CH(0) + reg);
	writel(upper_32_bits(value), e->regs + ANY_LAB_ENGINE_CH(0) + reg + 4);
}

static inline int engine_probe(struct engine *e, struct any_lab *lab, u32 hostile)
{
	const struct any_lab_engine_config config = {.hostile = hostile};

	e->pdev = any_linux_device(lab, any_lab_engine_attach(lab, &config));
	e->dev = &e->pdev->dev;
	e->regs = devm_platform_ioremap_resource(e->pdev, 0);
	writel(ANY_LAB_ENGINE_ENABLE, e->regs + ANY_LAB_ENGINE_CTRL);
	return dma_set_mask_and_coherent(e->dev, DMA_BIT_MASK(64));
}

static inline void engine_start(struct engine *e, u32 kind, dma_addr_t src, dma_addr_t dst, u32 len)
{
	writel(ANY_LAB_ENGINE_MODE_DIRECT | ANY_LAB_ENGINE_MODE_KIND(kind),
	       e->regs + ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_MODE);
	engine_write(e, ANY_LAB_ENGINE_CH_SRC_LO, src);
	engine_write(e, ANY_LAB_ENGINE_CH_DST_LO, dst);
	writel(len, e->regs + ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_LEN);
	writel(0, e->regs + ANY_LAB_ENGINE_DOORBELL(0));
}

static inline int engine_finish(struct engine *e)
{
	unsigned int tries = 0;
	u32 status;

	do {
		if (++tries == ENGINE_TRIES)
			return -ETIMEDOUT;
		udelay(1);
		status = readl(e->regs + ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_STATUS);
	} while (!(status & (ANY_LAB_ENGINE_CH_DONE | ANY_LAB_ENGINE_CH_ERROR)));
	return status & ANY_LAB_ENGINE_CH_ERROR ? -EIO : 0;
}

/* Machines without coherent memory fail such drivers' probes, as they do on Linux. */
static inline bool has_coherent(struct any_lab *lab)
{
	return any_lab_dma(lab)->plat->coherent;
}

#endif

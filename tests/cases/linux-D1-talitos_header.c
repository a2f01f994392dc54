/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux, talitos crypto, May 2026: the engine reports completion in the header of the descriptor,
 * which is streaming-mapped; the driver looked at the header without syncing it for the CPU first.
 * On a bus that does not snoop it may look at what it wrote itself, for ever.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/slab.h>

#include <anydma/lab/engine.h>
#include <anydma_linux.h>

#include "case.h"

#define BYTES 128u
#define TRIES 1000u

struct request {
	struct any_lab_engine_desc *desc;
	dma_addr_t dma_desc;
	u8 *src, *dst;
	dma_addr_t dma_src, dma_dst;
};

static void unmap(struct device *dev, struct request *r)
{
	if (!dma_mapping_error(dev, r->dma_desc))
		dma_unmap_single(dev, r->dma_desc, sizeof(*r->desc), DMA_BIDIRECTIONAL);
	if (!dma_mapping_error(dev, r->dma_dst))
		dma_unmap_single(dev, r->dma_dst, BYTES, DMA_FROM_DEVICE);
	if (!dma_mapping_error(dev, r->dma_src))
		dma_unmap_single(dev, r->dma_src, BYTES, DMA_TO_DEVICE);
}

static int map(struct device *dev, struct request *r)
{
	r->dma_src = dma_map_single(dev, r->src, BYTES, DMA_TO_DEVICE);
	r->dma_dst = dma_map_single(dev, r->dst, BYTES, DMA_FROM_DEVICE);
	r->desc->len = cpu_to_le32(BYTES);
	r->desc->source = cpu_to_le64(r->dma_src);
	r->desc->destination = cpu_to_le64(r->dma_dst);
	r->desc->control = cpu_to_le32(ANY_LAB_ENGINE_OWN | ANY_LAB_ENGINE_IRQ |
				       ANY_LAB_ENGINE_LAST | ANY_LAB_ENGINE_COPY);
	r->dma_desc = dma_map_single(dev, r->desc, sizeof(*r->desc), DMA_BIDIRECTIONAL);
	if (!dma_mapping_error(dev, r->dma_src) && !dma_mapping_error(dev, r->dma_dst) &&
	    !dma_mapping_error(dev, r->dma_desc))
		return 0;
	unmap(dev, r);
	return -ENOMEM;
}

static int submit(struct device *dev, void __iomem *regs, struct request *r)
{
	int err = map(dev, r);

	if (err)
		return err;
	writel(lower_32_bits(r->dma_desc), regs + ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_DESC_LO);
	writel(upper_32_bits(r->dma_desc), regs + ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_DESC_HI);
	writel(0, regs + ANY_LAB_ENGINE_DOORBELL(0));
	return 0;
}

/* The channel says that something is done; which requests, and how they ended, their headers say.
 */
static int flush_channel(struct device *dev, void __iomem *regs, struct request *r, bool fixed)
{
	unsigned int tries = 0;
	u32 header;

	while (!(readl(regs + ANY_LAB_ENGINE_INT_STATUS) & ANY_LAB_ENGINE_INT_DONE(0))) {
		if (++tries == TRIES)
			return -ETIMEDOUT;
		udelay(1);
	}
	writel(ANY_LAB_ENGINE_INT_DONE(0), regs + ANY_LAB_ENGINE_INT_STATUS);
	if (fixed)
		dma_sync_single_for_cpu(dev, r->dma_desc, sizeof(*r->desc), DMA_BIDIRECTIONAL);
	header = le32_to_cpu(r->desc->control); /* BUG: the device's, unless synced */
	unmap(dev, r);
	return header & (ANY_LAB_ENGINE_OWN | ANY_LAB_ENGINE_ERR) ? -EIO : 0;
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct any_lab_engine_config config = {.stride = 32};
	struct platform_device *pdev = any_linux_device(lab, any_lab_engine_attach(lab, &config));
	void __iomem *regs = devm_platform_ioremap_resource(pdev, 0);
	struct request r = {0};
	int err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));

	r.desc = kzalloc(sizeof(*r.desc), GFP_KERNEL);
	r.src = kmalloc(BYTES, GFP_KERNEL);
	r.dst = kmalloc(BYTES, GFP_KERNEL);
	writel(ANY_LAB_ENGINE_ENABLE, regs + ANY_LAB_ENGINE_CTRL);
	writel(ANY_LAB_ENGINE_MODE_LIST, regs + ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_MODE);
	for (unsigned int i = 0; i < 3 && !err; i++) {
		memset(r.src, (int)i + 1, BYTES);
		err = submit(&pdev->dev, regs, &r);
		if (!err)
			err = flush_channel(&pdev->dev, regs, &r, fixed);
		ANY_LAB_CHECK(lab, err || !memcmp(r.src, r.dst, BYTES));
	}
	kfree(r.desc);
	kfree(r.src);
	kfree(r.dst);
	any_linux_unbind(pdev);
	return err;
}

ANY_CASE(linux_talitos, run, .name = "linux-D1-talitos_header",
	 .issue = "Linux stable series, May 2026 (conformance D1)",
	 .bug = "descriptor header read without a sync for the CPU", .rule = ANY_LAB_CPU_TOUCH,
	 .platform = "arm64-nc");

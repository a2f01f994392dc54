/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of the API that the example does not use: lists, pools, memory that is not coherent. */
#include "copier.h"
#include "possible.h"
#include "scenes.h"

#include <anydma_linux.h>
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/io.h>

#define LEN 600u

struct unit {
	struct device *dev;
	char *regs;
	struct completion done;
};

#define REG(u, name) ((u)->regs + offsetof(struct copier_regs, name))

static irqreturn_t unit_interrupt(int irq, void *data)
{
	struct unit *u = data;

	(void)irq;
	if (!readl(REG(u, done)))
		return IRQ_NONE;
	writel(0, REG(u, done));
	(void)readl(REG(u, done)); /* it has arrived: nobody works on in memory that is freed */
	complete(&u->done);
	return IRQ_HANDLED;
}

static void unit_copy(struct unit *u, dma_addr_t dst, dma_addr_t src, u32 len)
{
	init_completion(&u->done);
	writeq(src, REG(u, src));
	writeq(dst, REG(u, dst));
	writel(len, REG(u, len));
	writel(1, REG(u, go));
	wait_for_completion(&u->done);
}

static int unit_open(struct any_lab *lab, struct unit *u, struct copier *c)
{
	struct platform_device *pdev =
		any_linux_device(lab, (volatile void *)copier_attach(lab, c));

	u->dev = &pdev->dev;
	u->regs = devm_platform_ioremap_resource(pdev, 0);
	if (dma_set_mask_and_coherent(u->dev, DMA_BIT_MASK(64)))
		return -EIO;
	return request_irq(1, unit_interrupt, 0, "unit", u);
}

static void unit_close(struct unit *u)
{
	free_irq(1, u);
	any_linux_unbind(to_platform_device(u->dev));
}

static void fill(u8 *p, u8 first)
{
	for (unsigned int i = 0; i < LEN; i++)
		p[i] = (u8)(first + i * 3);
}

/* Two pages of a list to two others, a segment at a time. */
static int copy_lists(struct any_lab *lab, struct unit *u)
{
	struct sg_table from, to;
	struct scatterlist *sg;
	u8 *p[4];
	int err = -ENOMEM, i, n;

	for (i = 0; i < 4; i++)
		p[i] = (u8 *)__get_free_page(GFP_KERNEL);
	if (sg_alloc_table(&from, 2, GFP_KERNEL) || sg_alloc_table(&to, 2, GFP_KERNEL))
		return -ENOMEM;
	for_each_sgtable_sg(&from, sg, i)
	{
		fill(p[i], (u8)i);
		sg_set_buf(sg, p[i], LEN);
	}
	for_each_sgtable_sg(&to, sg, i) sg_set_page(sg, virt_to_page(p[2 + i]), PAGE_SIZE, 0);
	n = dma_map_sg(u->dev, from.sgl, 2, DMA_TO_DEVICE);
	if (n && !dma_map_sgtable(u->dev, &to, DMA_FROM_DEVICE, 0)) {
		/* Where the two ends merged differently a driver would cut them; here it need not.
		 */
		if (n == 2 && to.nents == 2)
			for (i = 0; i < 2; i++)
				unit_copy(u, sg_dma_address(&to.sgl[i]),
					  sg_dma_address(&from.sgl[i]), LEN);
		dma_unmap_sgtable(u->dev, &to, DMA_FROM_DEVICE, 0);
		for (i = 0; i < 2 && n == 2 && to.nents == 2; i++)
			ANY_LAB_CHECK(lab, !memcmp(p[i], p[2 + i], LEN));
		err = 0;
	}
	if (n)
		dma_unmap_sg(u->dev, from.sgl, 2, DMA_TO_DEVICE);
	sg_free_table(&from);
	sg_free_table(&to);
	for (i = 0; i < 4; i++)
		free_page((unsigned long)p[i]);
	return err;
}

static int copy_pool(struct any_lab *lab, struct unit *u)
{
	struct dma_pool *pool = dma_pool_create("blocks", u->dev, LEN, 64, 1024);
	dma_addr_t dma[6];
	u8 *p[6];

	for (unsigned int i = 0; i < 6; i++) {
		p[i] = dma_pool_zalloc(pool, GFP_KERNEL, &dma[i]);
		if (!p[i])
			return -ENOMEM;
		ANY_LAB_CHECK(lab, dma[i] / 1024 == (dma[i] + LEN - 1) / 1024);
	}
	fill(p[5], 9);
	unit_copy(u, dma[0], dma[5], LEN);
	rmb(); /* partner: the unit's writes before its interrupt */
	ANY_LAB_CHECK(lab, !memcmp(p[0], p[5], LEN));
	for (unsigned int i = 0; i < 6; i++)
		dma_pool_free(pool, p[i], dma[i]);
	dma_pool_destroy(pool);
	return 0;
}

static int copy_noncoherent(struct any_lab *lab, struct unit *u)
{
	dma_addr_t from, to;
	u8 *src = dma_alloc_noncoherent(u->dev, LEN, &from, DMA_TO_DEVICE, GFP_KERNEL);
	u8 *dst = src ? dma_alloc_noncoherent(u->dev, LEN, &to, DMA_FROM_DEVICE, GFP_KERNEL) : NULL;

	if (!dst)
		return -ENOMEM;
	for (u64 k = any_lab_operations(lab, 3); k; k--) {
		u8 i = (u8)k;

		dma_sync_single_for_cpu(u->dev, from, LEN, DMA_TO_DEVICE);
		fill(src, i);
		dma_sync_single_for_device(u->dev, from, LEN, DMA_TO_DEVICE);
		unit_copy(u, to, from, LEN);
		dma_sync_single_for_cpu(u->dev, to, LEN, DMA_FROM_DEVICE);
		ANY_LAB_CHECK(lab, dst[0] == i && dst[LEN - 1] == (u8)(i + (LEN - 1) * 3));
		dma_sync_single_for_device(u->dev, to, LEN, DMA_FROM_DEVICE);
		any_lab_count(lab, 1, LEN);
	}
	dma_free_noncoherent(u->dev, LEN, dst, to, DMA_FROM_DEVICE);
	dma_free_noncoherent(u->dev, LEN, src, from, DMA_TO_DEVICE);
	return 0;
}

static int scene(struct any_lab *lab, int (*work)(struct any_lab *, struct unit *))
{
	static struct copier c;
	static struct unit u;
	int err = unit_open(lab, &u, &c);

	if (!err)
		err = work(lab, &u);
	if (!err)
		unit_close(&u);
	return judge_error(lab, err);
}

static int lists(struct any_lab *lab)
{
	return scene(lab, copy_lists);
}

static int pool(struct any_lab *lab)
{
	return scene(lab, copy_pool);
}

static int noncoherent(struct any_lab *lab)
{
	return scene(lab, copy_noncoherent);
}

const struct scene scenes_api[] = {
	SCENE("linux-lists", lists, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("linux-pool", pool, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("linux-noncoherent", noncoherent, 0, ANY_LAB_OK, NULL, NULL),
};
const size_t n_scenes_api = ANY_ARRAY_SIZE(scenes_api);

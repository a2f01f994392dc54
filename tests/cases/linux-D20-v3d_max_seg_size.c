/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux, v3d (CVE-2026-43302): the driver never said how long a segment its device takes, so the
 * default of 64 KiB held, and the graphics memory's lists, whose pages lie together, exceeded it.
 */
#include <linux/scatterlist.h>

#include "linux.h"

#define ORDER 5
#define BYTES (17u * 4096u)

struct v3d_bo {
	unsigned long pages;
	struct scatterlist sg;
	int nents;
};

static void v3d_bo_free(struct v3d_bo *bo)
{
	free_pages(bo->pages, ORDER);
}

/* The pages lie together: one long entry. */
static int v3d_bo_create(struct engine *v3d, struct v3d_bo *bo)
{
	bo->pages = __get_free_pages(GFP_KERNEL, ORDER);
	if (!bo->pages)
		return -ENOMEM;
	memset((void *)bo->pages, 0x5a, BYTES);
	sg_init_one(&bo->sg, (void *)bo->pages, BYTES);
	bo->nents = dma_map_sg(v3d->dev, &bo->sg, 1, DMA_TO_DEVICE); /* BUG: unless told, 64 KiB */
	if (bo->nents)
		return 0;
	v3d_bo_free(bo);
	return -ENOMEM;
}

static int v3d_probe(struct engine *v3d, struct any_lab *lab, bool fixed)
{
	int err = engine_probe(v3d, lab, 0);

	if (!err && fixed)
		dma_set_max_seg_size(v3d->dev, ~0u);
	return err;
}

static int v3d_submit(struct engine *v3d, struct v3d_bo *bo)
{
	int err;

	engine_start(v3d, ANY_LAB_ENGINE_TO_FIFO, sg_dma_address(&bo->sg), 0, BYTES);
	err = engine_finish(v3d);
	dma_unmap_sg(v3d->dev, &bo->sg, 1, DMA_TO_DEVICE);
	v3d_bo_free(bo);
	return err;
}

static int run(struct any_lab *lab, bool fixed)
{
	struct v3d_bo bo;
	struct engine v3d;
	int err = v3d_probe(&v3d, lab, fixed);
	bool bounces = any_lab_dma(lab)->plat->bounce;

	if (!err)
		err = v3d_bo_create(&v3d, &bo);
	if (err)
		return bounces ? 0 : err; /* no slot may be that long */
	err = v3d_submit(&v3d, &bo);
	ANY_LAB_CHECK(lab, err || any_lab_engine_consumed(lab, 0, 0, NULL, 0) == BYTES);
	any_linux_unbind(v3d.pdev);
	return err;
}

ANY_CASE(linux_v3d, run, .name = "linux-D20-v3d_max_seg_size",
	 .issue = "CVE-2026-43302 (conformance D20)",
	 .bug = "no maximum segment set, a segment longer than the default", .rule = ANY_LAB_MISUSE,
	 .platform = "rpi4-bcm2711");

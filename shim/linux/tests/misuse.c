/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of C5: each broken once by a driver, each named by the report at the driver's line. */
#include "copier.h"
#include "scenes.h"

#include <anydma_linux.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>

#define LEN 512u

struct driver {
	struct device *dev;
	struct platform_device *pdev;
	void *buf;
	dma_addr_t dma;
};

static char text[] = "static data";
static const char constant[] = "constants";

static void set_up(struct any_lab *lab, struct driver *d, enum dma_data_direction dir)
{
	d->pdev = any_linux_device(lab, NULL);
	d->dev = &d->pdev->dev;
	d->buf = kzalloc(LEN, GFP_KERNEL);
	(void)dma_set_mask_and_coherent(d->dev, DMA_BIT_MASK(64));
	d->dma = dma_map_single(d->dev, d->buf, LEN, dir);
	ANY_LAB_CHECK(lab, !dma_mapping_error(d->dev, d->dma));
}

#define ROW(name, dir, ...)                                                                        \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		struct driver d;                                                                   \
                                                                                                   \
		set_up(lab, &d, dir);                                                              \
		__VA_ARGS__;                                                                       \
		return 0;                                                                          \
	}

ROW(unmap_error, DMA_TO_DEVICE, dma_unmap_single(d.dev, DMA_MAPPING_ERROR, LEN, DMA_TO_DEVICE))
ROW(unmap_other, DMA_TO_DEVICE, dma_unmap_single(d.dev, d.dma + 4096, LEN, DMA_TO_DEVICE))
ROW(unmap_twice, DMA_TO_DEVICE, dma_unmap_single(d.dev, d.dma, LEN, DMA_TO_DEVICE);
    dma_unmap_single(d.dev, d.dma, LEN, DMA_TO_DEVICE))
ROW(unmap_size, DMA_TO_DEVICE, dma_unmap_single(d.dev, d.dma, LEN / 2, DMA_TO_DEVICE))
ROW(unmap_direction, DMA_TO_DEVICE, dma_unmap_single(d.dev, d.dma, LEN, DMA_FROM_DEVICE))
ROW(free_single, DMA_TO_DEVICE, dma_free_coherent(d.dev, LEN, d.buf, d.dma))
ROW(stay, DMA_TO_DEVICE, any_linux_unbind(d.pdev))
ROW(sync_other, DMA_FROM_DEVICE, dma_sync_single_for_cpu(d.dev, d.dma + 4096, LEN, DMA_FROM_DEVICE))
ROW(sync_beyond, DMA_FROM_DEVICE, dma_sync_single_for_cpu(d.dev, d.dma, LEN + 1, DMA_FROM_DEVICE))
ROW(sync_direction, DMA_FROM_DEVICE, dma_sync_single_for_cpu(d.dev, d.dma, LEN, DMA_TO_DEVICE))
ROW(sync_read_only, DMA_TO_DEVICE, dma_sync_single_for_cpu(d.dev, d.dma, LEN, DMA_FROM_DEVICE))
ROW(sync_write_only, DMA_FROM_DEVICE, dma_sync_single_for_device(d.dev, d.dma, LEN, DMA_TO_DEVICE))
ROW(map_overlap, DMA_FROM_DEVICE,
    (void)dma_map_single(d.dev, (char *)d.buf + 8, 16, DMA_FROM_DEVICE))
ROW(map_many, DMA_TO_DEVICE,
    for (int i = 0; i < 8; i++)(void)
	    dma_mapping_error(d.dev, dma_map_single(d.dev, d.buf, 64, DMA_TO_DEVICE)))
ROW(
	map_seven, DMA_TO_DEVICE, dma_addr_t more[7]; for (int i = 0; i < 7; i++) {
		more[i] = dma_map_single(d.dev, d.buf, LEN, DMA_TO_DEVICE);
		(void)dma_mapping_error(d.dev, more[i]);
	} for (int i = 0; i < 7; i++) dma_unmap_single(d.dev, more[i], LEN, DMA_TO_DEVICE);
	dma_unmap_single(d.dev, d.dma, LEN, DMA_TO_DEVICE); any_linux_unbind(d.pdev))
ROW(map_static, DMA_TO_DEVICE, (void)dma_map_single(d.dev, text, sizeof(text), DMA_TO_DEVICE))
ROW(map_constant, DMA_TO_DEVICE,
    (void)dma_map_single(d.dev, (void *)(uintptr_t)constant, sizeof(constant), DMA_TO_DEVICE))
ROW(map_stack, DMA_TO_DEVICE, char local[64] = "local";
    (void)dma_map_single(d.dev, local, sizeof(local), DMA_TO_DEVICE))
ROW(map_vmalloc, DMA_TO_DEVICE, void *v = vzalloc(LEN);
    (void)dma_map_single(d.dev, v, LEN, DMA_TO_DEVICE))
ROW(map_nowhere, DMA_TO_DEVICE, (void)dma_map_single(d.dev, d.buf, LEN, DMA_NONE))
ROW(map_ram_resource, DMA_TO_DEVICE,
    (void)dma_map_resource(d.dev, virt_to_phys((void *)__get_free_page(GFP_KERNEL)), LEN,
			   DMA_TO_DEVICE, 0))
ROW(sg_unmap_single, DMA_TO_DEVICE, struct scatterlist sg; sg_init_one(&sg, d.buf, LEN);
    sg.dma_address = d.dma; dma_unmap_sg(d.dev, &sg, 1, DMA_TO_DEVICE))

static int unchecked(struct any_lab *lab)
{
	struct driver d;
	dma_addr_t dma;

	set_up(lab, &d, DMA_TO_DEVICE);
	dma = dma_map_single(d.dev, kzalloc(LEN, GFP_KERNEL), LEN, DMA_TO_DEVICE);
	if (dma != DMA_MAPPING_ERROR)
		dma_unmap_single(d.dev, dma, LEN, DMA_TO_DEVICE);
	return 0;
}

/* A list of two pages, mapped. */
static int list(struct any_lab *lab, struct driver *d, struct scatterlist sg[2])
{
	set_up(lab, d, DMA_TO_DEVICE);
	sg_init_table(sg, 2);
	sg_set_page(&sg[0], alloc_page(GFP_KERNEL), 4096, 0);
	sg_set_page(&sg[1], alloc_page(GFP_KERNEL), 4096, 0);
	return dma_map_sg(d->dev, sg, 2, DMA_TO_DEVICE);
}

static int sg_unmap_count(struct any_lab *lab)
{
	struct scatterlist sg[2];
	struct driver d;

	if (list(lab, &d, sg))
		dma_unmap_sg(d.dev, sg, 1, DMA_TO_DEVICE);
	return 0;
}

static int sg_sync_count(struct any_lab *lab)
{
	struct scatterlist sg[2];
	struct driver d;

	if (list(lab, &d, sg))
		dma_sync_sg_for_device(d.dev, sg, 1, DMA_TO_DEVICE);
	return 0;
}

static int sg_long(struct any_lab *lab)
{
	struct scatterlist sg;
	struct driver d;

	set_up(lab, &d, DMA_TO_DEVICE);
	sg_init_one(&sg, (void *)__get_free_pages(GFP_KERNEL, 5), 65537);
	(void)dma_map_sg(d.dev, &sg, 1, DMA_TO_DEVICE);
	return 0;
}

static int free_other(struct any_lab *lab)
{
	struct driver d;
	dma_addr_t dma;
	char *p;

	set_up(lab, &d, DMA_TO_DEVICE);
	p = dma_alloc_coherent(d.dev, LEN, &dma, GFP_KERNEL);
	if (p)
		dma_free_coherent(d.dev, LEN, p + 4, dma);
	return 0;
}

static int unmap_coherent(struct any_lab *lab)
{
	struct driver d;
	dma_addr_t dma;

	set_up(lab, &d, DMA_TO_DEVICE);
	if (dma_alloc_coherent(d.dev, LEN, &dma, GFP_KERNEL))
		dma_unmap_single(d.dev, dma, LEN, DMA_TO_DEVICE);
	return 0;
}

static int pool_twice(struct any_lab *lab)
{
	struct dma_pool *pool;
	struct driver d;
	dma_addr_t dma;
	void *p;

	set_up(lab, &d, DMA_TO_DEVICE);
	pool = dma_pool_create("blocks", d.dev, 40, 16, 0);
	p = dma_pool_zalloc(pool, GFP_KERNEL, &dma);
	dma_pool_free(pool, p, dma);
	dma_pool_free(pool, p, dma);
	return 0;
}

/* The report names the function that broke the row, and the line with the call. */
#define BROKEN(name, function, row, line)                                                          \
	SCENE_AT("linux-" name, function, 0, ANY_LAB_MISUSE, NULL, "arm64-nc", row, line)
/* And about a mapping: it is drawn, with what was done to it. */
#define BROKEN_MAPPING(name, function, row, line)                                                  \
	SCENE_PAST("linux-" name, function, 0, ANY_LAB_MISUSE, NULL, "arm64-nc", row, line,        \
		   "mapped for the device")

const struct scene scenes_misuse[] = {
	BROKEN("unmap-error", unmap_error, "C5 row 1)", "ROW(unmap_error"),
	BROKEN("unmap-other", unmap_other, "C5 row 2)", "ROW(unmap_other"),
	BROKEN("unmap-twice", unmap_twice, "unmapped before (C5 row 2)", "ROW(unmap_twice"),
	BROKEN_MAPPING("unmap-size", unmap_size, "C5 row 3)", "ROW(unmap_size"),
	BROKEN_MAPPING("free-single", free_single, "C5 row 4)", "ROW(free_single"),
	BROKEN("unmap-coherent", unmap_coherent, "C5 row 4)", "dma_unmap_single(d.dev, dma"),
	BROKEN_MAPPING("sg-unmap-single", sg_unmap_single, "C5 row 4)", "ROW(sg_unmap_single"),
	BROKEN("free-other", free_other, "C5 row 5)", "p + 4"),
	BROKEN_MAPPING("sg-unmap-count", sg_unmap_count, "C5 row 6)", "dma_unmap_sg(d.dev, sg, 1"),
	BROKEN_MAPPING("unmap-direction", unmap_direction, "C5 row 7)", "ROW(unmap_direction"),
	BROKEN_MAPPING("unchecked", unchecked, "C5 row 8)", "dma_unmap_single(d.dev, dma"),
	SCENE_AT("linux-map-stack", map_stack, 0, ANY_LAB_BAD_MEMORY, NULL, "arm64-nc", "stack",
		 "ROW(map_stack"),
	BROKEN("map-constant", map_constant, "C5 row 10)", "ROW(map_constant"),
	BROKEN("map-static", map_static, "C5 row 11)", "ROW(map_static"),
	BROKEN("map-vmalloc", map_vmalloc, "C5 row 12)", "ROW(map_vmalloc"),
	BROKEN("sync-other", sync_other, "C5 row 13)", "ROW(sync_other"),
	BROKEN_MAPPING("sync-beyond", sync_beyond, "C5 row 14)", "ROW(sync_beyond"),
	BROKEN_MAPPING("sync-direction", sync_direction, "C5 row 15)", "ROW(sync_direction"),
	BROKEN("sync-read-only", sync_read_only, "C5 row 16)", "ROW(sync_read_only"),
	BROKEN("sync-write-only", sync_write_only, "C5 row 17)", "ROW(sync_write_only"),
	BROKEN_MAPPING("sg-sync-count", sg_sync_count, "C5 row 18)",
		       "dma_sync_sg_for_device(d.dev, sg, 1"),
	BROKEN("sg-long", sg_long, "C5 row 19)", "dma_map_sg(d.dev, &sg, 1"),
	BROKEN("map-overlap", map_overlap, "C5 row 21)", "ROW(map_overlap"),
	BROKEN("map-many", map_many, "C5 row 22)", "ROW(map_many"),
	SCENE("linux-map-seven", map_seven, 0, ANY_LAB_OK, NULL, "arm64-nc"),
	BROKEN_MAPPING("stay", stay, "C5 row 25)", "ROW(stay"),
	BROKEN("map-ram-resource", map_ram_resource, "C5 row 26)", "ROW(map_ram_resource"),
	BROKEN("map-nowhere", map_nowhere, "DA-08", "ROW(map_nowhere"),
	BROKEN("pool-twice", pool_twice, "DA-19", "dma_pool_free(pool, p, dma)"),
};
const size_t n_scenes_misuse = ANY_ARRAY_SIZE(scenes_misuse);

/* SPDX-License-Identifier: BSD-2-Clause */
/* The example's driver, right as it is, both ways. */
#include "scenes.h"

#include "../example/scenario.h"

static int copies(struct any_lab *lab)
{
	/* libmetal knows of no device that must not see a buffer's neighbours. */
	return any_lab_dma(lab)->plat->facts.untrusted ? 0 : metal_run(lab, false, COPIES);
}

static int posts(struct any_lab *lab)
{
	return metal_run(lab, true, COPIES);
}

/* What is done at once leaves a driver that looks once each time; that is no hang, however often.
 */
static int posts_for_long(struct any_lab *lab)
{
	return metal_run(lab, true, 300);
}

/* Regions of several pages, and what is in none. */
static int regions(struct any_lab *lab)
{
	static const metal_phys_addr_t pages[] = {0x4000, 0x1000};
	static uint8_t mem[0x1800];
	struct metal_io_region io;

	metal_io_init(&io, mem, pages, sizeof(mem), 12, 0, NULL);
	ANY_LAB_CHECK(lab, metal_io_phys(&io, 0x123) == 0x4123);
	ANY_LAB_CHECK(lab, metal_io_phys(&io, 0x1001) == 0x1001);
	ANY_LAB_CHECK(lab, metal_io_phys(&io, sizeof(mem)) == METAL_BAD_PHYS);
	ANY_LAB_CHECK(lab, metal_io_phys_to_virt(&io, 0x17ff) == mem + sizeof(mem) - 1);
	ANY_LAB_CHECK(lab, !metal_io_phys_to_virt(&io, 0x1800));
	ANY_LAB_CHECK(lab, !metal_io_phys_to_virt(&io, 0x3fff));
	ANY_LAB_CHECK(lab, metal_io_virt_to_phys(&io, mem + 0x1010) == 0x1010);
	ANY_LAB_CHECK(lab, metal_io_block_write(&io, 0x17f0, pages, 16) == 16);
	ANY_LAB_CHECK(lab, metal_io_block_set(&io, 0x17fc, 1, 16) == 4);
	ANY_LAB_CHECK(lab, metal_io_read32(&io, 0x17fc) == 0x01010101);
	ANY_LAB_CHECK(lab, metal_io_block_read(&io, sizeof(mem), mem, 1) == -ERANGE);
	return 0;
}

const struct scene scenes_right[] = {
	SCENE("metal-copy", copies, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("metal-post", posts, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("metal-post-for-long", posts_for_long, ANY_LAB_RAW, ANY_LAB_OK, NULL, "x86-pc"),
	SCENE("metal-regions", regions, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
};
const size_t n_scenes_right = ANY_ARRAY_SIZE(scenes_right);

/* SPDX-License-Identifier: BSD-2-Clause */
/* The same driver, with one call of its API weakened at a time. */
#include "scenes.h"

#include <metal/cache.h>
#include <metal/dma.h>

#define engine_open  wrong_open
#define engine_close wrong_close
#define engine_copy  wrong_copy
#define engine_post  wrong_post
#include "../example/scenario.h"

static enum {
	NOTHING,
	SWAPPED,
	NO_UNMAP,
	OTHER_UNMAP,
	OTHER_WAY,
	LATE_STORE,
	CPU_ADDRESS,
	NO_FLUSH,
	INVALIDATE,
	RELAXED,
	ORDERED,
} wrong;

static int weak_map(struct metal_device *dev, uint32_t dir, struct metal_sg *in, int n,
		    struct metal_sg *out)
{
	int mapped;

	if (wrong == SWAPPED)
		dir ^= METAL_DMA_DEV_WR;
	mapped = metal_dma_map(dev, dir, in, n, out);
	if (wrong == LATE_STORE && dir == METAL_DMA_DEV_R)
		*(volatile uint8_t *)in->virt = 1; /* after it was given away */
	return mapped;
}

static inline __attribute__((always_inline)) void weak_unmap(struct metal_device *dev, uint32_t dir,
							     struct metal_sg *sg, int n)
{
	if (wrong == NO_UNMAP)
		return;
	if (wrong == SWAPPED || wrong == OTHER_WAY)
		dir ^= METAL_DMA_DEV_WR;
	if (wrong == OTHER_UNMAP)
		sg->len++;
	metal_dma_unmap(dev, dir, sg, n);
}

#define metal_dma_map	weak_map
#define metal_dma_unmap weak_unmap
#define metal_io_phys(io, offset)                                                                  \
	(wrong == CPU_ADDRESS ? (metal_phys_addr_t)(uintptr_t)metal_io_virt(io, offset)            \
			      : metal_io_phys(io, offset))
#define metal_cache_flush(addr, len)                                                               \
	(wrong == NO_FLUSH || wrong == RELAXED || wrong == ORDERED ? (void)0                       \
	 : wrong == INVALIDATE ? metal_cache_invalidate(addr, len)                                 \
			       : metal_cache_flush(addr, len))
/* A coherent machine needs no flush, and a copy of one's own has no fence: then only the doorbell's
 * memory order says that what was stored before is there. */
#define metal_io_block_write(io, at, from, len)                                                    \
	(wrong == RELAXED || wrong == ORDERED                                                      \
		 ? (memcpy(metal_io_virt(io, at), from, (size_t)(len)), len)                       \
		 : metal_io_block_write(io, at, from, len))
#undef metal_io_write32
#define metal_io_write32(io, at, value)                                                            \
	metal_io_write32_explicit(io, at, value,                                                   \
				  wrong == RELAXED ? memory_order_relaxed : memory_order_seq_cst)
#include "../example/engine.c"

#define WRONG(name, how, posts)                                                                    \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		wrong = how;                                                                       \
		return metal_run(lab, posts, COPIES);                                              \
	}
WRONG(swapped, SWAPPED, false)
WRONG(no_unmap, NO_UNMAP, false)
WRONG(other_unmap, OTHER_UNMAP, false)
WRONG(other_way, OTHER_WAY, false)
WRONG(late_store, LATE_STORE, false)
WRONG(cpu_address, CPU_ADDRESS, false)
WRONG(no_flush, NO_FLUSH, true)
WRONG(invalidate, INVALIDATE, true)
WRONG(relaxed, RELAXED, true)
WRONG(ordered, ORDERED, true)

static int outside(struct any_lab *lab)
{
	static struct metal_device dev;
	static uint8_t mem[256];
	struct metal_sg sg = {mem + 255, &dev.regions[0], 2};

	(void)lab;
	metal_io_init(&dev.regions[0], mem, NULL, sizeof(mem), -1u, 0, NULL);
	return metal_dma_map(&dev, METAL_DMA_DEV_R, &sg, 1, &sg);
}

#define FOUND(name, function, rule, platform, line, fix)                                           \
	SCENE_FIX("metal-" name, function, ANY_LAB_RAW, rule, NULL, platform, NULL, line, NULL, fix)

const struct scene scenes_wrong[] = {
	FOUND("swapped", swapped, ANY_LAB_DIRECTION, "arm64-nc", NULL, "METAL_DMA_DEV_WR"),
	FOUND("no-unmap", no_unmap, ANY_LAB_CPU_TOUCH, "arm64-nc", "mem",
	      "metal_dma_unmap() before"),
	FOUND("other-unmap", other_unmap, ANY_LAB_DOUBLE_UNMAP, "arm64-nc", "metal_dma_unmap",
	      "metal_dma_unmap() once"),
	FOUND("other-way", other_way, ANY_LAB_MISUSE, "arm64-nc", "metal_dma_unmap", "metal/dma.h"),
	FOUND("late-store", late_store, ANY_LAB_CPU_TOUCH, "arm64-nc", "given away",
	      "metal_dma_unmap() before"),
	FOUND("cpu-address", cpu_address, ANY_LAB_WRONG_WINDOW, "rpi-bcm2836-7", NULL,
	      "metal_io_phys()"),
	FOUND("no-flush", no_flush, ANY_LAB_DIRTY_READ, "arm64-nc", NULL, "metal_cache_flush() or"),
	FOUND("invalidate", invalidate, ANY_LAB_LOST_WRITE, "arm64-nc", NULL,
	      "metal_cache_flush() before"),
	FOUND("relaxed", relaxed, ANY_LAB_DOORBELL, "arm64-juno", NULL,
	      "atomic_thread_fence(memory_order_seq_cst)"),
	SCENE("metal-ordered", ordered, ANY_LAB_RAW, ANY_LAB_OK, NULL, "arm64-juno"),
	FOUND("outside", outside, ANY_LAB_MISUSE, "arm64-nc", NULL, "metal/dma.h"),
};
const size_t n_scenes_wrong = ANY_ARRAY_SIZE(scenes_wrong);

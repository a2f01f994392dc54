/* SPDX-License-Identifier: BSD-2-Clause */
/* The same driver, with one call of its API weakened at a time. */
#include "scenes.h"

#include <asm/io.h>
#include <cpu_func.h>
#include <linux/dma-mapping.h>
#include <phys2bus.h>

#define engine_probe	   wrong_probe
#define engine_copy	   wrong_copy
#define engine_copy_mapped wrong_copy_mapped
#include "../example/scenario.h"

static enum {
	NOTHING,
	NO_FLUSH,
	INVALIDATE_SOURCE,
	NO_INVALIDATE,
	NO_INVALIDATE_BEFORE,
	CPU_ADDRESS,
	UNMAP_OTHER,
	NO_UNMAP,
	DIRECTION,
} wrong;
static unsigned int invalidated;

static inline void weak_invalidate(unsigned long from, unsigned long to)
{
	bool before = invalidated++ % 2 == 0;

	if (!(wrong == NO_INVALIDATE && !before) && !(wrong == NO_INVALIDATE_BEFORE && before) &&
	    !(wrong == INVALIDATE_SOURCE && before))
		(invalidate_dcache_range)(from, to);
}

#define flush_dcache_range(from, to)                                                               \
	(wrong == NO_FLUSH	      ? (void)0                                                    \
	 : wrong == INVALIDATE_SOURCE ? (invalidate_dcache_range)(from, to)                        \
				      : flush_dcache_range(from, to))
#define invalidate_dcache_range(from, to) weak_invalidate(from, to)
#define dev_phys_to_bus(dev, phys)	  (wrong == CPU_ADDRESS ? (phys) : dev_phys_to_bus(dev, phys))
#define dma_unmap_single(addr, len, dir)                                                           \
	(wrong == NO_UNMAP                                                                         \
		 ? (void)0                                                                         \
		 : dma_unmap_single(addr, wrong == UNMAP_OTHER ? (len) + 64 : (len), dir))
#define dma_map_single(p, len, dir)                                                                \
	dma_map_single(p, len, wrong == DIRECTION ? DMA_TO_DEVICE : (dir))
#include "../example/copy.c"

#define WRONG(name, how, mapped)                                                                   \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		wrong = how;                                                                       \
		return copy_run(lab, mapped);                                                      \
	}
WRONG(no_flush, NO_FLUSH, false)
WRONG(invalidate_source, INVALIDATE_SOURCE, false)
WRONG(no_invalidate, NO_INVALIDATE, false)
WRONG(no_invalidate_before, NO_INVALIDATE_BEFORE, false)
WRONG(cpu_address, CPU_ADDRESS, false)
WRONG(unmap_other, UNMAP_OTHER, true)
WRONG(no_unmap, NO_UNMAP, true)
WRONG(direction, DIRECTION, true)

#define FOUND(name, function, rule, platform, line, fix)                                           \
	SCENE_FIX("uboot-" name, function, ANY_LAB_RAW, rule, NULL, platform, NULL, line, NULL, fix)

const struct scene scenes_wrong[] = {
	FOUND("no-flush", no_flush, ANY_LAB_DIRTY_READ, "arm64-nc",
	      "src[k] =", "flush_dcache_range() or"),
	FOUND("invalidate-source", invalidate_source, ANY_LAB_LOST_WRITE, "arm64-nc",
	      "flush_dcache_range(from, from + whole)", "flush_dcache_range() instead"),
	FOUND("no-invalidate", no_invalidate, ANY_LAB_STALE_READ, "arm64-nc", "memcmp",
	      "invalidate_dcache_range() or dma_unmap_single()"),
	FOUND("no-invalidate-before", no_invalidate_before, ANY_LAB_DIRTY_UNDER_DMA, "arm64-nc",
	      "dst[k] =", "invalidate_dcache_range() or dma_map_single()"),
	FOUND("cpu-address", cpu_address, ANY_LAB_WRONG_WINDOW, "rpi-bcm2836-7", NULL,
	      "dev_phys_to_bus("),
	FOUND("unmap-other", unmap_other, ANY_LAB_DOUBLE_UNMAP, "arm64-nc", "dma_unmap_single(from",
	      "dma_unmap_single() once"),
	FOUND("no-unmap", no_unmap, ANY_LAB_CPU_TOUCH, "arm64-nc", NULL,
	      "dma_unmap_single() before"),
	FOUND("direction", direction, ANY_LAB_DIRECTION, "arm64-nc", NULL, "DMA_BIDIRECTIONAL"),
};
const size_t n_scenes_wrong = ANY_ARRAY_SIZE(scenes_wrong);

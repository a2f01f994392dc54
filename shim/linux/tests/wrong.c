/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same driver, with one call of its API weakened at a time: the text is the example's, what a
 * call means is not.
 */
#include "scenes.h"

#include <linux/dma-mapping.h>
#include <linux/io.h>

#define nic_probe  wrong_probe
#define nic_remove wrong_remove
#define nic_xmit   wrong_xmit
#include "../example/loopback.h"

static enum {
	NO_WMB,
	SMP_WMB,
	NO_RMB,
	SMP_RMB,
	RELAXED,
	CPU_ADDRESS,
	NO_CHECK,
	NO_SYNC,
	NO_UNMAP,
	SHORT,
	DIRECTION,
} wrong;

static inline void weak_wmb(void)
{
	if (wrong == SMP_WMB)
		smp_wmb();
	else if (wrong != NO_WMB)
		any_lab_barrier(ANY_LAB_DMA_WMB);
}

static inline void weak_rmb(void)
{
	if (wrong == SMP_RMB)
		smp_rmb();
	else if (wrong != NO_RMB)
		any_linux_dma_rmb();
}

static inline __attribute__((always_inline)) dma_addr_t
weak_map(struct device *dev, void *p, size_t size, enum dma_data_direction dir)
{
	size_t len = wrong == SHORT && dir == DMA_FROM_DEVICE ? size / 8 : size;
	dma_addr_t dma =
		dma_map_single_attrs(dev, p, len, wrong == DIRECTION ? DMA_TO_DEVICE : dir, 0);

	return wrong == CPU_ADDRESS ? virt_to_phys(p) : dma;
}

#undef dma_wmb
#define dma_wmb() weak_wmb()
#undef dma_rmb
#define dma_rmb() weak_rmb()

#undef writel
#define writel(value, reg)                                                                         \
	(wrong == RELAXED ? writel_relaxed(value, reg) : any_linux_writel(reg, value, 4))

#undef dma_map_single
#define dma_map_single(dev, p, size, dir) weak_map(dev, p, size, dir)

#define dma_mapping_error(dev, dma) (wrong == NO_CHECK ? 0 : dma_mapping_error(dev, dma))

#define dma_sync_single_for_cpu(dev, dma, size, dir)                                               \
	(wrong == NO_SYNC ? (void)0 : dma_sync_single_for_cpu(dev, dma, size, dir))

#undef dma_unmap_single
#define dma_unmap_single(dev, dma, size, dir)                                                      \
	(wrong == NO_UNMAP && (dir) == DMA_FROM_DEVICE                                             \
		 ? (void)0                                                                         \
		 : dma_unmap_single_attrs(dev, dma, size, dir, 0))

#include "../example/nic.c"

static int run(struct any_lab *lab, unsigned int how)
{
	wrong = how;
	return loopback_run(lab, 0, FRAMES);
}

#define WRONG(name, how)                                                                           \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		return run(lab, how);                                                              \
	}
WRONG(no_wmb, NO_WMB)
WRONG(smp_only_wmb, SMP_WMB)
WRONG(no_rmb, NO_RMB)
WRONG(smp_only_rmb, SMP_RMB)
WRONG(relaxed, RELAXED)
WRONG(cpu_address, CPU_ADDRESS)
WRONG(no_check, NO_CHECK)
WRONG(no_sync, NO_SYNC)
WRONG(no_unmap, NO_UNMAP)
WRONG(too_short, SHORT)
WRONG(direction, DIRECTION)

#define FOUND(name, function, rule, platform, line, fix)                                           \
	SCENE_FIX("linux-nic-" name, function, 0, rule, NULL, platform, NULL, line, NULL, fix)

const struct scene scenes_wrong[] = {
	FOUND("no-wmb", no_wmb, ANY_LAB_STORE_ORDER, "arm64-nc", "d->len = ", "dma_wmb()"),
	FOUND("smp-wmb", smp_only_wmb, ANY_LAB_STORE_ORDER, "arm64-nc", "d->len = ", "dma_wmb()"),
	FOUND("no-rmb", no_rmb, ANY_LAB_LOAD_ORDER, "arm64-nc", NULL, "dma_rmb()"),
	FOUND("smp-rmb", smp_only_rmb, ANY_LAB_LOAD_ORDER, "arm64-nc", NULL, "dma_rmb()"),
	FOUND("relaxed", relaxed, ANY_LAB_DOORBELL, "arm64-nc", "writel(value, nic->regs + reg)",
	      "writel() in place of writel_relaxed()"),
	FOUND("cpu-address", cpu_address, ANY_LAB_WRONG_WINDOW, "rpi-bcm2836-7", NULL,
	      "dma_addr_t"),
	FOUND("no-check", no_check, ANY_LAB_MISUSE, "arm64-nc", NULL, "dma-api.rst"),
	FOUND("no-sync", no_sync, ANY_LAB_CPU_TOUCH, "arm64-nc", "u8 number = bytes[0]",
	      "dma_sync_single_for_cpu()"),
	FOUND("no-unmap", no_unmap, ANY_LAB_CPU_TOUCH, "arm64-nc", "u8 number = bytes[0]",
	      "dma_sync_single_for_cpu()"),
	FOUND("short", too_short, ANY_LAB_OUTSIDE, "arm64-nc", NULL, "dma_map_single()"),
	FOUND("direction", direction, ANY_LAB_DIRECTION, "arm64-nc", NULL, "DMA_BIDIRECTIONAL"),
};
const size_t n_scenes_wrong = ANY_ARRAY_SIZE(scenes_wrong);

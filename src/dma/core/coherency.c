/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cache maintenance by direction (conformance C3, variant b; docs/decisions.md 6).
 *
 *	direction	before the device	after the device
 *	TO_DEVICE	clean			nothing
 *	FROM_DEVICE	clean			inval
 *	BOTH		clean			inval
 *
 * Clean, not inval, before FROM_DEVICE: a line may hold bytes the device will not write, and those
 * must survive. The inval afterwards then always runs, on a machine that does not speculate too:
 * the cleaned lines are still valid. A buffer that shares lines with its neighbours and is written
 * by the device never comes here: its bounce slot does (DA-33).
 *
 * Maintenance is by the address the driver gave, which is the one it used: all a virtually tagged
 * cache knows (M8). Operations may complete late; one sync ends a call or a list.
 */
#include "dma/pipeline.h"

static size_t lines(const struct any_dma_dev *dev, const void *cpu, size_t len)
{
	const uint32_t line = dev->plat->facts.line;

	return (((uintptr_t)cpu & (line - 1)) + len + (line - 1)) >> __builtin_ctz(line);
}

/* Before the device, whatever the direction. */
void any_dma_cache_clean(struct any_dma_dev *dev, const struct dma_place *place, size_t offset,
			 size_t len)
{
	const struct any_dma_platform *plat = dev->plat;
	char *at = (char *)place->cpu + offset;

	if (!place->cached)
		return;
	plat->ops->cache->clean(plat->ctx, at, any_phys(place->phys.raw + offset), len);
	dev->stats.lines_cleaned += lines(dev, at, len);
}

/* After a device that may have written. */
void any_dma_cache_inval(struct any_dma_dev *dev, const struct dma_place *place, size_t offset,
			 size_t len)
{
	const struct any_dma_platform *plat = dev->plat;
	char *at = (char *)place->cpu + offset;

	if (!place->cached || !len)
		return;
	plat->ops->cache->inval(plat->ctx, at, any_phys(place->phys.raw + offset), len);
	dev->stats.lines_invalidated += lines(dev, at, len);
}

/* Whoever waits for the lines, device or CPU, may look after this. */
void any_dma_cache_sync(struct any_dma_dev *dev)
{
	if (dev->plat->ops->cache->sync)
		dev->plat->ops->cache->sync(dev->plat->ctx);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last mile (point 4 of the mail): what neither barriers nor cache maintenance empties. Also on
 * fully coherent machines: a completion may overtake the writes it announces (hazard 10).
 */
#include "dma/pipeline.h"

void any_dma_drain_now(struct any_dma_dev *dev, unsigned dirs)
{
	const struct any_dma_platform *plat = dev->plat;
	const unsigned todo = plat->facts.drains & dirs;

	for (unsigned dir = ANY_DMA_TO_DEVICE; dir <= ANY_DMA_FROM_DEVICE; dir <<= 1) {
		if (!(todo & dir))
			continue;
		plat->ops->drain(plat->ctx, (enum any_dma_dir)dir);
		dev->stats.drains++;
	}
}

void any_dma_drain_slow(struct any_dma_dev *dev, enum any_dma_dir dir)
{
	if (dev->watch)
		dev->watch->stage->drain(dev, dir);
	else
		any_dma_drain_now(dev, (unsigned)dir);
}

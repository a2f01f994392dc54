/* SPDX-License-Identifier: BSD-2-Clause */
/* What the device can address (DA-30 to DA-41). */
#include "book.h"

#include <anydma/compiler.h>

/* The driver says what its device drives; the tree may say less, as a bus limit does in Linux. */
int dma_set_mask(struct device *dev, u64 mask)
{
	struct book *b = book_of(dev, "dma_set_mask()");
	int err = any_dma_set_mask(b->dma, mask & b->reach);

	b->unreachable = err;
	if (!err)
		*dev->dma_mask = mask;
	return err ? -EIO : 0;
}

int dma_set_coherent_mask(struct device *dev, u64 mask)
{
	struct book *b = book_of(dev, "dma_set_coherent_mask()");
	int err = any_dma_set_coherent_mask(b->dma, mask & b->reach);

	b->coherent_unreachable = err;
	if (!err)
		dev->coherent_dma_mask = mask;
	return err ? -EIO : 0;
}

int dma_set_mask_and_coherent(struct device *dev, u64 mask)
{
	int err = dma_set_mask(dev, mask), coherent = dma_set_coherent_mask(dev, mask);

	return err ? err : coherent;
}

u64 dma_get_mask(struct device *dev)
{
	return dev->dma_mask ? *dev->dma_mask : DMA_BIT_MASK(32);
}

u64 dma_get_required_mask(struct device *dev)
{
	return any_dma_required_mask(book_of(dev, "dma_get_required_mask()")->dma);
}

bool dma_addressing_limited(struct device *dev)
{
	return min(dma_get_mask(dev), dev->bus_dma_limit) < dma_get_required_mask(dev);
}

void dma_set_max_seg_size(struct device *dev, unsigned int size)
{
	struct book *b = book_of(dev, "dma_set_max_seg_size()");

	if (any_dma_set_max_segment(b->dma, size))
		any_lab_misuse("dma_set_max_seg_size() of %u bytes.", size);
	dev->dma_parms->max_segment_size = size;
}

unsigned int dma_get_max_seg_size(struct device *dev)
{
	return dev->dma_parms && dev->dma_parms->max_segment_size ? dev->dma_parms->max_segment_size
								  : 65536; /* DA-36 */
}

void dma_set_seg_boundary(struct device *dev, unsigned long mask)
{
	struct book *b = book_of(dev, "dma_set_seg_boundary()");

	if (any_dma_set_boundary(b->dma, mask))
		any_lab_misuse("dma_set_seg_boundary() of 0x%lx, which is no mask.", mask);
	dev->dma_parms->segment_boundary_mask = mask;
}

unsigned long dma_get_seg_boundary(struct device *dev)
{
	return dev->dma_parms && dev->dma_parms->segment_boundary_mask
		       ? dev->dma_parms->segment_boundary_mask
		       : ~0ul;
}

void dma_set_min_align_mask(struct device *dev, unsigned int mask)
{
	struct book *b = book_of(dev, "dma_set_min_align_mask()");

	if (any_dma_set_min_align(b->dma, mask))
		any_lab_misuse("dma_set_min_align_mask() of 0x%x.", mask);
	dev->dma_parms->min_align_mask = mask;
}

size_t dma_max_mapping_size(struct device *dev)
{
	return any_dma_max_mapping_len(book_of(dev, "dma_max_mapping_size()")->dma);
}

size_t dma_opt_mapping_size(struct device *dev)
{
	return dma_max_mapping_size(dev);
}

unsigned long dma_get_merge_boundary(struct device *dev)
{
	return any_dma_merge_boundary(book_of(dev, "dma_get_merge_boundary()")->dma);
}

bool dma_need_sync(struct device *dev, dma_addr_t addr)
{
	struct book *b = book_of(dev, "dma_need_sync()");

	for (unsigned int i = 0; i < b->n; i++)
		if (addr - b->entries[i].addr < b->entries[i].size)
			return any_dma_needs_sync(b->dma, &b->entries[i].map);
	return true;
}

/* In-kernel name and type; 1 where the bus snoops. */
int dma_get_cache_alignment(void)
{
	return (int)any_dma_cache_alignment(book_open()->dma);
}

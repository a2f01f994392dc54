/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DMA API as Documentation/core-api/dma-api.rst has it, on the lab: each call is the real
 * pipeline of this machine, and what the kernel's debug layer checks is checked (conformance C5).
 */
#ifndef ANYDMA_LINUX_LINUX_DMA_MAPPING_H
#define ANYDMA_LINUX_LINUX_DMA_MAPPING_H

#include <asm/cache.h>
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#define DMA_BIT_MASK(n)	  ((n) == 64 ? ~0ull : (1ull << ((n)&63)) - 1)
#define DMA_MAPPING_ERROR (~(dma_addr_t)0)

#define DMA_ATTR_WEAK_ORDERING	   (1ul << 1)
#define DMA_ATTR_WRITE_COMBINE	   (1ul << 2)
#define DMA_ATTR_NO_KERNEL_MAPPING (1ul << 4)
#define DMA_ATTR_SKIP_CPU_SYNC	   (1ul << 5)
#define DMA_ATTR_FORCE_CONTIGUOUS  (1ul << 6)
#define DMA_ATTR_NO_WARN	   (1ul << 8)
#define DMA_ATTR_MMIO		   (1ul << 10)

/* Streaming. */
dma_addr_t dma_map_single_attrs(struct device *dev, void *p, size_t size,
				enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_single_attrs(struct device *dev, dma_addr_t addr, size_t size,
			    enum dma_data_direction dir, unsigned long attrs);
dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs);
dma_addr_t dma_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			enum dma_data_direction dir, unsigned long attrs);
dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys, size_t size,
			    enum dma_data_direction dir, unsigned long attrs);
int dma_mapping_error(struct device *dev, dma_addr_t addr);

#define dma_map_single(dev, p, size, dir)      dma_map_single_attrs(dev, p, size, dir, 0)
#define dma_unmap_single(dev, addr, size, dir) dma_unmap_single_attrs(dev, addr, size, dir, 0)
#define dma_map_page(dev, page, at, size, dir) dma_map_page_attrs(dev, page, at, size, dir, 0)
#define dma_unmap_page(dev, addr, size, dir)   dma_unmap_single_attrs(dev, addr, size, dir, 0)
#define dma_unmap_page_attrs(dev, addr, size, dir, attrs)                                          \
	dma_unmap_single_attrs(dev, addr, size, dir, attrs)
#define dma_unmap_phys(dev, addr, size, dir, attrs)                                                \
	dma_unmap_single_attrs(dev, addr, size, dir, attrs)
#define dma_unmap_resource(dev, addr, size, dir, attrs)                                            \
	dma_unmap_single_attrs(dev, addr, size, dir, attrs)

void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir);
void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size,
				enum dma_data_direction dir);
#define dma_sync_single_range_for_cpu(dev, addr, offset, size, dir)                                \
	dma_sync_single_for_cpu(dev, (addr) + (offset), size, dir)
#define dma_sync_single_range_for_device(dev, addr, offset, size, dir)                             \
	dma_sync_single_for_device(dev, (addr) + (offset), size, dir)

/* Lists. */
unsigned int dma_map_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			      enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction dir, unsigned long attrs);
int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		    unsigned long attrs);
void dma_unmap_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		       unsigned long attrs);
void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sg, int nents,
			 enum dma_data_direction dir);
void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sg, int nents,
			    enum dma_data_direction dir);
#define dma_map_sg(dev, sg, n, dir)   ((int)dma_map_sg_attrs(dev, sg, n, dir, 0))
#define dma_unmap_sg(dev, sg, n, dir) dma_unmap_sg_attrs(dev, sg, n, dir, 0)
#define dma_sync_sgtable_for_cpu(dev, sgt, dir)                                                    \
	dma_sync_sg_for_cpu(dev, (sgt)->sgl, (int)(sgt)->orig_nents, dir)
#define dma_sync_sgtable_for_device(dev, sgt, dir)                                                 \
	dma_sync_sg_for_device(dev, (sgt)->sgl, (int)(sgt)->orig_nents, dir)

/* Coherent, and memory that only looks so. */
void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp,
		      unsigned long attrs);
void dma_free_attrs(struct device *dev, size_t size, void *cpu, dma_addr_t handle,
		    unsigned long attrs);
void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp,
		       unsigned long attrs);
void dmam_free_coherent(struct device *dev, size_t size, void *cpu, dma_addr_t handle);
#define dma_alloc_coherent(dev, size, handle, gfp)  dma_alloc_attrs(dev, size, handle, gfp, 0)
#define dma_zalloc_coherent(dev, size, handle, gfp) dma_alloc_attrs(dev, size, handle, gfp, 0)
#define dma_free_coherent(dev, size, cpu, handle)   dma_free_attrs(dev, size, cpu, handle, 0)
#define dmam_alloc_coherent(dev, size, handle, gfp) dmam_alloc_attrs(dev, size, handle, gfp, 0)
#define dma_alloc_wc(dev, size, handle, gfp)                                                       \
	dma_alloc_attrs(dev, size, handle, gfp, DMA_ATTR_WRITE_COMBINE)
#define dma_free_wc(dev, size, cpu, handle)                                                        \
	dma_free_attrs(dev, size, cpu, handle, DMA_ATTR_WRITE_COMBINE)

void *dma_alloc_noncoherent(struct device *dev, size_t size, dma_addr_t *handle,
			    enum dma_data_direction dir, gfp_t gfp);
void dma_free_noncoherent(struct device *dev, size_t size, void *cpu, dma_addr_t handle,
			  enum dma_data_direction dir);
struct page *dma_alloc_pages(struct device *dev, size_t size, dma_addr_t *handle,
			     enum dma_data_direction dir, gfp_t gfp);
void dma_free_pages(struct device *dev, size_t size, struct page *page, dma_addr_t handle,
		    enum dma_data_direction dir);

/* Limits. */
int dma_set_mask(struct device *dev, u64 mask);
int dma_set_coherent_mask(struct device *dev, u64 mask);
int dma_set_mask_and_coherent(struct device *dev, u64 mask);
#define dma_coerce_mask_and_coherent(dev, mask) dma_set_mask_and_coherent(dev, mask)
u64 dma_get_mask(struct device *dev);
u64 dma_get_required_mask(struct device *dev);
void dma_set_max_seg_size(struct device *dev, unsigned int size);
unsigned int dma_get_max_seg_size(struct device *dev);
void dma_set_seg_boundary(struct device *dev, unsigned long mask);
unsigned long dma_get_seg_boundary(struct device *dev);
void dma_set_min_align_mask(struct device *dev, unsigned int mask);
size_t dma_max_mapping_size(struct device *dev);
size_t dma_opt_mapping_size(struct device *dev);
unsigned long dma_get_merge_boundary(struct device *dev);
bool dma_need_sync(struct device *dev, dma_addr_t addr);
int dma_get_cache_alignment(void);
bool dma_addressing_limited(struct device *dev);

/* State that drivers keep for unmap. */
#define DEFINE_DMA_UNMAP_ADDR(name)	   dma_addr_t name
#define DEFINE_DMA_UNMAP_LEN(name)	   u32 name
#define dma_unmap_addr(p, name)		   ((p)->name)
#define dma_unmap_addr_set(p, name, value) ((p)->name = (value))
#define dma_unmap_len(p, name)		   ((p)->name)
#define dma_unmap_len_set(p, name, value)  ((p)->name = (value))

#endif

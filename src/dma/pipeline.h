/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stages of the pipeline say to each other. */
#ifndef ANYDMA_DMA_PIPELINE_H
#define ANYDMA_DMA_PIPELINE_H

#include <anydma/dma.h>
#include <anydma/watch.h>

/* A buffer on its way to the device: the bytes it will see, which may be a slot's. */
struct dma_place {
	void *cpu;
	struct any_phys_addr phys;
	struct any_dma_addr addr; /* without an IOMMU: of the first byte */
	uint64_t run;		  /* and how many bytes follow it in one run */
	uint64_t len;
	bool shared, cached; /* cached: the cache stage has work on these bytes */
};

/* ---- attach.c: facts to flags. Again after every change of a mask or of the observers. ---- */
void dma_refresh(struct any_dma_dev *dev);

/* ---- translate.c ---- */
int dma_translate(const struct any_dma_facts *facts, struct any_phys_addr phys, uint64_t len,
		  bool shared, uint64_t min, uint64_t max, struct any_dma_addr *addr,
		  uint64_t *run);
const struct any_dma_region *dma_region_of(const struct any_dma_platform *plat, const void *va,
					   uint64_t len);

/* ---- map.c: everything before the address, without the cache's sync ---- */
int dma_place(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir, bool may_split,
	      struct any_dma_mapping *map, struct dma_place *place);
/* The bytes a live mapping shows the device. */
void dma_place_of(const struct any_dma_dev *dev, const struct any_dma_mapping *map,
		  struct dma_place *place);

/* ---- bounce.c ---- */
int dma_bounce_take(struct any_dma_dev *dev, enum any_bounce_reason reason,
		    struct any_phys_addr phys, size_t len, struct any_dma_mapping *map);
void dma_bounce_give(struct any_dma_dev *dev, struct any_dma_mapping *map);
void dma_bounce_fill(struct any_dma_dev *dev, const struct any_dma_mapping *map);
void dma_bounce_pad(struct any_dma_dev *dev, const struct any_dma_mapping *map);
void dma_bounce_in(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		   size_t len);
void dma_bounce_out(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
		    size_t len);

/* ---- coherency.c: for_* may complete late, dma_cache_sync is once per call or list ---- */
void dma_cache_for_device(struct any_dma_dev *dev, const struct dma_place *place, size_t offset,
			  size_t len);
void dma_cache_for_cpu(struct any_dma_dev *dev, const struct dma_place *place, size_t offset,
		       size_t len, enum any_dma_dir dir);
void dma_cache_sync(struct any_dma_dev *dev);

/* ---- drain.c ---- */
void dma_drain(struct any_dma_dev *dev, unsigned dirs);

/* ---- iommu.c ---- */
unsigned dma_iommu_prot(enum any_dma_dir dir);
uint64_t dma_iommu_span(const struct any_dma_iommu *iommu, uint64_t at, uint64_t len);
int dma_iommu_take(struct any_dma_dev *dev, uint64_t size, uint64_t max, struct any_dma_addr *base);
int dma_iommu_enter(struct any_dma_dev *dev, struct any_dma_addr iova, struct any_phys_addr phys,
		    uint64_t len, unsigned prot);
void dma_iommu_ready(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size);
int dma_iommu_map(struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len, unsigned prot,
		  uint64_t max, struct any_dma_addr *addr);
/* Takes back [addr, addr + len), granules and all. strict: the device is out when this returns. */
void dma_iommu_unmap(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len, bool strict);
void dma_iommu_release(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size,
		       bool strict);
void dma_iommu_flush(struct any_dma_dev *dev);

/* ---- watch.c ---- */
int dma_watch_begin(struct any_dma_event *event);
void dma_watch_end(struct any_dma_event *event, int err);
/* Everybody, whatever they answer. */
void dma_watch_tell(const struct any_dma_event *event);

/* Is the part inside the mapping, and the mapping alive? */
static inline bool dma_part_valid(const struct any_dma_mapping *map, size_t offset, size_t len)
{
	return (map->flags & ANY_DMA_MAP_LIVE) && len && offset < map->len &&
	       len <= map->len - offset;
}

static inline bool dma_dir_valid(enum any_dma_dir dir)
{
	return (unsigned)dir - 1u < 3u;
}

#endif

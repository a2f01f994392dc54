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
	uint32_t slot;
	uint16_t class;
	uint8_t flags;	     /* ANY_DMA_MAP_* so far */
	bool shared, cached; /* cached: the cache stage has work on these bytes */
};

/* ---- attach.c: facts to flags. Again after every change of a mask or of the observers. ---- */
void any_dma_refresh(struct any_dma_dev *dev);

/* ---- translate.c ---- */
int any_dma_translate_run(const struct any_dma_facts *facts, struct any_phys_addr phys,
			  uint64_t len, bool shared, uint64_t min, uint64_t max,
			  struct any_dma_addr *addr, uint64_t *run);

/* ERANGE or place->addr and run. */
static inline int dma_translate_place(const struct any_dma_dev *dev, struct dma_place *place)
{
	const uint64_t at = place->phys.raw - dev->plain_phys;

	if (ANY_UNLIKELY(!(dev->stages & ANY_STAGE_PLAIN)))
		return any_dma_translate_run(&dev->plat->facts, place->phys, place->len,
					     place->shared, dev->reach_min, dev->reach_max,
					     &place->addr, &place->run);
	if (at > dev->plain_span)
		return -ANY_ERANGE;
	place->addr.raw = dev->plain_dma + at;
	place->run = place->len - 1 <= dev->plain_span - at ? place->len : dev->plain_span - at + 1;
	return 0;
}

/* First match wins; NULL: none of it, or it runs off the region. */
static inline const struct any_dma_region *dma_region_of(const struct any_dma_platform *plat,
							 const void *va, uint64_t len)
{
	for (uint32_t i = 0; i < plat->n_ram; i++) {
		const struct any_dma_region *r = &plat->ram[i];
		const uint64_t at = (uintptr_t)va - (uintptr_t)r->cpu;

		if (at < r->size)
			return len <= r->size - at ? r : NULL;
	}
	return NULL;
}

/* ---- place.c: everything before the address, without the cache's sync ---- */
int any_dma_place(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		  bool may_split, struct dma_place *place);
/* The bytes a live mapping shows the device. */
void any_dma_place_of(const struct any_dma_dev *dev, const struct any_dma_mapping *map,
		      struct dma_place *place);

/* Field by field: a structure copied whole right after its parts were stored stalls the CPU. */
static inline void dma_place_done(const struct dma_place *place, void *buf, size_t len,
				  enum any_dma_dir dir, struct any_dma_mapping *map)
{
	map->addr = place->addr;
	map->cpu = buf;
	map->len = (uint32_t)len;
	map->slot = place->slot;
	map->dir = (uint8_t)dir;
	map->flags = place->flags;
	map->class = place->class;
}

/* ---- bounce.c; what runs per buffer is in bounce.h ---- */
uint32_t any_dma_bounce_low_bits(const struct any_dma_dev *dev, struct any_phys_addr phys);
void any_dma_bounce_pad(struct any_dma_dev *dev, uint32_t slot, uint64_t len);

/* ---- coherency.c: for_* may complete late, any_dma_cache_sync is once per call or list ---- */
void any_dma_cache_clean(struct any_dma_dev *dev, const struct dma_place *place, size_t offset,
			 size_t len);
void any_dma_cache_inval(struct any_dma_dev *dev, const struct dma_place *place, size_t offset,
			 size_t len);
void any_dma_cache_sync(struct any_dma_dev *dev);

/* ---- drain.c ---- */
void any_dma_drain_now(struct any_dma_dev *dev, unsigned dirs);

static inline void dma_drain(struct any_dma_dev *dev, unsigned dirs)
{
	if (ANY_UNLIKELY(dev->plat->facts.drains & dirs))
		any_dma_drain_now(dev, dirs);
}

/* ---- iommu.c ---- */
unsigned any_dma_iommu_prot(enum any_dma_dir dir);
uint64_t any_dma_iommu_span(const struct any_dma_iommu *iommu, uint64_t at, uint64_t len);
int any_dma_iommu_take(struct any_dma_dev *dev, uint64_t size, uint64_t max,
		       struct any_dma_addr *base);
int any_dma_iommu_enter(struct any_dma_dev *dev, struct any_dma_addr iova,
			struct any_phys_addr phys, uint64_t len, unsigned prot);
void any_dma_iommu_ready(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size);
int any_dma_iommu_map(struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
		      unsigned prot, uint64_t max, struct any_dma_addr *addr);
/* Takes back [addr, addr + len), granules and all. strict: the device is out when this returns. */
void any_dma_iommu_unmap(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len,
			 bool strict);
void any_dma_iommu_release(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size,
			   bool strict);
void any_dma_iommu_flush(struct any_dma_dev *dev);

/* ---- watch.c ---- */
int any_dma_watch_begin(struct any_dma_event *event);
void any_dma_watch_end(struct any_dma_event *event, int err);
/* Everybody, whatever they answer. */
void any_dma_watch_tell(const struct any_dma_event *event);

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

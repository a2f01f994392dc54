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
	uint16_t size_class;
	uint8_t flags;	     /* ANY_DMA_MAP_* so far */
	bool shared, cached; /* cached: the cache stage has work on these bytes */
};

/* ---- attach.c: facts to flags. Again after every change of a mask or of the observers. ---- */
void any_dma_refresh(struct any_dma_dev *dev);

/* ---- translate.c ---- */
/* Whose address bits (M15, hazard 12); registers carry none. */
enum dma_memory { DMA_PRIVATE, DMA_SHARED, DMA_REGISTERS };

/* In SME the private page carries a bit, in CCA the shared one. */
static inline uint64_t dma_bits(const struct any_dma_facts *facts, enum dma_memory memory)
{
	return memory == DMA_SHARED    ? facts->shared_bits
	       : memory == DMA_PRIVATE ? facts->private_bits
				       : 0;
}

static inline enum dma_memory dma_memory_of(const struct any_dma_region *region)
{
	return region->flags & ANY_REGION_SHARED ? DMA_SHARED : DMA_PRIVATE;
}

/* What translation must know besides the address. min and max are bus addresses, inclusive. */
struct dma_path {
	const struct any_dma_platform *plat;
	uint64_t bits, min, max;
	bool miss_identity; /* for this one, whatever the facts say */
};

static inline struct dma_path dma_path_of(const struct any_dma_dev *dev, enum dma_memory memory)
{
	return (struct dma_path){.plat = dev->plat,
				 .bits = dma_bits(&dev->plat->facts, memory),
				 .min = dev->reach_min,
				 .max = dev->reach_max};
}

/* What a device with this mask reaches (attach.c). */
uint64_t any_dma_reach_max(const struct any_dma_facts *facts, uint64_t mask);

/* ERANGE, or the address that the driver is given and how many bytes follow it. */
int any_dma_translate_run(const struct dma_path *path, struct any_phys_addr phys, uint64_t len,
			  struct any_dma_addr *addr, uint64_t *run);
/* The same for what goes into the IOMMU's tables; whole granules. */
int any_dma_table_run(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
		      enum dma_memory memory, struct any_phys_addr *out, uint64_t *run);
int any_dma_translate_far(const struct any_dma_dev *dev, struct dma_place *place);

/* ERANGE or place->addr and run. */
static inline int dma_translate_place(const struct any_dma_dev *dev, struct dma_place *place)
{
	const uint64_t at = place->phys.raw - dev->plain_phys;

	if (ANY_UNLIKELY(!(dev->stages & ANY_STAGE_PLAIN)))
		return any_dma_translate_far(dev, place);
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
/* list: what one transfer may be is seen to by the list's extents. With ANY_DMA_MAP_IOMMU in
 * place->flags its address is the IOMMU's to give, else it has one. */
int any_dma_place(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir, bool list,
		  struct dma_place *place);
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
	map->size_class = place->size_class;
}

/* Would a transfer of len bytes from `at` cross what the device cannot? */
static inline bool dma_crosses(uint64_t boundary, uint64_t at, uint64_t len)
{
	return len - 1 > boundary - (at & boundary);
}

/* ---- valid.c ---- */
bool any_dma_platform_is_sane(const struct any_dma_platform *plat);
/* Lines between this CPU and a bus that does not look at them? */
static inline bool dma_has_lines(const struct any_dma_facts *facts)
{
	return !facts->coherent && facts->line > 1;
}
/* M11: memory whose lines are nobody's concern. */
static inline bool dma_is_seen(const struct any_dma_region *region)
{
	return region->flags & (ANY_REGION_UNCACHED | ANY_REGION_SNOOPED);
}

/* ---- bounce.c; what runs per buffer is in bounce.h ---- */
uint32_t any_dma_bounce_low_bits(const struct any_dma_dev *dev, struct any_phys_addr phys);
/* Changes place->slot, which does not serve this buffer, for another of its class: one a try, from
 * 0. ENOMEM, ERANGE: it was given back, and none serves now, or ever. */
int any_dma_bounce_another(struct any_dma_dev *dev, uint32_t tries, struct dma_place *place);
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
/* One piece of memory on its way into the tables. */
struct dma_entry {
	struct any_phys_addr phys;
	uint64_t len;
	unsigned prot;
	enum dma_memory memory;
};

/* I/O virtual addresses and physical ones agree below this: a power of two. */
static inline uint64_t dma_iommu_unit(const struct any_dma_iommu *iommu)
{
	return iommu->colour > iommu->granule ? iommu->colour : iommu->granule;
}

unsigned any_dma_iommu_prot(enum any_dma_dir dir);
/* Bytes of the granules that [at, at + len) touches. */
uint64_t any_dma_iommu_span(const struct any_dma_iommu *iommu, uint64_t at, uint64_t len);
/* Bytes of address space it takes, guard and all. */
uint64_t any_dma_iommu_room(const struct any_dma_iommu *iommu, uint64_t at, uint64_t len,
			    unsigned prot);
/* Can all granules of it be said in the tables? */
bool any_dma_iommu_reaches(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
			   enum dma_memory memory);
int any_dma_iommu_take(struct any_dma_dev *dev, uint64_t size, uint64_t max,
		       struct any_dma_addr *base);
/* In the room that begins at `base`; *addr: of the first byte, with the bits a bridge implies. */
int any_dma_iommu_enter(struct any_dma_dev *dev, struct any_dma_addr base,
			const struct dma_entry *entry, struct any_dma_addr *addr);
void any_dma_iommu_leave(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len,
			 unsigned prot);
void any_dma_iommu_ready(struct any_dma_dev *dev, struct any_dma_addr base, uint64_t size);
/* `boundary`: the mask no transfer crosses; all ones: none. */
int any_dma_iommu_map(struct any_dma_dev *dev, const struct dma_entry *entry, uint64_t boundary,
		      uint64_t max, struct any_dma_addr *addr);
/* Takes back [addr, addr + len), granules and all. strict: the device is out when this returns. */
void any_dma_iommu_unmap(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t len,
			 unsigned prot, bool strict);
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

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stages of the pipeline say to each other. */
#ifndef ANYDMA_DMA_PIPELINE_H
#define ANYDMA_DMA_PIPELINE_H

#include <anydma/dma.h>
#include <anydma/watch.h>

#include "base/bits.h"

struct extents; /* verbs/extents.h */

/* A buffer on its way to the device: the bytes it will see, which may be a slot's. */
struct dma_place {
	void *cpu;
	struct any_phys_addr phys;
	struct any_dma_addr addr; /* without an IOMMU: of the first byte */
	uint64_t run;		  /* and how many bytes follow it in one run */
	size_t len;
	uint32_t slot;
	uint16_t size_class;
	uint8_t flags;	     /* ANY_DMA_MAP_* so far */
	bool shared, cached; /* cached: the cache stage has work on these bytes */
};

/* ---- core/, by file ----
 * attach.c: facts to flags. Again after every change of a mask or of the observers. */
void any_dma_refresh(struct any_dma_dev *dev);
int any_dma_attach_to(struct any_dma_dev *dev, const struct any_dma_platform *plat,
		      const struct any_bus_stage *bus);
/* What a device with this mask reaches. */
uint64_t any_dma_reach_max(const struct any_dma_facts *facts, uint64_t mask);
/* One window, or none: translation is then two compares and an add. */
bool any_dma_is_plain(const struct any_dma_platform *plat);
/* False: nothing between min and max. Of a plain bus. */
bool any_dma_find_plain(const struct any_dma_platform *plat, uint64_t min, uint64_t max,
			struct any_dma_window *window);
/* Takes the run that begins at `phys`, if it lies in this memory and is the longest so far. */
void any_dma_consider(struct any_dma_dev *dev, const struct any_dma_region *r, uint64_t phys);

/* ---- place.c: everything before the address, without the cache's sync ---- */
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

/* ERANGE or place->addr and run, the bytes that follow it without a gap. */
static inline int dma_translate_place(const struct any_dma_dev *dev, struct dma_place *place);
int any_dma_translate_place(const struct any_dma_dev *dev, struct dma_place *place);

/* First match wins; NULL: none of it, or it runs off the region. */
const struct any_dma_region *any_dma_region_of(const struct any_dma_platform *plat, const void *va,
					       uint64_t len);

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
bool any_dma_platform_is_sane(const struct any_dma_platform *plat, const struct any_bus_stage *bus);
bool any_dma_segments_are_sane(const struct any_dma_segment *s, uint32_t n);
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

/* ---- coherent.c ---- */
int any_dma_alloc_coherent_now(struct any_dma_dev *dev, size_t size, struct any_dma_coherent *mem);
int any_dma_free_coherent_now(struct any_dma_dev *dev, const struct any_dma_coherent *mem);

/* ---- map.c: the verbs without observers ---- */
int any_dma_map_now(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		    struct any_dma_mapping *map);
int any_dma_unmap_now(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written);
int any_dma_sync_now(struct any_dma_dev *dev, enum any_dma_op op, const struct any_dma_mapping *map,
		     size_t offset, size_t len);

/*
 * ---- stage/: what not every machine has ----
 * A bounce pool, an IOMMU and an observer each bring the code that serves them: the core calls it
 * through the object. A program that never makes one does not link it (decision 68).
 */
struct any_bus_stage {
	bool (*is_sane)(const struct any_dma_facts *facts);
	int (*translate)(const struct any_dma_dev *dev, struct dma_place *place);
	/* Only a part of it follows without a gap: must it bounce? */
	enum any_bounce_reason (*split)(const struct any_dma_dev *dev, bool list,
					const struct dma_place *place);
	/* Whole pages, with the bits of coherent memory, in what the coherent mask reaches. */
	int (*coherent)(const struct any_dma_dev *dev, struct any_phys_addr phys, size_t bytes,
			uint64_t max, struct any_dma_addr *addr);
	/* any_dma_consider, of whatever may begin a run. */
	void (*consider)(struct any_dma_dev *dev, const struct any_dma_region *r);
};

/* What a driver said of its device (verbs/limits.c). */
struct any_limits_stage {
	/* No place could make one transfer of it. */
	bool (*is_too_long)(const struct any_dma_dev *dev, size_t len);
	/* At place->addr it is not one transfer of this device's. */
	bool (*breaks)(const struct any_dma_dev *dev, bool list, const struct dma_place *place);
	void (*cut_fast_window)(struct any_dma_dev *dev);
};

struct any_bounce_stage {
	/* Does the pool contradict the platform's facts? */
	bool (*is_sane)(const struct any_dma_platform *plat);
	/* One run over the whole pool saves the search per call: pool_dma. After a change of reach.
	 */
	void (*find_run)(struct any_dma_dev *dev);
	/* The bytes in a slot that serves, and place is the slot's. ERANGE, ENOMEM, E2BIG. */
	int (*take)(struct any_dma_dev *dev, enum any_bounce_reason reason, bool list,
		    struct dma_place *place);
	/* Of a mapping that bounced, whose part is valid. */
	void (*copy_in)(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
			size_t len);
	void (*copy_out)(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t offset,
			 size_t len);
	void (*give)(struct any_dma_dev *dev, uint32_t slot, uint16_t size_class);
	/* copy_out of the first `written` bytes, and give. */
	void (*put)(struct any_dma_dev *dev, const struct any_dma_mapping *map, size_t written);
};

struct any_iommu_stage {
	bool (*is_sane)(const struct any_dma_platform *plat);
	/* Must it bounce all the same? If not, place->flags says ANY_DMA_MAP_IOMMU. */
	enum any_bounce_reason (*show)(const struct any_dma_dev *dev, bool list,
				       struct dma_place *place);
	/* The same of a slot: false, another may serve. */
	bool (*show_slot)(const struct any_dma_dev *dev, bool list, struct dma_place *place);
	int (*map)(struct any_dma_dev *dev, const struct dma_place *place, enum any_dma_dir dir,
		   struct any_dma_addr *addr);
	int (*map_registers)(struct any_dma_dev *dev, struct any_phys_addr phys, size_t len,
			     enum any_dma_dir dir, struct any_dma_addr *addr);
	void (*unmap)(struct any_dma_dev *dev, const struct any_dma_mapping *map);
	/* Whole pages at an address as aligned as `align` wants; ERANGE: another piece may do. */
	int (*map_coherent)(struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t bytes,
			    uint64_t align, struct any_dma_addr *addr);
	/* Strict: the pages have a new owner soon. Nothing, if they went around a partial one. */
	void (*unmap_coherent)(struct any_dma_dev *dev, struct any_dma_addr addr, uint64_t bytes);
	/* One range of addresses for the pieces of a list, placed before; and away with it. */
	int (*map_list)(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
			struct extents *x);
	void (*unmap_list)(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n);
	/* Can all granules of it be said in the tables? */
	bool (*reaches)(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
			enum dma_memory memory);
	bool (*has_room)(const struct any_dma_dev *dev, uint64_t max); /* for a granule */
	/* One invalidation for everything that waits. */
	void (*flush)(struct any_dma_dev *dev);
};

/* ---- stage/watched.c ---- */
int any_dma_watch_begin(struct any_dma_event *event);
void any_dma_watch_end(struct any_dma_event *event, int err);
/* Everybody, whatever they answer. */
void any_dma_watch_tell(const struct any_dma_event *event);

/* The verbs under observation: told before, done, told after. */
struct any_watch_stage {
	/* Directions in which somebody drains or looks. */
	uint32_t (*drains)(const struct any_dma_dev *dev);
	int (*map)(struct any_dma_dev *dev, void *buf, size_t len, enum any_dma_dir dir,
		   struct any_dma_mapping *map);
	void (*unmap)(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written);
	void (*sync)(struct any_dma_dev *dev, enum any_dma_op op, const struct any_dma_mapping *map,
		     size_t offset, size_t len);
	int (*alloc_coherent)(struct any_dma_dev *dev, size_t size, struct any_dma_coherent *mem);
	int (*free_coherent)(struct any_dma_dev *dev, struct any_dma_coherent *mem);
	void (*drain)(struct any_dma_dev *dev, enum any_dma_dir dir);
	void (*detach)(struct any_dma_dev *dev);
};

static inline int dma_translate_place(const struct any_dma_dev *dev, struct dma_place *place)
{
	const struct any_dma_window *w = &dev->plain;
	const uint64_t at = place->phys.raw - w->phys;

	if (ANY_UNLIKELY(!(dev->stages & ANY_STAGE_PLAIN)))
		return dev->bus ? dev->bus->translate(dev, place) : -ANY_ERANGE;
	if (at > w->span)
		return -ANY_ERANGE;
	place->addr.raw = w->dma + at;
	place->run = place->len - 1 <= w->span - at ? place->len : w->span - at + 1;
	return 0;
}

/* Does a device see all of it, without a gap? */
static inline bool dma_is_one_run(const struct any_dma_dev *dev, const struct any_dma_region *r,
				  struct any_dma_addr *addr)
{
	struct dma_place whole = {
		.phys = r->phys, .len = (size_t)r->size, .shared = r->flags & ANY_REGION_SHARED};

	if (any_dma_translate_place(dev, &whole) || whole.run != whole.len)
		return false;
	*addr = whole.addr;
	return true;
}

static inline const struct any_bounce_stage *dma_bounce(const struct any_dma_dev *dev)
{
	return dev->plat->bounce->stage;
}

static inline void dma_move_to_slot(const struct any_dma_dev *dev, uint32_t slot,
				    struct dma_place *place)
{
	const struct any_dma_region *mem = &dev->plat->bounce->mem;

	place->cpu = (char *)mem->cpu + slot;
	place->phys.raw = mem->phys.raw + slot;
	place->addr.raw = dev->pool_dma + slot;
	place->run = place->len;
	place->shared = mem->flags & ANY_REGION_SHARED;
	place->cached = (dev->stages & ANY_STAGE_CACHE) && !dma_is_seen(mem);
}

static inline const struct any_iommu_stage *dma_iommu(const struct any_dma_dev *dev)
{
	return dev->plat->iommu->stage;
}

static inline void dma_iommu_flush(struct any_dma_dev *dev)
{
	if (dev->plat->iommu)
		dma_iommu(dev)->flush(dev);
}

/* I/O virtual addresses and physical ones agree below this: a power of two. */
static inline uint64_t dma_iommu_unit(const struct any_dma_iommu *iommu)
{
	return iommu->colour > iommu->granule ? iommu->colour : iommu->granule;
}

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

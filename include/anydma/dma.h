/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DMA API, as a driver uses it.
 *
 *	struct any_dma_mapping map;
 *	int err = any_dma_map(dev, buf, len, ANY_DMA_FROM_DEVICE, &map);
 *	... give map.addr to the device, wait ...
 *	any_dma_unmap_written(dev, &map, written);
 *
 * Between map and unmap the memory belongs to the device; sync_for_cpu lends it back to the CPU and
 * sync_for_device returns it (conformance DA-03). Whatever the platform needs (translation, cache
 * maintenance, bouncing, draining) happens inside these calls; there is no flag to skip a stage.
 *
 * Ownership: every structure is the caller's. Nothing here allocates and nothing is global.
 * Context: all calls may run with interrupts off. A device, its bounce pool and its IOVA allocator
 * belong to one caller at a time; the library takes no locks.
 * Errors: negative `enum any_error`; every map can fail; address 0 is valid (DA-01).
 */
#ifndef ANYDMA_DMA_H
#define ANYDMA_DMA_H

#include <anydma/types.h>
#include <anydma/dma_ops.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One streaming mapping: caller-owned, opaque but for `addr`, alive from map to unmap. */
struct any_dma_mapping {
	struct any_dma_addr addr; /* what the device is given */
	void *cpu;		  /* the driver's buffer; NULL for a resource */
	uint32_t len;
	uint32_t slot; /* with ANY_DMA_MAP_BOUNCED: where in the pool the device's copy lies */
	uint8_t dir;   /* enum any_dma_dir */
	uint8_t flags; /* ANY_DMA_MAP_* ; 0 = not mapped */
	uint16_t size_class; /* bounce size class */
};

ANY_STATIC_ASSERT(sizeof(struct any_dma_mapping) <= 32, "a mapping fits half a cache line");

#define ANY_DMA_MAP_LIVE    0x01u /* mapped; cleared by unmap */
#define ANY_DMA_MAP_FAST    0x02u /* nothing but an address: unmap and sync have no work */
#define ANY_DMA_MAP_BOUNCED 0x04u /* the device uses a bounce slot */
#define ANY_DMA_MAP_IOMMU   0x08u /* addr is an IOVA this mapping owns */
#define ANY_DMA_MAP_MMIO    0x10u /* map_resource: no cache work, no bounce (DA-15) */
#define ANY_DMA_MAP_SG	    0x20u /* part of a list: unmapped by any_dma_unmap_sg only */

/* One piece of a scatter-gather list. The driver fills buf and len; map belongs to the library. */
struct any_dma_sg {
	void *buf;
	size_t len;
	struct any_dma_mapping map;
};

/* One run of bus addresses that map_sg produced, in list order. */
struct any_dma_extent {
	struct any_dma_addr addr;
	uint32_t len;
};

/* One coherent allocation: both sides see it without sync calls; it still needs barriers. */
struct any_dma_coherent {
	void *cpu;
	struct any_dma_addr addr;
	size_t size;
};

/*
 * Attach. Facts are computed once, here, into a few flags and the one window that needs no work.
 * `plat` must outlive `dev`. Default masks: streaming and coherent 32 bits (DA-30).
 * Fails with EINVAL if the platform contradicts itself (a line that is not a power of two, ...);
 * the device is then as after detach: every map fails.
 */
ANY_MUST_CHECK int any_dma_attach(struct any_dma_dev *dev, const struct any_dma_platform *plat);
/*
 * The same, for a program that counts bytes and knows its bus: one window or none, no holes, no
 * bits in addresses. What other buses need is not linked; EINVAL if this one is such a bus.
 */
ANY_MUST_CHECK int any_dma_attach_plain(struct any_dma_dev *dev,
					const struct any_dma_platform *plat);
void any_dma_detach(struct any_dma_dev *dev);

/*
 * Streaming. map: EFAULT (not RAM the platform knows), ERANGE (out of reach and no bounce pool),
 * ENOMEM (bounce pool, IOVA space or IOMMU tables are full: nothing lost, retry after an unmap),
 * E2BIG (must bounce and fits no slot, or longer than one transfer of the device: never up to
 * any_dma_max_mapping_len), EINVAL (len 0, bad
 * direction).
 */
ANY_MUST_CHECK static inline int any_dma_map(struct any_dma_dev *dev, void *buf, size_t len,
					     enum any_dma_dir dir, struct any_dma_mapping *map);
static inline void any_dma_unmap(struct any_dma_dev *dev, struct any_dma_mapping *map);
/* As unmap; only the first `written` bytes were written by the device, only they are copied back.
 */
static inline void any_dma_unmap_written(struct any_dma_dev *dev, struct any_dma_mapping *map,
					 size_t written);
/* Parts of a mapping: offset + len <= map->len, otherwise nothing is done and check reports it. */
static inline void any_dma_sync_for_device(struct any_dma_dev *dev,
					   const struct any_dma_mapping *map, size_t offset,
					   size_t len);
static inline void any_dma_sync_for_cpu(struct any_dma_dev *dev, const struct any_dma_mapping *map,
					size_t offset, size_t len);

/*
 * Scatter-gather. Neighbouring bus addresses merge up to the device's maximum segment and never
 * across its boundary; a piece that crosses a bank border is split. `extent` has room for `max`;
 * *count says how many were made. ENOSPC if more are needed; on any error nothing stays mapped,
 * and what the extents then hold means nothing (DA-06). unmap and sync take the list as it was
 * mapped (DA-04).
 */
ANY_MUST_CHECK int any_dma_map_sg(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n,
				  enum any_dma_dir dir, struct any_dma_extent *extent, unsigned max,
				  unsigned *count);
void any_dma_unmap_sg(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n);
void any_dma_sync_sg_for_device(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n);
void any_dma_sync_sg_for_cpu(struct any_dma_dev *dev, struct any_dma_sg *sg, unsigned n);

/*
 * Peer registers (never RAM: EINVAL). No cache work, no bounce: ERANGE if out of reach (DA-15). In
 * no window of this bus they are taken to appear at the CPU's address, as Linux does.
 */
ANY_MUST_CHECK int any_dma_map_resource(struct any_dma_dev *dev, struct any_phys_addr phys,
					size_t len, enum any_dma_dir dir,
					struct any_dma_mapping *map);

/*
 * Coherent memory: zeroed, its bus address aligned to the smallest power of two >= size (DA-10; the
 * CPU address too, as far as the platform's region is). ENOTSUP where the machine has none, ENOMEM
 * when no such piece of the platform's region is free. Coherent does not mean ordered.
 */
ANY_MUST_CHECK int any_dma_alloc_coherent(struct any_dma_dev *dev, size_t size,
					  struct any_dma_coherent *mem);
void any_dma_free_coherent(struct any_dma_dev *dev, struct any_dma_coherent *mem);

/*
 * Pools of equal blocks carved from one coherent allocation (DA-19). The free list is kept in
 * `stack` (count entries, caller's), never in memory the device can write. A block taken again
 * holds what it held.
 */
#define ANY_DMA_POOL_END 0xffffu /* no next block */
#define ANY_DMA_POOL_OUT 0xfffeu /* the driver has it */
struct any_dma_pool {
	struct any_dma_dev *dev;
	struct any_dma_coherent mem;
	uint16_t *stack;
	uint32_t stride, size;
	uint32_t per_chunk, chunk; /* blocks never cross `boundary`: chunk = boundary or mem.size */
	uint16_t count, head;	   /* head: first free block; stack[i]: the one after block i */
};
ANY_MUST_CHECK int any_dma_pool_init(struct any_dma_pool *pool, struct any_dma_dev *dev,
				     size_t size, size_t align, size_t boundary, uint16_t count,
				     uint16_t *stack);
/* EBUSY, and the memory stays, if blocks are still out. */
ANY_MUST_CHECK int any_dma_pool_fini(struct any_dma_pool *pool);
ANY_MUST_CHECK int any_dma_pool_alloc(struct any_dma_pool *pool, struct any_dma_coherent *block);
/* EINVAL, and nothing changes, if the block is not one of the pool's or is not out. */
ANY_MUST_CHECK int any_dma_pool_free(struct any_dma_pool *pool, struct any_dma_coherent *block);

/*
 * Limits (DA-30..41). set_*: EIO if the device then reaches no memory; change nothing on error.
 * A single mapping is one transfer: it bounces where it would cross the boundary or lose the
 * address bits below min_align. Longer than the boundary, or than the maximum segment once that is
 * set, it is E2BIG: only the driver can cut it (any_dma_max_mapping_len), or map a list, which is
 * cut. The default maximum of 64 KiB is a list's alone.
 */
ANY_MUST_CHECK int any_dma_set_mask(struct any_dma_dev *dev, uint64_t mask);
ANY_MUST_CHECK int any_dma_set_coherent_mask(struct any_dma_dev *dev, uint64_t mask);
ANY_MUST_CHECK int any_dma_set_max_segment(struct any_dma_dev *dev, uint32_t bytes);
ANY_MUST_CHECK int any_dma_set_boundary(struct any_dma_dev *dev, uint64_t mask);
ANY_MUST_CHECK int any_dma_set_min_align(struct any_dma_dev *dev, uint32_t mask);
uint64_t any_dma_required_mask(const struct any_dma_dev *dev);
size_t any_dma_max_mapping_len(const struct any_dma_dev *dev);
size_t any_dma_cache_alignment(const struct any_dma_dev *dev);
uint64_t any_dma_merge_boundary(const struct any_dma_dev *dev);
/* False only if sync calls on this mapping have no work; a bounced one always has (DA-39). */
bool any_dma_needs_sync(const struct any_dma_dev *dev, const struct any_dma_mapping *map);
/*
 * True if physical and DMA space are the same for all RAM this device may be given, the bus snoops,
 * and no stage has work: the one kind of machine where a device that ignores the platform's rules
 * (virtio without ACCESS_PLATFORM) can be right.
 */
bool any_dma_is_flat(const struct any_dma_dev *dev);

/*
 * The last mile (point 4 of the mail). TO_DEVICE: what the CPU wrote before is where the device
 * looks; call before a doorbell. FROM_DEVICE: what the device wrote before it signalled is in
 * memory; call before believing an interrupt or a completion record in coherent memory.
 * unmap and sync_for_cpu drain inbound themselves.
 */
static inline void any_dma_drain(struct any_dma_dev *dev, enum any_dma_dir dir);

/* ---- hot paths ------------------------------------------------------------------------------ */

ANY_MUST_CHECK int any_dma_map_slow(struct any_dma_dev *dev, void *buf, size_t len,
				    enum any_dma_dir dir, struct any_dma_mapping *map);
void any_dma_unmap_slow(struct any_dma_dev *dev, struct any_dma_mapping *map, size_t written);
void any_dma_sync_for_device_slow(struct any_dma_dev *dev, const struct any_dma_mapping *map,
				  size_t offset, size_t len);
void any_dma_sync_for_cpu_slow(struct any_dma_dev *dev, const struct any_dma_mapping *map,
			       size_t offset, size_t len);
void any_dma_drain_slow(struct any_dma_dev *dev, enum any_dma_dir dir);

/*
 * The fast window is the longest run of CPU addresses for which nothing but an add is needed; it is
 * empty (span 0) on machines with work to do and while a watcher is installed.
 */
ANY_MUST_CHECK static inline int any_dma_map(struct any_dma_dev *dev, void *buf, size_t len,
					     enum any_dma_dir dir, struct any_dma_mapping *map)
{
	uintptr_t at = (uintptr_t)buf - dev->fast_base;

	if (ANY_UNLIKELY(at >= dev->fast_span || len - 1 >= dev->fast_span - at ||
			 len > UINT32_MAX || (unsigned)dir - 1u > 2u))
		return any_dma_map_slow(dev, buf, len, dir, map);
	map->addr.raw = dev->fast_dma + at;
	map->cpu = buf;
	map->len = (uint32_t)len;
	map->dir = (uint8_t)dir;
	map->flags = ANY_DMA_MAP_LIVE | ANY_DMA_MAP_FAST;
	return 0;
}

static inline void any_dma_unmap_written(struct any_dma_dev *dev, struct any_dma_mapping *map,
					 size_t written)
{
	if (ANY_LIKELY(map->flags == (ANY_DMA_MAP_LIVE | ANY_DMA_MAP_FAST)))
		map->flags = 0;
	else
		any_dma_unmap_slow(dev, map, written);
}

static inline void any_dma_unmap(struct any_dma_dev *dev, struct any_dma_mapping *map)
{
	any_dma_unmap_written(dev, map, map->len);
}

static inline void any_dma_sync_for_device(struct any_dma_dev *dev,
					   const struct any_dma_mapping *map, size_t offset,
					   size_t len)
{
	if (ANY_UNLIKELY(!(map->flags & ANY_DMA_MAP_FAST)))
		any_dma_sync_for_device_slow(dev, map, offset, len);
}

static inline void any_dma_sync_for_cpu(struct any_dma_dev *dev, const struct any_dma_mapping *map,
					size_t offset, size_t len)
{
	if (ANY_UNLIKELY(!(map->flags & ANY_DMA_MAP_FAST)))
		any_dma_sync_for_cpu_slow(dev, map, offset, len);
}

static inline void any_dma_drain(struct any_dma_dev *dev, enum any_dma_dir dir)
{
	if (ANY_UNLIKELY(dev->drains & (unsigned)dir))
		any_dma_drain_slow(dev, dir);
}

#ifdef __cplusplus
}
#endif
#endif

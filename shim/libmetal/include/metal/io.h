/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regions: registers or memory, with the physical address of each page as a device is told it. What
 * reads and writes carries a memory order, which on the real thing is the compiler's: here it is
 * what that comes to towards a device. seq_cst is everything before it done, as `dmb` and a store.
 */
#ifndef ANYDMA_METAL_IO_H
#define ANYDMA_METAL_IO_H

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <metal/atomic.h>
#include <metal/compiler.h>
#include <metal/utilities.h>

typedef unsigned long metal_phys_addr_t;
#define METAL_BAD_OFFSET ((unsigned long)-1)
#define METAL_BAD_PHYS	 ((metal_phys_addr_t)-1)
#define METAL_BAD_VA	 ((void *)-1)

struct metal_io_region;
struct metal_io_ops {
	void (*close)(struct metal_io_region *io);
};

struct metal_io_region {
	void *virt;
	const metal_phys_addr_t *physmap; /* one a page */
	size_t size;
	unsigned long page_shift;
	metal_phys_addr_t page_mask;
	unsigned int mem_flags;
	struct metal_io_ops ops;
};

/* page_shift of all address bits, or -1: one page, whatever its size. */
static inline void metal_io_init(struct metal_io_region *io, void *virt,
				 const metal_phys_addr_t *physmap, size_t size,
				 unsigned int page_shift, unsigned int mem_flags,
				 const struct metal_io_ops *ops)
{
	const struct metal_io_ops none = {NULL};

	io->virt = virt;
	io->physmap = physmap;
	io->size = size;
	io->page_shift = page_shift;
	io->page_mask = page_shift >= sizeof(io->page_mask) * CHAR_BIT
				? (metal_phys_addr_t)-1
				: ((metal_phys_addr_t)1 << page_shift) - 1;
	io->mem_flags = mem_flags;
	io->ops = ops ? *ops : none;
}

static inline void metal_io_finish(struct metal_io_region *io)
{
	if (io->ops.close)
		io->ops.close(io);
	memset(io, 0, sizeof(*io));
}

static inline size_t metal_io_region_size(struct metal_io_region *io)
{
	return io->size;
}

static inline void *metal_io_virt(struct metal_io_region *io, unsigned long offset)
{
	return io->virt != METAL_BAD_VA && offset < io->size ? (char *)io->virt + offset : NULL;
}

static inline unsigned long metal_io_virt_to_offset(struct metal_io_region *io, void *virt)
{
	size_t offset = (size_t)((char *)virt - (char *)io->virt);

	return offset < io->size ? offset : METAL_BAD_OFFSET;
}

static inline metal_phys_addr_t metal_io_phys(struct metal_io_region *io, unsigned long offset)
{
	bool one = io->page_mask == (metal_phys_addr_t)-1;
	unsigned long page = one ? 0 : offset >> io->page_shift;

	return io->physmap && offset < io->size && io->physmap[page] != METAL_BAD_PHYS
		       ? io->physmap[page] + (offset & io->page_mask)
		       : METAL_BAD_PHYS;
}

static inline unsigned long metal_io_phys_to_offset(struct metal_io_region *io,
						    metal_phys_addr_t phys)
{
	unsigned long page = 0, step = io->page_mask + 1;

	for (unsigned long at = 0; at < io->size; at += step, page++) {
		unsigned long offset = at + (phys - io->physmap[page]);

		if (phys - io->physmap[page] <= io->page_mask && offset < io->size)
			return offset;
		if (!step)
			break;
	}
	return METAL_BAD_OFFSET;
}

static inline void *metal_io_phys_to_virt(struct metal_io_region *io, metal_phys_addr_t phys)
{
	return metal_io_virt(io, metal_io_phys_to_offset(io, phys));
}

static inline metal_phys_addr_t metal_io_virt_to_phys(struct metal_io_region *io, void *virt)
{
	return metal_io_phys(io, metal_io_virt_to_offset(io, virt));
}

/* ---- registers, and words of shared memory */

static inline volatile void *anydma_metal_at(struct metal_io_region *io, unsigned long offset,
					     unsigned int width)
{
	volatile void *at = metal_io_virt(io, offset);

	if (!at || width > io->size - offset)
		any_lab_misuse("%u bytes at offset %lu of a region of %zu.", width, offset,
			       io->size);
	return at;
}

/* relaxed: no barrier; consume and acquire: one after a read; release: one before a write; seq_cst:
 * both. The partner is the device: what it wrote before, what it reads once it has seen this. */
#define ANYDMA_METAL_WIDTH(bits)                                                                   \
	static inline __attribute__((always_inline)) uint64_t anydma_metal_read##bits(             \
		struct metal_io_region *io, unsigned long offset, memory_order order)              \
	{                                                                                          \
		uint64_t value;                                                                    \
                                                                                                   \
		if (order == memory_order_seq_cst)                                                 \
			any_lab_barrier(ANY_LAB_FULL_MB);                                          \
		value = *(volatile uint##bits##_t *)anydma_metal_at(io, offset, bits / 8);         \
		if (order != memory_order_relaxed)                                                 \
			any_lab_barrier(ANY_LAB_FULL_MB);                                          \
		return value;                                                                      \
	}                                                                                          \
	static inline __attribute__((always_inline)) void anydma_metal_write##bits(                \
		struct metal_io_region *io, unsigned long offset, uint64_t value,                  \
		memory_order order)                                                                \
	{                                                                                          \
		if (order != memory_order_relaxed)                                                 \
			any_lab_barrier(ANY_LAB_FULL_MB);                                          \
		*(volatile uint##bits##_t *)anydma_metal_at(io, offset, bits / 8) =                \
			(uint##bits##_t)value;                                                     \
		if (order == memory_order_seq_cst)                                                 \
			any_lab_barrier(ANY_LAB_FULL_MB);                                          \
	}
ANYDMA_METAL_WIDTH(8)
ANYDMA_METAL_WIDTH(16)
ANYDMA_METAL_WIDTH(32)
ANYDMA_METAL_WIDTH(64)
#undef ANYDMA_METAL_WIDTH

#define metal_io_read8_explicit(io, at, order)		((uint8_t)anydma_metal_read8(io, at, order))
#define metal_io_read16_explicit(io, at, order)		((uint16_t)anydma_metal_read16(io, at, order))
#define metal_io_read32_explicit(io, at, order)		((uint32_t)anydma_metal_read32(io, at, order))
#define metal_io_read64_explicit(io, at, order)		anydma_metal_read64(io, at, order)
#define metal_io_write8_explicit(io, at, value, order)	anydma_metal_write8(io, at, value, order)
#define metal_io_write16_explicit(io, at, value, order) anydma_metal_write16(io, at, value, order)
#define metal_io_write32_explicit(io, at, value, order) anydma_metal_write32(io, at, value, order)
#define metal_io_write64_explicit(io, at, value, order) anydma_metal_write64(io, at, value, order)
#define metal_io_read8(io, at)				metal_io_read8_explicit(io, at, memory_order_seq_cst)
#define metal_io_read16(io, at)				metal_io_read16_explicit(io, at, memory_order_seq_cst)
#define metal_io_read32(io, at)				metal_io_read32_explicit(io, at, memory_order_seq_cst)
#define metal_io_read64(io, at)				metal_io_read64_explicit(io, at, memory_order_seq_cst)
#define metal_io_write8(io, at, value)			metal_io_write8_explicit(io, at, value, memory_order_seq_cst)
#define metal_io_write16(io, at, value)                                                            \
	metal_io_write16_explicit(io, at, value, memory_order_seq_cst)
#define metal_io_write32(io, at, value)                                                            \
	metal_io_write32_explicit(io, at, value, memory_order_seq_cst)
#define metal_io_write64(io, at, value)                                                            \
	metal_io_write64_explicit(io, at, value, memory_order_seq_cst)

/* ---- blocks. The bytes moved, or a negative errno; a fence on the side of the region. */

static inline int anydma_metal_room(struct metal_io_region *io, unsigned long offset, int len)
{
	if (len < 0 || offset >= io->size)
		return -ERANGE;
	return (size_t)len > io->size - offset ? (int)(io->size - offset) : len;
}

static inline int metal_io_block_read(struct metal_io_region *io, unsigned long offset, void *dst,
				      int len)
{
	int n = anydma_metal_room(io, offset, len);

	if (n <= 0)
		return n;
	atomic_thread_fence(memory_order_acquire);
	memcpy(dst, metal_io_virt(io, offset), (size_t)n);
	return n;
}

static inline int metal_io_block_write(struct metal_io_region *io, unsigned long offset,
				       const void *src, int len)
{
	int n = anydma_metal_room(io, offset, len);

	if (n <= 0)
		return n;
	memcpy(metal_io_virt(io, offset), src, (size_t)n);
	atomic_thread_fence(memory_order_release);
	return n;
}

static inline int metal_io_block_set(struct metal_io_region *io, unsigned long offset,
				     unsigned char value, int len)
{
	int n = anydma_metal_room(io, offset, len);

	if (n <= 0)
		return n;
	memset(metal_io_virt(io, offset), value, (size_t)n);
	atomic_thread_fence(memory_order_release);
	return n;
}

#endif

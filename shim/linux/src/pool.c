/* SPDX-License-Identifier: BSD-2-Clause */
/* Pools of small coherent blocks, a page or more at a time (DA-19). */
#include <linux/dmapool.h>

#include "book.h"

#include <anydma/compiler.h>

struct chunk {
	struct chunk *next;
	void *cpu;
	dma_addr_t handle;
	u8 out[]; /* one a block: the driver has it */
};

struct dma_pool {
	struct device *dev;
	const char *name;
	size_t size, stride, chunk, boundary;
	unsigned int per_chunk;
	struct chunk *chunks;
};

static size_t offset_of(const struct dma_pool *pool, unsigned int i)
{
	size_t fit = pool->boundary / pool->stride; /* blocks between two boundaries */

	return i / fit * pool->boundary + i % fit * pool->stride;
}

struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				 size_t boundary)
{
	struct dma_pool *pool;

	align = align ? align : 1;
	if ((align & (align - 1)) || !size || (boundary & (boundary - 1)) ||
	    (boundary && boundary < size))
		return NULL;
	pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return NULL;
	pool->dev = dev;
	pool->name = name;
	pool->size = size;
	pool->stride = ALIGN(max(size, (size_t)4), align);
	pool->chunk = max(PAGE_SIZE, PAGE_ALIGN(pool->stride));
	pool->boundary = boundary && boundary < pool->chunk ? boundary : pool->chunk;
	while (offset_of(pool, pool->per_chunk) + pool->stride <= pool->chunk)
		pool->per_chunk++;
	return pool;
}

static struct chunk *grow(struct dma_pool *pool)
{
	struct chunk *c = kzalloc(sizeof(*c) + pool->per_chunk, GFP_ATOMIC);

	if (!c)
		return NULL;
	c->cpu = dma_alloc_coherent(pool->dev, pool->chunk, &c->handle, GFP_ATOMIC);
	if (!c->cpu) {
		kfree(c);
		return NULL;
	}
	c->next = pool->chunks;
	pool->chunks = c;
	return c;
}

static void *take(const struct dma_pool *pool, struct chunk *c, dma_addr_t *handle)
{
	for (unsigned int i = 0; i < pool->per_chunk; i++) {
		if (c->out[i])
			continue;
		c->out[i] = 1;
		*handle = c->handle + offset_of(pool, i);
		return (char *)c->cpu + offset_of(pool, i);
	}
	return NULL;
}

void *dma_pool_alloc(struct dma_pool *pool, gfp_t gfp, dma_addr_t *handle)
{
	struct chunk *c;
	void *p = NULL;

	for (c = pool->chunks; c && !p; c = c->next)
		p = take(pool, c, handle);
	if (!p) {
		c = grow(pool);
		p = c ? take(pool, c, handle) : NULL;
	}
	if (p && (gfp & __GFP_ZERO))
		memset(p, 0, pool->size);
	return p;
}

void *dma_pool_zalloc(struct dma_pool *pool, gfp_t gfp, dma_addr_t *handle)
{
	return dma_pool_alloc(pool, gfp | __GFP_ZERO, handle);
}

static unsigned int index_of(const struct dma_pool *pool, const struct chunk *c, dma_addr_t handle)
{
	unsigned int i = 0;

	while (i < pool->per_chunk && c->handle + offset_of(pool, i) != handle)
		i++;
	return i;
}

void dma_pool_free(struct dma_pool *pool, void *cpu, dma_addr_t handle)
{
	for (struct chunk *c = pool->chunks; c; c = c->next) {
		unsigned int i = index_of(pool, c, handle);

		if (i == pool->per_chunk)
			continue;
		if ((char *)c->cpu + offset_of(pool, i) != (char *)cpu)
			any_lab_misuse("dma_pool_free() with another CPU address than the block's "
				       "(DA-19).");
		if (!c->out[i])
			any_lab_misuse("dma_pool_free() of a block that is free (DA-19).");
		c->out[i] = 0;
		return;
	}
	any_lab_misuse("dma_pool_free() of 0x%llx, which is no block of the pool (DA-19).", handle);
}

void dma_pool_destroy(struct dma_pool *pool)
{
	if (!pool)
		return;
	for (struct chunk *c = pool->chunks, *next; c; c = next) {
		next = c->next;
		for (unsigned int i = 0; i < pool->per_chunk; i++)
			if (c->out[i])
				any_lab_misuse("dma_pool_destroy() while the driver has blocks of "
					       "pool %s (DA-19).",
					       pool->name);
		dma_free_coherent(pool->dev, pool->chunk, c->cpu, c->handle);
		kfree(c);
	}
	kfree(pool);
}

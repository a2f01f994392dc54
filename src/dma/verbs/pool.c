/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Equal blocks from one coherent allocation (DA-19). The free list is a chain of indices in the
 * caller's private memory: a device that scribbles over a free block harms nobody, and a block
 * given back twice is seen at once.
 */
#include "dma/pipeline.h"

static int lay_out(struct any_dma_pool *pool, size_t size, size_t align, size_t boundary,
		   uint16_t count, uint64_t *bytes)
{
	uint64_t stride, chunk, per_chunk;

	align = align ? align : 1;
	if (!size || size > UINT32_MAX || !count || count >= ANY_DMA_POOL_OUT ||
	    !any_is_pow2(align) || align > UINT32_MAX ||
	    (boundary && (!any_is_pow2(boundary) || boundary < size)))
		return -ANY_EINVAL;
	stride = any_align_up(size, align);
	if (stride > UINT32_MAX || stride > UINT64_MAX / count)
		return -ANY_E2BIG;
	/* The allocation is aligned to a power of two >= its size, hence each chunk to `boundary`.
	 */
	chunk = boundary ? any_max_u64(boundary, stride) : stride * count;
	per_chunk = chunk / stride;
	*bytes = (count - 1) / per_chunk * chunk + ((count - 1) % per_chunk + 1) * stride;
	if (chunk > UINT32_MAX || *bytes > UINT32_MAX)
		return -ANY_E2BIG;
	pool->size = (uint32_t)size;
	pool->stride = (uint32_t)stride;
	pool->chunk = (uint32_t)chunk;
	pool->per_chunk = (uint32_t)per_chunk;
	return 0;
}

static uint64_t offset_of(const struct any_dma_pool *pool, uint32_t i)
{
	return (uint64_t)(i / pool->per_chunk) * pool->chunk +
	       (uint64_t)(i % pool->per_chunk) * pool->stride;
}

int any_dma_pool_init(struct any_dma_pool *pool, struct any_dma_dev *dev, size_t size, size_t align,
		      size_t boundary, uint16_t count, uint16_t *stack)
{
	struct any_dma_pool p = {.dev = dev, .stack = stack, .count = count};
	uint64_t bytes;
	int err = lay_out(&p, size, align, boundary, count, &bytes);

	if (!err)
		err = any_dma_alloc_coherent(dev, (size_t)bytes, &p.mem);
	if (err)
		return err;
	for (uint16_t i = 0; i < count; i++)
		stack[i] = i + 1u < count ? (uint16_t)(i + 1u) : ANY_DMA_POOL_END;
	*pool = p;
	return 0;
}

int any_dma_pool_fini(struct any_dma_pool *pool)
{
	for (uint16_t i = 0; i < pool->count; i++)
		if (pool->stack[i] == ANY_DMA_POOL_OUT)
			return -ANY_EBUSY;
	any_dma_free_coherent(pool->dev, &pool->mem);
	pool->count = 0;
	pool->head = ANY_DMA_POOL_END;
	return 0;
}

int any_dma_pool_alloc(struct any_dma_pool *pool, struct any_dma_coherent *block)
{
	const uint16_t i = pool->head;

	if (i == ANY_DMA_POOL_END)
		return -ANY_ENOMEM;
	pool->head = pool->stack[i];
	pool->stack[i] = ANY_DMA_POOL_OUT;
	block->cpu = (char *)pool->mem.cpu + offset_of(pool, i);
	block->addr.raw = pool->mem.addr.raw + offset_of(pool, i);
	block->size = pool->size;
	return 0;
}

int any_dma_pool_free(struct any_dma_pool *pool, struct any_dma_coherent *block)
{
	const uint64_t at = (uint64_t)((uintptr_t)block->cpu - (uintptr_t)pool->mem.cpu);
	const uint64_t i = at / pool->chunk * pool->per_chunk + at % pool->chunk / pool->stride;

	if (at >= pool->mem.size || i >= pool->count || offset_of(pool, (uint32_t)i) != at ||
	    block->addr.raw != pool->mem.addr.raw + at || pool->stack[i] != ANY_DMA_POOL_OUT)
		return -ANY_EINVAL;
	pool->stack[i] = pool->head;
	pool->head = (uint16_t)i;
	block->cpu = NULL;
	return 0;
}

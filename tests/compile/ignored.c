/* SPDX-License-Identifier: BSD-2-Clause */
/* Every map can fail (DA-01): a result that is not looked at does not compile under -Werror. */
#include <anydma/dma.h>

int looked_at(struct any_dma_dev *dev, void *buf, struct any_dma_mapping *map)
{
	return any_dma_map(dev, buf, 64, ANY_DMA_TO_DEVICE, map);
}

void ignored(struct any_dma_dev *dev, const struct any_dma_platform *plat, void *buf,
	     struct any_dma_mapping *map, struct any_dma_sg *sg, struct any_dma_extent *extent,
	     struct any_dma_coherent *mem, struct any_dma_pool *pool, uint16_t *stack)
{
	unsigned count;

	(void)dev, (void)plat, (void)buf, (void)map, (void)sg, (void)extent, (void)mem, (void)pool;
	(void)stack, (void)count;

#ifdef NOT_IGNORE_ATTACH /* unused.result */
	any_dma_attach(dev, plat);
#endif
#ifdef NOT_IGNORE_MAP /* unused.result */
	any_dma_map(dev, buf, 64, ANY_DMA_TO_DEVICE, map);
#endif
#ifdef NOT_IGNORE_MAP_SG /* unused.result */
	any_dma_map_sg(dev, sg, 1, ANY_DMA_TO_DEVICE, extent, 1, &count);
#endif
#ifdef NOT_IGNORE_MAP_RESOURCE /* unused.result */
	any_dma_map_resource(dev, any_phys(0), 4, ANY_DMA_BOTH, map);
#endif
#ifdef NOT_IGNORE_ALLOC_COHERENT /* unused.result */
	any_dma_alloc_coherent(dev, 4096, mem);
#endif
#ifdef NOT_IGNORE_SET_MASK /* unused.result */
	any_dma_set_mask(dev, UINT32_MAX);
#endif
#ifdef NOT_IGNORE_SET_COHERENT_MASK /* unused.result */
	any_dma_set_coherent_mask(dev, UINT32_MAX);
#endif
#ifdef NOT_IGNORE_POOL_INIT /* unused.result */
	any_dma_pool_init(pool, dev, 64, 64, 0, 4, stack);
#endif
#ifdef NOT_IGNORE_POOL_ALLOC /* unused.result */
	any_dma_pool_alloc(pool, mem);
#endif
#ifdef NOT_IGNORE_POOL_FREE /* unused.result */
	any_dma_pool_free(pool, mem);
#endif
#ifdef NOT_IGNORE_POOL_FINI /* unused.result */
	any_dma_pool_fini(pool);
#endif
}

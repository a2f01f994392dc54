/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_DMAPOOL_H
#define ANYDMA_LINUX_LINUX_DMAPOOL_H

#include <linux/device.h>

struct dma_pool;

/* align: 0 or a power of two; boundary: 0, or a power of two >= size that no block crosses (DA-19).
 */
struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				 size_t boundary);
void dma_pool_destroy(struct dma_pool *pool);
void *dma_pool_alloc(struct dma_pool *pool, gfp_t gfp, dma_addr_t *handle);
void *dma_pool_zalloc(struct dma_pool *pool, gfp_t gfp, dma_addr_t *handle);
void dma_pool_free(struct dma_pool *pool, void *cpu, dma_addr_t handle);

#endif

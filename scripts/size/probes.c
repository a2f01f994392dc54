/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a small program links, one function for each row of `budget`: every verb it needs, once. The
 * linker drops the rest; what verbs have inline is counted here.
 */
#include <anydma/blk.h>
#include <anydma/dma.h>

struct any_size_dma {
	struct any_dma_dev *dev;
	const struct any_dma_platform *plat;
	struct any_dma_mapping *map;
	struct any_dma_coherent *mem;
	void *buf;
	size_t len;
};
int any_size_streaming(const struct any_size_dma *d);
int any_size_dma(const struct any_size_dma *d);
int any_size_any_bus(const struct any_size_dma *d);

struct any_size_ring {
	struct any_ring_driver *driver;
	struct any_ring_device *device;
	const struct any_ring_config *config;
	struct any_ring_shadow *shadow;
	const struct any_ring_buf *bufs;
	struct any_ring_chain *chain;
	struct any_ring_done *done;
};
int any_size_ring_driver(const struct any_size_ring *r);
int any_size_ring_device(const struct any_size_ring *r);
int any_size_rings(const struct any_size_ring *r);

struct any_size_blk {
	struct any_blk *blk;
	const struct any_virtio_transport *transport;
	struct any_dma_dev *dev;
	struct any_blk_request *request;
	struct any_blk_completion *done;
	void *memory;
};
int any_size_blk(const struct any_size_blk *b);

int any_size_streaming(const struct any_size_dma *d)
{
	int err = any_dma_attach_plain(d->dev, d->plat);

	err |= any_dma_map(d->dev, d->buf, d->len, ANY_DMA_FROM_DEVICE, d->map);
	any_dma_sync_for_cpu(d->dev, d->map, 0, d->len);
	any_dma_sync_for_device(d->dev, d->map, 0, d->len);
	any_dma_unmap(d->dev, d->map);
	any_dma_drain(d->dev, ANY_DMA_TO_DEVICE);
	return err;
}

int any_size_dma(const struct any_size_dma *d)
{
	const int err = any_size_streaming(d) | any_dma_alloc_coherent(d->dev, d->len, d->mem);

	any_dma_free_coherent(d->dev, d->mem);
	any_dma_detach(d->dev);
	return err;
}

int any_size_any_bus(const struct any_size_dma *d)
{
	return any_dma_attach(d->dev, d->plat) | any_size_dma(d);
}

int any_size_ring_driver(const struct any_size_ring *r)
{
	uint16_t id;
	int err = any_ring_driver_init(r->driver, r->config, r->shadow);

	err |= any_ring_make_avail(r->driver, r->bufs, 1, 1, &id);
	err |= any_ring_publish_avail(r->driver) | any_ring_kick_needed(r->driver);
	err |= any_ring_take_used(r->driver, r->done);
	any_ring_disable_call(r->driver);
	any_ring_enable_call(r->driver);
	return err | any_ring_more_used(r->driver) | any_ring_detach(r->driver, r->done);
}

int any_size_ring_device(const struct any_size_ring *r)
{
	int err = any_ring_device_init(r->device, r->config);

	err |= any_ring_take_avail(r->device, r->chain);
	any_ring_make_used(r->device, r->chain->head, 0);
	err |= any_ring_publish_used(r->device) | any_ring_call_needed(r->device);
	any_ring_disable_kick(r->device);
	any_ring_enable_kick(r->device);
	return err | any_ring_more_avail(r->device);
}

int any_size_rings(const struct any_size_ring *r)
{
	return any_size_ring_driver(r) | any_size_ring_device(r);
}

int any_size_blk(const struct any_size_blk *b)
{
	int err = any_blk_init(b->blk, b->transport, b->dev, 16, b->memory, 4096);

	err |= any_blk_submit(b->blk, b->request);
	any_blk_kick(b->blk);
	err |= any_blk_interrupt(b->blk) | any_blk_poll(b->blk, b->done);
	return err | any_blk_stop(b->blk) | any_blk_abort(b->blk, b->done) | any_blk_fini(b->blk);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux, virtio_ring, commit 1f475cd572ea: the helpers with which a driver syncs a range of what it
 * mapped itself took the direction from it, and then synced both ways whatever it said. A sync must
 * have the direction of its mapping.
 */
#include "linux.h"

#define BUF   1536u
#define FRAME 200u

struct virtqueue {
	struct engine e; /* its FIFO is the wire */
	bool fixed;
};

static dma_addr_t virtqueue_dma_map_single(struct virtqueue *vq, void *p, size_t size,
					   enum dma_data_direction dir)
{
	return dma_map_single(vq->e.dev, p, size, dir);
}

static void virtqueue_dma_sync_for_cpu(struct virtqueue *vq, dma_addr_t addr, unsigned long offset,
				       size_t size, enum dma_data_direction dir)
{
	if (!vq->fixed)
		dir = DMA_BIDIRECTIONAL; /* whatever the mapping's is */
	dma_sync_single_range_for_cpu(vq->e.dev, addr, offset, size, dir); /* BUG: ignores dir */
}

static void virtqueue_dma_sync_for_device(struct virtqueue *vq, dma_addr_t addr,
					  unsigned long offset, size_t size,
					  enum dma_data_direction dir)
{
	if (!vq->fixed)
		dir = DMA_BIDIRECTIONAL;
	dma_sync_single_range_for_device(vq->e.dev, addr, offset, size, dir);
}

/* The network driver: one long-lived mapping, frames land in parts of it. */
static int receive(struct any_lab *lab, struct virtqueue *vq, u8 *buf, dma_addr_t dma)
{
	for (unsigned int at = 0; at + FRAME <= BUF; at += FRAME) {
		int err;

		engine_start(&vq->e, ANY_LAB_ENGINE_FROM_FIFO, 0, dma + at, FRAME);
		err = engine_finish(&vq->e);
		if (err)
			return err;
		virtqueue_dma_sync_for_cpu(vq, dma, at, FRAME, DMA_FROM_DEVICE);
		ANY_LAB_CHECK(lab, buf[at] == (u8)(at * 7) && buf[at + 1] == (u8)(at * 7 + 7));
		virtqueue_dma_sync_for_device(vq, dma, at, FRAME, DMA_FROM_DEVICE);
	}
	return 0;
}

static int run(struct any_lab *lab, bool fixed)
{
	struct virtqueue vq = {.fixed = fixed};
	int err = engine_probe(&vq.e, lab, 0);
	u8 *buf = kmalloc(BUF, GFP_KERNEL);
	dma_addr_t dma = virtqueue_dma_map_single(&vq, buf, BUF, DMA_FROM_DEVICE);

	if (dma_mapping_error(vq.e.dev, dma)) {
		kfree(buf);
		return -ENOMEM;
	}
	if (!err)
		err = receive(lab, &vq, buf, dma);
	dma_unmap_single(vq.e.dev, dma, BUF, DMA_FROM_DEVICE);
	kfree(buf);
	any_linux_unbind(vq.e.pdev);
	return err;
}

ANY_CASE(linux_virtqueue_sync, run, .name = "linux-D4-virtqueue_sync_direction",
	 .issue = "Linux 1f475cd572ea (conformance D4)",
	 .bug = "a sync both ways of what is mapped from the device", .rule = ANY_LAB_MISUSE,
	 .platform = "x86-vtd");

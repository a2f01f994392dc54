/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcore-os/virtio-drivers #121: the library negotiated EVENT_IDX and never moved used_event, with
 * which a driver says at which element it wants the next interrupt. After the first, none comes.
 */
#include "model.h"

#define REQUESTS 4u

struct virtqueue {
	struct vq vq;
	struct any_dma_mapping map;
	uint8_t *buf;
};

static int add(struct virtqueue *q, uint8_t value)
{
	int err;

	memset(q->buf, value, VQ_BUF);
	err = any_dma_map(q->vq.dma, q->buf, VQ_BUF, ANY_DMA_TO_DEVICE, &q->map);
	if (err)
		return err;
	vq_put(&q->vq, 0, q->map.addr.raw, VQ_BUF, 0);
	vq_publish(&q->vq);
	vq_notify(&q->vq);
	return 0;
}

static void pop_used(struct virtqueue *q, bool fixed)
{
	q->vq.used++;
	if (fixed) {
		q->vq.ring->avail.used_event = q->vq.used;
		any_dma_drain(q->vq.dma, ANY_DMA_TO_DEVICE);
		any_dma_mb(); /* partner: the device writes its index, then reads this */
	}
	any_dma_unmap(q->vq.dma, &q->map);
}

static ANY_NOINLINE void wait_for_interrupt(struct virtqueue *q)
{
	while (!vq_has_used(&q->vq)) {
		any_lab_wait(q->vq.lab); /* BUG: the device was not asked for one */
		(void)any_mmio_read32(&q->vq.regs->isr);
	}
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct vq_config config = {.event_idx = true};
	struct virtqueue q = {.buf = any_lab_alloc(lab, VQ_BUF)};
	int err = vq_open(&q.vq, lab, &config);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	for (uint8_t i = 0; i < REQUESTS && !err; i++) {
		err = add(&q, i);
		if (err)
			break;
		wait_for_interrupt(&q);
		pop_used(&q, fixed);
	}
	vq_reset(&q.vq);
	ANY_LAB_CHECK(lab, err || q.vq.device->read_sum == 0 + 1 + 2 + 3);
	vq_close(&q.vq);
	return err;
}

ANY_CASE(virtio_drivers_used_event, run, .name = "virtio_drivers-121-used_event",
	 .issue = "rcore-os/virtio-drivers #121",
	 .bug = "used_event is never moved: no second interrupt comes", .rule = ANY_LAB_HANG,
	 .platform = "x86-pc");

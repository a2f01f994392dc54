/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcore-os/virtio-drivers #69: a device is reset by writing 0 to its status, and has been reset
 * when the status reads as 0. The library wrote, and freed the queue's memory at once: until the
 * device gets there it goes on with what is in its queue.
 */
#include "model.h"

#define BUFFERS 4u

struct transport {
	struct vq vq;
	uint8_t *bufs[BUFFERS];
	struct any_dma_mapping maps[BUFFERS];
};

static ANY_NOINLINE void reset(struct vq *vq, bool fixed)
{
	any_mmio_write32(&vq->regs->status, 0);
	while (fixed && any_mmio_read32(&vq->regs->status))
		any_lab_relax(vq->lab);
	any_mmio_rmb(); /* partner: the device's last writes, before the status is 0 */
}

static ANY_NOINLINE void drop(struct transport *t, uint16_t given, bool fixed)
{
	reset(&t->vq, fixed);
	for (uint16_t i = 0; i < given; i++)
		any_dma_unmap(t->vq.dma, &t->maps[i]); /* BUG: the device may still be at it */
	any_dma_free_coherent(t->vq.dma, &t->vq.mem);  /* BUG: and here */
}

/* As after the driver: others use the machine, the device is there. */
static void go_on(struct any_lab *lab)
{
	for (unsigned i = 0; i < 20; i++)
		any_lab_relax(lab);
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct vq_config config = {.lingers = true};
	struct transport t;
	uint16_t given = 0;
	int err = vq_open(&t.vq, lab, &config);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	vq_input(&t.vq, BUFFERS);
	for (; given < BUFFERS; given++) {
		t.bufs[given] = any_lab_alloc(lab, VQ_BUF);
		err = any_dma_map(t.vq.dma, t.bufs[given], VQ_BUF, ANY_DMA_FROM_DEVICE,
				  &t.maps[given]);
		if (err)
			break;
		vq_put(&t.vq, given, t.maps[given].addr.raw, VQ_BUF, VQ_WRITE);
		vq_publish(&t.vq);
		vq_kick(&t.vq);
	}
	drop(&t, given, fixed);
	go_on(lab);
	return err;
}

ANY_CASE(virtio_drivers_reset, run, .name = "virtio_drivers-69-reset_not_awaited",
	 .issue = "rcore-os/virtio-drivers #69",
	 .bug = "memory is taken back after a reset that nobody waited for",
	 .rule = ANY_LAB_AFTER_UNMAP, .platform = "x86-vtd");

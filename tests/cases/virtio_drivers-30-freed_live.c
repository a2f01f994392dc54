/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcore-os/virtio-drivers #30: when a driver object was dropped, its queue's memory was freed and
 * the device not told. It goes on reading the ring and writing into the buffers that it was given
 * for input; whoever gets the memory next finds that in it.
 */
#include "model.h"

#define BUFFERS 2u

struct virtio_input {
	struct vq vq;
	uint8_t *event_buf[BUFFERS];
	struct any_dma_mapping maps[BUFFERS];
	uint16_t given;
};

static int fill(struct virtio_input *in)
{
	for (; in->given < BUFFERS; in->given++) {
		uint16_t i = in->given;
		int err;

		in->event_buf[i] = malloc(VQ_BUF);
		err = any_dma_map(in->vq.dma, in->event_buf[i], VQ_BUF, ANY_DMA_FROM_DEVICE,
				  &in->maps[i]);
		if (err)
			return err;
		vq_put(&in->vq, i, in->maps[i].addr.raw, VQ_BUF, VQ_WRITE);
		vq_publish(&in->vq);
	}
	vq_kick(&in->vq);
	return 0;
}

static uint32_t pop_event(struct virtio_input *in)
{
	uint32_t id;

	vq_wait(&in->vq);
	id = in->vq.ring->used.ring[in->vq.used++ % VQ_SIZE].id;
	if (id >= in->given)
		return BUFFERS;
	any_dma_unmap(in->vq.dma, &in->maps[id]);
	return id;
}

static ANY_NOINLINE void drop(struct virtio_input *in, bool fixed)
{
	if (fixed)
		vq_reset(&in->vq);
	for (uint16_t i = 0; i < in->given; i++) {
		if (in->maps[i].flags)
			any_dma_unmap(in->vq.dma, &in->maps[i]); /* BUG: the queue is live */
		free(in->event_buf[i]);
	}
	any_dma_free_coherent(in->vq.dma, &in->vq.mem); /* BUG: and the ring in use */
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct vq_config config = {.lingers = false};
	struct virtio_input in = {.given = 0};
	int err = vq_open(&in.vq, lab, &config);
	uint32_t id;

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	err = fill(&in);
	if (!err) {
		vq_input(&in.vq, 1); /* a key is pressed */
		id = pop_event(&in);
		ANY_LAB_CHECK(lab, id < BUFFERS && in.event_buf[id][0] == 0);
	}
	drop(&in, fixed);
	vq_input(&in.vq, 1); /* and another */
	for (unsigned i = 0; i < 20; i++)
		any_lab_relax(lab);
	return err;
}

ANY_CASE(virtio_drivers_freed, run, .name = "virtio_drivers-30-freed_live",
	 .issue = "rcore-os/virtio-drivers #30",
	 .bug = "the queue and its buffers are freed while the device uses them",
	 .rule = ANY_LAB_AFTER_UNMAP, .platform = "x86-vtd");

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zephyrproject-rtos/zephyr #113343: the interrupt handler takes the head of a chain from the used
 * ring and calls the callback in that entry of an array as long as the queue. A device that names
 * another head has the kernel call what lies behind the array.
 */
#include "model.h"

#define REQUESTS 6u

struct callback_entry {
	void (*cb)(void *opaque, uint32_t used_len);
	void *opaque;
};

struct virtq {
	struct vq vq;
	struct callback_entry recv_cbs[VQ_SIZE];
	uint8_t others[0x100 * sizeof(struct callback_entry)]; /* of the kernel's */
	bool broken;
};

struct device_data {
	struct any_dma_dev *dma;
	struct any_dma_mapping map;
	uint32_t received, bytes;
};

static void received(void *opaque, uint32_t used_len)
{
	struct device_data *data = opaque;

	any_dma_unmap(data->dma, &data->map);
	data->received++;
	data->bytes += used_len;
}

static int virtq_add_buffer(struct virtq *v, uint16_t head, void *buf, struct device_data *data)
{
	int err = any_dma_map(data->dma, buf, VQ_BUF, ANY_DMA_FROM_DEVICE, &data->map);

	if (err)
		return err;
	v->recv_cbs[head] = (struct callback_entry){received, data};
	vq_put(&v->vq, head, data->map.addr.raw, VQ_BUF, VQ_WRITE);
	vq_publish(&v->vq);
	vq_kick(&v->vq);
	return 0;
}

static void virtio_isr(struct virtq *v, bool fixed)
{
	while (vq_has_used(&v->vq)) {
		volatile struct vring_elem *elem = &v->vq.ring->used.ring[v->vq.used % VQ_SIZE];
		uint32_t chain_head = elem->id; /* BUG: whatever the device says */
		uint32_t used_len = elem->len;
		struct callback_entry cbe;

		v->vq.used++;
		if (fixed && chain_head >= VQ_SIZE) {
			any_lab_refused(v->vq.lab);
			v->broken = true;
			return;
		}
		cbe = v->recv_cbs[chain_head];
		if (cbe.cb)
			cbe.cb(cbe.opaque, used_len);
	}
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct vq_config config = {.bogus_id = true};
	struct virtq *v = calloc(1, sizeof(*v));
	struct device_data *data = calloc(1, sizeof(*data));
	uint8_t *buf = any_lab_alloc(lab, VQ_BUF);
	int err = vq_open(&v->vq, lab, &config);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	memset(v->others, 0x5a, sizeof(v->others));
	data->dma = v->vq.dma;
	vq_input(&v->vq, REQUESTS);
	for (uint16_t i = 0; i < REQUESTS && !err && !v->broken; i++) {
		err = virtq_add_buffer(v, i, buf, data);
		if (err)
			break;
		vq_wait(&v->vq);
		virtio_isr(v, fixed);
		ANY_LAB_CHECK(lab, v->broken || data->bytes == (i + 1u) * VQ_BUF);
	}
	vq_reset(&v->vq);
	if (v->broken)
		any_dma_unmap(v->vq.dma, &data->map);
	vq_close(&v->vq);
	free(data);
	free(v);
	return err;
}

ANY_CASE(zephyr_callback, run, .name = "zephyr-113343-callback",
	 .issue = "zephyrproject-rtos/zephyr #113343",
	 .bug = "the id of a used element selects a function pointer, unchecked",
	 .rule = ANY_LAB_TRUSTED, .platform = "x86-pc");

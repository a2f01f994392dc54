/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cloudius-systems/osv #1450: the id in a used element is the device's, and indexed the array of
 * cookies, one for each descriptor, unchecked: the cookie behind its end was used as a pointer, and
 * a null pointer written there. The same in NVMe's completion ids.
 */
#include "model.h"

#define REQUESTS 6u

struct request {
	uint8_t *buf;
	struct any_dma_mapping map;
	bool done;
};

struct vring_driver {
	struct vq vq;
	struct request *cookie[VQ_SIZE];
	uint8_t others[0x100 * sizeof(void *)]; /* of the kernel's */
};

static int add_buf(struct vring_driver *v, uint16_t head, struct request *r)
{
	int err = any_dma_map(v->vq.dma, r->buf, VQ_BUF, ANY_DMA_TO_DEVICE, &r->map);

	if (err)
		return err;
	v->cookie[head] = r;
	vq_put(&v->vq, head, r->map.addr.raw, VQ_BUF, 0);
	vq_publish(&v->vq);
	vq_kick(&v->vq);
	return 0;
}

static struct request *get_buf_elem(struct vring_driver *v, bool fixed)
{
	uint32_t id = v->vq.ring->used.ring[v->vq.used % VQ_SIZE].id; /* BUG: anything */
	struct request *r;

	v->vq.used++;
	if (fixed && id >= VQ_SIZE)
		return NULL;
	r = v->cookie[id];
	v->cookie[id] = NULL;
	return r;
}

static int serve(struct any_lab *lab, struct vring_driver *v, struct request *r, bool fixed)
{
	for (uint16_t i = 0; i < REQUESTS; i++) {
		int err = add_buf(v, i % VQ_SIZE, r);
		struct request *done;

		if (err)
			return err;
		vq_wait(&v->vq);
		done = get_buf_elem(v, fixed);
		if (fixed && !done) {
			any_lab_refused(lab); /* the queue is stopped */
			vq_reset(&v->vq);
			done = r;
		}
		any_dma_unmap(v->vq.dma, &done->map);
		done->done = true;
		if (fixed && !v->vq.device->status)
			break;
	}
	return 0;
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct vq_config config = {.bogus_id = true};
	struct vring_driver *v = calloc(1, sizeof(*v));
	struct request r = {.buf = any_lab_alloc(lab, VQ_BUF)};
	int err = vq_open(&v->vq, lab, &config);

	if (!err) {
		err = serve(lab, v, &r, fixed);
		vq_close(&v->vq);
	}
	free(v);
	return err == -ANY_ENOTSUP ? 0 : err;
}

ANY_CASE(osv_used_id, run, .name = "osv-1450-used_id", .issue = "cloudius-systems/osv #1450",
	 .bug = "the id of a used element indexes the driver's cookies, unchecked",
	 .rule = ANY_LAB_TRUSTED, .platform = "x86-pc");

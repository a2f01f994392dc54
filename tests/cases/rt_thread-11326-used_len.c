/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RT-Thread/rt-thread #11326: several virtio drivers believe ids and lengths in the used ring. The
 * network driver makes of the length how much to copy out of a receive buffer: a host that says
 * more than the buffer has gets the guest's memory read, and overwritten where it is copied to.
 */
#include "model.h"

#define FRAMES 6u
#define HEADER 12u

struct virtio_net {
	struct vq vq;
	uint8_t *rx;
	struct any_dma_mapping map;
	bool broken;
};

struct pbuf {
	uint32_t len;
	uint8_t payload[VQ_BUF];
};

static int rx_give(struct virtio_net *net)
{
	int err = any_dma_map(net->vq.dma, net->rx, VQ_BUF, ANY_DMA_FROM_DEVICE, &net->map);

	if (err)
		return err;
	vq_put(&net->vq, 0, net->map.addr.raw, VQ_BUF, VQ_WRITE);
	vq_publish(&net->vq);
	vq_kick(&net->vq);
	return 0;
}

static void virtio_net_rx(struct virtio_net *net, struct pbuf *p, bool fixed)
{
	uint32_t len;

	vq_wait(&net->vq);
	len = net->vq.ring->used.ring[net->vq.used % VQ_SIZE].len; /* BUG: the host's word */
	net->vq.used++;
	any_dma_unmap(net->vq.dma, &net->map);
	if (fixed && (len < HEADER || len > VQ_BUF)) {
		any_lab_refused(net->vq.lab);
		net->broken = true;
		return;
	}
	p->len = len - HEADER;
	memcpy(p->payload, net->rx + HEADER, p->len);
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct vq_config config = {.bogus_len = true};
	struct virtio_net net = {.broken = false};
	struct pbuf *p = calloc(1, sizeof(*p));
	int err = vq_open(&net.vq, lab, &config);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	net.rx = any_lab_alloc(lab, VQ_BUF);
	vq_input(&net.vq, FRAMES);
	for (uint32_t i = 0; i < FRAMES && !net.broken; i++) {
		err = rx_give(&net);
		if (err)
			break;
		virtio_net_rx(&net, p, fixed);
		ANY_LAB_CHECK(lab, net.broken || p->payload[0] == (uint8_t)(i * 7));
	}
	vq_close(&net.vq);
	free(p);
	return err;
}

ANY_CASE(rt_thread_used_len, run, .name = "rt_thread-11326-used_len",
	 .issue = "RT-Thread/rt-thread #11326",
	 .bug = "the length of a used element decides how much is copied", .rule = ANY_LAB_TRUSTED,
	 .platform = "x86-pc");

/* SPDX-License-Identifier: BSD-2-Clause */
/* The network device and a driver that writes its chains by hand. */
#ifndef ANYDMA_TESTS_NET_RAW_H
#define ANYDMA_TESTS_NET_RAW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/endian.h>
#include <anydma/net_device.h>

#define BUS   0x90000000ull
#define SIZE  64u
#define MEM   (1u << 20)
#define RINGS 0x4000u /* a queue's */
/* where the raw driver keeps things */
#define HEAD   0x18000u
#define FRAME  0x20000u
#define ANSWER 0x30000u
#define STAGE  65550u

#define PLAT (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)
#define OFFER                                                                                      \
	(ANY_NET_F_CSUM | ANY_NET_F_GUEST_CSUM | ANY_NET_F_CTRL_GUEST_OFFLOADS | ANY_NET_F_MAC |   \
	 ANY_NET_F_HOST_TSO4 | ANY_NET_F_GUEST_TSO4 | ANY_NET_F_MRG_RXBUF | ANY_NET_F_STATUS |     \
	 ANY_NET_F_CTRL_VQ | ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN | ANY_NET_F_GUEST_ANNOUNCE |  \
	 ANY_NET_F_MQ | ANY_NET_F_CTRL_MAC_ADDR)

enum { RX, TX, CTRL = 4 };

struct rig {
	struct any_net_backend backend;
	struct any_space space;
	struct any_space_region region;
	struct any_net_device dev;
	struct any_vring parts[5];
	uint16_t sent[5], seen[5];
	uint8_t *mem;
	uint32_t frames;
	size_t len;
	struct any_net_offload offload;
	uint16_t n_desc;
	uint64_t memory[ANY_NET_DEVICE_BYTES(2, SIZE) / 8];
	uint8_t stage[STAGE];
};

static inline int on_send(void *ctx, uint16_t pair, const struct any_net_offload *offload,
			  const void *frame, size_t len)
{
	struct rig *r = ctx;

	assert_int_equal(pair, 0);
	assert_ptr_equal(frame, r->stage);
	r->frames++;
	r->len = len;
	r->offload = *offload;
	return 0;
}

static inline void set_up_queue(struct rig *r, uint32_t queue)
{
	const uint64_t at = BUS + queue * RINGS;
	struct any_vring_layout layout;

	any_vring_layout(SIZE, 64, &layout);
	memset(r->mem + queue * RINGS, 0, layout.bytes);
	r->parts[queue] = any_vring_at(r->mem + queue * RINGS, &layout);
	r->sent[queue] = r->seen[queue] = 0;
	assert_int_equal(any_virtio_device_queue_setup(
				 &r->dev.virtio, queue, SIZE, any_dma(at + layout.desc),
				 any_dma(at + layout.avail), any_dma(at + layout.used)),
			 0);
}

static inline void bring_up(struct rig *r, uint64_t without)
{
	struct any_virtio_device *v = &r->dev.virtio;

	any_virtio_device_set_status(v, 0);
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, v->offered & ~without);
	any_virtio_device_set_status(v, 0xb);
	set_up_queue(r, RX);
	set_up_queue(r, TX);
	if (!(without & ANY_NET_F_CTRL_VQ))
		set_up_queue(r, CTRL);
	any_virtio_device_set_status(v, 0xf);
	assert_int_equal(v->status, 0xf);
}

static inline struct rig *rig_up(void)
{
	const struct any_net_device_config config = {
		.features = PLAT | OFFER, .mac = {2}, .pairs = 2, .queue_max = SIZE};
	struct rig *r = calloc(1, sizeof(*r));

	r->mem = aligned_alloc(4096, MEM);
	memset(r->mem, 0xaa, MEM);
	r->region = (struct any_space_region){any_dma(BUS), MEM, r->mem, ANY_DMA_BOTH};
	r->backend = (struct any_net_backend){.send = on_send, .takes_csum = true};
	assert_int_equal(any_space_init_regions(&r->space, &r->region, 1), 0);
	assert_int_equal(any_net_device_init(&r->dev, &r->backend, r, &config, &r->space, r->memory,
					     sizeof(r->memory), r->stage, STAGE),
			 0);
	bring_up(r, 0);
	return r;
}

static inline void rig_down(struct rig *r)
{
	free(r->mem);
	free(r);
}

static inline void piece(struct rig *r, uint32_t queue, uint64_t addr, uint32_t len, bool write)
{
	struct any_vring_desc *d = &r->parts[queue].desc[r->n_desc];

	if (r->n_desc)
		any_store_le16(&d[-1].flags, (uint16_t)(any_load_le16(&d[-1].flags) | 1));
	any_store_le64(&d->addr, addr);
	any_store_le32(&d->len, len);
	any_store_le16(&d->flags, write ? ANY_VRING_DESC_WRITE : 0);
	any_store_le16(&d->next, ++r->n_desc);
}

static inline void publish(struct rig *r, uint32_t queue, uint16_t head)
{
	any_store_le16(&r->parts[queue].avail->ring[r->sent[queue] % SIZE], head);
	any_store_le16(&r->parts[queue].avail->idx, ++r->sent[queue]);
}

/* used.len of the next chain that came back, or -1. */
static inline int64_t used(struct rig *r, uint32_t queue)
{
	const struct any_vring_used *u = r->parts[queue].used;

	if (any_load_le16(&u->idx) == r->seen[queue])
		return -1;
	return any_load_le32(&u->ring[r->seen[queue]++ % SIZE].len);
}

static inline int64_t run(struct rig *r, uint32_t queue)
{
	publish(r, queue, 0);
	any_net_device_process(&r->dev, 10);
	return used(r, queue);
}

#endif

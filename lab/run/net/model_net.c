/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network device in the machine: what the driver sends comes back, some time later and at times
 * several frames at once.
 */
#include <stdlib.h>

#include "../run.h"
#include "wire.h"

/* A frame that does not find room waits in its queue: step() looks for room before it asks for
 * another. */
static int on_send(void *ctx, uint16_t pair, const struct any_net_offload *offload,
		   const void *frame, size_t len)
{
	struct lab_wire *w = ((struct lab_model *)ctx)->wire;
	uint32_t at = (w->first + w->n) % LAB_WIRE_FRAMES;

	(void)pair;
	if (w->n == LAB_WIRE_FRAMES)
		return -ANY_ENOMEM;
	w->n++;
	w->frames[at].offload = *offload;
	w->frames[at].len = (uint32_t)len;
	lab_copy(w->frames[at].bytes, frame, len);
	return 0;
}

static bool give_one(struct lab_wire *w)
{
	if (!w->n || any_net_device_deliver(&w->net, 0, &w->frames[w->first].offload,
					    w->frames[w->first].bytes, w->frames[w->first].len))
		return false;
	w->first = (w->first + 1) % LAB_WIRE_FRAMES;
	w->n--;
	return true;
}

/* Up to three frames are shown together. */
static bool give(struct lab_model *d)
{
	uint32_t most = 1 + (uint32_t)(lab_device_random(d->machine) % 3), n = 0;

	while (n < most && give_one(d->wire))
		n++;
	if (n)
		any_net_device_publish(&d->wire->net);
	return n;
}

static bool poll_on(struct lab_model *d)
{
	if (!d->polling && lab_device_random(d->machine) >> 63) {
		any_virtio_device_disable_kick(d->virtio, 1);
		d->polling = true;
	}
	return true;
}

/* While it has work it polls with kicks off; before it sleeps it turns them on and looks again. */
static bool step(void *ctx)
{
	struct lab_model *d = ctx;
	const uint32_t room = LAB_WIRE_FRAMES - d->wire->n;

	if (room && any_net_device_process(&d->wire->net, room < 3 ? 1 : 2))
		return poll_on(d);
	if (give(d))
		return true;
	if (!d->polling || !(d->virtio->status & ANY_VIRTIO_STATUS_DRIVER_OK))
		return false;
	d->polling = false;
	return any_virtio_device_enable_kick(d->virtio, 1);
}

static const struct any_net_backend backend = {.send = on_send, .takes_csum = true};

int lab_model_net(struct lab_model *d, struct lab_machine *m, const struct any_lab_config *config)
{
	struct any_net_device_config device = {
		.features = lab_model_features(d, m, config) | ANY_NET_F_CSUM |
			    ANY_NET_F_GUEST_CSUM | ANY_NET_F_MAC | ANY_NET_F_MRG_RXBUF |
			    ANY_NET_F_STATUS | ANY_NET_F_CTRL_VQ | ANY_NET_F_CTRL_RX |
			    ANY_NET_F_CTRL_MAC_ADDR,
		.mac = {2, 0, 0, 0, 0, 1},
		.pairs = 1,
		.queue_max = LAB_NET_QUEUE,
	};
	int err;

	d->wire = calloc(1, sizeof(*d->wire));
	if (!d->wire)
		return -ANY_ENOMEM;
	err = any_net_device_init(&d->wire->net, &backend, d, &device, &d->space, d->wire->memory,
				  sizeof(d->wire->memory), d->wire->stage, sizeof(d->wire->stage));
	lab_model_connect(d, m, &d->wire->net.virtio, step);
	return err;
}

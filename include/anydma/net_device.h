/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network device, the device's end: frames the driver sends go to a function of the caller's,
 * frames from outside are delivered into buffers the driver posted. The driver's end is net.h.
 *
 * A frame is copied once, out of the driver's memory or into it, and checked in the copy: nothing
 * is believed that the driver may change meanwhile (D8).
 */
#ifndef ANYDMA_NET_DEVICE_H
#define ANYDMA_NET_DEVICE_H

#include <anydma/net.h>
#include <anydma/virtio_device.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where frames go. */
struct any_net_backend {
	/*
	 * A frame of the driver's: Ethernet header on, at most stage_bytes long. Errors count as
	 * dropped. What was not agreed on with the driver never comes here.
	 */
	int (*send)(void *ctx, uint16_t pair, const struct any_net_offload *offload,
		    const void *frame, size_t len);
	/* send takes incomplete checksums. Else the device completes them, and takes no HOST_TSO.
	 */
	bool takes_csum;
};

struct any_net_device_config {
	/* Of 29, 33, 34, 36, 38, 40, 43, and every device-type bit to be offered. */
	uint64_t features;
	uint8_t mac[ANY_NET_MAC_BYTES];
	uint16_t mtu;	/* with MTU: 68 or more */
	uint16_t pairs; /* 1, with MQ at most ANY_NET_MAX_PAIRS */
	uint8_t duplex;
	uint32_t speed;
	uint32_t queue_max; /* entries of each queue, a power of two */
};

/* Chains the driver posted, taken and not yet filled: the beginning of a packet to be. */
struct any_net_hand {
	struct any_ring_chain *chains; /* queue_max */
	struct any_ring_piece *pieces; /* queue_max, of all of them */
	uint32_t n, n_pieces;
	uint64_t room;	/* bytes in them */
	uint32_t taken; /* the queue's count, to see that it was reset */
};

#define ANY_NET_DEVICE_MACS 64u

struct any_net_filter {
	uint8_t mac[ANY_NET_MAC_BYTES];	 /* the driver's own */
	uint8_t modes;			 /* 1 << ANY_NET_CTRL_RX_* */
	bool all_unicast, all_multicast; /* the table did not fit */
	uint32_t n_unicast, n_multicast;
	uint8_t table[ANY_NET_DEVICE_MACS][ANY_NET_MAC_BYTES];
	uint32_t vlans[4096 / 32];
};

struct any_net_counters {
	uint64_t sent, delivered;   /* frames */
	uint64_t filtered, dropped; /* from outside, not the driver's; of the driver's, nonsense */
};

struct any_net_device {
	struct any_virtio_device virtio;
	const struct any_net_backend *backend;
	void *ctx;
	struct any_net_device_config config;
	struct any_net_hand *hands; /* a pair each */
	uint8_t *stage;
	size_t stage_bytes;
	struct any_net_filter filter;
	uint64_t offloads; /* GUEST_ bits in force */
	uint16_t active;   /* pairs */
	bool down, announce;
	struct any_net_counters counters;
};

#define ANY_NET_DEVICE_QUEUE_BYTES(queue_max)                                                      \
	((size_t)(queue_max) * (sizeof(struct any_ring_piece) + sizeof(struct any_packed_held)))
/* Memory of a device: the caller's, aligned to 8. */
#define ANY_NET_DEVICE_BYTES(pairs, queue_max)                                                     \
	((2 * (size_t)(pairs) + 1) * (sizeof(struct any_virtio_device_queue) +                     \
				      ANY_NET_DEVICE_QUEUE_BYTES(queue_max) + 8) +                 \
	 (size_t)(pairs) * (sizeof(struct any_net_hand) +                                          \
			    (size_t)(queue_max) * (sizeof(struct any_ring_chain) +                 \
						   sizeof(struct any_ring_piece))))

/*
 * `stage` holds one frame that the driver sends: longer ones are dropped. EINVAL: bits without
 * those they need, segmentation that the backend does not take, an MTU below 68, pairs without MQ,
 * an address that is a group's. ENOSPC: memory. The caller sets dev->virtio.interrupt.
 */
ANY_MUST_CHECK int any_net_device_init(struct any_net_device *dev,
				       const struct any_net_backend *backend, void *ctx,
				       const struct any_net_device_config *config,
				       struct any_space *space, void *memory, size_t bytes,
				       void *stage, size_t stage_bytes);
/*
 * Serves the driver's queues: at most `budget` frames a pair, and commands; calls the driver once a
 * queue. How many: 0 means nothing to do.
 */
uint32_t any_net_device_process(struct any_net_device *dev, uint32_t budget);
/*
 * A frame from outside, for a pair of the caller's choice (a pair that is not active: another one).
 * 0: delivered, or it is not for this driver (counters.filtered). EAGAIN: the driver has posted too
 * little; again later, or drop it. E2BIG: beyond the MTU, or longer than the one buffer it must fit
 * in. ENOTSUP: segments that were not agreed on. EINVAL: offsets outside the frame. EPROTO: the
 * device needs a reset. The driver sees it at the next publish.
 */
ANY_MUST_CHECK int any_net_device_deliver(struct any_net_device *dev, uint16_t pair,
					  const struct any_net_offload *offload, const void *frame,
					  size_t len);
void any_net_device_publish(struct any_net_device *dev);
void any_net_device_set_link(struct any_net_device *dev, bool up);
/* Asks the driver for gratuitous packets (GUEST_ANNOUNCE). */
void any_net_device_announce(struct any_net_device *dev);

#ifdef __cplusplus
}
#endif
#endif

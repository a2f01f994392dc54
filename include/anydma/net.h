/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network device, both ends. The driver (struct any_net) is asynchronous and copies nothing:
 *
 *	post, kick, receive	the caller's buffers, each mapped FROM_DEVICE until it comes back
 *	transmit, kick, reclaim	the caller's pieces, behind a header of the driver's
 *	any_net_set_..., done	one command at a time on the control queue
 *
 * The device (struct any_net_device) is net_device.h's.
 */
#ifndef ANYDMA_NET_H
#define ANYDMA_NET_H

#include <anydma/virtio.h>
#include <anydma/virtio/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- both ends ------------------------------------------------------------------------------- */

/* What was left to the other side, or found out by it; CPU byte order. All 0: nothing. */
struct any_net_offload {
	uint8_t flags;	  /* ANY_NET_NEEDS_CSUM, ANY_NET_DATA_VALID */
	uint8_t gso_type; /* ANY_NET_GSO_* */
	uint16_t hdr_len; /* a hint: all headers, the transport's too; 0: not known */
	uint16_t gso_size;
	uint16_t csum_start;  /* from here to the end is summed up */
	uint16_t csum_offset; /* from csum_start: where the sum goes */
};

/* Do the offsets lie in a frame of `len` bytes, and is a segmented one complete (VD-NT-11)? */
static inline bool any_net_offload_fits(const struct any_net_offload *o, size_t len)
{
	const size_t behind = (size_t)o->csum_start + o->csum_offset + 2;

	if ((o->flags & ANY_NET_NEEDS_CSUM) && behind > len)
		return false;
	return o->gso_type == ANY_NET_GSO_NONE ||
	       ((o->flags & ANY_NET_NEEDS_CSUM) && o->gso_size); /* VG-NT-13, VD-NT-15 */
}

/*
 * What hdr_len is to say: never less than the headers are (VG-NT-14, VD-NT-19). Who does not know
 * it says the whole frame. -1: less than the offsets alone need, or more than there is.
 */
static inline int any_net_hdr_len(const struct any_net_offload *o, size_t len)
{
	const uint32_t tcp = o->gso_type == ANY_NET_GSO_NONE ? 0 : o->csum_start + 20u;
	const uint32_t sum =
		o->flags & ANY_NET_NEEDS_CSUM ? o->csum_start + o->csum_offset + 2u : 0;

	if (o->hdr_len)
		return o->hdr_len < tcp || o->hdr_len < sum || o->hdr_len > len ? -1 : o->hdr_len;
	return len < UINT16_MAX ? (int)len : UINT16_MAX;
}

/* Is this kind of segmentation one of those agreed on, by the bits of one direction? */
static inline bool any_net_gso_agreed(uint8_t gso_type, uint64_t features, uint64_t tso4,
				      uint64_t tso6, uint64_t ecn)
{
	if (gso_type == ANY_NET_GSO_NONE)
		return true;
	if ((gso_type & ANY_NET_GSO_ECN) && !(features & ecn))
		return false;
	switch (gso_type & ~ANY_NET_GSO_ECN) {
	case ANY_NET_GSO_TCPV4:
		return features & tso4;
	case ANY_NET_GSO_TCPV6:
		return features & tso6;
	default:
		return false;
	}
}

/* ---- driver ---------------------------------------------------------------------------------- */

#define ANY_NET_MAX_PIECES 18u /* of one frame that is sent */
#define ANY_NET_MAX_MACS   64u /* in both tables together */

/* Receive buffers where the device does not merge them, header and all (VG-NT-18). */
#define ANY_NET_BUFFER_MIN 1526u
#define ANY_NET_BUFFER_GSO 65601u

struct any_net_options {
	uint64_t without; /* device-type features not to accept */
	uint32_t size;	  /* of each queue, to aim for */
	uint32_t buffer;  /* the smallest receive buffer that will be posted */
	uint16_t pairs;	  /* queue pairs at most; 0: 1 */
};

struct any_net_facts { /* from the device's configuration, resolved */
	uint8_t mac[ANY_NET_MAC_BYTES];
	bool has_mac;  /* false: choose a locally administered one (VG-NT-02) */
	bool up;       /* the link; without STATUS always */
	bool announce; /* the device asks for gratuitous packets, then any_net_announced */
	uint8_t duplex;
	uint32_t speed; /* Mbit/s; both may be unknown */
	uint16_t mtu;	/* 0: the device says nothing about it */
	uint16_t max_pairs;
};

/* A receive buffer: the caller's structure and memory, the driver's from post until they return. */
struct any_net_buffer {
	void *buf;
	size_t len;
	void *cookie;
	struct any_net_buffer *next; /* of the same packet */
	uint32_t offset, bytes;	     /* what is of the frame: buf + offset, so many bytes */
};

struct any_net_packet {
	struct any_net_buffer *first; /* the caller's again, whatever the result */
	uint32_t len;
	int result; /* 0; EPROTO: the device's header or lengths are nonsense, the frame is lost */
	struct any_net_offload offload;
};

struct any_net_piece {
	const void *buf;
	size_t len;
};

/* A frame to send. The pieces' memory must be DMA-able and stay until it is reclaimed. */
struct any_net_frame {
	const struct any_net_piece *pieces; /* Ethernet header on; without preamble and FCS */
	uint32_t n;
	struct any_net_offload offload; /* NEEDS_CSUM: the pseudo header's sum is in place */
	void *cookie;
};

struct any_net_slot { /* private state of one frame that is being sent */
	void *cookie;
	uint16_t next; /* free list */
};

struct any_net_pair {
	struct any_virtqueue rx, tx;
	struct any_net_slot *slots;
	uint32_t depth, headers; /* frames in flight at most; where in `wire` their headers are */
	uint16_t free_slot;
	uint32_t posted;		     /* buffers the device has */
	struct any_net_buffer *first, *last; /* of a packet of which parts are missing */
	uint32_t missing;
	struct any_net_packet part;
};

struct any_net {
	struct any_virtio_driver virtio;
	struct any_net_facts facts;
	struct any_net_options options;
	struct any_net_pair *pairs;
	struct any_virtqueue ctrl;
	/* A command, its answer, and the headers: coherent, one line each. */
	struct any_dma_coherent wire; /* cached rings: the caller's memory, mapped a request */
	uint32_t line;
	uint32_t buffer_min; /* of a receive buffer */
	uint16_t n_pairs;    /* that have queues */
	uint16_t active;     /* that may be sent on (VG-NT-29) */
	uint16_t wanted;     /* active, once the command is done; 0: it is not about that */
	bool commanding;
};

#define ANY_NET_CTRL_SIZE 4u /* entries of the control queue */

/* Private memory of a driver: the caller's, aligned to 8. */
#define ANY_NET_BYTES(pairs, size)                                                                 \
	((size_t)(pairs) * (sizeof(struct any_net_pair) + 2 * ANY_VIRTQUEUE_BYTES(size) +          \
			    (size_t)(size) * sizeof(struct any_net_slot)) +                        \
	 ANY_VIRTQUEUE_BYTES(ANY_NET_CTRL_SIZE))

/*
 * Brings the device up to DRIVER_OK with one pair active. What the device offers and cannot mean is
 * not accepted: bits without those they need, an MTU below 68 or above what the buffers hold
 * (VG-NT-04), large receives into small buffers, more pairs than there can be. On error the device
 * is FAILED or reset, nothing stays allocated, and net->virtio.why says why.
 */
ANY_MUST_CHECK int any_net_init(struct any_net *net, const struct any_virtio_transport *transport,
				struct any_dma_dev *dma, const struct any_net_options *options,
				void *memory, size_t bytes);
/* The same where the machine has no coherent memory, as any_blk_init_cached. */
ANY_MUST_CHECK int any_net_init_cached(struct any_net *net,
				       const struct any_virtio_transport *transport,
				       struct any_dma_dev *dma,
				       const struct any_net_options *options, void *memory,
				       size_t bytes, void *shared, size_t shared_bytes);
size_t any_net_shared_bytes(const struct any_dma_dev *dma, uint16_t pairs, uint32_t size);
/*
 * Stops the device (reset). Buffers and frames it had come back through abort, then fini gives the
 * memory back. ENODEV: the device does not reset, or is gone, and keeps its memory. Abort then
 * answers ENODEV, too, and names what is over: the bytes are the device's until fini answers 0
 * (virtio.h: any_virtio_removed).
 */
ANY_MUST_CHECK int any_net_stop(struct any_net *net);
ANY_MUST_CHECK int any_net_abort_receive(struct any_net *net, uint16_t pair,
					 struct any_net_buffer **buffer);
ANY_MUST_CHECK int any_net_abort_transmit(struct any_net *net, uint16_t pair, void **cookie);
ANY_MUST_CHECK int any_net_fini(struct any_net *net); /* EBUSY: not stopped, or buffers out */

/* ENOMEM: the queue is full. EINVAL: shorter than net->buffer_min. Errors of any_dma_map. */
ANY_MUST_CHECK int any_net_post(struct any_net *net, uint16_t pair, struct any_net_buffer *buffer);
void any_net_kick_receive(struct any_net *net, uint16_t pair);
/*
 * The next packet. EAGAIN: none is complete. EPROTO: the ring is broken: stop, abort, init; a
 * packet that is nonsense is no such error (packet->result).
 */
ANY_MUST_CHECK int any_net_receive(struct any_net *net, uint16_t pair,
				   struct any_net_packet *packet);

/*
 * ENOMEM: no slot or descriptors now, reclaim first. EINVAL: too short, longer than the MTU allows,
 * offsets outside, a pair that is not active. ENOTSUP: an offload that was not agreed on. E2BIG:
 * more than ANY_NET_MAX_PIECES. Errors of any_dma_map.
 */
ANY_MUST_CHECK int any_net_transmit(struct any_net *net, uint16_t pair,
				    const struct any_net_frame *frame);
void any_net_kick_transmit(struct any_net *net, uint16_t pair);
/* A frame that was sent. EAGAIN: none. EPROTO: broken. */
ANY_MUST_CHECK int any_net_reclaim(struct any_net *net, uint16_t pair, void **cookie);

/*
 * Commands: sent by these, finished by any_net_done. EBUSY: one is on its way. ENOTSUP: not agreed
 * on. EINVAL of any_net_set_pairs: so many are not there, or a receive queue that would come into
 * use has no buffers yet (VG-NT-21). any_net_done: EAGAIN, 0, EIO (the device refuses), EPROTO (the
 * answer is none, or the ring is broken). `mode` is ANY_NET_CTRL_RX_*.
 */
ANY_MUST_CHECK int any_net_set_rx_mode(struct any_net *net, uint8_t mode, bool on);
ANY_MUST_CHECK int any_net_set_mac(struct any_net *net, const uint8_t mac[ANY_NET_MAC_BYTES]);
ANY_MUST_CHECK int any_net_set_mac_table(struct any_net *net,
					 const uint8_t (*unicast)[ANY_NET_MAC_BYTES],
					 uint32_t n_unicast,
					 const uint8_t (*multicast)[ANY_NET_MAC_BYTES],
					 uint32_t n_multicast);
ANY_MUST_CHECK int any_net_set_vlan(struct any_net *net, uint16_t id, bool pass);
ANY_MUST_CHECK int any_net_set_pairs(struct any_net *net, uint16_t pairs);
/* Which GUEST_ bits of those agreed on are in force from now on. */
ANY_MUST_CHECK int any_net_set_offloads(struct any_net *net, uint64_t features);
ANY_MUST_CHECK int any_net_announced(struct any_net *net);
ANY_MUST_CHECK int any_net_done(struct any_net *net);

/*
 * Reads and acknowledges the interrupt causes. After a configuration change link, speed and
 * announcement are read again. EPROTO: the device needs a reset (VG-ST-11); ENODEV: it is gone.
 */
ANY_MUST_CHECK int any_net_interrupt(struct any_net *net);

#ifdef __cplusplus
}
#endif
#endif

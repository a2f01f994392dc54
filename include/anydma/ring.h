/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtqueue rings, split and packed: bytes and indices, both roles, no DMA. A ring gets CPU
 *pointers to its parts and 64-bit bus addresses of buffers; who maps them is somebody else's
 *business (virtio.h).
 *
 *	driver: make_avail ... publish, kick_needed?       device: take_avail
 *	driver: take_used                                  device: make_used ... publish,
 *call_needed?
 *
 * A kick tells the device that buffers are available, a call tells the driver that some were used.
 * What the other side writes is read once, checked, and never asserted on: nonsense makes the ring
 * broken, every verb then answers EPROTO until the ring is initialised again, and nothing that was
 * outstanding is forgotten (any_ring_detach).
 *
 * Barriers: order_platform (feature bit 36) chooses at run time, per ring, between barriers against
 * other CPUs and barriers against devices (conformance A4.2).
 *
 * One ring belongs to one caller at a time; no locks.
 */
#ifndef ANYDMA_RING_H
#define ANYDMA_RING_H

#include <anydma/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_RING_MAX_SIZE 32768u

/* ---- the split ring's bytes, little-endian --------------------------------------------------- */

#define ANY_VRING_DESC_NEXT	1u
#define ANY_VRING_DESC_WRITE	2u /* device-writable */
#define ANY_VRING_DESC_INDIRECT 4u
#define ANY_VRING_NO_CALL	1u /* avail.flags: the driver polls */
#define ANY_VRING_NO_KICK	1u /* used.flags: the device polls */

struct any_vring_desc { /* written by the driver */
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};

struct any_vring_avail { /* written by the driver */
	uint16_t flags;
	uint16_t idx;
	uint16_t ring[]; /* [size] is used_event */
};

struct any_vring_used_elem {
	uint32_t id;
	uint32_t len;
};

struct any_vring_used { /* written by the device */
	uint16_t flags;
	uint16_t idx;
	struct any_vring_used_elem ring[]; /* behind [size - 1]: avail_event, 16 bits */
};

/* A packed ring's parts go by the same names, as its registers do: desc is the ring, avail the
 * driver's event structure, used the device's. */
struct any_vring {
	struct any_vring_desc *desc;
	struct any_vring_avail *avail;
	struct any_vring_used *used;
};

static inline size_t any_vring_desc_bytes(uint32_t size)
{
	return (size_t)16 * size;
}

static inline size_t any_vring_avail_bytes(uint32_t size)
{
	return 6 + (size_t)2 * size;
}

static inline size_t any_vring_used_bytes(uint32_t size)
{
	return 6 + (size_t)8 * size;
}

/*
 * Offsets of the three parts in one piece of memory. `align` (a power of two) separates what the
 * driver writes from what the device writes: with a cache line no line has two writers.
 */
struct any_vring_layout {
	size_t desc, avail, used, bytes;
};
void any_vring_layout(uint32_t size, size_t align, struct any_vring_layout *layout);
struct any_vring any_vring_at(void *mem, const struct any_vring_layout *layout);

/* ---- the packed ring's bytes, little-endian -------------------------------------------------- */

#define ANY_PACKED_DESC_AVAIL 0x0080u /* beside NEXT, WRITE and INDIRECT */
#define ANY_PACKED_DESC_USED  0x8000u

#define ANY_PACKED_EVENT_ENABLE	 0u
#define ANY_PACKED_EVENT_DISABLE 1u
#define ANY_PACKED_EVENT_DESC	 2u /* at off_wrap; with feature 29 */

struct any_packed_desc { /* written by both sides in turn */
	uint64_t addr;
	uint32_t len;
	uint16_t id;
	uint16_t flags;
};

struct any_packed_event { /* read and written as one word */
	uint16_t off_wrap;
	uint16_t flags;
};

/* The same as any_vring_layout; the ring itself has two writers, so its memory must be coherent. */
void any_packed_layout(uint32_t size, size_t align, struct any_vring_layout *layout);

/* A position in a packed ring. `wrap` is 1 in the first lap, then 0, and so on (VB-PR-01). */
struct any_packed_place {
	uint16_t slot, wrap;
};

/*
 * What a device remembers of a chain it has taken from a packed ring. Neither its slots nor its id
 * name it: slots are given away again while it is still out, and two ids may be the same.
 */
struct any_packed_held {
	uint16_t id, count; /* 0: free */
	uint16_t free;	    /* the stack of free entries, below n_held; not about this one */
};

struct any_ring_config {
	struct any_vring parts; /* 16, 2 and 4 aligned (VG-SR-01); packed: 16, 4, 4 (VG-PR-01) */
	uint32_t size;		/* power of two, 1..32768 (VG-SR-02); packed: any (VG-PR-02) */
	bool order_platform;	/* feature 36 */
	bool event_idx;		/* feature 29 */
	bool packed;		/* feature 34 */
	struct any_packed_held *held; /* of a packed device: `size` entries, its own memory */
};

/* ---- driver ---------------------------------------------------------------------------------- */

/* One buffer as the device will see it. */
struct any_ring_buf {
	uint64_t addr;
	uint32_t len;
};

/* What the driver knows of a descriptor, in memory the device cannot reach. */
struct any_ring_shadow {
	uint64_t seq;	   /* head: how many chains were made before */
	uint32_t writable; /* head: bytes the device may write */
	uint16_t next;	   /* of the chain */
	uint16_t count;	   /* head: descriptors in the chain; 0: not an outstanding head */
	uint16_t free;	   /* the stack of free descriptors, below n_free; not about this one */
	uint16_t pad[3];
};

struct any_ring_driver {
	struct any_vring parts;
	struct any_ring_shadow *shadow;
	uint64_t made, published; /* chains since init; the low 16 bits are avail.idx */
	uint32_t size;
	uint32_t n_free;    /* descriptors */
	uint16_t used_idx;  /* next used entry to take */
	uint16_t used_seen; /* used.idx as last read: entries before it may be read */
	uint16_t kicked;    /* avail.idx at the last kick decision */
	bool order_platform, event_idx, packed, broken;
	uint16_t detach; /* any_ring_detach goes on from here */
	/* packed */
	struct any_packed_place next, shown, taken; /* to make; to publish; to take back */
	uint16_t first_slot, first_flags; /* what publish stores: the first made since the last */
	uint32_t fresh,
		unasked; /* slots since the last publish; published since the last question */
};

/* One completed chain. Its descriptors are free again but stay linked until the next make_avail. */
struct any_ring_done {
	uint32_t written; /* bytes, checked against what the device could write */
	uint16_t id;	  /* head */
	uint16_t count;
};

/*
 * `shadow` has `size` entries. Clears the ring's indices and flags (VG-SR-14). EINVAL: a size or
 * alignment the format does not have.
 */
ANY_MUST_CHECK int any_ring_driver_init(struct any_ring_driver *ring,
					const struct any_ring_config *config,
					struct any_ring_shadow *shadow);

/*
 * Writes one chain: n_out device-readable buffers, then n_in device-writable ones (VG-SR-03). It is
 * visible to the device at the next publish. *id names it until it is taken back.
 * ENOMEM: not enough descriptors now. E2BIG: never will be, or longer than 2^32 - 1 bytes
 * (VG-SR-05). EINVAL: no buffer, or an empty one. EPROTO: broken.
 */
ANY_MUST_CHECK static inline int any_ring_make_avail(struct any_ring_driver *ring,
						     const struct any_ring_buf *buf, uint32_t n_out,
						     uint32_t n_in, uint16_t *id);

/* Publishes everything made since the last time with one index store. False: nothing was new. */
bool any_ring_publish_avail(struct any_ring_driver *ring);

/* Where the next chain will be made available: the index, or a packed ring's slot and lap (2.9). */
static inline uint16_t any_ring_next_avail(const struct any_ring_driver *ring)
{
	if (ring->packed)
		return (uint16_t)(ring->shown.slot | ring->shown.wrap << 15);
	return (uint16_t)ring->published;
}

/* After publish: must the device be kicked? Asks about the whole burst since the last question. */
bool any_ring_kick_needed(struct any_ring_driver *ring);

/*
 * EAGAIN: nothing now. EPROTO: the device returned an id that is not an outstanding head, a length
 * above what the chain's writable buffers hold, or an index that ran ahead (D13).
 */
ANY_MUST_CHECK static inline int any_ring_take_used(struct any_ring_driver *ring,
						    struct any_ring_done *done);

/* Asks the device (a hint) not to call, or to call. After enable ask any_ring_more_used. */
void any_ring_disable_call(struct any_ring_driver *ring);
void any_ring_enable_call(struct any_ring_driver *ring);
/* A used entry came in before the device could see the request (VG-SR-19): take it, no call comes.
 */
bool any_ring_more_used(struct any_ring_driver *ring);

/*
 * After the device was reset: hands out chains that were never returned, one a call; EAGAIN when
 * there is none left. Works on a broken ring.
 */
ANY_MUST_CHECK int any_ring_detach(struct any_ring_driver *ring, struct any_ring_done *done);

/* The descriptors the next make_avail takes: 0 the head, 1 the one behind it, ... below n_free. */
static inline uint16_t any_ring_free_at(const struct any_ring_driver *ring, uint32_t k)
{
	return ring->shadow[ring->n_free - 1 - k].free;
}

/* The one behind `id` in a chain that is out, or was just taken back. */
static inline uint16_t any_ring_next(const struct any_ring_driver *ring, uint16_t id)
{
	return ring->shadow[id].next;
}

/* ---- device ---------------------------------------------------------------------------------- */

/* One descriptor of a chain, as read once from the table. Never empty, addr + len - 1 in range. */
struct any_ring_piece {
	uint64_t addr;
	uint32_t len;
};

/* A chain taken from the ring: readable pieces first, then writable ones. */
struct any_ring_chain {
	struct any_ring_piece *piece; /* caller's array, `max` entries: at least the ring's size */
	uint32_t max;
	uint32_t n_out, n_in;
	uint64_t out_len, in_len; /* their sums, together at most 2^32 */
	uint16_t head;		  /* names it until it is used; packed: its first slot */
};

struct any_ring_device {
	const struct any_vring_desc *desc; /* never written by the device (VD-SR-05) */
	const struct any_vring_avail *avail;
	struct any_vring_used *used;
	uint32_t size;
	uint16_t avail_idx;  /* next entry to take */
	uint16_t avail_seen; /* avail.idx as last read */
	uint16_t used_idx;   /* next entry to make */
	uint16_t published;  /* used.idx as last stored */
	uint16_t called;     /* used.idx at the last call decision */
	bool order_platform, event_idx, packed, broken;
	/* packed */
	struct any_packed_desc *slots;
	struct any_packed_held *held;
	struct any_packed_place next, put, shown; /* to take; to use; to publish */
	uint32_t in_hand;			  /* slots of chains taken and not used */
	uint32_t n_held;			  /* free entries of held */
	uint16_t first_slot, first_flags;
	uint32_t fresh, unasked;
};

ANY_MUST_CHECK int any_ring_device_init(struct any_ring_device *ring,
					const struct any_ring_config *config);

/* The same ring, its parts found again elsewhere (any_space says when). Indices stay. */
void any_ring_device_move(struct any_ring_device *ring, const struct any_vring *parts);

/*
 * EAGAIN: nothing now. EPROTO: the driver wrote nonsense (a head or next >= size, a loop, a chain
 * longer than the ring, an empty buffer, writable before readable, INDIRECT, a sum or an address
 * that wraps, an index that ran ahead): broken. EINVAL: chain->max below size.
 */
ANY_MUST_CHECK static inline int any_ring_take_avail(struct any_ring_device *ring,
						     struct any_ring_chain *chain);

/* Returns a chain. `written`: so many bytes from the first writable one on were written. */
static inline void any_ring_make_used(struct any_ring_device *ring, uint16_t head,
				      uint32_t written);
bool any_ring_publish_used(struct any_ring_device *ring);
bool any_ring_call_needed(struct any_ring_device *ring);

void any_ring_disable_kick(struct any_ring_device *ring);
void any_ring_enable_kick(struct any_ring_device *ring);
bool any_ring_more_avail(struct any_ring_device *ring);

#include <anydma/ring_fast.h>

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtqueue rings, split and packed: bytes and indices, both roles, no DMA. A ring gets CPU
 * pointers to its parts and 64-bit bus addresses of buffers; who maps them is somebody else's
 * business (virtio.h).
 *
 *	driver: make_avail ... publish, kick_needed?	device: take_avail
 *	driver: take_used				device: make_used ... publish, call_needed?
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

/*
 * A position in a packed ring: the slot, and in the upper half what makes a descriptor available
 * there: AVAIL in the first lap, then USED, then AVAIL and so on (VB-PR-01).
 */
typedef uint32_t any_packed_place;
#define ANY_PACKED_START   ((any_packed_place)ANY_PACKED_DESC_AVAIL << 16)
#define ANY_PACKED_NEW_LAP ((any_packed_place)(ANY_PACKED_DESC_AVAIL | ANY_PACKED_DESC_USED) << 16)

/* As the event structures and notifications say it: the slot, and above it 1 in the first lap. */
static inline uint16_t any_packed_offset(any_packed_place at)
{
	return (uint16_t)(at | (at >> 8 & 0x8000));
}

/*
 * What a device remembers of a chain it has taken from a packed ring. Neither its slots nor its id
 * name it: slots are given away again while it is still out, and two ids may be the same.
 */
struct any_packed_held {
	uint16_t id, count; /* 0: free */
};

struct any_ring_config {
	struct any_vring parts; /* 16, 2 and 4 aligned (VG-SR-01); packed: 16, 4, 4 (VG-PR-01) */
	uint32_t size;		/* power of two, 1..32768 (VG-SR-02); packed: any (VG-PR-02) */
	bool order_platform;	/* feature 36 */
	bool event_idx;		/* feature 29 */
	bool packed;		/* feature 34 */
	bool indirect;		/* feature 28: of a device; a driver calls make_indirect or not */
	bool in_order;		/* feature 35: of a driver; a device's model uses as it took */
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
	uint32_t seq;	   /* head: how many chains were made before, modulo 2^32 */
	uint32_t writable; /* head: bytes the device may write */
	uint16_t next;	   /* of the chain */
	uint16_t count;	   /* head: descriptors in the chain; 0: not an outstanding head */
	uint16_t free;	   /* the stack of free descriptors, below n_free; not about this one */
	uint16_t pad;
};

struct any_ring_driver {
	struct any_vring parts;
	struct any_ring_shadow *shadow;
	uint32_t made, published; /* chains since init; the low 16 bits are avail.idx */
	uint32_t size, mask;	  /* mask: a split ring's */
	uint32_t n_free;	  /* descriptors */
	uint32_t used_idx;	  /* next used entry to take; packed: its place */
	uint32_t used_seen;	  /* where it was seen that the device has come: may be read */
	uint16_t kicked;	  /* avail.idx at the last kick decision */
	bool order_platform, event_idx, packed, in_order, broken;
	bool apart;	 /* in order or broken: nothing is made inline */
	uint16_t detach; /* any_ring_detach goes on from here */
	/* in order: descriptors (packed: ids) are a queue */
	uint16_t first_free, oldest;
	uint32_t batch_written; /* of its last chain */
	uint32_t back, batch;	/* chains taken back; used, by what the device said last */
	/* packed */
	any_packed_place next, shown; /* to make; to publish */
	uint16_t first_flags;	      /* what publish stores, at shown */
	uint32_t unasked;	      /* slots published since the last question */
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

/*
 * The same through `table`, memory the device reads at `table_addr`, one entry a buffer: in the
 * ring it takes one descriptor, whatever its length (feature 28, VG-FB-01). The table is the
 * device's until the chain is taken back, and aligned to 16 (VG-SR-01).
 */
ANY_MUST_CHECK int any_ring_make_indirect(struct any_ring_driver *ring,
					  struct any_vring_desc *table, uint64_t table_addr,
					  const struct any_ring_buf *buf, uint32_t n_out,
					  uint32_t n_in, uint16_t *id);

/* Publishes everything made since the last time with one index store. False: nothing was new. */
bool any_ring_publish_avail(struct any_ring_driver *ring);

/* Where the next chain will be made available: the index, or a packed ring's slot and lap (2.9). */
static inline uint16_t any_ring_next_avail(const struct any_ring_driver *ring)
{
	if (ring->packed)
		return any_packed_offset(ring->shown);
	return (uint16_t)ring->published;
}

/* After publish: must the device be kicked? Asks about the whole burst since the last question. */
bool any_ring_kick_needed(struct any_ring_driver *ring);

/*
 * EAGAIN: nothing now. EPROTO: the device returned an id that is not an outstanding head, a length
 * above what the chain's writable buffers hold, or an index that ran ahead (D13).
 * In order, one answer may stand for several chains: of all but the last nobody said how much was
 * written, and `written` is all they can hold (VG-FB-11).
 */
ANY_MUST_CHECK static inline int any_ring_take_used(struct any_ring_driver *ring,
						    struct any_ring_done *done);

/* Asks the device (a hint) not to call, or to call. After enable ask any_ring_more_used. */
void any_ring_want_call(struct any_ring_driver *ring, bool wanted);
static inline void any_ring_disable_call(struct any_ring_driver *ring)
{
	any_ring_want_call(ring, false);
}
static inline void any_ring_enable_call(struct any_ring_driver *ring)
{
	any_ring_want_call(ring, true);
}
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
	const uint32_t at = ring->first_free + k;

	if (ANY_UNLIKELY(ring->in_order)) /* VG-FB-10 */
		return (uint16_t)(at < ring->size ? at : at - ring->size);
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
	uint64_t out_len, in_len;    /* their sums, together at most 2^32 */
	uint16_t head;		     /* names it until it is used; packed: its first slot */
	struct any_ring_piece table; /* with ANY_RING_TABLE: where the rest of it is */
};

#define ANY_RING_TABLE 1 /* of take_avail: the chain goes on in a table */

struct any_ring_device {
	const struct any_vring_desc *desc; /* never written by the device (VD-SR-05) */
	const struct any_vring_avail *avail;
	struct any_vring_used *used;
	uint32_t size, mask; /* mask: a split ring's */
	/* of a packed ring they are places; from used_idx to avail_idx is what it has in hand */
	uint32_t avail_idx;  /* next entry to take */
	uint32_t avail_seen; /* where it was seen that the driver has come: may be read */
	uint32_t used_idx;   /* next entry to make */
	uint32_t published;  /* up to where the driver was told */
	uint16_t called;     /* used.idx at the last call decision */
	bool order_platform, event_idx, packed, indirect, broken;
	/* packed */
	uint16_t first_flags; /* what publish stores, at published */
	struct any_packed_desc *slots;
	struct any_packed_held *held;

	uint32_t unasked; /* slots published since the last question */
};

ANY_MUST_CHECK int any_ring_device_init(struct any_ring_device *ring,
					const struct any_ring_config *config);

/* The same ring, its parts found again elsewhere (any_space says when). Indices stay. */
void any_ring_device_move(struct any_ring_device *ring, const struct any_vring *parts);

/*
 * EAGAIN: nothing now. EPROTO: the driver wrote nonsense (a head or next >= size, a loop, a chain
 * longer than the ring, an empty buffer, writable before readable, INDIRECT that was not agreed on,
 * a sum or an address that wraps, an index that ran ahead): broken. EINVAL: chain->max below size.
 * ANY_RING_TABLE: the chain is taken as far as the ring has it; the table's bytes are the caller's
 * to find, each entry through any_ring_add_entry.
 */
ANY_MUST_CHECK static inline int any_ring_take_avail(struct any_ring_device *ring,
						     struct any_ring_chain *chain);

/*
 * One more entry of the chain's table, read once. INDIRECT, and NEXT where the ring is packed, mean
 * nothing there (VG-SR-06 refused; VD-PR-08). False: not one a driver may write: break the ring.
 */
ANY_MUST_CHECK bool any_ring_add_entry(const struct any_ring_device *ring,
				       struct any_ring_chain *chain,
				       const struct any_vring_desc *entry);
void any_ring_device_break(struct any_ring_device *ring);

/* Returns a chain. `written`: so many bytes from the first writable one on were written. */
static inline void any_ring_make_used(struct any_ring_device *ring, uint16_t head,
				      uint32_t written);
bool any_ring_publish_used(struct any_ring_device *ring);
bool any_ring_call_needed(struct any_ring_device *ring);

void any_ring_want_kick(struct any_ring_device *ring, bool wanted);
static inline void any_ring_disable_kick(struct any_ring_device *ring)
{
	any_ring_want_kick(ring, false);
}
static inline void any_ring_enable_kick(struct any_ring_device *ring)
{
	any_ring_want_kick(ring, true);
}
bool any_ring_more_avail(struct any_ring_device *ring);

#include <anydma/ring_fast.h>

#ifdef __cplusplus
}
#endif
#endif

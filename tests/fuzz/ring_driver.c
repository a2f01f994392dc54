/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that writes anything into the shared memory against the driver's ring. Every descriptor
 * is always either free or in exactly one outstanding chain, and a completion names a chain that
 * was out with a length it can have.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/endian.h>
#include <anydma/ring.h>

#define MAX 16u

struct state {
	struct any_ring_driver ring;
	struct any_ring_shadow *shadow;
	struct any_vring_layout layout;
	struct any_vring_desc table[MAX];
	uint8_t *mem;
	uint32_t count[MAX], writable[MAX]; /* by head: what the test knows to be out */
	uint32_t free;
};

struct input {
	const uint8_t *at;
	size_t left;
};

static uint32_t take(struct input *in, unsigned bytes)
{
	uint32_t value = 0;

	for (; bytes && in->left; bytes--, in->left--)
		value = value << 8 | *in->at++;
	return value;
}

static void give(struct state *s, struct input *in)
{
	struct any_ring_buf buf[MAX + 2];
	uint32_t n_out = take(in, 1) % (MAX / 2 + 1), n_in = take(in, 1) % (MAX / 2 + 1), sum = 0;
	const bool table = take(in, 1) & 1;
	uint32_t n;
	uint16_t id;

	for (uint32_t i = 0; i < n_out + n_in; i++) {
		buf[i] = (struct any_ring_buf){take(in, 1), take(in, 1)};
		sum += i < n_out ? 0 : buf[i].len;
	}
	if (table ? any_ring_make_indirect(&s->ring, s->table, 0x1000, buf, n_out, n_in, &id)
		  : any_ring_make_avail(&s->ring, buf, n_out, n_in, &id))
		return;
	n = table ? 1 : n_out + n_in;
	if (id >= s->ring.size || s->count[id] || n > s->free)
		abort();
	s->count[id] = n;
	s->writable[id] = sum;
	s->free -= n;
}

static void back(struct state *s, const struct any_ring_done *done)
{
	if (done->id >= s->ring.size || !s->count[done->id] || done->count != s->count[done->id] ||
	    done->written > s->writable[done->id])
		abort();
	s->count[done->id] = 0;
	s->free += done->count;
}

static void step(struct state *s, struct input *in)
{
	struct any_ring_done done;
	uint32_t at;

	switch (take(in, 1) % 8) {
	case 0:
	case 1:
		give(s, in);
		break;
	case 2:
		(void)any_ring_publish_avail(&s->ring);
		(void)any_ring_kick_needed(&s->ring);
		break;
	case 3:
		if (any_ring_take_used(&s->ring, &done) == 0)
			back(s, &done);
		break;
	case 4:
		any_ring_enable_call(&s->ring);
		(void)any_ring_more_used(&s->ring);
		break;
	case 5: /* a plausible lie in a split ring */
		if (s->ring.packed)
			break;
		at = take(in, 1) % s->ring.size;
		any_store_le32(&s->ring.parts.used->ring[at].id, take(in, 1) % (MAX + 1));
		any_store_le32(&s->ring.parts.used->ring[at].len, take(in, 1));
		any_store_le16(&s->ring.parts.used->idx,
			       (uint16_t)(s->ring.used_idx + take(in, 1) % 4));
		break;
	case 6: /* a plausible lie in a packed ring */
		if (!s->ring.packed)
			break;
		at = take(in, 1) % s->ring.size;
		any_store_le16(&((struct any_packed_desc *)(void *)s->mem)[at].id,
			       (uint16_t)(take(in, 1) % (MAX + 1)));
		any_store_le32(&((struct any_packed_desc *)(void *)s->mem)[at].len, take(in, 1));
		any_store_le16(&((struct any_packed_desc *)(void *)s->mem)[at].flags,
			       take(in, 1) & 1 ? 0x8082 : 2);
		break;
	default: /* anything, the driver's own parts included */
		at = take(in, 2) % (uint32_t)s->layout.bytes;
		s->mem[at] = (uint8_t)take(in, 1);
		break;
	}
	if (s->free != s->ring.n_free)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct any_ring_config config = {.size = 1u << (take(&in, 1) % 5)};
	struct any_ring_done done;
	struct state s = {.free = config.size};

	config.event_idx = take(&in, 1) & 1;
	config.order_platform = take(&in, 1) & 1;
	config.packed = take(&in, 1) & 1;
	config.in_order = take(&in, 1) & 1;
	(config.packed ? any_packed_layout : any_vring_layout)(config.size, 64, &s.layout);
	s.mem = aligned_alloc(64, s.layout.bytes);
	s.shadow = malloc(config.size * sizeof(*s.shadow));
	if (!s.mem || !s.shadow)
		abort();
	memset(s.mem, 0, s.layout.bytes);
	config.parts = any_vring_at(s.mem, &s.layout);
	if (any_ring_driver_init(&s.ring, &config, s.shadow))
		abort();
	while (in.left)
		step(&s, &in);
	while (any_ring_detach(&s.ring, &done) == 0)
		back(&s, &done);
	if (s.free != s.ring.size) /* nothing is ever lost */
		abort();
	free(s.mem);
	free(s.shadow);
	return 0;
}

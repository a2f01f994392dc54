/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A5, between our two sides: random work over a split ring, and after every step a look at all that
 * the other side can see. What is exposed stays as it is until it comes back.
 */
#include "../unit/ring/pair.h"
#include "spec.h"

#include <anydma/endian.h>

#define MOST 64u

struct checker {
	struct pair p;
	uint8_t *before; /* the ring's memory at the last look */
	size_t bytes;
	bool out[MOST]; /* descriptors of chains that are exposed */
	uint16_t avail_idx, used_idx;
	uint16_t hand[MOST];
	uint32_t in_hand;
};

static size_t part(const struct checker *c, const void *at)
{
	return (size_t)((const uint8_t *)at - (const uint8_t *)c->p.mem);
}

static bool same(const struct checker *c, const void *at, size_t len)
{
	return memcmp(at, c->before + part(c, at), len) == 0;
}

static void look(struct checker *c)
{
	memcpy(c->before, c->p.mem, c->bytes);
	c->avail_idx = any_load_le16(&c->p.parts.avail->idx);
	c->used_idx = any_load_le16(&c->p.parts.used->idx);
}

static void checker_init(struct checker *c, uint32_t size, bool event_idx, uint64_t seed)
{
	struct any_vring_layout layout;

	memset(c, 0, sizeof(*c));
	pair_init(&c->p, size, event_idx);
	any_vring_layout(size, 64, &layout);
	c->bytes = layout.bytes;
	c->before = malloc(c->bytes);
	c->p.rng = seed;
	look(c);
}

static void checker_fini(struct checker *c)
{
	free(c->before);
	pair_fini(&c->p);
}

/* The newest chain, as it lies in the ring: what a driver may write. */
static void check_chain(struct checker *c, uint16_t head)
{
	const uint32_t size = c->p.config.size;
	uint64_t sum = 0;
	bool writable = false;
	uint32_t n = 0;

	for (uint16_t at = head;; n++) {
		const struct any_vring_desc *d = &c->p.parts.desc[at];
		const unsigned flags = any_load_le16(&d->flags);

		assert_true(at < size && n < size); /* VG-SR-07: and so no loop */
		assert_false(flags & ANY_VRING_DESC_INDIRECT);
		assert_int_equal(flags & ~(ANY_VRING_DESC_NEXT | ANY_VRING_DESC_WRITE), 0);
		assert_false(writable && !(flags & ANY_VRING_DESC_WRITE)); /* VG-SR-03 */
		assert_false(c->out[at]);				   /* nobody else's */
		writable = flags & ANY_VRING_DESC_WRITE;
		sum += any_load_le32(&d->len);
		c->out[at] = true;
		if (!(flags & ANY_VRING_DESC_NEXT))
			break;
		at = any_load_le16(&d->next);
	}
	assert_true(sum <= 1ull << 32);
}

/* After a step of the driver's. */
static void check_driver(struct checker *c)
{
	const uint32_t size = c->p.config.size;
	const struct any_vring *parts = &c->p.parts;
	const uint16_t idx = any_load_le16(&parts->avail->idx);
	const unsigned flags = any_load_le16(&parts->avail->flags);

	for (uint32_t i = 0; i < size; i++) /* VG-ST-14 */
		if (c->out[i])
			assert_true(same(c, &parts->desc[i], sizeof(parts->desc[i])));
	for (uint16_t i = c->used_idx; i != c->avail_idx; i++) /* entries not yet used */
		assert_true(same(c, &parts->avail->ring[i % size], 2));
	assert_true(same(c, parts->used, any_vring_used_bytes(size))); /* the device's */
	assert_true((uint16_t)(idx - c->avail_idx) <= size);	       /* VG-SR-09 */
	assert_true(flags <= (c->p.config.event_idx ? 0u : 1u));       /* VG-SR-10, -11 */
	for (uint16_t i = c->avail_idx; i != idx; i++)
		check_chain(c, any_load_le16(&parts->avail->ring[i % size]));
	look(c);
}

/* After a step of the device's: only the used ring is written, and only what is new of it. */
static void check_device(struct checker *c)
{
	const uint32_t size = c->p.config.size;
	const struct any_vring *parts = &c->p.parts;
	const uint16_t idx = any_load_le16(&parts->used->idx);

	assert_true(same(c, parts->desc, any_vring_desc_bytes(size)));
	assert_true(same(c, parts->avail, any_vring_avail_bytes(size)));
	assert_true((uint16_t)(idx - c->used_idx) <= size);
	assert_true(any_load_le16(&parts->used->flags) <= (c->p.config.event_idx ? 0u : 1u));
	for (uint16_t i = c->used_idx; i != idx; i++) { /* each names a chain that is out */
		const uint32_t id = any_load_le32(&parts->used->ring[i % size].id);

		assert_true(id < size && c->out[id]);
	}
	look(c);
}

static void forget_chain(struct checker *c, const struct any_ring_done *done)
{
	uint16_t id = done->id;

	for (uint32_t n = 0; n < done->count; n++) {
		assert_true(c->out[id]);
		c->out[id] = false;
		id = any_ring_next(&c->p.driver, id);
	}
}

static void driver_step(struct checker *c)
{
	struct any_ring_buf buf[4];
	struct any_ring_done done;
	uint16_t id;

	switch (pair_random(&c->p, 6)) {
	case 0:
	case 1:
		for (uint32_t i = 0; i < 4; i++)
			buf[i] = (struct any_ring_buf){0x1000 * (i + 1),
						       1 + pair_random(&c->p, 100)};
		(void)!any_ring_make_avail(&c->p.driver, buf, pair_random(&c->p, 3),
					   pair_random(&c->p, 3), &id);
		break;
	case 2:
		(void)any_ring_publish_avail(&c->p.driver);
		(void)any_ring_kick_needed(&c->p.driver);
		break;
	case 3:
		any_ring_disable_call(&c->p.driver);
		break;
	case 4:
		any_ring_enable_call(&c->p.driver);
		break;
	default:
		while (any_ring_take_used(&c->p.driver, &done) == 0)
			forget_chain(c, &done);
	}
}

static void device_step(struct checker *c)
{
	uint32_t i;

	switch (pair_random(&c->p, 5)) {
	case 0:
	case 1:
		if (any_ring_take_avail(&c->p.device, &c->p.chain) == 0)
			c->hand[c->in_hand++] = c->p.chain.head;
		break;
	case 2:
		if (!c->in_hand)
			break;
		i = pair_random(&c->p, c->in_hand);
		any_ring_make_used(&c->p.device, c->hand[i], 0);
		c->hand[i] = c->hand[--c->in_hand];
		break;
	case 3:
		(pair_random(&c->p, 2) ? any_ring_disable_kick
				       : any_ring_enable_kick)(&c->p.device);
		break;
	default:
		(void)any_ring_publish_used(&c->p.device);
		(void)any_ring_call_needed(&c->p.device);
	}
}

static void each_side_writes_what_is_its_own(void **state)
{
	static const uint32_t sizes[] = {1, 2, 4, 16, 64};
	uint64_t chains = 0;

	(void)state;
	for (unsigned round = 0; round < 2 * ANY_ARRAY_SIZE(sizes); round++) {
		struct checker c;

		checker_init(&c, sizes[round / 2], round & 1, round + 1);
		for (uint32_t i = 0; i < 20000; i++) {
			driver_step(&c);
			check_driver(&c);
			device_step(&c);
			check_device(&c);
		}
		assert_false(c.p.driver.broken || c.p.device.broken);
		chains += c.p.driver.made;
		checker_fini(&c);
	}
	assert_true(chains > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(each_side_writes_what_is_its_own,
		     "VG-ST-14 VG-SR-03 VG-SR-05 VG-SR-07 VG-SR-08 VG-SR-09 VG-SR-10 VG-SR-11 "
		     "VG-FB-01 VG-FB-03 VD-SR-05 VD-SR-17"),
	};

	return cmocka_run_group_tests_name("a5_checker", tests, NULL, NULL);
}

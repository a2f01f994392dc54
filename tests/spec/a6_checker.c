/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A6, between our two sides: random work over a packed ring, and after every step a look at each
 * slot. Whose it is, is told by the two bits of a lap alone, as the specification has it; a slot is
 * written by its owner or by nobody.
 */
#include "../unit/ring/packed_pair.h"
#include "spec.h"

#define MOST 16u

struct place {
	uint32_t slot;
	bool wrap;
};

struct checker {
	struct packed p;
	struct any_packed_desc before[MOST];
	uint32_t events[2]; /* the driver's word, the device's */
	bool device[MOST];  /* whose slot it is */
	struct place avail, used;
	uint32_t count[MOST];	       /* of the chain that is out under this id; 0: none */
	uint32_t made, taken;	       /* chains, numbered: exposed, taken */
	uint16_t hand[MOST], id[MOST]; /* what the device holds; which ids those are */
	uint16_t finished[MOST];       /* ids in order of completion, not yet seen in the ring */
	uint32_t in_hand, n_finished;
	uint64_t rng;
};

static uint32_t draw(struct checker *c, uint32_t below)
{
	c->rng = c->rng * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((c->rng >> 33) % below);
}

static uint32_t event(const struct checker *c, bool device)
{
	return any_load_le32(device ? (void *)c->p.parts.used : (void *)c->p.parts.avail);
}

static void look(struct checker *c)
{
	memcpy(c->before, c->p.slots, c->p.config.size * sizeof(*c->before));
	c->events[0] = event(c, false);
	c->events[1] = event(c, true);
}

static void step(struct checker *c, struct place *at, uint32_t n)
{
	at->slot += n;
	if (at->slot >= c->p.config.size) {
		at->slot -= c->p.config.size;
		at->wrap = !at->wrap;
	}
}

static bool turned(const struct checker *c, struct place at, unsigned bits)
{
	return (any_load_le16(&c->p.slots[at.slot].flags) & (AVAIL(1) | AVAIL(0))) == bits;
}

/* Slots of an owner are as they were. */
static void untouched(const struct checker *c, bool device)
{
	for (uint32_t i = 0; i < c->p.config.size; i++)
		if (c->device[i] == device)
			assert_memory_equal(&c->before[i], &c->p.slots[i], sizeof(*c->before));
}

/* One chain became available: whole, readable first, its id in its last slot, not out already. */
static void check_chain(struct checker *c)
{
	bool writable = false;
	uint32_t n = 0;
	unsigned flags;

	do {
		const struct any_packed_desc *d = &c->p.slots[c->avail.slot];

		assert_true(turned(c, c->avail, AVAIL(c->avail.wrap))); /* VG-PR-08: all of it */
		assert_true(n < c->p.config.size);
		assert_false(c->device[c->avail.slot]);
		flags = any_load_le16(&d->flags);
		assert_false(flags & ANY_VRING_DESC_INDIRECT);
		assert_false(writable && !(flags & ANY_VRING_DESC_WRITE)); /* VG-PR-07 */
		writable = flags & ANY_VRING_DESC_WRITE;
		c->device[c->avail.slot] = true;
		n++;
		if (!(flags & ANY_VRING_DESC_NEXT)) {
			const uint16_t id = any_load_le16(&d->id);

			assert_true(id < c->p.config.size && !c->count[id]); /* VG-PR-11 */
			c->count[id] = n;
		}
		step(c, &c->avail, 1);
	} while (flags & ANY_VRING_DESC_NEXT);
}

static void check_driver(struct checker *c)
{
	untouched(c, true); /* VG-PR-03, -04 */
	assert_int_equal(event(c, true), c->events[1]);
	assert_int_equal(event(c, false) >> 18, 0); /* reserved bits (VB-PR-02) */
	while (!c->device[c->avail.slot] && turned(c, c->avail, AVAIL(c->avail.wrap)))
		check_chain(c);
	look(c);
}

/* Used ones appear in the order they were finished in, one for each chain (VD-PR-02, -09). */
static void check_device(struct checker *c)
{
	untouched(c, false); /* VD-PR-05 */
	assert_int_equal(event(c, false), c->events[0]);
	assert_int_equal(event(c, true) >> 18, 0);
	for (uint32_t i = 0; i < c->p.config.size; i++)
		assert_true(c->before[i].addr == c->p.slots[i].addr);
	while (c->device[c->used.slot] && turned(c, c->used, USED(c->used.wrap))) {
		const uint16_t id = any_load_le16(&c->p.slots[c->used.slot].id);
		struct place at = c->used;

		assert_true(c->n_finished && c->finished[0] == id);
		memmove(c->finished, c->finished + 1, --c->n_finished * sizeof(c->finished[0]));
		assert_true(id < c->p.config.size && c->count[id]);
		for (uint32_t i = 0; i < c->count[id]; i++, step(c, &at, 1)) {
			assert_true(c->device[at.slot]);
			c->device[at.slot] = false;
		}
		step(c, &c->used, c->count[id]);
		c->count[id] = 0;
	}
	look(c);
}

static void driver_step(struct checker *c)
{
	const uint32_t n_out = draw(c, 3), n_in = draw(c, 3);
	struct any_ring_buf buf[4];
	struct any_ring_done done;
	uint16_t id;

	switch (draw(c, 6)) {
	case 0:
	case 1:
		for (uint32_t i = 0; i < 4; i++) /* each piece says whose it is and which */
			buf[i] = (struct any_ring_buf){c->made * 16ull + i, 16};
		c->made += any_ring_make_avail(&c->p.driver, buf, n_out, n_in, &id) == 0;
		break;
	case 2:
		(void)any_ring_publish_avail(&c->p.driver);
		(void)any_ring_kick_needed(&c->p.driver);
		break;
	case 3:
		(draw(c, 2) ? any_ring_disable_call : any_ring_enable_call)(&c->p.driver);
		break;
	default:
		while (any_ring_take_used(&c->p.driver, &done) == 0)
			;
	}
}

/* Taken in the order of the ring (VD-PR-01), the pieces of a chain in theirs (VD-PR-06). */
static void take(struct checker *c)
{
	const struct any_ring_chain *chain = &c->p.chain;

	if (any_ring_take_avail(&c->p.device, &c->p.chain) != 0)
		return;
	for (uint32_t i = 0; i < chain->n_out + chain->n_in; i++)
		assert_true(chain->piece[i].addr == c->taken * 16ull + i);
	c->taken++;
	c->hand[c->in_hand] = chain->head;
	c->id[c->in_hand++] = c->p.held[chain->head].id;
}

static void device_step(struct checker *c)
{
	uint32_t i;

	switch (draw(c, 5)) {
	case 0:
	case 1:
		take(c);
		break;
	case 2:
		if (!c->in_hand)
			break;
		i = draw(c, c->in_hand);
		any_ring_make_used(&c->p.device, c->hand[i], 0);
		c->finished[c->n_finished++] = c->id[i];
		c->hand[i] = c->hand[--c->in_hand];
		c->id[i] = c->id[c->in_hand];
		break;
	case 3:
		(draw(c, 2) ? any_ring_disable_kick : any_ring_enable_kick)(&c->p.device);
		break;
	default:
		(void)any_ring_publish_used(&c->p.device);
		(void)any_ring_call_needed(&c->p.device);
	}
}

static void a_slot_is_written_by_its_owner(void **state)
{
	static const uint32_t sizes[] = {1, 2, 3, 5, 7, 8, 16};
	uint64_t chains = 0;

	(void)state;
	for (unsigned round = 0; round < 2 * ANY_ARRAY_SIZE(sizes); round++) {
		struct checker c = {.avail = {0, true}, .used = {0, true}, .rng = round + 1};

		packed_init(&c.p, sizes[round / 2], round & 1);
		look(&c);
		for (uint32_t i = 0; i < 20000; i++) {
			driver_step(&c);
			check_driver(&c);
			device_step(&c);
			check_device(&c);
		}
		assert_false(c.p.driver.broken || c.p.device.broken);
		chains += c.taken;
		packed_fini(&c.p);
	}
	assert_true(chains > 10000);
}

/* What a driver writes as its wish, as a device has to take it: 2 without EVENT_IDX, and 3. */
static void a_wish_that_was_not_negotiated_is_a_wish(void **state)
{
	static const uint32_t words[] = {2u << 16 | 0x8005, 2u << 16, 3u << 16, 3u << 16 | 0x8001};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(words); i++) {
		struct packed p;

		packed_init(&p, 8, false);
		packed_give(&p, 0, 1);
		any_store_le32((void *)p.parts.avail, words[i]);
		packed_serve(&p, 0);
		assert_true(any_ring_call_needed(&p.device));
		packed_give(&p, 0, 1);
		any_store_le32((void *)p.parts.used, words[i]);
		(void)any_ring_kick_needed(&p.driver);
		packed_give(&p, 0, 1);
		assert_true(any_ring_kick_needed(&p.driver));
		packed_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(a_slot_is_written_by_its_owner,
		     "VG-ST-14 VG-PR-03 VG-PR-04 VG-PR-06 VG-PR-07 VG-PR-08 VG-PR-11 VD-PR-01 "
		     "VD-PR-02 VD-PR-03 VD-PR-05 VD-PR-06 VD-PR-09 VB-PR-01 VB-PR-02"),
		SPEC(a_wish_that_was_not_negotiated_is_a_wish, "VD-FB-01"),
	};

	return cmocka_run_group_tests_name("a6_checker", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A packed ring whose other side writes what it likes: nothing is believed, nothing is lost. */
#include "packed_pair.h"

/* ---- the device lies */

static void lie(struct packed *p, uint32_t slot, uint16_t id, uint32_t len, unsigned flags)
{
	p->slots[slot].id = any_cpu_to_le16(id);
	p->slots[slot].len = any_cpu_to_le32(len);
	p->slots[slot].flags = any_cpu_to_le16((uint16_t)flags);
}

/* EPROTO for ever, and each chain that is out comes back once by detach. */
static void broken_with(struct packed *p, uint32_t out)
{
	const struct any_ring_buf buf = {0x1000, 16};
	struct any_ring_done done;
	uint16_t id;

	assert_int_equal(any_ring_take_used(&p->driver, &done), -ANY_EPROTO);
	assert_int_equal(any_ring_take_used(&p->driver, &done), -ANY_EPROTO);
	assert_int_equal(any_ring_make_avail(&p->driver, &buf, 1, 0, &id), -ANY_EPROTO);
	assert_false(any_ring_publish_avail(&p->driver));
	assert_false(any_ring_kick_needed(&p->driver));
	while (out--)
		assert_int_equal(any_ring_detach(&p->driver, &done), 0);
	assert_int_equal(any_ring_detach(&p->driver, &done), -ANY_EAGAIN);
	assert_int_equal(p->driver.n_free, p->config.size);
	packed_fini(p);
}

static void d13_ids_that_are_not_out(void **state)
{
	struct any_ring_done done;
	struct packed p;
	uint16_t id;

	(void)state;
	packed_init(&p, 4, false);
	packed_give(&p, 0, 1);
	lie(&p, 0, 4, 1, USED(1)); /* behind the ring */
	broken_with(&p, 1);

	packed_init(&p, 4, false);
	id = packed_give(&p, 0, 2);
	lie(&p, 0, any_ring_next(&p.driver, id), 1, USED(1)); /* inside a chain */
	broken_with(&p, 1);

	packed_init(&p, 4, false);
	lie(&p, 0, 0, 0, USED(1)); /* nothing is out */
	broken_with(&p, 0);

	packed_init(&p, 4, false);
	id = packed_give(&p, 0, 1);
	packed_give(&p, 0, 1);
	packed_serve(&p, 1);
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	lie(&p, 1, id, 1, USED(1)); /* a second time */
	broken_with(&p, 1);
}

static void d13_a_chain_the_device_was_never_shown(void **state)
{
	const struct any_ring_buf buf = {0x1000, 16};
	struct packed p;
	uint16_t id;

	(void)state;
	packed_init(&p, 4, false);
	packed_give(&p, 0, 1);
	assert_int_equal(any_ring_make_avail(&p.driver, &buf, 0, 1, &id), 0);
	lie(&p, 0, id, 1, USED(1));
	broken_with(&p, 2);
}

/* Without WRITE the length means nothing, but for what some devices mean by it. */
static void d13_lengths(void **state)
{
	struct any_ring_done done;
	struct packed p;

	(void)state;
	packed_init(&p, 4, false);
	lie(&p, 0, packed_give(&p, 1, 1), 17, USED(1) | ANY_VRING_DESC_WRITE);
	broken_with(&p, 1);

	packed_init(&p, 4, false);
	lie(&p, 0, packed_give(&p, 1, 1), 16, USED(1));
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	assert_int_equal(done.written, 16);
	lie(&p, 2, packed_give(&p, 1, 0), 0xdeadbeef, USED(1));
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	assert_int_equal(done.written, 0);
	packed_fini(&p);
}

/* VG-PR-11: in a used descriptor NEXT and INDIRECT mean nothing. */
static void vg_pr_11_other_flags_of_a_used_descriptor(void **state)
{
	struct any_ring_done done;
	struct packed p;

	(void)state;
	packed_init(&p, 3, false);
	lie(&p, 0, packed_give(&p, 0, 1), 16,
	    USED(1) | ANY_VRING_DESC_NEXT | ANY_VRING_DESC_INDIRECT | ANY_VRING_DESC_WRITE);
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	assert_int_equal(done.count, 1);
	packed_fini(&p);
}

/* ---- the driver lies */

static void offer(struct packed *p, uint32_t slot, uint64_t addr, uint32_t len, unsigned flags)
{
	p->slots[slot].addr = any_cpu_to_le64(addr);
	p->slots[slot].len = any_cpu_to_le32(len);
	p->slots[slot].id = any_cpu_to_le16(0xffff);
	p->slots[slot].flags = any_cpu_to_le16((uint16_t)flags);
}

static void refused(struct packed *p)
{
	assert_int_equal(any_ring_take_avail(&p->device, &p->chain), -ANY_EPROTO);
	assert_int_equal(any_ring_take_avail(&p->device, &p->chain), -ANY_EPROTO);
	any_ring_make_used(&p->device, 0, 0);
	assert_false(any_ring_publish_used(&p->device));
	assert_false(any_ring_call_needed(&p->device));
	packed_fini(p);
}

static void d10_d12_chains_no_driver_may_write(void **state)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
		unsigned flags;
	} bad[] = {{0, 0, 0}, {UINT64_MAX, 2, 0}, {0, 1, ANY_VRING_DESC_INDIRECT}};
	struct packed p;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		packed_init(&p, 3, false);
		offer(&p, 0, bad[i].addr, bad[i].len, AVAIL(1) | bad[i].flags);
		refused(&p);
	}
	packed_init(&p, 3, false); /* writable before readable */
	offer(&p, 0, 0, 1, AVAIL(1) | ANY_VRING_DESC_WRITE | ANY_VRING_DESC_NEXT);
	offer(&p, 1, 0, 1, AVAIL(1));
	refused(&p);

	packed_init(&p, 3, false); /* for ever: each lap looks available */
	for (uint32_t i = 0; i < 3; i++)
		offer(&p, i, 0, 1, AVAIL(1) | ANY_VRING_DESC_NEXT);
	refused(&p);

	packed_init(&p, 3, false); /* VD-PR-04: the second one is not available */
	offer(&p, 0, 0, 1, AVAIL(1) | ANY_VRING_DESC_NEXT);
	offer(&p, 1, 0, 1, USED(1));
	refused(&p);
}

/* Slots are given away again before they came back: never more is in hand than the ring holds. */
static void d15_more_than_the_ring_holds(void **state)
{
	struct packed p;

	(void)state;
	packed_init(&p, 2, false);
	for (uint32_t lap = 1; lap < 2; lap--) {
		offer(&p, 0, 0, 1, AVAIL(lap));
		offer(&p, 1, 0, 1, AVAIL(lap));
		if (lap) {
			assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
			assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
		}
	}
	refused(&p);
}

/* The driver's ids are its own business: two alike, and far behind the ring. */
static void ids_are_the_drivers(void **state)
{
	uint16_t head[2];
	struct packed p;

	(void)state;
	packed_init(&p, 2, false);
	for (uint32_t i = 0; i < 2; i++) {
		offer(&p, i, 0, 1, AVAIL(1) | ANY_VRING_DESC_WRITE);
		assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
		head[i] = p.chain.head;
	}
	assert_int_not_equal(head[0], head[1]);
	any_ring_make_used(&p.device, head[1], 1);
	any_ring_make_used(&p.device, head[1], 1); /* our own mistake: nothing happens */
	any_ring_make_used(&p.device, 2, 1);
	assert_true(any_ring_publish_used(&p.device));
	assert_int_equal(p.slots[0].id, any_cpu_to_le16(0xffff));
	assert_int_equal(p.slots[0].flags,
			 any_cpu_to_le16((uint16_t)(USED(1) | ANY_VRING_DESC_WRITE)));
	assert_int_equal(p.slots[1].flags,
			 any_cpu_to_le16((uint16_t)(AVAIL(1) | ANY_VRING_DESC_WRITE)));
	packed_fini(&p);
}

/* ---- both write at random, next to honest work */

static uint64_t rng;

static uint32_t draw(uint32_t below)
{
	rng = rng * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((rng >> 33) % below);
}

static void honest_step(struct packed *p, uint16_t *in_hand, uint32_t *n)
{
	const struct any_ring_buf buf[3] = {{0x1000, 16}, {0x2000, 16}, {0x3000, 16}};
	struct any_ring_done done;
	uint16_t id;

	if (!any_ring_make_avail(&p->driver, buf, draw(2), 1 + draw(2), &id) && draw(2))
		(void)any_ring_publish_avail(&p->driver);
	if (draw(2) && !any_ring_take_avail(&p->device, &p->chain)) {
		assert_true(p->chain.n_in + p->chain.n_out <= p->config.size);
		assert_true(p->chain.head < p->config.size);
		in_hand[(*n)++] = p->chain.head;
		assert_true(*n <= p->config.size);
	}
	if (*n && draw(2)) {
		any_ring_make_used(&p->device, in_hand[--*n], draw(20));
		(void)any_ring_publish_used(&p->device);
	}
	while (!any_ring_take_used(&p->driver, &done))
		assert_true(done.id < p->config.size && done.count && done.written <= 48);
	assert_true(p->driver.n_free <= p->config.size);
}

static void anything_at_all(void **state)
{
	uint32_t broke = 0;

	(void)state;
	for (uint32_t round = 0; round < 3000; round++) {
		uint16_t in_hand[8];
		uint32_t n = 0, out = 0;
		struct any_ring_done done;
		struct packed p;

		rng = round;
		packed_init(&p, 1 + draw(5), draw(2));
		for (uint32_t i = 0; i < 40; i++) {
			honest_step(&p, in_hand, &n);
			if (!draw(4))
				((uint8_t *)p.mem)[draw((uint32_t)p.bytes)] ^= (uint8_t)draw(256);
		}
		for (uint32_t i = 0; i < p.config.size; i++)
			out += p.shadow[i].count;
		assert_int_equal(p.driver.n_free + out, p.config.size);
		broke += p.driver.broken || p.device.broken;
		while (!any_ring_detach(&p.driver, &done))
			;
		assert_int_equal(p.driver.n_free, p.config.size);
		packed_fini(&p);
	}
	assert_true(broke > 500 && broke < 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d13_ids_that_are_not_out),
		cmocka_unit_test(d13_a_chain_the_device_was_never_shown),
		cmocka_unit_test(d13_lengths),
		cmocka_unit_test(vg_pr_11_other_flags_of_a_used_descriptor),
		cmocka_unit_test(d10_d12_chains_no_driver_may_write),
		cmocka_unit_test(d15_more_than_the_ring_holds),
		cmocka_unit_test(ids_are_the_drivers),
		cmocka_unit_test(anything_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

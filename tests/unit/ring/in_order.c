/* SPDX-License-Identifier: BSD-2-Clause */
/* Feature 35: descriptors in order, answers for many, and answers that cannot be. */
#include "both.h"

static uint16_t give(struct both *b, uint32_t n_out, uint32_t n_in, uint32_t tag)
{
	struct any_ring_buf buf[MOST];
	uint16_t id = 0;

	both_bufs(buf, n_out + n_in, tag);
	assert_int_equal(any_ring_make_avail(&b->driver, buf, n_out, n_in, &id), 0);
	return id;
}

/* Where the next is, as the device of this test counts. */
struct place {
	uint16_t slot, wrap;
};

/* What a device says of `n` chains with the last one's name: one entry, and the index by n. */
static void answer(struct both *b, uint32_t id, uint32_t len, uint32_t n, uint32_t *used,
		   struct place *place, uint32_t slots)
{
	if (b->config.packed) {
		const unsigned lap = place->wrap ? ANY_PACKED_DESC_AVAIL | ANY_PACKED_DESC_USED : 0;
		const uint32_t to = place->slot + slots;

		any_store_le16(&b->slots[place->slot].id, (uint16_t)id);
		any_store_le32(&b->slots[place->slot].len, len);
		any_store_le16(&b->slots[place->slot].flags,
			       (uint16_t)(lap | (len ? ANY_VRING_DESC_WRITE : 0)));
		place->wrap = (uint16_t)(place->wrap ^ (to >= b->config.size));
		place->slot = (uint16_t)(to % b->config.size);
		return;
	}
	any_store_le32(&b->config.parts.used->ring[*used % b->config.size].id, id);
	any_store_le32(&b->config.parts.used->ring[*used % b->config.size].len, len);
	*used += n;
	any_store_le16(&b->config.parts.used->idx, (uint16_t)*used);
}

/* Descriptors 0, 1, 2, ... round and round; next is the one behind, and 0 in the last. */
static void vg_fb_10_descriptors_are_taken_in_order(void **state)
{
	struct any_ring_done done;
	uint32_t expect = 0;
	struct both b;

	(void)state;
	both_init(&b, 8, false, true);
	for (uint32_t round = 0; round < 1000; round++) {
		const uint32_t n = 1 + both_random(&b, 8), split = both_random(&b, n + 1);
		const uint16_t id = give(&b, split, n - split, round);

		assert_int_equal(id, expect);
		for (uint32_t i = 0; i < n; i++) {
			const struct any_vring_desc *d = &b.config.parts.desc[(expect + i) % 8];

			assert_int_equal(any_load_le32(&d->len), 16 + i);
			assert_int_equal(any_load_le16(&d->next),
					 i + 1 < n ? (expect + i + 1) % 8 : 0);
			assert_int_equal(!!(any_load_le16(&d->flags) & ANY_VRING_DESC_NEXT),
					 i + 1 < n);
		}
		assert_true(any_ring_publish_avail(&b.driver));
		assert_int_equal(any_ring_take_avail(&b.device, &b.chain), 0);
		any_ring_make_used(&b.device, b.chain.head, 0);
		any_ring_publish_used(&b.device);
		assert_int_equal(any_ring_take_used(&b.driver, &done), 0);
		assert_int_equal(done.id, id);
		expect = (expect + n) % 8;
	}
	both_fini(&b);
}

/* Batches of every length: each chain comes back once, oldest first; the last one's length is what
 * was said, the others' all they hold (VG-FB-11, VD-FB-07). */
static void batches(bool packed, uint32_t size)
{
	struct place place = {0, 1};
	struct {
		uint32_t id, n, in;
	} out[MOST];
	struct any_ring_done done;
	uint32_t used = 0;
	struct both b;

	both_init(&b, size, packed, true);
	for (uint32_t round = 0; round < 2000; round++) {
		uint32_t n = 0, slots = 0, len;

		while (n < size && b.driver.n_free) {
			const uint32_t k = 1 + both_random(&b, b.driver.n_free);
			const uint32_t n_out = both_random(&b, k + 1);

			out[n].in = 0;
			for (uint32_t i = n_out; i < k; i++)
				out[n].in += 16 + i;
			out[n].n = k;
			out[n++].id = give(&b, n_out, k - n_out, round);
			slots += k;
			if (!both_random(&b, 4))
				break;
		}
		assert_true(any_ring_publish_avail(&b.driver));
		assert_int_equal(any_ring_take_used(&b.driver, &done), -ANY_EAGAIN);
		len = both_random(&b, out[n - 1].in + 1);
		answer(&b, out[n - 1].id, len, n, &used, &place, slots);
		for (uint32_t i = 0; i < n; i++) {
			assert_true(any_ring_more_used(&b.driver));
			assert_int_equal(any_ring_take_used(&b.driver, &done), 0);
			assert_int_equal(done.id, out[i].id);
			assert_int_equal(done.count, out[i].n);
			assert_int_equal(done.written, i + 1 < n ? out[i].in : len);
		}
		assert_false(any_ring_more_used(&b.driver));
		assert_int_equal(any_ring_take_used(&b.driver, &done), -ANY_EAGAIN);
		assert_int_equal(b.driver.n_free, size);
	}
	both_fini(&b);
}

static void vg_fb_11_one_answer_for_many(void **state)
{
	(void)state;
	batches(false, 1);
	batches(false, 8);
	batches(false, 32);
	batches(true, 1);
	batches(true, 7);
	batches(true, 32);
}

/* Our own device answers each by itself, and in order (VD-FB-06). */
static void vd_fb_06_there_and_back(void **state)
{
	(void)state;
	EACH_FORMAT(packed)
	{
		uint32_t made = 0, back = 0, len[MOST] = {0};
		struct any_ring_done done;
		struct both b;

		both_init(&b, 16, packed, true);
		for (uint32_t step = 0; step < 20000; step++) {
			switch (both_random(&b, 4)) {
			case 0:
				if (!b.driver.n_free)
					break;
				len[made++ % MOST] =
					give(&b, 0, 1 + both_random(&b, b.driver.n_free), step);
				break;
			case 1:
				any_ring_publish_avail(&b.driver);
				break;
			case 2:
				if (any_ring_take_avail(&b.device, &b.chain))
					break;
				any_ring_make_used(&b.device, b.chain.head,
						   both_random(&b, (uint32_t)b.chain.in_len + 1));
				any_ring_publish_used(&b.device);
				break;
			default:
				if (any_ring_take_used(&b.driver, &done))
					break;
				assert_int_equal(done.id, len[back++ % MOST]);
			}
			assert_false(b.driver.broken || b.device.broken);
		}
		assert_true(back > 1000);
		both_fini(&b);
	}
}

enum lie { TOO_FAR, NOT_OUT, INSIDE, UNSEEN, TOO_LONG, NO_SUCH, LIES };

static void lie(bool packed, enum lie how)
{
	struct place place = {0, 1};
	struct any_ring_done done;
	uint32_t used = 0, unseen, ids[3], id, len = 0, n = 3;
	struct both b;

	both_init(&b, 8, packed, true);
	for (uint32_t i = 0; i < 3; i++)
		ids[i] = give(&b, 0, 2, i);
	any_ring_publish_avail(&b.driver);
	unseen = give(&b, 0, 1, 9);
	id = ids[2];
	switch (how) {
	case TOO_FAR: /* the name of the third, and an index that counts two */
		n = 2;
		break;
	case NOT_OUT:
		id = 7;
		break;
	case INSIDE:
		id = ids[1] + 1;
		break;
	case UNSEEN:
		id = unseen;
		break;
	case TOO_LONG:
		len = 34;
		break;
	default:
		id = 8;
	}
	answer(&b, id, len, n, &used, &place, 6);
	if (packed && how == TOO_FAR) { /* no index says how many there are */
		assert_int_equal(any_ring_take_used(&b.driver, &done), 0);
	} else {
		assert_int_equal(any_ring_take_used(&b.driver, &done), -ANY_EPROTO);
		assert_int_equal(any_ring_take_used(&b.driver, &done), -ANY_EPROTO);
	}
	n = packed && how == TOO_FAR;
	while (!any_ring_detach(&b.driver, &done))
		n++;
	assert_int_equal(n, 4); /* nothing is lost */
	assert_int_equal(b.driver.n_free, 8);
	both_fini(&b);
}

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	for (enum lie how = 0; how < LIES; how++)
		EACH_FORMAT(packed)
	lie(packed, how);
}

/* A batch is half taken back when the device is reset. */
static void vg_fb_11_reset_within_a_batch(void **state)
{
	(void)state;
	EACH_FORMAT(packed)
	{
		struct place place = {0, 1};
		struct any_ring_done done;
		uint32_t used = 0, n = 0, last = 0;
		struct both b;

		both_init(&b, 8, packed, true);
		for (uint32_t i = 0; i < 4; i++)
			last = give(&b, 1, 1, i);
		any_ring_publish_avail(&b.driver);
		answer(&b, last, 0, 4, &used, &place, 8);
		assert_int_equal(any_ring_take_used(&b.driver, &done), 0);
		while (!any_ring_detach(&b.driver, &done))
			n++;
		assert_int_equal(n, 3);
		assert_int_equal(b.driver.n_free, 8);
		both_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vg_fb_10_descriptors_are_taken_in_order),
		cmocka_unit_test(vg_fb_11_one_answer_for_many),
		cmocka_unit_test(vd_fb_06_there_and_back),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(vg_fb_11_reset_within_a_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

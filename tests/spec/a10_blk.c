/* SPDX-License-Identifier: BSD-2-Clause */
/* A10: the block driver before a scripted device, read out of the ring byte by byte. */
#include "mock_blk.h"

#define OFFER (MOCK_CORE | BLK_ALL)

struct seen {
	uint32_t n, type;
	uint64_t sector, data; /* bytes of data, either way */
	uint32_t out, in;
	struct any_blk_range range;
};

/* The newest chain, as the device would find it. */
static struct seen newest(struct mock *m)
{
	const struct any_vring ring = mock_ring(m, 0);
	const uint16_t idx = any_load_le16(&ring.avail->idx);
	uint16_t at = any_load_le16(&ring.avail->ring[(uint16_t)(idx - 1) % m->size[0]]);
	const struct any_vring_desc *d = &ring.desc[at];
	const uint32_t first = any_load_le32(&d->len);
	const struct any_blk_header *h =
		mock_at(m, any_load_le64(&d->addr), first, ANY_DMA_TO_DEVICE);
	struct seen s = {.type = any_load_le32(&h->type), .sector = any_load_le64(&h->sector)};
	uint32_t last = 0;

	if (first == 32)
		s.range = *(const struct any_blk_range *)(h + 1);
	for (;; d = &ring.desc[any_load_le16(&d->next)]) {
		last = any_load_le32(&d->len);
		s.n++;
		s.data += last;
		*(any_load_le16(&d->flags) & ANY_VRING_DESC_WRITE ? &s.in : &s.out) += last;
		if (!(any_load_le16(&d->flags) & ANY_VRING_DESC_NEXT))
			break;
	}
	assert_int_equal(last, 1); /* the status stands alone and last */
	s.data -= 16 + 1;
	return s;
}

static struct seen sent(struct mock_blk *b, struct any_blk_request req)
{
	assert_int_equal(mock_blk_send(b, req), 0);
	return newest(b->m);
}

static void a_flush_is_a_header_and_nothing_else(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	struct seen s = sent(b, (struct any_blk_request){.type = ANY_BLK_T_FLUSH, .sector = 77});

	(void)state;
	assert_int_equal(s.type, ANY_BLK_T_FLUSH);
	assert_int_equal(s.sector, 0);
	assert_int_equal(s.data, 0);
	mock_blk_down(b);
}

/* FLUSH is taken, and then it can be sent; also where the cache mode was changed before. */
static void what_is_written_is_not_taken_for_stable(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);

	(void)state;
	assert_true(b->m->accepted & ANY_BLK_F_FLUSH);
	assert_true(b->blk.limits.writeback);
	assert_int_equal(any_blk_set_writeback(&b->blk, false), 0);
	assert_int_equal(b->m->log[b->m->n_log - 1].kind, MOCK_CONFIG_WRITE);
	assert_int_equal(sent(b, (struct any_blk_request){.type = ANY_BLK_T_FLUSH}).type,
			 ANY_BLK_T_FLUSH);
	mock_blk_down(b);
	/* a flush without a switch: there is a cache; neither: there is none */
	b = mock_blk_up(MOCK_CORE | ANY_BLK_F_FLUSH);
	assert_true(b->blk.limits.writeback);
	mock_blk_down(b);
	b = mock_blk_up(MOCK_CORE);
	assert_false(b->blk.limits.writeback);
	mock_blk_down(b);
}

static void writeback_is_read_once_it_means_something(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	const struct mock *m = b->m;
	bool read = false;

	(void)state;
	for (uint32_t i = 0; i < m->n_log; i++) {
		if (m->log[i].kind != MOCK_CONFIG_READ || m->log[i].at > ANY_BLK_CFG_WRITEBACK ||
		    m->log[i].at + m->log[i].n <= ANY_BLK_CFG_WRITEBACK)
			continue;
		read = true;
		assert_true(i > mock_reached(m, ANY_VIRTIO_STATUS_FEATURES_OK));
	}
	assert_true(read);
	mock_blk_down(b);
}

/* A zoned disk offers itself to a driver that cannot: declined; and if that is refused, FAILED. */
static void zones_are_declined(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER | 1ull << 17);

	(void)state;
	assert_false(b->m->accepted & 1ull << 17);
	mock_blk_down(b);
	b = mock_blk_new(OFFER | 1ull << 17);
	b->m->drops_features_ok = true; /* host-managed: not without */
	assert_int_equal(mock_blk_init(b), -ANY_ENODEV);
	assert_true(b->m->status & ANY_VIRTIO_STATUS_FAILED);
	mock_blk_down(b);
}

static void sizes_are_whole_and_on_the_disk(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	uint8_t *buf = b->m->world.ram;
	uint64_t rng = 7;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		static const enum any_blk_type types[] = {ANY_BLK_T_IN, ANY_BLK_T_OUT,
							  ANY_BLK_T_GET_ID, ANY_BLK_T_DISCARD,
							  ANY_BLK_T_WRITE_ZEROES};
		struct any_blk_request req = {.buf = buf, .unmap = i & 1};
		struct any_blk_completion done;
		uint32_t id;
		struct seen s;

		rng = rng * 6364136223846793005ull + 1442695040888963407ull;
		req.type = types[(rng >> 60) % 5];
		req.sector = (rng >> 33) % 1100;
		req.len = (rng >> 20) % 20 * (rng >> 40 & 1 ? 512 : 20);
		req.sectors = (uint32_t)(rng >> 12) % 80;
		if (mock_blk_send(b, req))
			continue;
		s = newest(b->m);
		assert_true(s.n <= 8 + 2); /* seg_max, header and status (VG-SR-04) */
		switch (req.type) {
		case ANY_BLK_T_GET_ID:
			assert_int_equal(s.data, 20);
			break;
		case ANY_BLK_T_DISCARD:
		case ANY_BLK_T_WRITE_ZEROES:
			assert_int_equal(s.data, 16); /* one segment, as the disk says at least */
			assert_int_equal(s.sector, 0);
			assert_true(s.range.sectors && s.range.sectors <= 64);
			assert_true(s.range.sector + s.range.sectors <= 1024);
			assert_true(!s.range.flags ||
				    (req.type == ANY_BLK_T_WRITE_ZEROES && req.unmap));
			break;
		default:
			assert_true(s.data && s.data % 512 == 0);
			assert_true(s.sector + s.data / 512 <= 1024);
		}
		id = mock_ring(b->m, 0)
			     .avail->ring[(b->blk.queue.vq.ring.made - 1) % b->m->size[0]];
		mock_blk_use(b, (uint16_t)(b->blk.queue.vq.ring.made - 1), id, 0);
		assert_int_equal(any_blk_poll(&b->blk, &done), 0);
	}
	assert_true(b->blk.queue.vq.ring.made > 500);
	mock_blk_down(b);
}

/* A disk that takes no segments takes no such request. */
static void segments_are_not_more_than_the_disk_takes(void **state)
{
	struct mock_blk *b = mock_blk_new(OFFER);

	(void)state;
	b->m->config[ANY_BLK_CFG_MAX_DISCARD_SEG] = 0;
	b->m->config[ANY_BLK_CFG_MAX_WRITE_ZERO_SEG] = 0;
	assert_int_equal(mock_blk_init(b), 0);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(
			mock_blk_send(b,
				      (struct any_blk_request){.type = i ? ANY_BLK_T_DISCARD
									 : ANY_BLK_T_WRITE_ZEROES,
							       .sectors = 1}),
			-ANY_ENOTSUP);
	assert_int_equal(mock_count(b->m, MOCK_KICK), 0);
	mock_blk_down(b);
}

static void a_read_only_disk_is_taken_as_one(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER | ANY_BLK_F_RO);

	(void)state;
	assert_true(b->m->accepted & ANY_BLK_F_RO);
	assert_int_equal(mock_blk_send(b, (struct any_blk_request){.type = ANY_BLK_T_OUT,
								   .buf = b->m->world.ram,
								   .len = 512}),
			 -ANY_EPERM);
	mock_blk_down(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(a_flush_is_a_header_and_nothing_else, "VG-BK-08"),
		SPEC(what_is_written_is_not_taken_for_stable, "VG-BK-01 VG-BK-02 VG-BK-11"),
		SPEC(writeback_is_read_once_it_means_something, "VG-BK-03"),
		SPEC(zones_are_declined, "VG-BK-04"),
		SPEC(sizes_are_whole_and_on_the_disk,
		     "VG-BK-06 VG-BK-09 VG-BK-10 VG-BK-12 VG-SR-04"),
		SPEC(segments_are_not_more_than_the_disk_takes, "VG-BK-10"),
		SPEC(a_read_only_disk_is_taken_as_one, "VG-BK-07"),
	};

	return cmocka_run_group_tests_name("a10_blk", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A2: which bytes of the configuration are read and when, and how they lie. */
#include "mock_blk.h"

#include "../unit/blk/disk.h"

/* Where each conditional field of a disk lies; its feature must be offered to read it. */
static const struct {
	uint32_t offset, bytes;
	uint64_t feature;
} fields[] = {
	{0, 8, 0},
	{8, 4, ANY_BLK_F_SIZE_MAX},
	{12, 4, ANY_BLK_F_SEG_MAX},
	{16, 4, 1ull << 4}, /* GEOMETRY */
	{20, 4, ANY_BLK_F_BLK_SIZE},
	{24, 8, 1ull << 10}, /* TOPOLOGY */
	{32, 1, ANY_BLK_F_CONFIG_WCE},
	{34, 2, 1ull << 12}, /* MQ */
	{36, 12, ANY_BLK_F_DISCARD},
	{48, 9, ANY_BLK_F_WRITE_ZEROES},
	{60, 12, 1ull << 16}, /* SECURE_ERASE */
};

static void check_reads(const struct mock *m)
{
	for (uint32_t i = mock_find(m, MOCK_CONFIG_READ, 0); i < m->n_log;
	     i = mock_find(m, MOCK_CONFIG_READ, i + 1)) {
		const struct mock_event *e = &m->log[i];
		bool known = false;

		for (size_t f = 0; f < ANY_ARRAY_SIZE(fields); f++) {
			if (e->at < fields[f].offset ||
			    e->at + e->n > fields[f].offset + fields[f].bytes)
				continue;
			known = true;
			assert_true((m->offered & fields[f].feature) == fields[f].feature);
		}
		assert_true(known); /* no holes, no fields torn */
	}
}

/* Each feature alone, and all but each: what is not offered is not read. */
static void only_fields_that_were_offered(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		const uint64_t all = bit < 32 ? 1ull << bit : BLK_ALL & ~(1ull << (bit - 32));
		struct mock_blk *b = mock_blk_new(MOCK_CORE | (all & ANY_VIRTIO_F_DEVICE_TYPE));
		const int err = mock_blk_init(b);

		assert_int_equal(err, 0);
		assert_true(mock_count(b->m, MOCK_CONFIG_READ) >= 2);
		b->m->generation++;
		b->m->isr = ANY_VIRTIO_ISR_CONFIG;
		assert_int_equal(any_blk_interrupt(&b->blk), 0);
		check_reads(b->m);
		mock_blk_down(b);
	}
}

static void a_larger_region_is_as_good(void **state)
{
	static const uint32_t lengths[] = {ANY_BLK_CFG_BYTES, 4 * ANY_BLK_CFG_BYTES, 4096,
					   UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(lengths); i++) {
		struct mock_blk *b = mock_blk_new(MOCK_CORE | BLK_ALL);

		b->m->transport.config_len = lengths[i];
		assert_int_equal(mock_blk_init(b), 0);
		assert_true(b->blk.limits.capacity == 1024);
		mock_blk_down(b);
	}
}

static void a_region_too_short_is_refused(void **state)
{
	(void)state;
	for (uint32_t len = 0; len < 8; len++) {
		struct mock_blk *b = mock_blk_new(MOCK_CORE);

		b->m->transport.config_len = len;
		assert_int_equal(mock_blk_init(b), -ANY_ENODEV);
		assert_int_equal(mock_count(b->m, MOCK_CONFIG_READ), 0);
		assert_int_not_equal(mock_reached(b->m, ANY_VIRTIO_STATUS_FAILED), b->m->n_log);
		mock_blk_down(b);
	}
}

/* A capacity whose halves change between the reads is read again. */
static void a_capacity_is_of_one_generation(void **state)
{
	(void)state;
	for (uint32_t changes = 0; changes < 20; changes++) {
		struct mock_blk *b = mock_blk_new(MOCK_CORE | BLK_ALL);
		uint32_t reads;

		b->m->restless = changes;
		assert_int_equal(mock_blk_init(b), 0);
		reads = mock_count(b->m, MOCK_CONFIG_READ);
		/* as many whole passes as it took: the last one saw no change */
		assert_true(changes == 0 || reads > changes);
		assert_int_equal(b->m->restless, 0);
		mock_blk_down(b);
	}
}

/* ---- the device's side ----------------------------------------------------------------------- */

struct served {
	struct disk disk;
	struct any_space space;
	struct any_blk_device dev;
	struct any_ring_piece pieces[8];
};

static struct served *serve(void)
{
	const struct any_blk_device_config config = {.features = ANY_VIRTIO_F_ACCESS_PLATFORM,
						     .size_max = 0x11223344,
						     .seg_max = 14,
						     .blk_size = 4096,
						     .max_sectors = 0x55667788,
						     .max_ranges = 4};
	struct served *s = calloc(1, sizeof(*s));

	disk_init(&s->disk, false);
	s->disk.backend.capacity = 0x0023456789abcdull;
	assert_int_equal(any_blk_device_init(&s->dev, &s->disk.backend, &s->disk, &config,
					     &s->space, s->pieces, 8),
			 0);
	return s;
}

static uint32_t get(struct served *s, uint32_t offset, unsigned width)
{
	return any_virtio_device_config_read(&s->dev.virtio, offset, width);
}

/* What is offered can be read before FEATURES_OK, and is the same afterwards. */
static void fields_are_there_before_features_ok(void **state)
{
	struct served *s = serve();
	struct any_virtio_device *v = &s->dev.virtio;
	uint8_t before[ANY_BLK_CFG_BYTES];

	(void)state;
	any_virtio_device_set_status(v, 3);
	for (uint32_t i = 0; i < sizeof(before); i++)
		before[i] = (uint8_t)get(s, i, 1);
	assert_int_equal(get(s, ANY_BLK_CFG_SIZE_MAX, 4), 0x11223344);
	assert_int_equal(get(s, ANY_BLK_CFG_MAX_DISCARD_SECTORS, 4), 0x55667788);
	assert_int_equal(get(s, ANY_BLK_CFG_MAX_WRITE_ZERO_SEG, 4), 4);
	any_virtio_device_set_features(v, v->offered);
	any_virtio_device_set_status(v, 0xb);
	assert_int_equal(v->status, 0xb);
	for (uint32_t i = 0; i < sizeof(before); i++)
		if (i != ANY_BLK_CFG_WRITEBACK) /* that one begins with negotiation (VD-BK-02) */
			assert_int_equal(get(s, i, 1), before[i]);
	free(s);
}

/* Bytes, halves and words of the device agree; the driver's widths are what is read. */
static void fields_are_little_endian(void **state)
{
	struct served *s = serve();
	struct mock_blk *b = mock_blk_new(MOCK_CORE | BLK_ALL);

	(void)state;
	assert_int_equal(get(s, 0, 1), 0xcd);
	assert_int_equal(get(s, 1, 1), 0xab);
	assert_int_equal(get(s, 6, 1), 0x00);
	assert_int_equal(get(s, 5, 1), 0x23);
	assert_int_equal(get(s, ANY_BLK_CFG_SIZE_MAX, 1), 0x44);
	assert_int_equal(get(s, ANY_BLK_CFG_SIZE_MAX + 2, 2), 0x1122);
	for (uint32_t at = 0; at < ANY_BLK_CFG_BYTES; at += 4) {
		const uint32_t word = get(s, at, 4);

		for (unsigned i = 0; i < 4; i++)
			assert_int_equal(get(s, at + i, 1), word >> 8 * i & 0xff);
		assert_int_equal(get(s, at + 2, 2) << 16 | get(s, at, 2), word);
	}
	for (uint32_t i = 0; i < 8; i++) /* and the driver puts them together so */
		b->m->config[i] = (uint8_t)(i < 6 ? i + 1 : 0);
	assert_int_equal(mock_blk_init(b), 0);
	assert_true(b->blk.limits.capacity == 0x060504030201ull);
	mock_blk_down(b);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(only_fields_that_were_offered, "VG-CF-03"),
		SPEC(a_larger_region_is_as_good, "VG-CF-04"),
		SPEC(a_region_too_short_is_refused, "VG-CF-05"),
		SPEC(a_capacity_is_of_one_generation, "VG-CF-01 VG-CF-02"),
		SPEC(fields_are_there_before_features_ok, "VD-CF-01"),
		SPEC(fields_are_little_endian, "VB-CF-01"),
	};

	return cmocka_run_group_tests_name("a2_config", tests, NULL, NULL);
}

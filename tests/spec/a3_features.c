/* SPDX-License-Identifier: BSD-2-Clause */
/* A3 and A4: which bits are offered, accepted and refused. */
#include "mock_blk.h"

#include "../unit/blk/disk.h"
#include "../unit/virtio/device_rig.h"

#undef TEST

/* One wish less at a time: the driver comes up in a reduced mode, and never asks for what is not
 * there. */
static void one_feature_less(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		const uint64_t offer = (MOCK_CORE | BLK_ALL | ANY_VIRTIO_F_EVENT_IDX |
					ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_RING_RESET) &
				       ~(1ull << bit);
		struct mock_blk *b = mock_blk_new(offer);
		const bool needed = bit == 32 || bit == 33;

		assert_int_equal(mock_blk_init(b) == 0, !needed);
		assert_int_equal(b->m->accepted & ~offer, 0);
		assert_int_equal(mock_reached(b->m, ANY_VIRTIO_STATUS_FAILED) != b->m->n_log,
				 needed);
		mock_blk_down(b);
	}
}

/* Every bit a device can set, and random ones: the driver comes up, and takes only what it knows.
 */
static void any_offer_is_survived(void **state)
{
	uint64_t rng = 1;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct mock_blk *b;
		uint64_t offer;

		rng = rng * 6364136223846793005ull + 1442695040888963407ull;
		offer = round ? rng ^ rng << 21 : UINT64_MAX;
		b = mock_blk_new(offer | MOCK_CORE);
		assert_int_equal(mock_blk_init(b), 0);
		assert_int_equal(b->m->accepted & ~(offer | MOCK_CORE), 0);
		/* not of its type: GEOMETRY, LIFETIME, ZONED, and all above; legacy's 7 and 24..27
		 */
		assert_int_equal(b->m->accepted & (1u << 4 | 1u << 7 | 0x0f038000u), 0);
		/* SR_IOV, ADMIN_VQ, reserved ones */
		assert_int_equal(b->m->accepted & (1ull << 37 | 1ull << 41 | 1ull << 42), 0);
		assert_int_equal(b->m->accepted >> 44, 0);
		mock_blk_down(b);
	}
}

/* What a disk offers holds together, whatever its back end can. */
static void offers_have_their_prerequisites(void **state)
{
	struct disk *disk = malloc(sizeof(*disk));
	struct any_space space = {.n_regions = 0};
	struct any_ring_piece pieces[4];

	(void)state;
	for (unsigned without = 0; without < 8; without++) {
		const struct any_blk_device_config config = {.features = 0};
		struct any_blk_device dev;

		disk_init(disk, false);
		if (without & 1)
			disk->backend.sync = NULL;
		if (without & 2)
			disk->backend.discard = NULL;
		if (without & 4)
			disk->backend.write_zeroes = NULL;
		assert_int_equal(
			any_blk_device_init(&dev, &disk->backend, disk, &config, &space, pieces, 4),
			0);
		if (dev.virtio.offered & ANY_BLK_F_CONFIG_WCE)
			assert_true(dev.virtio.offered & ANY_BLK_F_FLUSH);
		/* nothing it cannot honour */
		assert_int_equal(!!(dev.virtio.offered & ANY_BLK_F_CONFIG_WCE), !(without & 1));
		assert_int_equal(!!(dev.virtio.offered & ANY_BLK_F_DISCARD), !(without & 2));
		assert_int_equal(!!(dev.virtio.offered & ANY_BLK_F_WRITE_ZEROES), !(without & 4));
		assert_int_equal(dev.virtio.offered & (1ull << 17 | 1ull << 15 | 1ull << 16), 0);
	}
	free(disk);
}

/* Every subset of what is offered, with the two that must be there, is taken; again after reset. */
static void any_valid_subset_again_and_again(void **state)
{
	struct rig *r = *state;

	for (unsigned round = 0; round < 1000; round++) {
		const uint64_t some = (round & 1 ? 2 : 0) | (round & 2 ? 4 : 0) |
				      (round & 4 ? ANY_VIRTIO_F_ORDER_PLATFORM : 0);

		negotiate(r, some | ANY_VIRTIO_F_VERSION_1 | ANY_VIRTIO_F_ACCESS_PLATFORM);
		assert_true(accepted(r));
	}
}

static void a_broken_set_is_refused_until_mended(void **state)
{
	struct rig *r = *state;

	negotiate(r, GOOD | 1ull << 3); /* not offered */
	assert_false(accepted(r));
	any_virtio_device_set_status(&r->dev, 0xf); /* and there is no way round it */
	assert_int_equal(r->dev.status & ANY_VIRTIO_STATUS_DRIVER_OK, 0);
	any_virtio_device_set_features(&r->dev, GOOD);
	any_virtio_device_set_status(&r->dev, 0xb);
	assert_true(accepted(r));
}

/* A queue that was reset comes back only by the whole set-up, with what the driver says now. */
static void a_reset_queue_is_set_up_anew(void **state)
{
	struct mock *m =
		mock_new(WORLD_OFFSET, ANY_VIRTIO_ID_BLOCK, MOCK_CORE | ANY_VIRTIO_F_RING_RESET);
	uint64_t memory[ANY_VIRTQUEUE_BYTES(16) / 8];
	struct any_virtio_driver driver;
	struct any_virtqueue_buf buf = {.cpu = m->world.ram, .len = 64};
	struct any_virtqueue vq;
	struct any_vring ring;
	void *cookie;

	(void)state;
	assert_int_equal(any_virtio_begin(&driver, &m->transport, &m->world.dev, 0, 0), 0);
	assert_int_equal(any_virtqueue_init(&vq, &driver, 0, 16, memory, sizeof(memory)), 0);
	any_virtio_ready(&driver);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(any_virtqueue_add(&vq, &buf, 1, 0, m), 0);
	assert_true(any_virtqueue_kick(&vq));
	m->reset_error = -ANY_EIO; /* the device has not let go: nothing may be freed */
	assert_int_not_equal(any_virtqueue_reset(&vq), 0);
	assert_int_equal(any_virtqueue_detach(&vq, &cookie), -ANY_EBUSY);
	assert_int_equal(any_virtqueue_fini(&vq), -ANY_EBUSY);
	m->reset_error = 0;
	assert_int_equal(any_virtqueue_reset(&vq), 0);
	while (any_virtqueue_detach(&vq, &cookie) == 0)
		;
	assert_int_equal(any_virtqueue_fini(&vq), 0);
	m->n_log = 0;
	assert_int_equal(any_virtqueue_init(&vq, &driver, 0, 8, memory, sizeof(memory)), 0);
	assert_int_equal(mock_count(m, MOCK_QUEUE_SETUP), 1);
	assert_int_equal(m->size[0], 8);
	ring = mock_ring(m, 0);
	assert_int_equal(any_load_le16(&ring.avail->idx), 0); /* and it begins at its beginning */
	assert_int_equal(any_virtqueue_add(&vq, &buf, 1, 0, m), 0);
	assert_true(any_virtqueue_kick(&vq));
	assert_int_equal(any_load_le16(&ring.avail->idx), 1);
	assert_int_equal(any_virtio_reset(&driver), 0);
	while (any_virtqueue_detach(&vq, &cookie) == 0)
		;
	assert_int_equal(any_virtqueue_fini(&vq), 0);
	mock_free(m);
}

/* A driver that was not given ACCESS_PLATFORM sends physical addresses, or nothing. */
static void addresses_are_physical_or_none(void **state)
{
	struct mock_blk *b = mock_blk_new((MOCK_CORE | BLK_ALL) & ~ANY_VIRTIO_F_ACCESS_PLATFORM);
	struct mock *m;

	(void)state;
	assert_int_equal(mock_blk_init(b), -ANY_EPERM);
	assert_int_equal(mock_count(b->m, MOCK_QUEUE_SETUP), 0);
	mock_blk_down(b);
	m = mock_new(WORLD_FLAT, ANY_VIRTIO_ID_BLOCK, ANY_VIRTIO_F_VERSION_1);
	b = calloc(1, sizeof(*b));
	b->m = m;
	m->transport.config_len = ANY_BLK_CFG_BYTES;
	mock_blk_config(m);
	assert_int_equal(mock_blk_init(b), 0);
	assert_true(m->desc[0].raw >= WORLD_PHYS &&
		    m->desc[0].raw < WORLD_PHYS + m->world.segment.size);
	assert_int_equal(
		mock_blk_send(b, (struct any_blk_request){.buf = m->world.ram + 4096, .len = 512}),
		0);
	assert_int_equal(any_load_le64(&mock_ring(m, 0).desc[1].addr), WORLD_PHYS + 4096);
	mock_blk_down(b);
}

/* NOTIF_CONFIG_DATA is the transport's to see to: taken with one that can, and only then. */
static void notification_data_of_the_devices_choice(void **state)
{
	(void)state;
	for (unsigned can = 0; can < 2; can++) {
		for (unsigned offered = 0; offered < 2; offered++) {
			struct mock_blk *b = mock_blk_new(
				MOCK_CORE | (offered ? ANY_VIRTIO_F_NOTIF_CONFIG_DATA : 0));

			b->m->transport.features = can ? ANY_VIRTIO_F_NOTIF_CONFIG_DATA : 0;
			assert_int_equal(mock_blk_init(b), 0);
			assert_int_equal(!!(b->m->accepted & ANY_VIRTIO_F_NOTIF_CONFIG_DATA),
					 can && offered);
			mock_blk_down(b);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(one_feature_less, "VG-FT-05 VG-FT-06 VG-FT-01"),
		SPEC(any_offer_is_survived,
		     "VG-FT-01 VG-FT-04 VG-FT-07 VG-FB-14 VB-FB-02 VB-FB-03"),
		SPEC(offers_have_their_prerequisites, "VD-FT-01 VD-FT-04"),
		SPEC_IN(any_valid_subset_again_and_again, "VD-FT-02 VD-FT-05", setup, teardown),
		SPEC_IN(a_broken_set_is_refused_until_mended, "VD-FT-03", setup, teardown),
		SPEC(a_reset_queue_is_set_up_anew, "VG-FB-19 VG-FB-20"),
		SPEC(addresses_are_physical_or_none, "VG-FB-08"),
		SPEC(notification_data_of_the_devices_choice, "VG-FB-17"),
	};

	return cmocka_run_group_tests_name("a3_features", tests, NULL, NULL);
}

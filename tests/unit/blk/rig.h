/* SPDX-License-Identifier: BSD-2-Clause */
/* Block driver and block device over the in-process transport. */
#ifndef ANYDMA_TESTS_BLK_RIG_H
#define ANYDMA_TESTS_BLK_RIG_H

#include "../virtio/world.h"
#include "disk.h"

#define QUEUE 64u
#define TABLE 4u /* entries; a request of two pieces fits, and one of three does not */

/* Set for the other parts of a test program: the same tests over packed rings, with tables, in
 * order. */
static uint64_t rig_more;

struct rig {
	struct world world;
	struct disk disk;
	struct any_blk_device dev;
	struct any_ring_piece pieces[QUEUE];
	struct any_packed_held held[QUEUE];
	struct any_virtio_transport transport;
	struct any_blk blk;
	uint64_t memory[ANY_BLK_BYTES(QUEUE) / 8];
	uint64_t tables[ANY_VIRTQUEUE_TABLE_BYTES(QUEUE, TABLE) / 8];
};

static inline struct rig *rig_of(enum world_kind kind, uint64_t features,
				 const struct any_blk_device_config *config, bool read_only)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct any_blk_device_config c = {.features = 0};

	if (config)
		c = *config;
	c.features = features | rig_more;
	c.held = r->held;
	world_init(&r->world, kind);
	disk_init(&r->disk, read_only);
	assert_int_equal(any_blk_device_init(&r->dev, &r->disk.backend, &r->disk, &c,
					     &r->world.space, r->pieces, QUEUE),
			 0);
	any_virtio_inproc_init(&r->transport, &r->dev.virtio);
	return r;
}

#define PLAT (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

static inline struct rig *rig_up(enum world_kind kind)
{
	const uint64_t more =
		kind & 1 ? ANY_VIRTIO_F_EVENT_IDX | ANY_VIRTIO_F_NOTIFICATION_DATA : 0;
	struct rig *r = rig_of(kind, PLAT | more, NULL, false);

	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	if (rig_more & ANY_VIRTIO_F_INDIRECT_DESC)
		assert_int_equal(
			any_blk_use_tables(&r->blk.queue, TABLE, r->tables, sizeof(r->tables)), 0);
	return r;
}

/* The tests as they are, and over every other kind of ring. */
#define RIG_EACH_RING(failed, tests)                                                               \
	do {                                                                                       \
		(failed) += cmocka_run_group_tests(tests, NULL, NULL);                             \
		rig_more = ANY_VIRTIO_F_RING_PACKED;                                               \
		(failed) += cmocka_run_group_tests_name("packed", tests, NULL, NULL);              \
		rig_more = ANY_VIRTIO_F_INDIRECT_DESC | ANY_VIRTIO_F_IN_ORDER;                     \
		(failed) += cmocka_run_group_tests_name("tables, in order", tests, NULL, NULL);    \
		rig_more |= ANY_VIRTIO_F_RING_PACKED;                                              \
		(failed) +=                                                                        \
			cmocka_run_group_tests_name("packed tables, in order", tests, NULL, NULL); \
	} while (0)

static inline void rig_down(struct rig *r)
{
	struct any_blk_completion done;

	assert_int_equal(any_blk_fini(&r->blk), -ANY_EBUSY); /* not while it runs */
	assert_int_equal(any_blk_stop(&r->blk), 0);
	while (any_blk_abort(&r->blk, &done) == 0)
		;
	assert_int_equal(any_blk_fini(&r->blk), 0);
	world_fini(&r->world);
	free(r);
}

static inline void run_device(struct rig *r)
{
	while (any_virtio_blk_device_process(&r->dev, 3))
		;
}

/* One request, start to end. */
static inline int run(struct rig *r, struct any_blk_request req)
{
	struct any_blk_completion done = {NULL, 1};
	int err;

	req.cookie = r;
	err = any_blk_submit(&r->blk, &req);
	if (err)
		return err;
	any_blk_kick(&r->blk);
	assert_int_equal(any_blk_poll(&r->blk, &done), -ANY_EAGAIN);
	run_device(r);
	assert_int_equal(any_blk_poll(&r->blk, &done), 0);
	assert_ptr_equal(done.cookie, r);
	assert_int_equal(any_blk_poll(&r->blk, &done), -ANY_EAGAIN);
	return done.result;
}

static inline int run_data(struct rig *r, enum any_blk_type type, uint64_t sector, void *buf,
			   size_t len)
{
	return run(r, (struct any_blk_request){
			      .type = type, .sector = sector, .buf = buf, .len = len});
}

static inline int run_range(struct rig *r, enum any_blk_type type, uint64_t sector,
			    uint32_t sectors, bool unmap)
{
	return run(r, (struct any_blk_request){
			      .type = type, .sector = sector, .sectors = sectors, .unmap = unmap});
}

#endif

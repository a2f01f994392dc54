/* SPDX-License-Identifier: BSD-2-Clause */
/* A queue for each submitter (MQ), and what the device says of its medium (TOPOLOGY). */
#include "rig.h"

#define QUEUES 3u
#define SMALL  16u

struct many {
	struct rig *r;
	struct any_virtio_device_queue queues[QUEUES];
	struct any_ring_piece pieces[QUEUES][SMALL];
	struct any_packed_held held[QUEUES][SMALL];
	struct any_blk_queue more[QUEUES];
	uint64_t memory[QUEUES * ANY_BLK_BYTES(SMALL) / 8];
};

static struct many *many_of(enum world_kind kind, uint16_t n_queues)
{
	struct many *m = calloc(1, sizeof(*m));
	struct any_blk_device_config config = {.n_queues = n_queues, .queues = m->queues};

	for (unsigned i = 0; i < QUEUES; i++)
		m->queues[i] = (struct any_virtio_device_queue){
			.max = SMALL, .pieces = m->pieces[i], .held = m->held[i]};
	m->r = rig_of(kind, PLAT | (kind & 1 ? ANY_VIRTIO_F_EVENT_IDX : 0), &config, false);
	return m;
}

static int bring_up(struct many *m, uint16_t n_more, size_t bytes)
{
	const struct any_blk_options options = {.size = SMALL,
						.n_more = n_more,
						.more = m->more,
						.memory = m->memory,
						.bytes = bytes};

	return any_blk_init_queues(&m->r->blk, &m->r->transport, &m->r->world.dev, &options);
}

static void many_free(struct many *m)
{
	world_fini(&m->r->world);
	free(m->r);
	free(m);
}

static void many_down(struct many *m)
{
	assert_int_equal(any_blk_stop(&m->r->blk), 0);
	assert_int_equal(any_blk_fini(&m->r->blk), 0);
	many_free(m);
}

static int submit(struct any_blk_queue *q, uint64_t sector, void *buf)
{
	const struct any_blk_request req = {
		.type = ANY_BLK_T_IN, .sector = sector, .buf = buf, .len = 512, .cookie = buf};

	return any_blk_queue_submit(q, &req);
}

/* Each submitter gets its own answers, and all of them, whatever the others do. */
static void each_queue_is_one_submitters(void **state)
{
	struct any_blk_completion done;

	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct many *m = many_of((enum world_kind)kind, QUEUES);
		unsigned back[QUEUES] = {0};

		assert_int_equal(bring_up(m, QUEUES - 1, sizeof(m->memory)), 0);
		assert_int_equal(m->r->blk.n_queues, QUEUES);
		for (unsigned turn = 0; turn < 90; turn++) {
			struct any_blk_queue *q =
				any_blk_queue(&m->r->blk, (uint16_t)(turn % QUEUES));
			const unsigned n = 1 + turn % 4;
			uint8_t *buf = m->r->world.ram + turn % QUEUES * 65536;

			for (unsigned i = 0; i < n; i++) {
				memset(buf + i * 4096, 0xee, 512);
				assert_int_equal(submit(q, turn + i, buf + i * 4096), 0);
			}
			any_blk_queue_kick(q);
			assert_int_equal(any_virtio_blk_device_process(&m->r->dev, 9), n);
			for (unsigned i = 0; i < QUEUES; i++) /* nobody else's */
				if (i != turn % QUEUES)
					assert_int_equal(
						any_blk_queue_poll(
							any_blk_queue(&m->r->blk, (uint16_t)i),
							&done),
						-ANY_EAGAIN);
			for (unsigned i = 0; i < n; i++, back[turn % QUEUES]++) {
				assert_int_equal(any_blk_queue_poll(q, &done), 0);
				assert_int_equal(done.result, 0);
				assert_ptr_equal(done.cookie, buf + i * 4096);
				assert_memory_equal(done.cookie, m->r->disk.data + (turn + i) * 512,
						    512);
			}
			assert_int_equal(any_blk_queue_poll(q, &done), -ANY_EAGAIN);
		}
		assert_true(back[0] > 50 && back[1] > 50 && back[2] > 50);
		many_down(m);
	}
}

/* Each queue is as long as it is alone, and one that is full says nothing about the others. */
static void a_full_queue_is_one_queue(void **state)
{
	struct many *m = many_of(WORLD_OFFSET, QUEUES);
	struct any_blk_completion done;

	(void)state;
	assert_int_equal(bring_up(m, QUEUES - 1, sizeof(m->memory)), 0);
	for (uint16_t k = 0; k < QUEUES; k++) {
		struct any_blk_queue *q = any_blk_queue(&m->r->blk, k);

		assert_int_equal(q->depth, SMALL / 3);
		for (unsigned i = 0; i < q->depth; i++)
			assert_int_equal(submit(q, i, m->r->world.ram + (k * 8 + i) * 4096), 0);
		assert_int_equal(submit(q, 0, m->r->world.ram), -ANY_ENOMEM);
		any_blk_queue_kick(q);
	}
	/* a busy queue does not starve the others */
	assert_int_equal(any_virtio_blk_device_process(&m->r->dev, 1), QUEUES);
	assert_int_equal(any_blk_stop(&m->r->blk), 0);
	assert_int_equal(any_blk_fini(&m->r->blk), -ANY_EBUSY);
	for (uint16_t k = 0; k < QUEUES; k++) {
		unsigned n = 0;

		assert_int_equal(any_blk_fini(&m->r->blk), -ANY_EBUSY);
		for (; !any_blk_queue_abort(any_blk_queue(&m->r->blk, k), &done); n++)
			assert_in_range((uint8_t *)done.cookie - m->r->world.ram, k * 8 * 4096,
					(k * 8 + 5) * 4096);
		assert_int_equal(n, SMALL / 3);
	}
	assert_int_equal(any_blk_fini(&m->r->blk), 0);
	many_free(m);
}

/* As many come up as both sides have; one is always there, MQ or not. */
static void as_many_as_both_have(void **state)
{
	static const uint16_t cases[][3] = {/* the device's, wanted, what comes of it */
					    {0, 3, 1}, {1, 3, 1}, {2, 3, 2},
					    {3, 1, 1}, {3, 2, 2}, {3, 3, 3}};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(cases); i++) {
		struct many *m = many_of(WORLD_BOUNCE, cases[i][0]);
		struct any_blk_completion done;

		assert_int_equal(bring_up(m, (uint16_t)(cases[i][1] - 1), sizeof(m->memory)), 0);
		assert_int_equal(m->r->blk.n_queues, cases[i][2]);
		assert_int_equal(any_virtio_has(&m->r->blk.virtio, ANY_BLK_F_MQ),
				 cases[i][0] && cases[i][1] > 1);
		for (uint16_t k = 0; k < cases[i][2]; k++) {
			struct any_blk_queue *q = any_blk_queue(&m->r->blk, k);

			assert_int_equal(submit(q, k, m->r->world.ram), 0);
			any_blk_queue_kick(q);
			run_device(m->r);
			assert_int_equal(any_blk_queue_poll(q, &done), 0);
			assert_memory_equal(m->r->world.ram, m->r->disk.data + k * 512, 512);
		}
		assert_false(any_virtio_device_queue_ready(&m->r->dev.virtio, cases[i][2]));
		many_down(m);
	}
}

static void refused(struct many *m, uint16_t n_more, size_t bytes, int err)
{
	assert_int_equal(bring_up(m, n_more, bytes), err);
	assert_non_null(m->r->blk.virtio.why);
	assert_int_equal(m->r->world.coherent.pages_used, 0);
	assert_true(m->r->dev.virtio.status & ANY_VIRTIO_STATUS_FAILED);
	for (uint16_t k = 0; k < QUEUES; k++)
		assert_false(any_virtio_device_queue_ready(&m->r->dev.virtio, k));
}

/* Queues the device says it has and has not, none at all, too little memory: nothing stays. */
static void init_refuses_and_leaves_nothing(void **state)
{
	struct many *m = many_of(WORLD_OFFSET, 2);

	(void)state;
	m->r->dev.config.n_queues = 3;
	refused(m, 2, sizeof(m->memory), -ANY_ENOENT);
	m->r->dev.config.n_queues = 0;
	refused(m, 2, sizeof(m->memory), -ANY_ENODEV);
	m->r->dev.config.n_queues = 2;
	m->queues[1].max = 2; /* no room for a request */
	refused(m, 2, sizeof(m->memory), -ANY_ENODEV);
	m->queues[1].max = SMALL;
	refused(m, 2, 3 * ANY_BLK_BYTES(3), -ANY_ENOSPC);
	assert_int_equal(bring_up(m, 2, sizeof(m->memory)), 0);
	assert_int_equal(m->r->blk.n_queues, 2);
	many_down(m);
}

/* VD-BK-12: what was written through one queue is stable when another one's flush is done. */
static void vd_bk_12_a_flush_is_for_all_queues(void **state)
{
	struct many *m = many_of(WORLD_OFFSET, 2);
	struct any_blk_request req = {
		.type = ANY_BLK_T_OUT, .buf = m->r->world.ram, .len = 512, .cookie = m};
	struct any_blk_completion done;

	(void)state;
	assert_int_equal(bring_up(m, 1, sizeof(m->memory)), 0);
	for (uint16_t k = 0; k < 2; k++) {
		struct any_blk_queue *q = any_blk_queue(&m->r->blk, k);

		assert_int_equal(any_blk_queue_submit(q, &req), 0);
		any_blk_queue_kick(q);
		run_device(m->r);
		assert_int_equal(any_blk_queue_poll(q, &done), 0);
		assert_int_equal(done.result, 0);
		assert_int_equal(m->r->disk.unsynced, k == 0);
		req.type = ANY_BLK_T_FLUSH;
	}
	many_down(m);
}

/* ---- topology -------------------------------------------------------------------------------- */

static void topology(void **state)
{
	const struct any_blk_device_config config = {.blk_size = 1024,
						     .physical_exp = 3,
						     .alignment_offset = 7,
						     .min_io = 16,
						     .opt_io = 512};
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, &config, false);
	struct any_blk_topology t;

	(void)state;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_int_equal(any_blk_topology(&r->blk, &t), 0);
	assert_int_equal(t.physical, 8192);
	assert_int_equal(t.alignment_offset, 7168);
	assert_int_equal(t.min_io, 16384);
	assert_int_equal(t.opt_io, 524288);
	r->dev.config.min_io = 0; /* says nothing: one block */
	assert_int_equal(any_blk_topology(&r->blk, &t), 0);
	assert_int_equal(t.min_io, 1024);
	rig_down(r);
	r = rig_up(WORLD_OFFSET);
	assert_int_equal(any_blk_topology(&r->blk, &t), -ANY_ENOTSUP);
	rig_down(r);
}

/* What cannot be is not passed on; the disk works all the same. */
static void topology_that_cannot_be(void **state)
{
	const struct any_blk_device_config config = {.blk_size = 4096, .physical_exp = 1};
	struct any_blk_topology t = {.physical = 77};
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, &config, false);
	struct any_blk_device_config *c = &r->dev.config;

	(void)state;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	c->alignment_offset = 2; /* behind the first physical block */
	assert_int_equal(any_blk_topology(&r->blk, &t), -ANY_EPROTO);
	c->physical_exp = 20; /* 4 GiB: does not fit */
	assert_int_equal(any_blk_topology(&r->blk, &t), -ANY_EPROTO);
	for (unsigned exp = 32; exp <= 255; exp++) {
		c->physical_exp = (uint8_t)exp;
		assert_int_equal(any_blk_topology(&r->blk, &t), -ANY_EPROTO);
	}
	c->physical_exp = 19; /* 2 GiB: does */
	c->alignment_offset = 255;
	c->opt_io = 1u << 20;
	assert_int_equal(any_blk_topology(&r->blk, &t), -ANY_EPROTO);
	assert_int_equal(t.physical, 77); /* untouched so far */
	c->opt_io = (1u << 20) - 1;
	c->min_io = 65535;
	assert_int_equal(any_blk_topology(&r->blk, &t), 0);
	assert_int_equal(t.physical, 1u << 31);
	assert_int_equal(t.alignment_offset, 255 * 4096);
	assert_int_equal(t.min_io, 65535 * 4096);
	assert_true(t.opt_io == 0xfffff000u);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r->world.ram, 512), 0);
	rig_down(r);
}

static void a_device_does_not_say_what_cannot_be(void **state)
{
	struct rig *r = rig_up(WORLD_FLAT);
	struct any_blk_device_config config = {.features = PLAT};
	struct any_blk_device dev;

	(void)state;
	config.physical_exp = 16;
	assert_int_equal(any_blk_device_init(&dev, &r->disk.backend, &r->disk, &config,
					     &r->world.space, r->pieces, QUEUE),
			 -ANY_EINVAL);
	config.physical_exp = 3;
	config.alignment_offset = 8;
	assert_int_equal(any_blk_device_init(&dev, &r->disk.backend, &r->disk, &config,
					     &r->world.space, r->pieces, QUEUE),
			 -ANY_EINVAL);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_queue_is_one_submitters),
		cmocka_unit_test(a_full_queue_is_one_queue),
		cmocka_unit_test(as_many_as_both_have),
		cmocka_unit_test(init_refuses_and_leaves_nothing),
		cmocka_unit_test(vd_bk_12_a_flush_is_for_all_queues),
		cmocka_unit_test(topology),
		cmocka_unit_test(topology_that_cannot_be),
		cmocka_unit_test(a_device_does_not_say_what_cannot_be),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}

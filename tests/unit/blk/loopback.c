/* SPDX-License-Identifier: BSD-2-Clause */
/* Block driver and block device over the in-process transport, on every small platform. */
#include "rig.h"

#define SLOT 65536u /* of RAM, for one buffer */

static uint64_t rng = 1;

static uint32_t pick(uint32_t below)
{
	rng = rng * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((rng >> 33) % below);
}

static void run_device(struct rig *r)
{
	while (any_virtio_blk_device_process(&r->dev, 3))
		;
}

/* One request, start to end. */
static int run(struct rig *r, struct any_blk_request req)
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

static int run_data(struct rig *r, enum any_blk_type type, uint64_t sector, void *buf, size_t len)
{
	return run(r, (struct any_blk_request){.type = type, .sector = sector, .buf = buf, .len = len});
}

static int run_range(struct rig *r, enum any_blk_type type, uint64_t sector, uint32_t sectors,
		     bool unmap)
{
	return run(r, (struct any_blk_request){
			      .type = type, .sector = sector, .sectors = sectors, .unmap = unmap});
}

static void each_request_on_each_platform(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_up((enum world_kind)kind);
		uint8_t *buf = r->world.ram;

		assert_int_equal(run_data(r, ANY_BLK_T_IN, 5, buf, 1024), 0);
		assert_memory_equal(buf, r->disk.data + 5 * 512, 1024);
		assert_int_equal(buf[1024], 0x5a);
		memset(buf, 0x42, 512);
		assert_int_equal(run_data(r, ANY_BLK_T_OUT, DISK_SECTORS - 1, buf, 512), 0);
		assert_memory_equal(r->disk.data + DISK_BYTES - 512, buf, 512);
		assert_int_equal(run_data(r, ANY_BLK_T_GET_ID, 0, buf, 20), 0);
		assert_memory_equal(buf, r->disk.backend.id, 20);
		assert_int_equal(run(r, (struct any_blk_request){.type = ANY_BLK_T_FLUSH}), 0);
		assert_int_equal(r->disk.syncs, 1);
		assert_int_equal(run_range(r, ANY_BLK_T_WRITE_ZEROES, 7, 2, true), 0);
		assert_int_equal(r->disk.zeroes, 100);
		assert_int_equal(r->disk.data[7 * 512 + 1], 0);
		assert_int_equal(run_range(r, ANY_BLK_T_WRITE_ZEROES, 8, 2, false), 0);
		assert_int_equal(r->disk.zeroes, 101);
		assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, 20, 2, true), 0);
		assert_int_equal(r->disk.discards, 1); /* VG-BK-12: unmap is not passed on */
		rig_down(r);
	}
}

/* What the driver must never send (VG-BK-06 to -10) and what the device does not have. */
static void refused_before_it_is_sent(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	uint8_t *buf = r->world.ram;

	(void)state;
	assert_int_equal(run_data(r, ANY_BLK_T_IN, DISK_SECTORS, buf, 512), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, DISK_SECTORS - 1, buf, 1024), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, UINT64_MAX, buf, 512), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, buf, 0), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, buf, 511), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_GET_ID, 0, buf, 21), -ANY_EINVAL);
	assert_int_equal(run_data(r, (enum any_blk_type)2, 0, buf, 512), -ANY_ENOTSUP);
	assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, 0, 0, false), -ANY_EINVAL);
	assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, DISK_SECTORS - 1, 2, false), -ANY_EINVAL);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r, 512), -ANY_EFAULT); /* not RAM */
	assert_int_equal(r->blk.vq.ring.made, 0);
	/* and a slot is not lost by any of them */
	for (int i = 0; i < 100; i++)
		assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r, 512), -ANY_EFAULT);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, buf, 512), 0);
	rig_down(r);
}

static void vg_bk_07_read_only(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, NULL, true);

	(void)state;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_true(r->blk.limits.read_only);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, r->world.ram, 512), -ANY_EPERM);
	assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, 0, 1, false), -ANY_EPERM);
	assert_int_equal(run_range(r, ANY_BLK_T_WRITE_ZEROES, 0, 1, false), -ANY_EPERM);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r->world.ram, 512), 0);
	rig_down(r);
}

static void without_options(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, NULL, false);

	(void)state;
	r->dev.virtio.offered &= ~(ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES | ANY_BLK_F_FLUSH |
				   ANY_BLK_F_CONFIG_WCE);
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_false(r->blk.limits.writeback); /* VG-BK-02 */
	assert_int_equal(run_range(r, ANY_BLK_T_DISCARD, 0, 1, false), -ANY_ENOTSUP);
	assert_int_equal(run_range(r, ANY_BLK_T_WRITE_ZEROES, 0, 1, false), -ANY_ENOTSUP);
	assert_int_equal(run(r, (struct any_blk_request){.type = ANY_BLK_T_FLUSH}), -ANY_ENOTSUP);
	assert_int_equal(any_blk_set_writeback(&r->blk, true), -ANY_ENOTSUP);
	rig_down(r);
}

static void writeback_is_the_drivers_choice(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_true(r->blk.limits.writeback);
	assert_int_equal(any_blk_set_writeback(&r->blk, false), 0);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, r->world.ram, 512), 0);
	assert_int_equal(r->disk.unsynced, 0);
	assert_int_equal(any_blk_set_writeback(&r->blk, true), 0);
	assert_int_equal(run_data(r, ANY_BLK_T_OUT, 0, r->world.ram, 512), 0);
	assert_int_equal(r->disk.unsynced, 1);
	rig_down(r);
}

/* Limits of the device and of the platform cut one buffer into segments. */
static void segments(void **state)
{
	const struct any_blk_device_config config = {.size_max = 1000, .seg_max = 6, .blk_size = 512};
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, &config, false);
	uint8_t *buf = r->world.ram + 1;

	(void)state;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_int_equal(r->blk.limits.size_max, 512);
	assert_int_equal(any_blk_max_bytes(&r->blk), 6 * 512);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, buf, 7 * 512), -ANY_E2BIG);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, buf, 6 * 512), 0);
	assert_memory_equal(buf, r->disk.data, 6 * 512);
	assert_int_equal(r->disk.reads, 6);
	rig_down(r);
}

static void segments_of_a_bounce_pool(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	uint8_t *buf = r->world.ram + 3;

	(void)state;
	assert_true(r->blk.limits.size_max <= 16384);
	assert_true(any_blk_max_bytes(&r->blk) >= 65536);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 1, buf, 65536), 0);
	assert_memory_equal(buf, r->disk.data + 512, 65536);
	rig_down(r);
}

/* On a machine with cache lines no line belongs to two mappings, nor to a header and a status. */
static void da_33_lines_are_not_shared(void **state)
{
	const struct any_blk_device_config config = {.size_max = 1024};
	struct rig *r = rig_of(WORLD_NONCOHERENT, PLAT, &config, false);
	const struct any_blk_request req = {.type = ANY_BLK_T_IN, .buf = r->world.ram + 10,
					    .len = 4096};
	const struct any_ring_driver *ring = &r->blk.vq.ring;
	uint16_t id;

	(void)state;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	id = any_ring_free_at(ring, 0);
	assert_int_equal(any_blk_submit(&r->blk, &req), 0);
	assert_int_equal(ring->shadow[id].count, 1 + 5 + 1); /* 10 bytes into a line */
	id = any_ring_next(ring, id);
	for (int i = 1; i < 5; i++) {
		id = any_ring_next(ring, id);
		assert_int_equal((uintptr_t)r->blk.vq.slots[id].map.cpu % 64, 0);
	}
	assert_int_equal(r->blk.status_at % 64, 0);
	assert_true(r->blk.status_at >= 32);
	assert_true(r->blk.stride - r->blk.status_at >= 64);
	assert_int_equal(r->blk.stride % 64, 0);
	rig_down(r);
}

/* ---- many at once ----------------------------------------------------------------------------- */

struct job {
	struct any_blk_request req;
	uint8_t *buf;
	bool busy;
};

#define JOBS 30u

/* Jobs own disjoint sectors, so that their order does not matter. */
static void start(struct rig *r, struct job *job, unsigned i, uint8_t *model)
{
	const uint32_t span = DISK_SECTORS / JOBS;
	const uint32_t sectors = 1 + pick(span), from = pick(span - sectors + 1);

	job->buf = r->world.ram + i * SLOT + pick(4) * 64;
	job->req = (struct any_blk_request){.type = pick(2) ? ANY_BLK_T_IN : ANY_BLK_T_OUT,
					    .sector = i * span + from,
					    .buf = job->buf,
					    .len = sectors * 512ul,
					    .cookie = job};
	if (job->req.type == ANY_BLK_T_OUT)
		for (size_t k = 0; k < job->req.len; k++)
			job->buf[k] = (uint8_t)pick(256);
	if (any_blk_submit(&r->blk, &job->req))
		return; /* back-pressure: later */
	if (job->req.type == ANY_BLK_T_OUT)
		memcpy(model + job->req.sector * 512, job->buf, job->req.len);
	job->busy = true;
}

static uint32_t reap(struct rig *r, const uint8_t *model)
{
	struct any_blk_completion done;
	uint32_t n = 0;

	for (; any_blk_poll(&r->blk, &done) == 0; n++) {
		struct job *job = done.cookie;

		assert_true(job->busy);
		assert_int_equal(done.result, 0);
		job->busy = false;
		assert_memory_equal(job->buf, model + job->req.sector * 512, job->req.len);
	}
	return n;
}

static void storm(enum world_kind kind, uint32_t total)
{
	struct rig *r = rig_up(kind);
	struct job jobs[JOBS] = {{.busy = false}};
	uint8_t *model = malloc(DISK_BYTES);
	uint32_t finished = 0;

	memcpy(model, r->disk.data, DISK_BYTES);
	while (finished < total) {
		for (uint32_t n = pick(8); n; n--) {
			unsigned i = pick(JOBS);

			if (!jobs[i].busy)
				start(r, &jobs[i], i, model);
		}
		if (pick(2))
			any_blk_kick(&r->blk);
		any_virtio_blk_device_process(&r->dev, pick(6));
		finished += reap(r, model);
	}
	any_blk_kick(&r->blk);
	run_device(r);
	reap(r, model);
	for (unsigned i = 0; i < JOBS; i++)
		assert_false(jobs[i].busy);
	assert_memory_equal(r->disk.data, model, DISK_BYTES);
	assert_int_equal(r->world.dev.stats.maps, r->world.dev.stats.unmaps);
	free(model);
	rig_down(r);
}

static void d9_200000_requests(void **state)
{
	(void)state;
	storm(WORLD_OFFSET, 200000);
}

static void storm_on_every_platform(void **state)
{
	(void)state;
	storm(WORLD_FLAT, 5000);
	storm(WORLD_BOUNCE, 5000);
	storm(WORLD_NONCOHERENT, 5000);
}

static void as_many_as_fit_and_no_more(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);
	struct any_blk_request req = {.type = ANY_BLK_T_IN, .buf = r->world.ram, .len = 512};
	struct any_blk_completion done;
	uint32_t n = 0;

	(void)state;
	while (any_blk_submit(&r->blk, &req) == 0)
		n++;
	assert_int_equal(n, QUEUE / 3);
	assert_int_equal(any_blk_submit(&r->blk, &req), -ANY_ENOMEM);
	any_blk_kick(&r->blk);
	run_device(r);
	for (; n; n--)
		assert_int_equal(any_blk_poll(&r->blk, &done), 0);
	assert_int_equal(any_blk_poll(&r->blk, &done), -ANY_EAGAIN);
	rig_down(r);
}

/* ---- life and death --------------------------------------------------------------------------- */

static void vg_bk_05_the_disk_grows(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET);

	(void)state;
	assert_int_equal(r->blk.limits.capacity, DISK_SECTORS);
	r->disk.backend.capacity = DISK_SECTORS / 2;
	any_blk_device_resized(&r->dev);
	assert_int_equal(any_blk_interrupt(&r->blk), 0);
	assert_int_equal(r->blk.limits.capacity, DISK_SECTORS / 2);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, DISK_SECTORS / 2, r->world.ram, 512), -ANY_EINVAL);
	assert_int_equal(any_blk_interrupt(&r->blk), 0); /* acknowledged: VG-ST-16, nothing new */
	rig_down(r);
}

static void vg_st_11_needs_reset_and_on_again(void **state)
{
	struct rig *r = rig_up(WORLD_BOUNCE);
	const struct any_blk_request req = {.type = ANY_BLK_T_IN, .buf = r->world.ram, .len = 512,
					    .cookie = r};
	struct any_blk_completion done;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(any_blk_submit(&r->blk, &req), 0);
	any_blk_kick(&r->blk);
	any_virtio_blk_device_process(&r->dev, 2);
	any_virtio_device_fail(&r->dev.virtio, "test");
	assert_int_equal(any_blk_interrupt(&r->blk), -ANY_EPROTO);
	assert_int_equal(any_blk_abort(&r->blk, &done), -ANY_EBUSY);
	assert_int_equal(any_blk_stop(&r->blk), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(any_blk_abort(&r->blk, &done), 0);
		assert_ptr_equal(done.cookie, r);
		assert_int_equal(done.result, -ANY_EIO);
	}
	assert_int_equal(any_blk_abort(&r->blk, &done), -ANY_EAGAIN);
	assert_int_equal(r->world.pool.counters.live, 0);
	assert_int_equal(any_blk_fini(&r->blk), 0);
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
				      sizeof(r->memory)),
			 0);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r->world.ram, 512), 0);
	rig_down(r);
}

static int init_fails(struct rig *r, size_t bytes)
{
	int err = any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory, bytes);

	assert_non_null(r->blk.virtio.why);
	assert_int_equal(r->world.coherent.pages_used, 0);
	assert_false(any_virtio_device_queue_ready(&r->dev.virtio, 0));
	return err;
}

static void init_refuses_and_leaves_nothing(void **state)
{
	struct rig *r = rig_of(WORLD_OFFSET, PLAT, NULL, false);
	const size_t all = sizeof(r->memory);

	(void)state;
	r->transport.device_id = 1;
	assert_int_equal(init_fails(r, all), -ANY_ENODEV);
	assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_FAILED);
	r->transport.device_id = ANY_VIRTIO_ID_BLOCK;
	r->transport.config_len = 7; /* VG-CF-05 */
	assert_int_equal(init_fails(r, all), -ANY_ENODEV);
	r->transport.config_len = ANY_BLK_CFG_BYTES;
	assert_int_equal(init_fails(r, ANY_BLK_BYTES(3)), -ANY_ENOSPC);
	r->disk.backend.capacity = UINT64_MAX;
	assert_int_equal(init_fails(r, all), -ANY_ENODEV);
	r->disk.backend.capacity = DISK_SECTORS;
	r->dev.queue.max = 2; /* no room for a request */
	assert_int_equal(init_fails(r, all), -ANY_ENODEV);
	r->dev.queue.max = QUEUE;
	r->dev.virtio.offered &= ~ANY_VIRTIO_F_ACCESS_PLATFORM;
	assert_int_equal(init_fails(r, all), -ANY_EPERM);
	r->dev.virtio.offered |= ANY_VIRTIO_F_ACCESS_PLATFORM;
	assert_int_equal(any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory, all), 0);
	assert_int_equal(run_data(r, ANY_BLK_T_IN, 0, r->world.ram, 512), 0);
	rig_down(r);
}

static void nonsense_limits_are_refused(void **state)
{
	static const struct any_blk_device_config bad[] = {
		{.size_max = 511}, {.blk_size = 513}, {.blk_size = 256}};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		struct rig *r = rig_of(WORLD_OFFSET, PLAT, &bad[i], false);

		assert_int_equal(init_fails(r, sizeof(r->memory)), -ANY_ENODEV);
		world_fini(&r->world);
		free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_on_each_platform),
		cmocka_unit_test(refused_before_it_is_sent),
		cmocka_unit_test(vg_bk_07_read_only),
		cmocka_unit_test(without_options),
		cmocka_unit_test(writeback_is_the_drivers_choice),
		cmocka_unit_test(segments),
		cmocka_unit_test(segments_of_a_bounce_pool),
		cmocka_unit_test(da_33_lines_are_not_shared),
		cmocka_unit_test(d9_200000_requests),
		cmocka_unit_test(storm_on_every_platform),
		cmocka_unit_test(as_many_as_fit_and_no_more),
		cmocka_unit_test(vg_bk_05_the_disk_grows),
		cmocka_unit_test(vg_st_11_needs_reset_and_on_again),
		cmocka_unit_test(init_refuses_and_leaves_nothing),
		cmocka_unit_test(nonsense_limits_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

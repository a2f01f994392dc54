/* SPDX-License-Identifier: BSD-2-Clause */
/* Many requests at once, in any order, round and round the ring (D9, D15). */
#include "rig.h"

#define SLOT 65536u /* of RAM, for one buffer */

static uint64_t rng = 1;

static uint32_t pick(uint32_t below)
{
	rng = rng * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((rng >> 33) % below);
}

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
	assert_int_equal(n, rig_more & ANY_VIRTIO_F_INDIRECT_DESC ? QUEUE : QUEUE / 3);
	assert_int_equal(any_blk_submit(&r->blk, &req), -ANY_ENOMEM);
	any_blk_kick(&r->blk);
	run_device(r);
	for (; n; n--)
		assert_int_equal(any_blk_poll(&r->blk, &done), 0);
	assert_int_equal(any_blk_poll(&r->blk, &done), -ANY_EAGAIN);
	rig_down(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d9_200000_requests),
		cmocka_unit_test(storm_on_every_platform),
		cmocka_unit_test(as_many_as_fit_and_no_more),
	};

	int failed = 0;

	RIG_EACH_RING(failed, tests);
	return failed;
}

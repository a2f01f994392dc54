/* SPDX-License-Identifier: BSD-2-Clause */
/* Block: devices that fail, vanish, or do not answer a reset (../virtio/lost.h). */
#include "rig.h"

#include "../virtio/lost.h"

#define OUT 5u

static int init(void *rig)
{
	struct rig *r = rig;
	int err = any_blk_init(&r->blk, &r->transport, &r->world.dev, QUEUE, r->memory,
			       sizeof(r->memory));

	if (!err && (rig_more & ANY_VIRTIO_F_INDIRECT_DESC))
		err = any_blk_use_tables(&r->blk.queue, TABLE, r->tables, sizeof(r->tables));
	return err;
}

/* Reads, and a write: the device writes into the ones. */
static void begin(struct lost *l)
{
	struct rig *r = l->rig;

	for (uint32_t i = 0; i < OUT; i++) {
		const struct any_blk_request req = {.type = i ? ANY_BLK_T_IN : ANY_BLK_T_OUT,
						    .buf = r->world.ram + i * 4096,
						    .len = 1024,
						    .cookie = &l->ended[i]};

		assert_int_equal(any_blk_submit(&r->blk, &req), 0);
	}
	any_blk_kick(&r->blk);
}

static int interrupt(void *rig)
{
	return any_blk_interrupt(&((struct rig *)rig)->blk);
}

static int stop(void *rig)
{
	return any_blk_stop(&((struct rig *)rig)->blk);
}

static struct lost lost;

static int give_back(void *rig, uint32_t *which)
{
	struct rig *r = rig;
	struct any_blk_completion done;
	int err = any_blk_abort(&r->blk, &done);

	if (err)
		return err;
	*which = (uint32_t)((uint32_t *)done.cookie - lost.ended);
	return done.result == -ANY_EIO ? 0 : done.result;
}

static int fini(void *rig)
{
	return any_blk_fini(&((struct rig *)rig)->blk);
}

static void serve(void *rig)
{
	run_device(rig);
}

static void each_world(void (*test)(struct lost *l))
{
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_of((enum world_kind)kind, PLAT, NULL, false);

		memset(r->disk.data, 0xd5, sizeof(r->disk.data));
		lost = (struct lost){.world = &r->world,
				     .driver = &r->blk.virtio,
				     .device = &r->dev.virtio,
				     .rig = r,
				     .n = OUT,
				     .init = init,
				     .begin = begin,
				     .interrupt = interrupt,
				     .stop = stop,
				     .abort = give_back,
				     .fini = fini,
				     .serve = serve};
		vanish_init(&lost.vanish, &r->transport);
		test(&lost);
		world_fini(&r->world);
		free(r);
	}
}

LOST_TESTS(each_world)

int main(void)
{
	int failed = 0;

	RIG_EACH_RING(failed, lost_tests);
	return failed;
}

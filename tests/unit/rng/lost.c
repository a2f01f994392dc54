/* SPDX-License-Identifier: BSD-2-Clause */
/* Entropy: devices that fail, vanish, or do not answer a reset (../virtio/lost.h). */
#include "rig.h"

#include "../virtio/lost.h"

#define OUT 5u

static struct lost lost;

static int init(void *rig)
{
	struct rig *r = rig;

	return any_rng_init(&r->rng, &r->transport, &r->world.dev, QUEUE, r->memory,
			    sizeof(r->memory));
}

static void begin(struct lost *l)
{
	struct rig *r = l->rig;

	for (uint32_t i = 0; i < OUT; i++)
		assert_int_equal(any_rng_ask(&r->rng, r->world.ram + i * 4096, 256, &l->ended[i]),
				 0);
	any_rng_kick(&r->rng);
}

static int stop(void *rig)
{
	return any_rng_stop(&((struct rig *)rig)->rng);
}

static int give_back(void *rig, uint32_t *which)
{
	void *cookie = lost.ended;
	int err = any_rng_abort(&((struct rig *)rig)->rng, &cookie);

	*which = (uint32_t)((uint32_t *)cookie - lost.ended);
	return err;
}

static int fini(void *rig)
{
	return any_rng_fini(&((struct rig *)rig)->rng);
}

static void serve(void *rig)
{
	while (any_rng_device_process(&((struct rig *)rig)->dev, 3))
		;
}

static void each_world(void (*test)(struct lost *l))
{
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_of((enum world_kind)kind);

		lost = (struct lost){.world = &r->world,
				     .driver = &r->rng.virtio,
				     .device = &r->dev.virtio,
				     .rig = r,
				     .n = OUT,
				     .init = init,
				     .begin = begin,
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
	int bad = cmocka_run_group_tests(lost_tests, NULL, NULL);

	more = ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_EVENT_IDX;
	return bad + cmocka_run_group_tests_name("packed", lost_tests, NULL, NULL);
}

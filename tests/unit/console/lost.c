/* SPDX-License-Identifier: BSD-2-Clause */
/* Console: devices that fail, vanish, or do not answer a reset (../virtio/lost.h). */
#include "rig.h"

#include "../virtio/lost.h"

#define IN  3u /* buffers of port 0 */
#define OUT 2u

static struct lost lost;

static int init(void *rig)
{
	int err = rig_start(rig);

	if (!err && lost.vanish.mode == VANISH_NOT)
		settle(rig);
	return err;
}

static void begin(struct lost *l)
{
	struct rig *r = l->rig;

	for (uint32_t i = 0; i < IN; i++)
		assert_int_equal(any_console_post(&r->console, 0, r->world.ram + i * 4096, 256,
						  &l->ended[i]),
				 0);
	any_console_kick_receive(&r->console, 0);
	for (uint32_t i = 0; i < OUT; i++)
		assert_int_equal(any_console_transmit(&r->console, 0,
						      r->world.ram + 65536 + i * 4096, 100,
						      &l->ended[IN + i]),
				 0);
	any_console_kick_transmit(&r->console, 0);
}

static int interrupt(void *rig)
{
	return any_console_interrupt(&((struct rig *)rig)->console);
}

static int stop(void *rig)
{
	return any_console_stop(&((struct rig *)rig)->console);
}

static int give_back(void *rig, uint32_t *which)
{
	struct rig *r = rig;
	void *cookie = NULL;
	int err = any_console_abort_receive(&r->console, 0, &cookie);

	if (!cookie)
		err = any_console_abort_transmit(&r->console, 0, &cookie);
	*which = cookie ? (uint32_t)((uint32_t *)cookie - lost.ended) : LOST_MAX;
	return err;
}

static int fini(void *rig)
{
	return any_console_fini(&((struct rig *)rig)->console);
}

static void serve(void *rig)
{
	run_device(rig);
	assert_true(any_console_device_deliver(&((struct rig *)rig)->dev, 0, "0123456789", 10) <=
		    10);
}

static void each_world(void (*test)(struct lost *l))
{
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_of((enum world_kind)kind, MULTI | ANY_CONSOLE_F_SIZE);

		lost = (struct lost){.world = &r->world,
				     .driver = &r->console.virtio,
				     .device = &r->dev.virtio,
				     .rig = r,
				     .n = IN + OUT,
				     .init = init,
				     .begin = begin,
				     .interrupt = interrupt,
				     .stop = stop,
				     .abort = give_back,
				     .fini = fini,
				     .serve = serve};
		vanish_init(&lost.vanish, &r->transport);
		test(&lost);
		rig_free(r);
	}
}

LOST_TESTS(each_world)

int main(void)
{
	return rig_main(lost_tests, ANY_ARRAY_SIZE(lost_tests));
}

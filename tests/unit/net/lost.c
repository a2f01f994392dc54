/* SPDX-License-Identifier: BSD-2-Clause */
/* Network: devices that fail, vanish, or do not answer a reset (../virtio/lost.h). */
#include "rig.h"

#include "../virtio/lost.h"

#define IN  4u /* receive buffers */
#define OUT 3u /* frames */

static struct lost lost;

static int init(void *rig)
{
	return rig_start(rig);
}

/* And a command is out: the driver's own, nobody is told of it. */
static void begin(struct lost *l)
{
	struct rig *r = l->rig;

	post_all(r, IN, BUFFER);
	for (uint32_t i = 0; i < IN; i++)
		r->buffers[i].cookie = &l->ended[i];
	for (uint32_t i = 0; i < OUT; i++) {
		const struct any_net_piece piece = {r->world.ram + SEND_AT + i * 4096, 100};
		const struct any_net_frame frame = {
			.pieces = &piece, .n = 1, .cookie = &l->ended[IN + i]};

		assert_int_equal(any_net_transmit(&r->net, 0, &frame), 0);
	}
	any_net_kick_transmit(&r->net, 0);
	assert_int_equal(any_net_set_rx_mode(&r->net, ANY_NET_CTRL_RX_PROMISC, true), 0);
}

static int interrupt(void *rig)
{
	return any_net_interrupt(&((struct rig *)rig)->net);
}

static int stop(void *rig)
{
	return any_net_stop(&((struct rig *)rig)->net);
}

static int give_back(void *rig, uint32_t *which)
{
	struct rig *r = rig;
	struct any_net_buffer *buffer = NULL;
	void *cookie = lost.ended;
	int err = any_net_abort_receive(&r->net, 0, &buffer);

	if (buffer) {
		assert_null(buffer->next);
		assert_int_equal(buffer->bytes, 0);
		cookie = buffer->cookie;
	} else {
		assert_int_equal(r->net.pairs[0].posted, err == -ANY_EBUSY ? IN : 0);
		err = any_net_abort_transmit(&r->net, 0, &cookie);
	}
	*which = (uint32_t)((uint32_t *)cookie - lost.ended);
	return err;
}

static int fini(void *rig)
{
	return any_net_fini(&((struct rig *)rig)->net);
}

/* A frame for the driver, too, where there are buffers. */
static void serve(void *rig)
{
	static const uint8_t frame[1000] = OWN_MAC;
	struct rig *r = rig;

	run_device(r);
	assert_true(any_net_device_deliver(&r->dev, 0, &plain, frame, sizeof(frame)) <= 0);
	any_net_device_publish(&r->dev);
}

static void each_world(void (*test)(struct lost *l))
{
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct rig *r = rig_of((enum world_kind)kind, ALL, true);

		lost = (struct lost){.world = &r->world,
				     .driver = &r->net.virtio,
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
	int bad = cmocka_run_group_tests(lost_tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return bad + cmocka_run_group_tests_name("packed", lost_tests, NULL, NULL);
}

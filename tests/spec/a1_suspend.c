/* SPDX-License-Identifier: BSD-2-Clause */
/* A1, the rows of 3.4: the driver before a scripted device, the device before a driver by hand. */
#include "mock_blk.h"

#include "../unit/virtio/device_rig.h"

#undef TEST

#define OFFER	  (MOCK_CORE | BLK_ALL | ANY_VIRTIO_F_SUSPEND)
#define SUSPENDED 0x1b
#define RUNNING	  0x0f

/* ---- the driver ------------------------------------------------------------------------------ */

static void a_driver_suspends_what_runs_and_agreed(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER & ~ANY_VIRTIO_F_SUSPEND);
	struct any_virtio_driver early = {.status = 0xb, .features = ANY_VIRTIO_F_SUSPEND};
	uint32_t n = b->m->n_log;

	(void)state;
	assert_int_equal(any_virtio_suspend(&b->blk.virtio), -ANY_ENOTSUP);
	early.transport = &b->m->transport;
	assert_int_equal(any_virtio_suspend(&early), -ANY_ENOTSUP);
	assert_int_equal(any_virtio_resume(&early), -ANY_ENOTSUP);
	assert_int_equal(any_virtio_resume(&b->blk.virtio), -ANY_ENOTSUP);
	assert_int_equal(b->m->n_log, n); /* nothing was written */
	mock_blk_down(b);
}

static void a_driver_waits_until_it_lies_still_and_until_it_runs(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	struct any_virtio_driver *v = &b->blk.virtio;
	struct mock *m = b->m;
	const uint32_t writes = mock_count(m, MOCK_SET_STATUS);

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(any_virtio_suspend(v), -ANY_EAGAIN);
		assert_int_equal(m->status, 0x1f);
	}
	assert_int_equal(any_virtio_resume(v), -ANY_EAGAIN); /* not before it lies still */
	m->status = 0x0b;				     /* neither is nor runs */
	assert_int_equal(any_virtio_suspend(v), -ANY_EAGAIN);
	m->status = SUSPENDED;
	assert_int_equal(any_virtio_suspend(v), 0);
	assert_int_equal(any_virtio_suspend(v), 0);
	assert_int_equal(mock_count(m, MOCK_SET_STATUS), writes + 1);
	assert_int_equal(any_virtio_resume(v), -ANY_EAGAIN);
	assert_int_equal(m->status, 0x1f); /* no bit is taken back (VG-ST-09) */
	m->status = SUSPENDED;
	assert_int_equal(any_virtio_resume(v), -ANY_EAGAIN);
	assert_int_equal(mock_count(m, MOCK_SET_STATUS), writes + 2);
	assert_false(v->status & ANY_VIRTIO_STATUS_DRIVER_OK); /* so nothing is kicked yet */
	m->status = RUNNING;
	assert_int_equal(any_virtio_resume(v), 0);
	assert_int_equal(v->status, RUNNING);
	assert_int_equal(any_virtio_suspend(v), -ANY_EAGAIN); /* and again */
	m->status = SUSPENDED | ANY_VIRTIO_STATUS_NEEDS_RESET;
	assert_int_equal(any_virtio_suspend(v), -ANY_EPROTO);
	assert_int_equal(any_virtio_resume(v), -ANY_EPROTO);
	mock_blk_down(b);
}

/* What is submitted meanwhile is shown, and kicked, afterwards. */
static void a_driver_keeps_still_meanwhile(void **state)
{
	(void)state;
	for (unsigned packed = 0; packed < 2; packed++) {
		struct mock_blk *b = mock_blk_up(OFFER | (packed ? ANY_VIRTIO_F_RING_PACKED : 0));
		const struct any_blk_request flush = {.type = ANY_BLK_T_FLUSH};
		struct any_virtio_driver *v = &b->blk.virtio;
		struct mock *m = b->m;
		const struct any_vring ring = mock_ring(m, 0);

		for (unsigned step = 0; step < 3; step++) { /* asked for, reached, being left */
			if (step == 0)
				assert_int_equal(any_virtio_suspend(v), -ANY_EAGAIN);
			if (step == 1)
				m->status = SUSPENDED;
			if (step == 1)
				assert_int_equal(any_virtio_suspend(v), 0);
			if (step == 2)
				assert_int_equal(any_virtio_resume(v), -ANY_EAGAIN);
			assert_int_equal(mock_blk_send(b, flush), 0);
			assert_int_equal(any_blk_set_writeback(&b->blk, false), -ANY_EBUSY);
			assert_int_equal(mock_count(m, MOCK_KICK), 0);
			assert_int_equal(mock_count(m, MOCK_CONFIG_WRITE), 0);
			assert_int_equal(packed ? ring.desc[0].next : ring.avail->idx, 0);
		}
		m->status = RUNNING;
		assert_int_equal(any_virtio_resume(v), 0);
		any_blk_kick(&b->blk);
		assert_int_equal(mock_count(m, MOCK_KICK), 1);
		assert_int_not_equal(packed ? ring.desc[0].next : ring.avail->idx, 0);
		mock_blk_down(b);
	}
}

/* ---- the device ------------------------------------------------------------------------------ */

static bool suspends, resumes;
static uint32_t asked;

static bool on_suspend(void *ctx)
{
	(void)ctx;
	asked++;
	return suspends;
}

static bool on_resume(void *ctx)
{
	(void)ctx;
	return resumes;
}

static const struct any_virtio_device_ops suspend_ops = {
	.features_ok = on_features_ok,
	.config_read = on_config_read,
	.config_write = on_config_write,
	.reset = on_reset,
	.suspend = on_suspend,
	.resume = on_resume,
};

static int up(void **state)
{
	struct rig *r;

	setup(state);
	r = *state;
	assert_int_equal(any_virtio_device_init(&r->dev, &suspend_ops, r, &r->space, r->queues, 2,
						PLAT | 6 | ANY_VIRTIO_F_SUSPEND),
			 0);
	r->dev.config_len = 12;
	r->dev.interrupt = on_interrupt;
	r->dev.interrupt_ctx = r;
	suspends = resumes = true;
	asked = 0;
	return 0;
}

static void run(struct rig *r)
{
	negotiate(r, GOOD | ANY_VIRTIO_F_SUSPEND);
	assert_int_equal(setup_queue(r, 0, SIZE), 0);
	any_virtio_device_set_status(&r->dev, 0xf);
}

static void write_status(struct rig *r, uint8_t status)
{
	any_virtio_device_set_status(&r->dev, status);
}

static void suspend_before_its_time_is_ignored(void **state)
{
	static const uint8_t steps[] = {0, 1, 3, 0xb};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(steps); i++) {
		write_status(r, 0);
		if (steps[i] == 0xb)
			negotiate(r, GOOD | ANY_VIRTIO_F_SUSPEND);
		else if (steps[i])
			write_status(r, steps[i]);
		write_status(r, steps[i] | 0x10);
		assert_int_equal(r->dev.status, steps[i]);
	}
	write_status(r, 0x1f); /* with DRIVER_OK in one write: not yet initialised before it */
	assert_int_equal(r->dev.status, 0xf);
	negotiate(r, GOOD); /* not negotiated */
	write_status(r, 0xf);
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, 0xf);
	assert_int_equal(asked, 0);
}

/* What is in hand is finished and told before the device says that it lies still. */
static void a_device_drains_first(void **state)
{
	struct any_ring_chain chain, more;
	struct rig *r = *state;

	run(r);
	fill(r, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
	fill(r, 1);
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, RUNNING); /* on its way */
	assert_int_equal(asked, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &more), -ANY_EAGAIN);
	any_virtio_device_use(&r->dev, 0, chain.head, 0);
	assert_int_equal(r->dev.status, RUNNING);
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(r->parts.used->idx, 1);
	assert_int_equal(r->interrupts, 1); /* told */
	assert_int_equal(r->dev.status, SUSPENDED);
	assert_int_equal(asked, 1);
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, RUNNING);
	assert_true(r->queues[0].kicked); /* it looks again by itself */
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &more), 0);
	any_virtio_device_use(&r->dev, 0, more.head, 0); /* used and not told yet */
	write_status(r, 0x1f);
	assert_int_equal(r->parts.used->idx, 2);
	assert_int_equal(r->interrupts, 2);
	assert_int_equal(r->dev.status, SUSPENDED);
}

static void a_suspended_device_lies_still(void **state)
{
	uint8_t *canary = malloc(MEM), config[12];
	struct any_ring_chain chain;
	struct rig *r = *state;

	run(r);
	any_virtio_device_config_write(&r->dev, 0, 4, 7);
	assert_int_equal(r->config, 4 + 7);
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, SUSPENDED);
	fill(r, 0); /* a driver that should not */
	memcpy(canary, r->mem, MEM);
	for (uint32_t i = 0; i < 12; i++)
		config[i] = (uint8_t)any_virtio_device_config_read(&r->dev, i, 1);
	any_virtio_device_kick(&r->dev, 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	any_virtio_device_publish(&r->dev, 0);
	(void)any_virtio_device_enable_kick(&r->dev, 0);
	any_virtio_device_disable_kick(&r->dev, 0);
	any_virtio_device_config_write(&r->dev, 0, 4, 9); /* VD-ST-08 */
	assert_int_equal(r->config, 4 + 7);
	r->config = 77; /* it changes under its hands, */
	any_virtio_device_config_changed(&r->dev);
	assert_int_equal(r->interrupts, 0); /* and says so later */
	assert_int_equal(r->dev.isr, 0);
	assert_int_equal(r->dev.generation, 0);
	for (uint32_t i = 0; i < 12; i++)
		assert_int_equal(any_virtio_device_config_read(&r->dev, i, 1), config[i]);
	assert_memory_equal(canary, r->mem, MEM);
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, RUNNING);
	assert_int_equal(r->interrupts, 1);
	assert_int_equal(r->dev.isr, ANY_VIRTIO_ISR_CONFIG);
	assert_int_equal(r->dev.generation, 1);
	assert_int_equal(any_virtio_device_config_read(&r->dev, 0, 4), 77 + 4);
	write_status(r, 0x1f); /* and only once */
	write_status(r, 0x1f);
	assert_int_equal(r->interrupts, 1);
	free(canary);
}

static void it_ends_well_or_with_a_reset(void **state)
{
	struct rig *r = *state;

	run(r);
	suspends = false;
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, RUNNING | ANY_VIRTIO_STATUS_NEEDS_RESET);
	assert_int_equal(r->dev.isr, ANY_VIRTIO_ISR_CONFIG);
	suspends = true;
	resumes = false;
	run(r);
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, SUSPENDED);
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, SUSPENDED | ANY_VIRTIO_STATUS_NEEDS_RESET);
	resumes = true;
	run(r); /* a reset mends it, also out of suspension */
	write_status(r, 0x1f);
	assert_int_equal(r->dev.status, SUSPENDED);
	write_status(r, 0);
	assert_int_equal(r->dev.status, 0);
	run(r);
	assert_int_equal(r->dev.status, RUNNING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(a_driver_suspends_what_runs_and_agreed, "VG-ST-17"),
		SPEC(a_driver_waits_until_it_lies_still_and_until_it_runs, "VG-ST-18 VG-ST-20"),
		SPEC(a_driver_keeps_still_meanwhile, "VG-ST-19"),
		SPEC_IN(suspend_before_its_time_is_ignored, "VD-ST-07", up, teardown),
		SPEC_IN(a_device_drains_first, "VD-ST-12", up, teardown),
		SPEC_IN(a_suspended_device_lies_still, "VD-ST-08 VD-ST-09 VD-ST-10", up, teardown),
		SPEC_IN(it_ends_well_or_with_a_reset, "VD-ST-11", up, teardown),
	};

	return cmocka_run_group_tests_name("a1_suspend", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A1, the driver's rows: a whole driver's life as the device's registers see it. */
#include "mock_blk.h"

#define OFFER (MOCK_CORE | BLK_ALL)

/* Nothing that belongs to a later step comes before the step it needs. */
static void registers_in_the_order_of_bring_up(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	const struct mock *m = b->m;
	const uint32_t negotiated = mock_reached(m, ANY_VIRTIO_STATUS_FEATURES_OK);
	const uint32_t ready = mock_reached(m, ANY_VIRTIO_STATUS_DRIVER_OK);
	static const uint8_t steps[] = {0, 1, 3, 0xb, 0xf};
	uint32_t at = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(steps); i++, at++) {
		at = mock_find(m, MOCK_SET_STATUS, at);
		assert_true(at < m->n_log && m->log[at].value == steps[i]);
	}
	assert_int_equal(mock_find(m, MOCK_SET_STATUS, at), m->n_log);
	assert_true(mock_find(m, MOCK_SET_FEATURES, 0) < negotiated);
	/* read back before anything else is done */
	assert_int_equal(m->log[negotiated + 1].kind, MOCK_GET_STATUS);
	assert_true(mock_find(m, MOCK_QUEUE_SETUP, 0) > negotiated);
	assert_true(mock_find(m, MOCK_QUEUE_SETUP, 0) < ready);
	mock_blk_down(b);
}

static void configuration_is_not_written_while_negotiating(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	const struct mock *m = b->m;

	(void)state;
	assert_int_equal(mock_count(m, MOCK_CONFIG_WRITE), 0);
	assert_int_equal(any_blk_set_writeback(&b->blk, false), 0); /* so the trap works */
	assert_true(mock_find(m, MOCK_CONFIG_WRITE, 0) >
		    mock_reached(m, ANY_VIRTIO_STATUS_FEATURES_OK));
	assert_true(mock_find(m, MOCK_CONFIG_WRITE, 0) < m->n_log);
	mock_blk_down(b);
}

static void features_are_written_once(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	const struct mock *m = b->m;

	(void)state;
	assert_int_equal(any_blk_interrupt(&b->blk), 0);
	assert_int_equal(mock_count(m, MOCK_SET_FEATURES), 1);
	assert_true(mock_find(m, MOCK_SET_FEATURES, 0) <
		    mock_reached(m, ANY_VIRTIO_STATUS_FEATURES_OK));
	mock_blk_down(b);
}

enum {
	NO_VERSION_1,
	NO_ACCESS,
	DROPPED,
	NO_QUEUE,
	TINY_QUEUE,
	BAD_QUEUE,
	TORN,
	BAD_CAPACITY,
	WRONG_DEVICE,
	SHORT_CONFIG,
	STEPS
};

static void break_step(struct mock *m, unsigned step)
{
	switch (step) {
	case NO_VERSION_1:
		m->offered &= ~ANY_VIRTIO_F_VERSION_1;
		break;
	case NO_ACCESS:
		m->offered &= ~ANY_VIRTIO_F_ACCESS_PLATFORM;
		break;
	case DROPPED:
		m->drops_features_ok = true;
		break;
	case NO_QUEUE:
		m->queue_max[0] = 0;
		break;
	case TINY_QUEUE:
		m->queue_max[0] = 1;
		break;
	case BAD_QUEUE:
		m->setup_error = -ANY_EIO;
		break;
	case TORN:
		m->restless = UINT32_MAX;
		break;
	case BAD_CAPACITY:
		memset(m->config, 0xff, 8);
		break;
	case WRONG_DEVICE:
		m->transport.device_id = 1;
		break;
	default:
		m->transport.config_len = 4;
	}
}

/* Each step fails in turn: FAILED is said, DRIVER_OK is not, and nothing is set up afterwards. */
static void every_failure_is_told_and_final(void **state)
{
	(void)state;
	for (unsigned step = 0; step < STEPS; step++) {
		struct mock_blk *b = mock_blk_new(OFFER);
		struct mock *m = b->m;
		uint32_t failed;

		break_step(m, step);
		assert_int_not_equal(mock_blk_init(b), 0);
		assert_non_null(b->blk.virtio.why);
		failed = mock_reached(m, ANY_VIRTIO_STATUS_FAILED);
		assert_true(failed < m->n_log);
		assert_int_equal(failed, m->n_log - 1); /* and that was the last of it */
		assert_int_equal(mock_reached(m, ANY_VIRTIO_STATUS_DRIVER_OK), m->n_log);
		assert_int_equal(m->world.coherent.pages_used, 0);
		/* the same driver tries again on a device that is well: a reset comes first */
		m->n_log = 0;
		m->offered = OFFER;
		m->drops_features_ok = false;
		m->restless = 0;
		m->setup_error = 0;
		m->queue_max[0] = 64;
		m->transport.device_id = ANY_VIRTIO_ID_BLOCK;
		m->transport.config_len = ANY_BLK_CFG_BYTES;
		mock_blk_config(m);
		assert_int_equal(mock_blk_init(b), 0);
		assert_int_equal(m->log[0].kind, MOCK_SET_STATUS);
		assert_int_equal(m->log[0].value, 0);
		mock_blk_down(b);
	}
}

/* A driver's whole life, with a failure in it: each status is a superset of the last, or 0. */
static void status_bits_are_never_taken_back(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	struct mock *m = b->m;
	struct any_blk_completion done;
	uint64_t last = 0;
	uint32_t n = 0;

	(void)state;
	any_virtio_fail(&b->blk.virtio, "test");
	assert_int_equal(any_blk_stop(&b->blk), 0);
	assert_int_equal(any_blk_abort(&b->blk, &done), -ANY_EAGAIN);
	assert_int_equal(any_blk_fini(&b->blk), 0);
	assert_int_equal(mock_blk_init(b), 0);
	for (uint32_t i = mock_find(m, MOCK_SET_STATUS, 0); i < m->n_log;
	     i = mock_find(m, MOCK_SET_STATUS, i + 1), n++) {
		assert_true(!m->log[i].value || !(last & ~m->log[i].value));
		last = m->log[i].value;
	}
	assert_true(n >= 12);
	mock_blk_down(b);
}

static void nothing_is_kicked_before_driver_ok(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	const struct any_blk_request flush = {.type = ANY_BLK_T_FLUSH};

	(void)state;
	assert_int_equal(mock_blk_send(b, flush), 0);
	assert_int_equal(mock_count(b->m, MOCK_KICK), 1);
	assert_true(mock_find(b->m, MOCK_KICK, 0) >
		    mock_reached(b->m, ANY_VIRTIO_STATUS_DRIVER_OK));
	mock_blk_down(b);
}

/* A change of configuration at any moment: idle, with a request out, twice, with none behind it. */
static void configuration_changes_at_any_time(void **state)
{
	struct mock_blk *b = mock_blk_up(OFFER);
	struct mock *m = b->m;
	const struct any_blk_request flush = {.type = ANY_BLK_T_FLUSH, .cookie = b};
	struct any_blk_completion done;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		if (i == 2)
			assert_int_equal(mock_blk_send(b, flush), 0);
		any_store_le32((void *)m->config, 2048 + i);
		m->generation++;
		m->isr = ANY_VIRTIO_ISR_CONFIG | (i == 2 ? ANY_VIRTIO_ISR_QUEUE : 0);
		assert_int_equal(any_blk_interrupt(&b->blk), 0);
		assert_true(b->blk.limits.capacity == 2048 + i);
		assert_int_equal(any_blk_poll(&b->blk, &done), -ANY_EAGAIN);
	}
	m->isr = ANY_VIRTIO_ISR_CONFIG; /* said, and nothing is different */
	assert_int_equal(any_blk_interrupt(&b->blk), 0);
	m->status |= ANY_VIRTIO_STATUS_NEEDS_RESET;
	m->isr = ANY_VIRTIO_ISR_CONFIG;
	assert_int_equal(any_blk_interrupt(&b->blk), -ANY_EPROTO);
	assert_int_equal(any_blk_stop(&b->blk), 0);
	assert_int_equal(any_blk_abort(&b->blk, &done), 0); /* neither done nor lost */
	assert_ptr_equal(done.cookie, b);
	assert_int_equal(done.result, -ANY_EIO);
	mock_blk_down(b);
}

static void a_slow_reset_is_waited_for(void **state)
{
	struct mock_blk *b = mock_blk_new(OFFER);

	(void)state;
	b->m->slow_reset = 1000;
	assert_int_equal(mock_blk_init(b), 0);
	assert_int_equal(b->m->polls_left, 0);
	assert_int_equal(b->m->log[1].kind, MOCK_GET_STATUS); /* 0 was seen before anything else */
	assert_int_equal(b->m->log[1].value, 0);
	b->m->slow_reset = UINT32_MAX;
	assert_int_equal(any_blk_stop(&b->blk), -ANY_ENODEV);
	assert_int_equal(any_blk_fini(&b->blk), -ANY_EBUSY); /* the rings may still be written */
	mock_blk_down(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(registers_in_the_order_of_bring_up, "VG-ST-01 VG-ST-04 VG-ST-08"),
		SPEC(configuration_is_not_written_while_negotiating, "VG-ST-02"),
		SPEC(features_are_written_once, "VG-ST-03"),
		SPEC(every_failure_is_told_and_final, "VG-ST-05 VG-ST-06 VG-ST-10"),
		SPEC(status_bits_are_never_taken_back, "VG-ST-09"),
		SPEC(nothing_is_kicked_before_driver_ok, "VG-ST-07"),
		SPEC(configuration_changes_at_any_time, "VG-ST-16 VG-ST-11"),
		SPEC(a_slow_reset_is_waited_for, "VG-ST-12 VG-ST-15"),
	};

	return cmocka_run_group_tests_name("a1_status", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's bring-up against a scripted device: status, features, configuration. */
#include "mock.h"

static struct world world;
static struct mock mock;
static struct any_virtio_driver driver;

static int setup(void **state)
{
	(void)state;
	world_init(&world, WORLD_OFFSET);
	mock_init(&mock, &world);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_fini(&world);
	return 0;
}

static int begin(uint64_t wanted, uint64_t required)
{
	return any_virtio_begin(&driver, &mock.transport, &world.dev, wanted, required);
}

static void vg_st_01_bring_up_order(void **state)
{
	(void)state;
	assert_int_equal(begin(0, 0), 0);
	any_virtio_ready(&driver);
	assert_string_equal(world.text, "0 1 3 F b f ");
	assert_null(driver.why);
}

static void vg_st_04_06_dropped_features_ok(void **state)
{
	(void)state;
	mock.drops_features_ok = true;
	assert_int_equal(begin(0, 0), -ANY_ENODEV);
	assert_string_equal(world.text, "0 1 3 F b 8b ");
	assert_non_null(driver.why);
}

static void vg_st_10_after_failure_the_first_write_is_a_reset(void **state)
{
	(void)state;
	vg_st_04_06_dropped_features_ok(state);
	mock.drops_features_ok = false;
	world.text[0] = 0;
	assert_int_equal(begin(0, 0), 0);
	assert_string_equal(world.text, "0 1 3 F b ");
}

static void vg_st_12_reset_is_polled_and_bounded(void **state)
{
	(void)state;
	mock.reset_polls = 5000;
	assert_int_equal(begin(0, 0), 0);
	assert_int_equal(mock.polls_left, 0);
	mock.reset_polls = UINT32_MAX;
	assert_int_equal(begin(0, 0), -ANY_ENODEV);
	assert_non_null(strstr(driver.why, "reset"));
	assert_int_equal(any_virtio_reset(&driver), -ANY_ENODEV);
	assert_int_not_equal(driver.status, 0); /* its memory is not ours again */
}

static void vg_st_11_needs_reset_is_seen(void **state)
{
	(void)state;
	assert_int_equal(begin(0, 0), 0);
	assert_false(any_virtio_needs_reset(&driver));
	mock.status |= ANY_VIRTIO_STATUS_NEEDS_RESET;
	assert_true(any_virtio_needs_reset(&driver));
}

static void vg_ft_01_04_07_accepts_what_it_knows_of_any_offer(void **state)
{
	const uint64_t core = MOCK_NORMAL | ANY_VIRTIO_F_EVENT_IDX | ANY_VIRTIO_F_RING_PACKED |
			      ANY_VIRTIO_F_NOTIFICATION_DATA | ANY_VIRTIO_F_SUSPEND;

	(void)state;
	mock.offered = UINT64_MAX;
	assert_int_equal(begin(0x6, 0), 0);
	assert_true(mock.accepted == (core | 0x6));
	/* transport bits cannot be wanted in, but for the two of the ring that a driver chooses */
	assert_int_equal(begin(UINT64_MAX, 0), 0);
	assert_true(mock.accepted == (core | ANY_VIRTIO_F_DEVICE_TYPE | ANY_VIRTIO_F_INDIRECT_DESC |
				      ANY_VIRTIO_F_IN_ORDER));
	/* never more than was offered, one bit at a time */
	for (unsigned bit = 0; bit < 64; bit++) {
		mock.offered = ANY_VIRTIO_F_VERSION_1 | ANY_VIRTIO_F_ACCESS_PLATFORM | 1ull << bit;
		assert_int_equal(begin(UINT64_MAX, 0), 0);
		assert_true((mock.accepted & ~mock.offered) == 0);
		assert_true(driver.features == mock.accepted);
	}
}

/* A packed ring's lines have two writers. */
static void vg_fb_09_packed_only_with_coherent_memory(void **state)
{
	(void)state;
	mock.offered |= ANY_VIRTIO_F_RING_PACKED;
	assert_int_equal(begin(0, 0), 0);
	assert_true(mock.accepted & ANY_VIRTIO_F_RING_PACKED);
	world.plat.coherent = NULL;
	assert_int_equal(begin(0, 0), 0);
	assert_false(mock.accepted & ANY_VIRTIO_F_RING_PACKED);
	world.plat.coherent = &world.coherent;
}

static void vg_ft_05_06_wanted_may_lack_required_may_not(void **state)
{
	(void)state;
	assert_int_equal(begin(0x4, 0), 0);
	assert_false(any_virtio_has(&driver, 0x4));
	world.text[0] = 0;
	assert_int_equal(begin(0, 0x4), -ANY_ENODEV);
	assert_string_equal(world.text, "0 1 3 83 ");
	mock.offered |= 0x4;
	assert_int_equal(begin(0, 0x4), 0);
	assert_true(any_virtio_has(&driver, 0x4));
}

static void vg_fb_04_05_version_1(void **state)
{
	(void)state;
	assert_int_equal(begin(0, 0), 0);
	assert_true(any_virtio_has(&driver, ANY_VIRTIO_F_VERSION_1));
	mock.offered &= ~ANY_VIRTIO_F_VERSION_1;
	assert_int_equal(begin(0, 0), -ANY_ENODEV);
	assert_true(mock.status & ANY_VIRTIO_STATUS_FAILED);
}

static void vg_fb_06_12_bits_33_and_36_whenever_offered(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct world w;

		world_init(&w, (enum world_kind)kind);
		mock_init(&mock, &w);
		assert_int_equal(any_virtio_begin(&driver, &mock.transport, &w.dev, 0, 0), 0);
		assert_true(mock.accepted == MOCK_NORMAL);
		world_fini(&w);
	}
}

/* A4.1, rows with 33 not offered. */
static void ap_2_without_access_platform_only_on_a_flat_machine(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORLD_KINDS; kind++) {
		struct world w;
		int err;

		world_init(&w, (enum world_kind)kind);
		mock_init(&mock, &w);
		mock.offered &= ~ANY_VIRTIO_F_ACCESS_PLATFORM;
		err = any_virtio_begin(&driver, &mock.transport, &w.dev, 0, 0);
		if (kind == WORLD_FLAT) {
			assert_int_equal(err, 0);
		} else {
			assert_int_equal(err, -ANY_EPERM);
			assert_string_equal(w.text, "0 1 3 83 ");
			assert_non_null(strstr(driver.why, "ACCESS_PLATFORM"));
			assert_int_equal(mock.size, 0); /* no queue was ever set up */
		}
		world_fini(&w);
	}
}

/* Order is not translation: 36 alone changes nothing about refusal. */
static void ap_2_order_platform_alone_is_no_excuse(void **state)
{
	(void)state;
	mock.offered = ANY_VIRTIO_F_VERSION_1 | ANY_VIRTIO_F_ORDER_PLATFORM;
	assert_int_equal(begin(0, 0), -ANY_EPERM);
}

/* ---- configuration ----------------------------------------------------------------------------
 */

static uint64_t read_wide(bool *torn)
{
	struct any_virtio_config_read read = any_virtio_config_begin(&driver);
	uint64_t value;

	do {
		value = any_virtio_config64(&driver, 0);
	} while (any_virtio_config_again(&driver, &read));
	*torn = read.torn;
	return value;
}

static void vg_cf_01_02_wide_fields_are_never_torn(void **state)
{
	bool torn;

	(void)state;
	assert_int_equal(begin(0, 0), 0);
	for (uint32_t changes = 0; changes < 20; changes++) {
		memset(mock.config, 0x10, sizeof(mock.config));
		mock.changes = changes;
		uint64_t value = read_wide(&torn);

		assert_false(torn);
		for (int i = 1; i < 8; i++) /* all bytes of one version */
			assert_int_equal((uint8_t)(value >> 8 * i), (uint8_t)value);
		assert_int_equal((uint8_t)value, 0x10 + changes);
	}
}

static void vg_cf_02_a_device_that_never_stands_still(void **state)
{
	bool torn;

	(void)state;
	assert_int_equal(begin(0, 0), 0);
	mock.changes = UINT32_MAX;
	read_wide(&torn);
	assert_true(torn);
}

static void vb_cf_01_widths(void **state)
{
	(void)state;
	for (uint8_t i = 0; i < 64; i++)
		mock.config[i] = i;
	assert_int_equal(begin(0, 0), 0);
	assert_int_equal(any_virtio_config8(&driver, 33), 33);
	assert_int_equal(any_virtio_config16(&driver, 34), 0x2322);
	assert_int_equal(any_virtio_config32(&driver, 8), 0x0b0a0908);
	assert_true(any_virtio_config64(&driver, 56) == 0x3f3e3d3c3b3a3938ull);
}

static void vg_cf_05_a_short_configuration_reads_as_0(void **state)
{
	(void)state;
	memset(mock.config, 0xff, sizeof(mock.config));
	mock.transport.config_len = 6;
	assert_int_equal(begin(0, 0), 0);
	assert_int_equal(any_virtio_config32(&driver, 0), 0xffffffff);
	assert_int_equal(any_virtio_config32(&driver, 4), 0);
	assert_int_equal(any_virtio_config8(&driver, 6), 0);
	assert_int_equal(any_virtio_config32(&driver, 0xfffffffc), 0);
	mock.transport.config_len = 0;
	assert_int_equal(any_virtio_config8(&driver, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vg_st_01_bring_up_order),
		TEST(vg_st_04_06_dropped_features_ok),
		TEST(vg_st_10_after_failure_the_first_write_is_a_reset),
		TEST(vg_st_12_reset_is_polled_and_bounded),
		TEST(vg_st_11_needs_reset_is_seen),
		TEST(vg_ft_01_04_07_accepts_what_it_knows_of_any_offer),
		TEST(vg_fb_09_packed_only_with_coherent_memory),
		TEST(vg_ft_05_06_wanted_may_lack_required_may_not),
		TEST(vg_fb_04_05_version_1),
		TEST(vg_fb_06_12_bits_33_and_36_whenever_offered),
		TEST(ap_2_without_access_platform_only_on_a_flat_machine),
		TEST(ap_2_order_platform_alone_is_no_excuse),
		TEST(vg_cf_01_02_wide_fields_are_never_torn),
		TEST(vg_cf_02_a_device_that_never_stands_still),
		TEST(vb_cf_01_widths),
		TEST(vg_cf_05_a_short_configuration_reads_as_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

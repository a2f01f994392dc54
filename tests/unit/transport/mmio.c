/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's registers over MMIO (A8), access by access against a device that notes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/virtio/mmio.h>

#include "any_arch.h"

#define WINDOW 0x200u

/* What may be read and what may be written, by table 4.1 (VG-MM-01). */
static const uint16_t readable[] = {0x00, 0x04, 0x08, 0x0c, 0x10, 0x34, 0x44, 0x60,
				    0x70, 0xb0, 0xb4, 0xb8, 0xbc, 0xc0, 0xfc};
static const uint16_t writable[] = {0x14, 0x20, 0x24, 0x30, 0x38, 0x44, 0x50, 0x64, 0x70,
				    0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4, 0xac, 0xc0};

static struct {
	uint8_t window[WINDOW];
	uint32_t magic, version, id, status, isr, generation, queue_max, ready;
	uint64_t offered;
	uint32_t sel;		    /* of features, as last written */
	unsigned reset_reads, asks; /* reads of QueueReset that say it goes on; and so many made */
	bool resetting, gone, never_ready;
	char text[1024];
} mock;

static bool is_in(const uint16_t *list, size_t n, uint32_t offset)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == offset)
			return true;
	return false;
}

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *format, ...)
{
	const size_t at = strlen(mock.text);
	va_list args;

	va_start(args, format);
	vsnprintf(mock.text + at, sizeof(mock.text) - at, format, args);
	va_end(args);
}

static uint32_t offset_of(const volatile void *reg, unsigned width)
{
	const uint32_t offset = (uint32_t)((const volatile uint8_t *)reg - mock.window);

	assert_true(offset < WINDOW);
	assert_int_equal(offset % width, 0);
	assert_true(offset >= 0x100 || width == 4); /* VG-MM-02 */
	return offset;
}

static uint32_t value_of(uint32_t offset)
{
	switch (offset) {
	case 0x00:
		return mock.magic;
	case 0x04:
		return mock.version;
	case 0x08:
		return mock.id;
	case 0x10:
		return mock.sel > 1 ? 0 : (uint32_t)(mock.offered >> (32 * mock.sel));
	case 0x34:
		return mock.queue_max;
	case 0x44:
		return mock.ready;
	case 0x60:
		return mock.isr;
	case 0x70:
		return mock.status;
	case 0xc0:
		mock.asks++;
		return mock.resetting && mock.asks <= mock.reset_reads;
	case 0xfc:
		return mock.generation;
	default:
		return 0;
	}
}

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	const uint32_t offset = offset_of(reg, width);

	assert_true(offset >= 0x100 || is_in(readable, ANY_ARRAY_SIZE(readable), offset));
	if (mock.asks < 2)
		note("r%x ", (unsigned)offset);
	if (mock.gone)
		return width == 4 ? UINT32_MAX : (1u << 8 * width) - 1;
	if (offset < 0x100)
		return value_of(offset);
	return width == 1   ? mock.window[offset]
	       : width == 2 ? (uint32_t)(mock.window[offset] | mock.window[offset + 1] << 8)
			    : 0x44332211;
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	const uint32_t offset = offset_of(reg, width);

	assert_true(offset >= 0x100 || is_in(writable, ANY_ARRAY_SIZE(writable), offset));
	note("w%x=%x ", (unsigned)offset, (unsigned)value);
	if (offset == 0x14)
		mock.sel = value;
	else if (offset == 0x44)
		mock.ready = value && !mock.never_ready;
	else if (offset == 0xc0)
		mock.resetting = true;
}

void mock_barrier(const char *name)
{
	if (mock.asks < 2)
		note("%s ", name);
}

static struct any_virtio_mmio mmio;
static struct any_virtio_transport t;

static int up(void **state)
{
	(void)state;
	memset(&mock, 0, sizeof(mock));
	mock.magic = 0x74726976;
	mock.version = 2;
	mock.id = 2;
	mock.queue_max = 16;
	assert_int_equal(any_virtio_mmio_init(&mmio, &t, mock.window, WINDOW), 0);
	mock.text[0] = 0;
	return 0;
}

static int begin(void)
{
	mock.text[0] = 0;
	memset(&t, 0, sizeof(t));
	return any_virtio_mmio_init(&mmio, &t, mock.window, WINDOW);
}

static void vg_mm_03_04_11_the_first_accesses(void **state)
{
	(void)state;
	assert_int_equal(begin(), 0);
	assert_string_equal(mock.text, "r0 r4 r8 ");
	assert_int_equal(t.device_id, 2);
	assert_int_equal(t.config_len, WINDOW - 0x100);
	mock.id = 0;
	assert_int_equal(begin(), -ANY_ENOENT);
	assert_string_equal(mock.text, "r0 r4 r8 ");
	mock.version = 1;
	assert_int_equal(begin(), -ANY_ENODEV);
	assert_string_equal(mock.text, "r0 r4 ");
	mock.magic = 0x76697274;
	assert_int_equal(begin(), -ANY_ENODEV);
	assert_string_equal(mock.text, "r0 ");
	mock.gone = true;
	assert_int_equal(begin(), -ANY_ENODEV);
	assert_null(t.ops);
	mock.text[0] = 0;
	assert_int_equal(any_virtio_mmio_init(&mmio, &t, mock.window, 0xff), -ANY_EINVAL);
	assert_string_equal(mock.text, "");
}

static void vg_mm_05_the_half_is_chosen_first(void **state)
{
	(void)state;
	mock.offered = 0x123456789abcdef0;
	assert_true(t.ops->get_features(t.ctx) == mock.offered);
	assert_string_equal(mock.text, "w14=0 r10 w14=1 r10 ");
	mock.text[0] = 0;
	t.ops->set_features(t.ctx, 0x123456789abcdef0);
	assert_string_equal(mock.text, "w24=0 w20=9abcdef0 w24=1 w20=12345678 ");
}

static int setup(uint32_t size)
{
	mock.text[0] = 0;
	return t.ops->queue_setup(t.ctx, 3, size, any_dma(0x1122334455667780),
				  any_dma(0x2000000010), any_dma(0x30));
}

static void vg_mm_06_07_13_a_queue_is_set_up(void **state)
{
	(void)state;
	assert_int_equal(t.ops->queue_max(t.ctx, 3), 16);
	assert_string_equal(mock.text, "w30=3 r34 ");
	assert_int_equal(setup(16), 0);
	assert_string_equal(mock.text, "w30=3 r44 r34 w38=10 w80=55667780 w84=11223344 w90=10 "
				       "w94=20 wa0=30 wa4=0 wmb w44=1 r44 ");
	assert_int_equal(setup(16), -ANY_EBUSY);
	assert_string_equal(mock.text, "w30=3 r44 ");
	mock.ready = 0;
	assert_int_equal(setup(17), -ANY_EINVAL);
	assert_string_equal(mock.text, "w30=3 r44 r34 ");
	mock.never_ready = true;
	assert_int_equal(setup(16), -ANY_EINVAL);
}

static void vg_mm_10_a_reset_ends_when_it_reads_0(void **state)
{
	(void)state;
	assert_int_equal(t.ops->queue_reset(t.ctx, 1), 0);
	assert_string_equal(mock.text, "w30=1 wc0=1 rc0 rmb ");
	mock.asks = 0;
	mock.reset_reads = 1000;
	assert_int_equal(t.ops->queue_reset(t.ctx, 1), 0);
	assert_int_equal(mock.asks, 1001);
	mock.asks = 0;
	mock.reset_reads = UINT32_MAX; /* never */
	assert_int_equal(t.ops->queue_reset(t.ctx, 1), -ANY_EBUSY);
	assert_true(mock.asks < 10000000);
}

/* Surprise removal: every register reads as ones. */
static void a_device_that_is_gone(void **state)
{
	(void)state;
	mock.gone = true;
	assert_int_equal(t.ops->queue_max(t.ctx, 0), 0);
	assert_int_equal(t.ops->queue_reset(t.ctx, 0), -ANY_ENODEV);
	assert_int_equal(setup(16), -ANY_EBUSY);
	assert_int_equal(t.ops->get_status(t.ctx), 0xff);
}

static void vg_mm_09_12_only_what_is_defined_is_acknowledged(void **state)
{
	(void)state;
	mock.isr = 0x80;
	assert_int_equal(t.ops->read_isr(t.ctx), 0);
	assert_string_equal(mock.text, "r60 ");
	mock.isr = 0x83;
	assert_int_equal(t.ops->read_isr(t.ctx), 3);
	assert_string_equal(mock.text, "r60 r60 w64=3 ");
}

/* VG-MM-14 with and without feature 38; A4.2: memory before the notification. */
static void vg_mm_14_a_kick(void **state)
{
	(void)state;
	t.ops->kick(t.ctx, 3);
	t.ops->kick(t.ctx, 0x80050003);
	assert_string_equal(mock.text, "wmb w50=3 wmb w50=80050003 ");
}

/*
 * OP-TEE/optee_os #5997: do accessors order memory? Here they never do, and who needs it says so:
 * a write that makes the device look at memory has its barrier, and one that does not has none.
 */
static void optee_os_5997_who_orders_a_register_write(void **state)
{
	(void)state;
	t.ops->set_features(t.ctx, 0);
	assert_null(strstr(mock.text, "mb "));
	t.ops->kick(t.ctx, 3);
	assert_non_null(strstr(mock.text, "wmb w50=3 "));
	mock.text[0] = 0;
	t.ops->config_write(t.ctx, 0, 1, 1);
	assert_null(strstr(mock.text, "mb "));
}

static void status_is_ordered_against_memory(void **state)
{
	(void)state;
	mock.status = 0xf;
	t.ops->set_status(t.ctx, 0xf);
	assert_int_equal(t.ops->get_status(t.ctx), 0xf);
	assert_string_equal(mock.text, "wmb w70=f r70 rmb ");
}

static void vg_mm_02_configuration_by_its_width(void **state)
{
	(void)state;
	mock.window[0x103] = 0x5a;
	mock.generation = 7;
	assert_int_equal(t.ops->config_read(t.ctx, 3, 1), 0x5a);
	assert_int_equal(t.ops->config_read(t.ctx, 2, 2), 0x5a00);
	assert_int_equal(t.ops->config_read(t.ctx, 8, 4), 0x44332211);
	t.ops->config_write(t.ctx, 1, 1, 0xab);
	t.ops->config_write(t.ctx, 2, 2, 0xabcd);
	t.ops->config_write(t.ctx, 4, 4, 0xabcdef01);
	assert_int_equal(t.ops->config_generation(t.ctx), 7);
	assert_string_equal(mock.text, "r103 r102 r108 w101=ab w102=abcd w104=abcdef01 rfc ");
}

#define TEST(name) cmocka_unit_test_setup(name, up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vg_mm_03_04_11_the_first_accesses),
		TEST(vg_mm_05_the_half_is_chosen_first),
		TEST(vg_mm_06_07_13_a_queue_is_set_up),
		TEST(vg_mm_10_a_reset_ends_when_it_reads_0),
		TEST(a_device_that_is_gone),
		TEST(vg_mm_09_12_only_what_is_defined_is_acknowledged),
		TEST(vg_mm_14_a_kick),
		TEST(optee_os_5997_who_orders_a_register_write),
		TEST(status_is_ordered_against_memory),
		TEST(vg_mm_02_configuration_by_its_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Each side's accesses to a packed ring and its barriers, in program order, against table A4.2. */
#include "packed_pair.h"

#include <stdio.h>

#include "watched.h"

static struct packed p;
static char trace[1024];

static void add(const char *text)
{
	if (trace[0])
		strcat(trace, " ");
	strcat(trace, text);
	assert_true(strlen(trace) < sizeof(trace) - 64);
}

/* A descriptor's body, or its flags; the slot beside it. */
static void on_access(void *ctx, uintptr_t at, unsigned bytes, bool store)
{
	static char last[64];
	const uintptr_t ring = at - (uintptr_t)p.slots;
	char now[64];

	(void)ctx;
	(void)bytes;
	if (ring < 16 * p.config.size)
		snprintf(now, sizeof(now), "%s:%s%u", store ? "st" : "ld",
			 ring % 16 < 14 ? "desc" : "flags", (unsigned)(ring / 16));
	else
		snprintf(now, sizeof(now), "%s:%s", store ? "st" : "ld",
			 at >= (uintptr_t)p.parts.used ? "device_event" : "driver_event");
	if (strcmp(last, now) != 0 || !strstr(trace, now))
		add(now);
	strcpy(last, now);
}

static void on_barrier(void *ctx, const char *name)
{
	(void)ctx;
	add(name);
}

static void watch(bool order_platform, bool event_idx)
{
	packed_init(&p, 4, event_idx);
	p.config.order_platform = order_platform;
	assert_int_equal(any_ring_driver_init(&p.driver, &p.config, p.shadow), 0);
	assert_int_equal(any_ring_device_init(&p.device, &p.config), 0);
	watched = (struct watched){.from = (uintptr_t)p.mem,
				   .to = (uintptr_t)p.mem + p.bytes,
				   .access = on_access,
				   .barrier = on_barrier};
	trace[0] = 0;
}

static void expect(const char *order)
{
	assert_string_equal(trace, order);
	trace[0] = 0;
}

static void unwatch(void)
{
	watched = (struct watched){.from = 0};
	packed_fini(&p);
}

static void make(uint32_t n)
{
	const struct any_ring_buf buf[2] = {{0x1000, 16}, {0x2000, 16}};
	uint16_t id;

	assert_int_equal(any_ring_make_avail(&p.driver, buf, 1, n - 1, &id), 0);
}

/* VG-PR-09, -12, -13 and VD-PR-11, without ORDER_PLATFORM: SMP barriers (OP-2). */
static void a4_2_order_platform_off(void **state)
{
	struct any_ring_done done;

	(void)state;
	watch(false, false);
	make(2);
	assert_true(any_ring_publish_avail(&p.driver));
	(void)any_ring_kick_needed(&p.driver);
	expect("st:desc0 st:desc1 st:flags1 smp_wmb st:flags0 smp_mb ld:device_event");
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	expect("ld:flags0 ld:flags1 ld:flags2 smp_rmb ld:desc0 ld:flags0 ld:desc1 ld:flags1");
	any_ring_make_used(&p.device, p.chain.head, 16);
	assert_true(any_ring_publish_used(&p.device));
	(void)any_ring_call_needed(&p.device);
	expect("st:desc0 smp_wmb st:flags0 smp_mb ld:driver_event");
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	expect("ld:flags0 ld:flags1 smp_rmb ld:desc0");
	unwatch();
}

/* VG-FB-13: with it, the same places and the platform's barriers; wishes before the last look. */
static void a4_2_order_platform_on(void **state)
{
	struct any_ring_done done;

	(void)state;
	watch(true, true);
	make(1);
	make(1);
	assert_true(any_ring_publish_avail(&p.driver));
	(void)any_ring_kick_needed(&p.driver);
	expect("st:desc0 st:desc1 st:flags1 dma_wmb st:flags0 dma_mb ld:device_event");
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	any_ring_make_used(&p.device, p.chain.head, 0);
	assert_int_equal(any_ring_take_avail(&p.device, &p.chain), 0);
	any_ring_make_used(&p.device, p.chain.head, 0);
	expect("ld:flags0 ld:flags1 ld:flags2 dma_rmb ld:desc0 ld:flags0 st:desc0 ld:desc1 "
	       "ld:flags1 st:desc1 st:flags1");
	assert_true(any_ring_publish_used(&p.device));
	(void)any_ring_call_needed(&p.device);
	expect("dma_wmb st:flags0 dma_mb ld:driver_event");
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	assert_int_equal(any_ring_take_used(&p.driver, &done), 0);
	expect("ld:flags0 ld:flags1 ld:flags2 dma_rmb ld:desc0 ld:desc1");
	any_ring_enable_call(&p.driver);
	(void)any_ring_more_used(&p.driver);
	expect("st:driver_event dma_mb ld:flags2");
	any_ring_enable_kick(&p.device);
	(void)any_ring_more_avail(&p.device);
	expect("st:device_event dma_mb ld:flags2");
	unwatch();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a4_2_order_platform_off),
		cmocka_unit_test(a4_2_order_platform_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

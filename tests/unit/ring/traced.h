/* SPDX-License-Identifier: BSD-2-Clause */
/* A pair over one split ring, its accesses and barriers written down in program order. */
#ifndef ANYDMA_TESTS_RING_TRACED_H
#define ANYDMA_TESTS_RING_TRACED_H

#include "pair.h"

#include <stdio.h>

#include <anydma/endian.h>

#include "watched.h"

static struct pair pair;
static char trace[2048];

static void add(const char *text)
{
	if (trace[0])
		strcat(trace, " ");
	strcat(trace, text);
	assert_true(strlen(trace) < sizeof(trace) - 64);
}

static bool within(uintptr_t at, const void *base, size_t bytes)
{
	return at - (uintptr_t)base < bytes;
}

static inline const char *part_of(uintptr_t at)
{
	const uint32_t n = pair.config.size;

	if (within(at, pair.parts.desc, any_vring_desc_bytes(n)))
		return "desc";
	if (within(at, &pair.parts.avail->flags, 2))
		return "avail.flags";
	if (within(at, &pair.parts.avail->idx, 2))
		return "avail.idx";
	if (within(at, &pair.parts.avail->ring[n], 2))
		return "used_event";
	if (within(at, pair.parts.avail->ring, 2 * n))
		return "avail.entry";
	if (within(at, &pair.parts.used->flags, 2))
		return "used.flags";
	if (within(at, &pair.parts.used->idx, 2))
		return "used.idx";
	if (within(at, pair.parts.used->ring, 8 * n))
		return "used.entry";
	return "avail_event";
}

static void on_access(void *ctx, uintptr_t at, unsigned bytes, bool store)
{
	static char last[64];
	char now[64];

	(void)ctx;
	(void)bytes;
	snprintf(now, sizeof(now), "%s:%s", store ? "st" : "ld", part_of(at));
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
	const uint32_t size = 8;
	struct any_vring_layout layout;

	pair_init(&pair, size, event_idx);
	any_vring_layout(size, 64, &layout);
	pair.config.order_platform = order_platform;
	assert_int_equal(any_ring_driver_init(&pair.driver, &pair.config, pair.shadow), 0);
	assert_int_equal(any_ring_device_init(&pair.device, &pair.config), 0);
	watched = (struct watched){.from = (uintptr_t)pair.mem,
				   .to = (uintptr_t)pair.mem + layout.bytes,
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
	pair_fini(&pair);
}

static void make_two(void)
{
	const struct any_ring_buf buf[2] = {{0x1000, 16}, {0x2000, 16}};
	uint16_t id;

	assert_int_equal(any_ring_make_avail(&pair.driver, buf, 1, 1, &id), 0);
	assert_true(any_ring_publish_avail(&pair.driver));
	(void)any_ring_kick_needed(&pair.driver);
}

static void serve(void)
{
	assert_int_equal(any_ring_take_avail(&pair.device, &pair.chain), 0);
	any_ring_make_used(&pair.device, pair.chain.head, 16);
	assert_true(any_ring_publish_used(&pair.device));
	(void)any_ring_call_needed(&pair.device);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Observers: every public call is a BEGIN and an END, and a BEGIN may refuse. */
#include "mock.h"

static struct mock m;

struct seen {
	enum any_dma_op op;
	enum any_dma_phase phase;
	bool piece, has_map;
	size_t len, offset, written;
	int err;
	unsigned work; /* entries of the platform's log at that moment */
};

struct observer {
	struct any_dma_watch watch;
	struct seen seen[64];
	unsigned n;
	enum any_dma_op refuse; /* ANY_DMA_OP_N: nothing */
};

static int observe(struct any_dma_watch *watch, const struct any_dma_event *event)
{
	struct observer *o = (struct observer *)watch;

	assert_true(o->n < ANY_ARRAY_SIZE(o->seen));
	assert_ptr_equal(event->dev, &m.dev);
	o->seen[o->n++] =
		(struct seen){event->op,      event->phase,
			      event->piece,   !!event->map,
			      event->len,     event->offset,
			      event->written, event->phase == ANY_DMA_END ? event->err : 0,
			      m.n_log};
	return event->phase == ANY_DMA_BEGIN && event->op == o->refuse ? -ANY_EPERM : 0;
}

static void start(struct observer *o, const struct any_dma_facts *facts, unsigned with)
{
	mock_start(&m, facts, with);
	*o = (struct observer){.watch.event = observe, .refuse = ANY_DMA_OP_N};
	any_dma_watch_add(&m.dev, &o->watch);
}

static void expect_pair(struct observer *o, enum any_dma_op op, int err, bool worked)
{
	assert_true(o->n >= 2);
	assert_int_equal(o->n, 2);
	assert_int_equal(o->seen[0].op, op);
	assert_int_equal(o->seen[0].phase, ANY_DMA_BEGIN);
	assert_int_equal(o->seen[1].op, op);
	assert_int_equal(o->seen[1].phase, ANY_DMA_END);
	assert_int_equal(o->seen[1].err, err);
	assert_int_equal(o->seen[1].work > o->seen[0].work, worked);
	o->n = 0;
}

static void test_every_call_is_an_event_around_its_work(void **state)
{
	struct any_dma_facts facts = mock_nosnoop;
	struct any_dma_coherent mem;
	struct any_dma_mapping map;
	struct observer o;

	(void)state;
	facts.drains = ANY_DMA_BOTH;
	start(&o, &facts, MOCK_ALL);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 256, ANY_DMA_BOTH, &map), 0);
	assert_true(!o.seen[0].has_map && o.seen[1].has_map && o.seen[0].len == 256);
	expect_pair(&o, ANY_DMA_OP_MAP, 0, true);
	any_dma_sync_for_cpu(&m.dev, &map, 64, 128);
	assert_true(o.seen[0].has_map && o.seen[0].offset == 64 && o.seen[0].len == 128);
	expect_pair(&o, ANY_DMA_OP_SYNC_FOR_CPU, 0, true);
	any_dma_sync_for_device(&m.dev, &map, 0, 64);
	expect_pair(&o, ANY_DMA_OP_SYNC_FOR_DEVICE, 0, true);
	any_dma_sync_for_device(&m.dev, &map, 0, 257);
	expect_pair(&o, ANY_DMA_OP_SYNC_FOR_DEVICE, -ANY_EINVAL, false);
	any_dma_unmap_written(&m.dev, &map, 10);
	assert_int_equal(o.seen[0].written, 10);
	expect_pair(&o, ANY_DMA_OP_UNMAP, 0, true);
	any_dma_unmap(&m.dev, &map);
	expect_pair(&o, ANY_DMA_OP_UNMAP, -ANY_EINVAL, false);
	assert_int_equal(any_dma_map(&m.dev, NULL, 256, ANY_DMA_BOTH, &map), -ANY_EFAULT);
	expect_pair(&o, ANY_DMA_OP_MAP, -ANY_EFAULT, false);
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(0x1000), 4, ANY_DMA_BOTH, &map), 0);
	expect_pair(&o, ANY_DMA_OP_MAP_RESOURCE, 0, false);
	any_dma_unmap(&m.dev, &map);
	o.n = 0;
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), 0);
	expect_pair(&o, ANY_DMA_OP_ALLOC_COHERENT, 0, false);
	any_dma_free_coherent(&m.dev, &mem);
	expect_pair(&o, ANY_DMA_OP_FREE_COHERENT, 0, false);
	any_dma_drain(&m.dev, ANY_DMA_TO_DEVICE);
	expect_pair(&o, ANY_DMA_OP_DRAIN, 0, true);
	any_dma_detach(&m.dev);
	expect_pair(&o, ANY_DMA_OP_DETACH, 0, false);
	mock_stop(&m);
}

static void test_a_fast_machine_tells_too(void **state)
{
	struct any_dma_mapping map;
	struct observer o;

	(void)state;
	start(&o, &mock_flat, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	expect_pair(&o, ANY_DMA_OP_MAP, 0, false);
	any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
	expect_pair(&o, ANY_DMA_OP_SYNC_FOR_CPU, 0, false);
	any_dma_drain(&m.dev, ANY_DMA_FROM_DEVICE); /* nothing to drain, yet an event */
	expect_pair(&o, ANY_DMA_OP_DRAIN, 0, false);
	any_dma_unmap(&m.dev, &map);
	expect_pair(&o, ANY_DMA_OP_UNMAP, 0, false);
	any_dma_watch_remove(&m.dev, &o.watch);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	assert_true(map.flags & ANY_DMA_MAP_FAST);
	any_dma_drain(&m.dev, ANY_DMA_FROM_DEVICE);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(o.n, 0);
	mock_stop(&m);
}

static void test_a_list_tells_its_pieces_inside(void **state)
{
	struct any_dma_sg sg[3];
	struct any_dma_extent ext[3];
	unsigned count;
	struct observer o;

	(void)state;
	start(&o, &mock_nosnoop, MOCK_ALL);
	for (unsigned i = 0; i < 3; i++)
		sg[i] = (struct any_dma_sg){.buf = mock_buf(&m, i * 256), .len = 128};
	for (unsigned round = 0; round < 4; round++) {
		static const enum any_dma_op lists[] = {
			ANY_DMA_OP_MAP_SG, ANY_DMA_OP_SYNC_SG_FOR_CPU,
			ANY_DMA_OP_SYNC_SG_FOR_DEVICE, ANY_DMA_OP_UNMAP_SG};
		static const enum any_dma_op singles[] = {ANY_DMA_OP_MAP, ANY_DMA_OP_SYNC_FOR_CPU,
							  ANY_DMA_OP_SYNC_FOR_DEVICE,
							  ANY_DMA_OP_UNMAP};
		const bool after = round == 0 || round == 2;

		mock_forget(&m);
		if (round == 0)
			assert_int_equal(
				any_dma_map_sg(&m.dev, sg, 3, ANY_DMA_BOTH, ext, 3, &count), 0);
		else if (round == 1)
			any_dma_sync_sg_for_cpu(&m.dev, sg, 3);
		else if (round == 2)
			any_dma_sync_sg_for_device(&m.dev, sg, 3);
		else
			any_dma_unmap_sg(&m.dev, sg, 3);
		assert_int_equal(o.n, 8);
		assert_true(o.seen[0].op == lists[round] && o.seen[0].phase == ANY_DMA_BEGIN);
		assert_true(o.seen[7].op == lists[round] && o.seen[7].phase == ANY_DMA_END);
		for (unsigned i = 1; i < 7; i++) {
			assert_true(o.seen[i].piece && o.seen[i].op == singles[round]);
			assert_int_equal(o.seen[i].phase, i % 2 ? ANY_DMA_BEGIN : ANY_DMA_END);
			assert_int_equal(o.seen[i].work, after ? m.n_log : 0);
			assert_int_equal(o.seen[i].has_map, round || i % 2 == 0);
		}
		o.n = 0;
	}
	mock_stop(&m);
}

static void test_a_refusal_stops_the_call(void **state)
{
	struct any_dma_sg sg = {.len = 64};
	struct any_dma_extent ext;
	struct any_dma_coherent mem;
	struct any_dma_mapping map;
	struct observer o, first;
	unsigned count = 9;

	(void)state;
	start(&o, &mock_short, MOCK_ALL);
	first = o; /* told before o, and therefore told of the end as well */
	any_dma_watch_add(&m.dev, &first.watch);
	o.refuse = ANY_DMA_OP_MAP;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 64, ANY_DMA_BOTH, &map),
			 -ANY_EPERM);
	assert_int_equal(m.pool.counters.maps, 0);
	expect_pair(&o, ANY_DMA_OP_MAP, -ANY_EPERM, false);
	expect_pair(&first, ANY_DMA_OP_MAP, -ANY_EPERM, false);
	first.refuse = ANY_DMA_OP_MAP;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 64, ANY_DMA_BOTH, &map),
			 -ANY_EPERM);
	expect_pair(&first, ANY_DMA_OP_MAP, -ANY_EPERM, false);
	assert_int_equal(o.n, 0); /* never told of the beginning, nor of the end */
	first.refuse = ANY_DMA_OP_N;
	o.refuse = ANY_DMA_OP_UNMAP;
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, SHORT_END), 64, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.pool.counters.live, 1);
	o.refuse = ANY_DMA_OP_SYNC_FOR_CPU;
	assert_true(mock_device_write(&m, map.addr.raw, 5, 64));
	any_dma_sync_for_cpu(&m.dev, &map, 0, 64);
	assert_int_equal(mock_buf(&m, SHORT_END)[0], 0xdd);
	o.refuse = ANY_DMA_OP_MAP_SG;
	sg.buf = mock_buf(&m, 0);
	assert_int_equal(any_dma_map_sg(&m.dev, &sg, 1, ANY_DMA_BOTH, &ext, 1, &count), -ANY_EPERM);
	assert_int_equal(count, 9);
	o.refuse = ANY_DMA_OP_ALLOC_COHERENT;
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), -ANY_EPERM);
	o.refuse = ANY_DMA_OP_MAP_RESOURCE;
	assert_int_equal(any_dma_map_resource(&m.dev, any_phys(0), 4, ANY_DMA_BOTH, &map),
			 -ANY_EPERM);
	o.refuse = ANY_DMA_OP_N;
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.pool.counters.live, 0);
	mock_stop(&m);
}

/* What is done under observation is done. */
static void test_a_look_changes_nothing(void **state)
{
	struct observer o;
	struct any_dma_coherent mem;
	struct any_dma_mapping map;

	(void)state;
	start(&o, &mock_flat, MOCK_COHERENT | MOCK_DEFERRED);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 4096, &mem), 0);
	assert_int_equal(m.coherent.pages_used, 1);
	any_dma_free_coherent(&m.dev, &mem);
	assert_int_equal(m.coherent.pages_used, 0);
	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map), 0);
	any_dma_unmap(&m.dev, &map);
	assert_int_equal(m.iommu.deferred_used, 1);
	any_dma_detach(&m.dev); /* what waits for its invalidation gets it */
	assert_int_equal(m.iommu.deferred_used, 0);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call_is_an_event_around_its_work),
		cmocka_unit_test(test_a_fast_machine_tells_too),
		cmocka_unit_test(test_a_list_tells_its_pieces_inside),
		cmocka_unit_test(test_a_refusal_stops_the_call),
		cmocka_unit_test(test_a_look_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

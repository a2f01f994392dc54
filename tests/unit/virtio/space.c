/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's view of memory: what resolves, what does not, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/virtio_device.h>

static uint8_t a[4096], b[4096];

static void two_regions(struct any_space *space, struct any_space_region r[2])
{
	r[0] = (struct any_space_region){any_dma(0x1000), 4096, a, ANY_DMA_BOTH};
	r[1] = (struct any_space_region){any_dma(0x2000), 4096, b, ANY_DMA_TO_DEVICE};
	memset(space, 0, sizeof(*space));
	assert_int_equal(any_space_init_regions(space, r, 2), 0);
}

static void resolves_and_ends_at_the_region(void **state)
{
	struct any_space_region r[2];
	struct any_space space;
	struct any_space_span span;

	(void)state;
	two_regions(&space, r);
	for (int round = 0; round < 2; round++) { /* through the cache and not */
		assert_int_equal(
			any_space_resolve(&space, any_dma(0x1010), 16, ANY_DMA_FROM_DEVICE, &span),
			0);
		assert_ptr_equal(span.cpu, a + 16);
		assert_int_equal(span.len, 16);
		assert_int_equal(
			any_space_resolve(&space, any_dma(0x1ff0), 64, ANY_DMA_TO_DEVICE, &span),
			0);
		assert_ptr_equal(span.cpu, a + 0xff0);
		assert_int_equal(span.len, 16);
		assert_int_equal(
			any_space_resolve(&space, any_dma(0x2fff), 1, ANY_DMA_TO_DEVICE, &span), 0);
		assert_ptr_equal(span.cpu, b + 0xfff);
	}
	assert_int_equal(
		any_space_resolve_whole(&space, any_dma(0x1ff0), 16, ANY_DMA_TO_DEVICE, &span), 0);
	assert_int_equal(
		any_space_resolve_whole(&space, any_dma(0x1ff0), 17, ANY_DMA_TO_DEVICE, &span),
		-ANY_EFAULT);
}

static void refuses_what_is_not_there(void **state)
{
	static const uint64_t outside[] = {0, 0xfff, 0x3000, UINT64_MAX, 0x100001000ull};
	struct any_space_region r[2];
	struct any_space_span span = {a, 77, 77};
	struct any_space space;

	(void)state;
	two_regions(&space, r);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(outside); i++)
		assert_int_equal(
			any_space_resolve(&space, any_dma(outside[i]), 1, ANY_DMA_TO_DEVICE, &span),
			-ANY_EFAULT);
	assert_int_equal(any_space_resolve(&space, any_dma(0x1000), 0, ANY_DMA_TO_DEVICE, &span),
			 -ANY_EINVAL);
	assert_int_equal(
		any_space_resolve(&space, any_dma(0x1001), UINT64_MAX, ANY_DMA_TO_DEVICE, &span),
		-ANY_EINVAL);
	/* may be read, not written: also when it is the region of the last hit */
	assert_int_equal(any_space_resolve(&space, any_dma(0x2000), 1, ANY_DMA_FROM_DEVICE, &span),
			 -ANY_EFAULT);
	assert_int_equal(span.len, 77);
	assert_int_equal(any_space_resolve(&space, any_dma(0x2000), 1, ANY_DMA_TO_DEVICE, &span),
			 0);
	assert_int_equal(any_space_resolve(&space, any_dma(0x2000), 1, ANY_DMA_FROM_DEVICE, &span),
			 -ANY_EFAULT);
	memset(&space, 0, sizeof(space));
	assert_int_equal(any_space_resolve(&space, any_dma(0x1000), 1, ANY_DMA_TO_DEVICE, &span),
			 -ANY_EFAULT);
}

static void bad_regions(void **state)
{
	struct any_space space = {.n_regions = 0};
	struct any_space_region r[2];

	(void)state;
	two_regions(&space, r);
	r[1].size = 0;
	assert_int_equal(any_space_init_regions(&space, r, 2), -ANY_EINVAL);
	r[1].size = UINT64_MAX; /* 0x2000 + size - 1 wraps */
	assert_int_equal(any_space_init_regions(&space, r, 2), -ANY_EINVAL);
	r[1] = (struct any_space_region){any_dma(0x1fff), 16, b, ANY_DMA_BOTH};
	assert_int_equal(any_space_init_regions(&space, r, 2), -ANY_EINVAL);
	r[1] = (struct any_space_region){any_dma(0xff8), 16, b, ANY_DMA_BOTH};
	assert_int_equal(any_space_init_regions(&space, r, 2), -ANY_EINVAL);
	r[1] = (struct any_space_region){any_dma(UINT64_MAX - 15), 16, b, ANY_DMA_BOTH};
	assert_int_equal(any_space_init_regions(&space, r, 2), 0);
}

static void spans_end_with_the_epoch(void **state)
{
	struct any_space_region r[2];
	struct any_space_span span;
	struct any_space space;

	(void)state;
	two_regions(&space, r);
	assert_int_equal(any_space_resolve(&space, any_dma(0x1000), 1, ANY_DMA_TO_DEVICE, &span),
			 0);
	assert_true(any_space_valid(&space, &span));
	any_space_invalidate(&space);
	assert_false(any_space_valid(&space, &span));
	assert_int_equal(any_space_resolve(&space, any_dma(0x1000), 1, ANY_DMA_TO_DEVICE, &span),
			 0);
	assert_int_equal(any_space_init_regions(&space, r, 1), 0);
	assert_false(any_space_valid(&space, &span));
}

static uint64_t answer_len;

static int answer(void *ctx, struct any_dma_addr addr, uint64_t len, enum any_dma_dir dir,
		  struct any_space_span *span)
{
	(void)len;
	(void)dir;
	if (addr.raw >= 4096)
		return -ANY_EFAULT;
	span->cpu = (uint8_t *)ctx + addr.raw;
	span->len = answer_len;
	return 0;
}

static void ops_are_held_to_their_promise(void **state)
{
	static const struct any_space_ops ops = {answer};
	struct any_space space = {.n_regions = 0};
	struct any_space_span span;

	(void)state;
	any_space_init_ops(&space, &ops, a);
	answer_len = 1000;
	assert_int_equal(any_space_resolve(&space, any_dma(8), 100, ANY_DMA_TO_DEVICE, &span), 0);
	assert_int_equal(span.len, 100);
	assert_ptr_equal(span.cpu, a + 8);
	assert_true(any_space_valid(&space, &span));
	answer_len = 0;
	assert_int_equal(any_space_resolve(&space, any_dma(8), 100, ANY_DMA_TO_DEVICE, &span),
			 -ANY_EFAULT);
	assert_int_equal(any_space_resolve(&space, any_dma(4096), 1, ANY_DMA_TO_DEVICE, &span),
			 -ANY_EFAULT);
}

static void identity(void **state)
{
	struct any_space space = {.n_regions = 0};
	struct any_space_span span;

	(void)state;
	any_space_init_identity(&space);
	assert_int_equal(
		any_space_resolve(&space, any_dma((uintptr_t)a), 4096, ANY_DMA_FROM_DEVICE, &span),
		0);
	assert_ptr_equal(span.cpu, a);
	assert_int_equal(span.len, 4096);
}

/* A piece that spans two regions is walked in two steps; one that runs off is a fault. */
static void cursors_cross_regions(void **state)
{
	struct any_ring_piece pieces[3] = {{0x1ffc, 8}, {0x2000, 4}, {0x2ffe, 4}};
	const struct any_ring_chain chain = {.piece = pieces, .n_out = 3};
	struct any_virtio_cursor cursor = any_virtio_cursor_out(&chain);
	struct any_virtio_device dev = {.n_queues = 0};
	struct any_space_region r[2];
	struct any_space space;
	uint8_t got[12];

	(void)state;
	two_regions(&space, r);
	dev.space = &space;
	memcpy(a + 0xffc, "abcd", 4);
	memcpy(b, "efgh", 4);
	assert_int_equal(any_virtio_device_load(&dev, &cursor, got, 5), 0);
	assert_int_equal(any_virtio_device_load(&dev, &cursor, got + 5, 7), 0);
	assert_memory_equal(got, "abcdefghefgh", 12);
	assert_int_equal(any_virtio_device_load(&dev, &cursor, got, 3), -ANY_EFAULT);
	assert_int_equal(any_virtio_device_store(&dev, &cursor, got, 1), -ANY_EFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_and_ends_at_the_region),
		cmocka_unit_test(refuses_what_is_not_there),
		cmocka_unit_test(bad_regions),
		cmocka_unit_test(spans_end_with_the_epoch),
		cmocka_unit_test(ops_are_held_to_their_promise),
		cmocka_unit_test(identity),
		cmocka_unit_test(cursors_cross_regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What any_dma_attach_plain refuses, one fact at a time; and that what it takes is the same
 * machine. (Every other test of this folder runs on it, too: attach_plain.c.) */
#include "mock.h"

static struct mock m;

static const struct any_dma_segment two[] = {{{RAM_PHYS}, {0}, RAM_SIZE / 2},
					     {{RAM_PHYS + RAM_SIZE / 2}, {1u << 31}, RAM_SIZE / 2}};

static bool refuses(void)
{
	const int plain = any_dma_attach_plain(&m.dev, &m.plat);
	struct any_dma_mapping map;

	if (plain)
		assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, 0), 64, ANY_DMA_BOTH, &map),
				 -ANY_EFAULT); /* as after detach */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	return plain == -ANY_EINVAL;
}

static void test_each_wart_is_refused(void **state)
{
	const struct any_dma_facts facts[] = {
		{.coherent = true, .segments = two, .n_segments = 2},
		{.coherent = true, .segments = two, .n_segments = 1, .miss_identity = true},
		{.coherent = true, .private_bits = 1ull << 47},
		{.coherent = true, .shared_bits = 1ull << 47},
		{.coherent = true, .dma_forbidden = 1u << 20},
		{.coherent = true, .implied_bits = 1u << 31},
		{.coherent = true, .coherent_bits = 1ull << 56},
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(facts); i++) {
		mock_start(&m, &facts[i], 0);
		assert_true(refuses());
		mock_stop(&m);
	}
}

static void test_a_page_map_and_a_partial_iommu_are_refused(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, MOCK_SCATTER);
	assert_true(refuses());
	mock_stop(&m);
	mock_start(&m, &mock_flat, MOCK_IOMMU);
	assert_false(refuses());
	m.iommu.partial = true;
	assert_true(refuses());
	mock_stop(&m);
}

static void test_stages_are_asked_for(void **state)
{
	(void)state;
	mock_start(&m, &mock_flat, MOCK_POOL | MOCK_IOMMU);
	m.pool.stage = NULL; /* not made by its call */
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), -ANY_EINVAL);
	m.plat.bounce = NULL;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	m.iommu.stage = NULL;
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), -ANY_EINVAL);
	m.iommu.stage = &any_dma_iommu_stage;
	assert_int_equal(any_dma_attach_plain(&m.dev, &m.plat), 0);
	mock_stop(&m);
}

/* One window, cut on both sides: every address on the slow path, every length, as on any bus. */
static void test_the_same_addresses(void **state)
{
	const struct any_dma_segment s = {{mock_phys(0x3000)}, {0x50000000}, 0x9000};
	const struct any_dma_facts facts = {.coherent = true,
					    .segments = &s,
					    .n_segments = 1,
					    .dma_min = 0x50000800,
					    .dma_max = 0x50006fff};
	struct any_dma_dev plain;

	(void)state;
	mock_start(&m, &facts, MOCK_COHERENT);
	assert_int_equal(any_dma_attach(&m.dev, &m.plat), 0);
	assert_int_equal(any_dma_attach_plain(&plain, &m.plat), 0);
	assert_true(plain.fast_base == m.dev.fast_base && plain.fast_span == m.dev.fast_span);
	assert_true(plain.fast_dma == m.dev.fast_dma && plain.fast_span == 0x6800);
	for (size_t at = 0x2f00; at < 0xa100; at += 0x55)
		for (size_t len = 1; len < 0x3000; len += 0x7ff) {
			struct any_dma_mapping a, b;
			const int err =
				any_dma_map_slow(&m.dev, mock_buf(&m, at), len, ANY_DMA_BOTH, &a);

			assert_int_equal(
				any_dma_map_slow(&plain, mock_buf(&m, at), len, ANY_DMA_BOTH, &b),
				err);
			if (err)
				continue;
			assert_true(a.addr.raw == b.addr.raw && a.flags == b.flags);
			any_dma_unmap_slow(&m.dev, &a, len);
			any_dma_unmap_slow(&plain, &b, len);
		}
	mock_stop(&m);
}

/* The coherent mask has its own reach: above the streaming one's, and below it. */
static void test_coherent_memory_has_its_own_mask(void **state)
{
	const struct any_dma_segment s = {{RAM_PHYS}, {0x40000000}, RAM_SIZE};
	const struct any_dma_facts facts = {.coherent = true, .segments = &s, .n_segments = 1};
	struct any_dma_coherent mem;

	(void)state;
	mock_start(&m, &facts, MOCK_COHERENT);
	assert_int_equal(any_dma_attach_plain(&m.dev, &m.plat), 0);
	m.dev.coherent_mask = 0x3fffffff; /* nothing of it */
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 4096, &mem), -ANY_ENOMEM);
	m.dev.coherent_mask = 0x40000000 + COH_AT + 4095; /* its first page */
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 4096, &mem), 0);
	assert_true(mem.addr.raw == 0x40000000 + COH_AT);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 1, &(struct any_dma_coherent){.size = 0}),
			 -ANY_ENOMEM);
	any_dma_free_coherent(&m.dev, &mem);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 4097, &mem), -ANY_ENOMEM);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_wart_is_refused),
		cmocka_unit_test(test_a_page_map_and_a_partial_iommu_are_refused),
		cmocka_unit_test(test_stages_are_asked_for),
		cmocka_unit_test(test_the_same_addresses),
		cmocka_unit_test(test_coherent_memory_has_its_own_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* DA-10, DA-11, DA-19: coherent memory and pools of blocks. */
#include "mock.h"

static struct mock m;

static void test_DA_10_zeroed_aligned_and_given_back(void **state)
{
	static const size_t sizes[] = {1, 64, 4096, 4097, 8192, 12288, 65536};
	struct any_dma_coherent mem[2];

	(void)state;
	for (unsigned with = MOCK_COHERENT; with <= (MOCK_COHERENT | MOCK_IOMMU);
	     with += MOCK_IOMMU) {
		mock_start(&m, &mock_flat, with);
		for (size_t i = 0; i < ANY_ARRAY_SIZE(sizes); i++) {
			size_t align = 1;

			while (align < sizes[i])
				align *= 2;
			/* A page before it, so that alignment is not luck. */
			assert_int_equal(any_dma_alloc_coherent(&m.dev, 1, &mem[0]), 0);
			assert_int_equal(any_dma_alloc_coherent(&m.dev, sizes[i], &mem[1]), 0);
			assert_int_equal(mem[1].size, sizes[i]);
			assert_int_equal(mem[1].addr.raw % align, 0);
			assert_int_equal((uintptr_t)mem[1].cpu % align, 0);
			assert_true(all_are(mem[1].cpu, 0, sizes[i]));
			memset(mem[1].cpu, 7, sizes[i]);
			assert_true(mock_device_sees(&m, mem[1].addr.raw, 7, sizes[i]));
			any_dma_free_coherent(&m.dev, &mem[0]);
			any_dma_free_coherent(&m.dev, &mem[1]);
			assert_null(mem[1].cpu);
			assert_int_equal(m.coherent.pages_used, 0);
			assert_int_equal(m.bitmap[0], 0);
			mock_forget(&m);
		}
		assert_int_equal(m.iova.live, 0);
		mock_stop(&m);
	}
}

static void test_DA_10_pages_of_two_never_overlap(void **state)
{
	struct any_dma_coherent mem[COH_SIZE / 4096], extra;
	const unsigned n = ANY_ARRAY_SIZE(mem);

	(void)state;
	mock_start(&m, &mock_flat, MOCK_COHERENT);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(any_dma_alloc_coherent(&m.dev, 4096, &mem[i]), 0);
		memset(mem[i].cpu, (int)i, 4096);
	}
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 1, &extra), -ANY_ENOMEM);
	for (unsigned i = 0; i < n; i++)
		assert_true(all_are(mem[i].cpu, (unsigned char)i, 4096));
	any_dma_free_coherent(&m.dev, &mem[3]);
	any_dma_free_coherent(&m.dev, &mem[4]);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 8192, &extra),
			 -ANY_ENOMEM); /* not aligned */
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 4096, &mem[3]), 0);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 4096, &mem[4]), 0);
	for (unsigned i = 0; i < n; i++)
		any_dma_free_coherent(&m.dev, &mem[i]);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, COH_SIZE, &extra), 0);
	any_dma_free_coherent(&m.dev, &extra);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, COH_SIZE + 1, &extra), -ANY_ENOMEM);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, SIZE_MAX, &extra), -ANY_ENOMEM);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 0, &extra), -ANY_EINVAL);
	mock_stop(&m);
}

static void test_DA_10_what_is_not_allocated_is_not_freed(void **state)
{
	struct any_dma_coherent mem, wrong;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_COHERENT);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 8192, &mem), 0);
	wrong = (struct any_dma_coherent){NULL, {0}, 0};
	any_dma_free_coherent(&m.dev, &wrong); /* NULL is ignored */
	wrong = mem;
	wrong.cpu = (char *)mem.cpu + 8;
	any_dma_free_coherent(&m.dev, &wrong);
	wrong.cpu = mock_buf(&m, 0);
	any_dma_free_coherent(&m.dev, &wrong);
	wrong = mem;
	wrong.size = 16384; /* half of it is not out */
	any_dma_free_coherent(&m.dev, &wrong);
	assert_int_equal(m.coherent.pages_used, 2);
	any_dma_free_coherent(&m.dev, &mem);
	any_dma_free_coherent(&m.dev, &mem);
	assert_int_equal(m.coherent.pages_used, 0);
	mock_stop(&m);
}

static int try_coherent(const struct any_dma_facts *facts, uint32_t remove)
{
	struct any_dma_coherent mem;
	int err;

	mock_start(&m, facts, MOCK_ALL);
	m.coherent.mem.flags &= ~remove;
	err = any_dma_alloc_coherent(&m.dev, 64, &mem);
	if (!err)
		any_dma_free_coherent(&m.dev, &mem);
	mock_stop(&m);
	return err;
}

static void test_hazard_11_where_there_is_none(void **state)
{
	struct any_dma_facts none = mock_flat, guest = mock_flat;
	struct any_dma_coherent mem;

	(void)state;
	none.no_coherent = true;
	guest.shared_only = true;
	assert_int_equal(try_coherent(&mock_flat, 0), 0);
	assert_int_equal(try_coherent(&none, 0), -ANY_ENOTSUP);
	assert_int_equal(try_coherent(&mock_nosnoop, 0), 0);
	assert_int_equal(try_coherent(&mock_nosnoop, ANY_REGION_UNCACHED), -ANY_ENOTSUP);
	assert_int_equal(try_coherent(&guest, 0), 0);
	assert_int_equal(try_coherent(&guest, ANY_REGION_SHARED), -ANY_ENOTSUP);
	mock_start(&m, &mock_flat, 0);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 64, &mem), -ANY_ENOTSUP);
	mock_stop(&m);
}

static void test_DA_10_only_what_the_device_reaches(void **state)
{
	const struct any_dma_facts half = {.coherent = true,
					   .dma_min = RAM_PHYS + COH_AT + COH_SIZE / 2};
	struct any_dma_coherent mem, more;

	(void)state;
	mock_start(&m, &half, MOCK_COHERENT);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, COH_SIZE / 2, &mem), 0);
	assert_true(mem.addr.raw == half.dma_min);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 1, &more), -ANY_ENOMEM);
	any_dma_free_coherent(&m.dev, &mem);
	mock_stop(&m);
}

static void test_DA_11_coherent_memory_behind_an_iommu_is_both_ways_and_strict(void **state)
{
	struct any_dma_coherent mem;
	uint64_t bus;

	(void)state;
	mock_start(&m, &mock_flat, MOCK_COHERENT | MOCK_DEFERRED);
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 5000, &mem), 0);
	bus = mem.addr.raw;
	assert_non_null(mock_bus(&m, bus + 4999, true));
	assert_non_null(mock_bus(&m, bus, false));
	any_dma_free_coherent(&m.dev, &mem);
	assert_null(mock_bus(&m, bus, false));
	assert_int_equal(m.count[MOCK_IOTLB_SYNC], 1);
	assert_int_equal(m.iova.live, 0);
	m.map_room = 0;
	assert_int_equal(any_dma_alloc_coherent(&m.dev, 5000, &mem), -ANY_ENOMEM);
	assert_int_equal(m.coherent.pages_used, 0);
	mock_stop(&m);
}

static void test_DA_19_layout(void **state)
{
	static const struct {
		size_t size, align, boundary;
	} rows[] = {{24, 0, 0},	   {24, 1, 0},	    {24, 16, 0},     {100, 64, 256},
		    {100, 4, 128}, {128, 128, 128}, {3000, 8, 4096}, {10, 4096, 16}};
	struct any_dma_coherent block[20];
	struct any_dma_pool pool;
	uint16_t stack[20];

	(void)state;
	for (size_t r = 0; r < ANY_ARRAY_SIZE(rows); r++) {
		const size_t align = rows[r].align ? rows[r].align : 1;
		const size_t boundary = rows[r].boundary;

		mock_start(&m, &mock_flat, MOCK_COHERENT);
		assert_int_equal(any_dma_pool_init(&pool, &m.dev, rows[r].size, rows[r].align,
						   boundary, 20, stack),
				 0);
		for (unsigned i = 0; i < 20; i++) {
			const uint64_t at =
				(assert_int_equal(any_dma_pool_alloc(&pool, &block[i]), 0),
				 block[i].addr.raw);

			assert_int_equal(block[i].size, rows[r].size);
			assert_int_equal(at % align, 0);
			assert_ptr_equal(mock_bus(&m, at, true), block[i].cpu);
			assert_true(!boundary ||
				    at / boundary == (at + rows[r].size - 1) / boundary);
			assert_true(at + rows[r].size <= pool.mem.addr.raw + pool.mem.size);
			for (unsigned k = 0; k < i; k++)
				assert_true(at >= block[k].addr.raw + rows[r].size ||
					    block[k].addr.raw >= at + rows[r].size);
		}
		assert_int_equal(any_dma_pool_alloc(&pool, &block[0]), -ANY_ENOMEM);
		assert_int_equal(any_dma_pool_fini(&pool), -ANY_EBUSY);
		for (unsigned i = 1; i < 20; i++)
			assert_int_equal(any_dma_pool_free(&pool, &block[i]), 0);
		assert_int_equal(any_dma_pool_fini(&pool), -ANY_EBUSY); /* one is still out */
		assert_int_equal(any_dma_pool_free(&pool, &block[0]), 0);
		assert_int_equal(any_dma_pool_fini(&pool), 0);
		assert_int_equal(m.coherent.pages_used, 0);
		mock_stop(&m);
	}
}

static void test_DA_19_refuses_nonsense(void **state)
{
	struct any_dma_pool pool;
	uint16_t stack[4];

	(void)state;
	mock_start(&m, &mock_flat, MOCK_COHERENT);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, 0, 1, 0, 4, stack), -ANY_EINVAL);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, 8, 3, 0, 4, stack), -ANY_EINVAL);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, 8, 8, 24, 4, stack), -ANY_EINVAL);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, 64, 8, 32, 4, stack), -ANY_EINVAL);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, 64, 8, 0, 0, stack), -ANY_EINVAL);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, COH_SIZE, 8, 0, 4, stack), -ANY_ENOMEM);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, 1u << 31, 8, 0, 4, stack), -ANY_E2BIG);
	assert_int_equal(m.coherent.pages_used, 0);
	mock_stop(&m);
}

static void test_DA_19_wrong_and_double_frees_change_nothing(void **state)
{
	struct any_dma_coherent a, b, wrong;
	struct any_dma_pool pool;
	uint16_t stack[4];

	(void)state;
	mock_start(&m, &mock_flat, MOCK_COHERENT);
	assert_int_equal(any_dma_pool_init(&pool, &m.dev, 100, 4, 256, 4, stack), 0);
	assert_int_equal(any_dma_pool_alloc(&pool, &a), 0);
	b = a;
	assert_int_equal(any_dma_pool_free(&pool, &a), 0);
	assert_int_equal(any_dma_pool_free(&pool, &b), -ANY_EINVAL); /* twice */
	assert_int_equal(any_dma_pool_alloc(&pool, &a), 0);
	assert_int_equal(any_dma_pool_alloc(&pool, &b), 0);
	assert_ptr_not_equal(a.cpu, b.cpu);
	wrong = a;
	wrong.cpu = (char *)a.cpu + 4;
	wrong.addr.raw += 4;
	assert_int_equal(any_dma_pool_free(&pool, &wrong), -ANY_EINVAL);
	wrong = a;
	wrong.addr = b.addr; /* halves of two blocks */
	assert_int_equal(any_dma_pool_free(&pool, &wrong), -ANY_EINVAL);
	wrong.cpu = (char *)pool.mem.cpu + 200; /* the rest of a chunk is no block */
	wrong.addr.raw = pool.mem.addr.raw + 200;
	assert_int_equal(any_dma_pool_free(&pool, &wrong), -ANY_EINVAL);
	wrong.cpu = mock_buf(&m, 0);
	assert_int_equal(any_dma_pool_free(&pool, &wrong), -ANY_EINVAL);
	memset(pool.mem.cpu, 0xff, pool.mem.size); /* a device gone mad does not reach the list */
	assert_int_equal(any_dma_pool_free(&pool, &a), 0);
	assert_int_equal(any_dma_pool_free(&pool, &b), 0);
	assert_int_equal(any_dma_pool_fini(&pool), 0);
	mock_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_DA_10_zeroed_aligned_and_given_back),
		cmocka_unit_test(test_DA_10_pages_of_two_never_overlap),
		cmocka_unit_test(test_DA_10_what_is_not_allocated_is_not_freed),
		cmocka_unit_test(test_hazard_11_where_there_is_none),
		cmocka_unit_test(test_DA_10_only_what_the_device_reaches),
		cmocka_unit_test(
			test_DA_11_coherent_memory_behind_an_iommu_is_both_ways_and_strict),
		cmocka_unit_test(test_DA_19_layout),
		cmocka_unit_test(test_DA_19_refuses_nonsense),
		cmocka_unit_test(test_DA_19_wrong_and_double_frees_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Behind a VT-d unit by the DMA API: what a mapping allows, and when it is over. */
#include "unit.h"

#include <anydma/dma.h>
#include <anydma/iova.h>

#define SID	 0x0010u
#define PHYS	 0x40000000ull
#define BUFFERS	 16u
#define SPACE	 0x8000u /* of RAM for each */
#define DEFERRED 8u
#define IOVA	 0x10000000ull

static struct rig rig;
static struct any_vtd_domain domain;
static uint8_t *ram;
static struct any_dma_region region;
static struct any_iova iova;
static struct any_iova_range ranges[64];
static struct any_iommu_deferred deferred[DEFERRED];
static struct any_dma_iommu iommu;
static struct any_dma_platform plat;
static struct any_dma_dev dev;

static void up(uint64_t cap, uint64_t ecap, bool is_deferred)
{
	rig_init(&rig, cap, ecap);
	assert_int_equal(rig_start(&rig), 0);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &domain, 7), 0);
	assert_int_equal(any_vtd_attach(&domain, SID), 0);
	ram = aligned_alloc(4096, BUFFERS * SPACE);
	assert_non_null(ram);
	region = (struct any_dma_region){ram, any_phys(PHYS), BUFFERS * SPACE, 0};
	assert_int_equal(any_iova_init(&iova, IOVA, 0x1000000, 4096, ranges, 64), 0);
	iommu = (struct any_dma_iommu){.stage = &any_dma_iommu_stage,
				       .ops = &any_vtd_ops,
				       .ctx = &domain,
				       .iova = &iova,
				       .granule = ANY_IOMMU_PAGE,
				       .deferred = deferred,
				       .deferred_size = is_deferred ? DEFERRED : 0};
	plat = (struct any_dma_platform){.name = "behind VT-d",
					 .facts = {.coherent = true},
					 .ram = &region,
					 .n_ram = 1,
					 .iommu = &iommu};
	assert_int_equal(any_dma_attach(&dev, &plat), 0);
	assert_int_equal(any_dma_set_mask(&dev, UINT64_MAX), 0);
}

static void down(void)
{
	any_dma_detach(&dev);
	assert_int_equal(domain.table.gone, 0);
	assert_int_equal(any_vtd_detach(&domain, SID), 0);
	assert_int_equal(any_vtd_domain_fini(&domain), 0);
	assert_int_equal(any_vtd_fini(&rig.vtd), 0);
	assert_int_equal(rig.pages.used, 0);
	assert_int_equal(rig.vtd.errors, 0);
	unit_fini();
	free(ram);
}

/* Where the device gets to; UINT64_MAX: it is stopped. */
static uint64_t arrives(uint64_t at, unsigned access)
{
	uint64_t phys;

	return unit_access(SID, at, access, &phys) ? UINT64_MAX : phys;
}

static struct {
	struct any_dma_mapping map;
	uint64_t phys;
} slots[BUFFERS];

static void look(unsigned i)
{
	const struct any_dma_mapping *m = &slots[i].map;
	const uint64_t first = m->addr.raw, last = first + m->len - 1;
	const unsigned right = m->dir, wrong = 3u & ~m->dir;

	for (unsigned access = 1; access <= 2; access++) {
		if (!(right & access))
			continue;
		assert_true(arrives(first, access) == slots[i].phys);
		assert_true(arrives(last, access) == slots[i].phys + m->len - 1);
	}
	if (wrong)
		assert_true(arrives(first, wrong) == UINT64_MAX);
}

static void map_one(unsigned i, uint32_t random)
{
	static const enum any_dma_dir dirs[] = {ANY_DMA_TO_DEVICE, ANY_DMA_FROM_DEVICE,
						ANY_DMA_BOTH};
	const uint32_t offset = random % 0x3000, len = 1 + (random >> 12) % 0x4000;

	assert_int_equal(
		any_dma_map(&dev, ram + i * SPACE + offset, len, dirs[random % 3], &slots[i].map),
		0);
	slots[i].phys = PHYS + i * SPACE + offset;
}

static void steps(uint32_t seed, bool strict)
{
	uint32_t live = 0;

	for (unsigned step = 0; step < 250; step++) {
		const unsigned i = (seed = seed * 1664525u + 1013904223u) >> 28;
		const uint64_t at = slots[i].map.addr.raw;

		if (!(live >> i & 1)) {
			map_one(i, seed >> 3);
			look(i);
		} else {
			look(i);
			any_dma_unmap(&dev, &slots[i].map);
			if (strict)
				assert_true(arrives(at, 1) == UINT64_MAX &&
					    arrives(at, 2) == UINT64_MAX);
		}
		live ^= 1u << i;
	}
	for (unsigned i = 0; i < BUFFERS; i++)
		if (live >> i & 1)
			any_dma_unmap(&dev, &slots[i].map);
}

static void strict_and_deferred(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 8; seed++) {
		up(CAP_ALL | (seed & 1 ? CAP_CM : 0), ECAP(seed & 2 ? ECAP_C : 0), seed & 4);
		steps(seed, !(seed & 4));
		down();
	}
}

/* Deferred is deferred, not forgotten: gone with the ring's end, and no address again before. */
static void deferred_and_then_gone(void **state)
{
	uint64_t at[DEFERRED];

	(void)state;
	up(CAP_ALL, ECAP(ECAP_C), true);
	for (unsigned i = 0; i < DEFERRED; i++) {
		assert_int_equal(any_dma_map(&dev, ram, 4096, ANY_DMA_TO_DEVICE, &slots[0].map), 0);
		at[i] = slots[0].map.addr.raw;
		for (unsigned j = 0; j < i; j++)
			assert_true(at[i] != at[j]);
		assert_true(arrives(at[i], 1) == PHYS);
		any_dma_unmap(&dev, &slots[0].map);
		if (i + 1 < DEFERRED)
			assert_true(arrives(at[i], 1) == PHYS); /* it is remembered, as agreed */
	}
	for (unsigned i = 0; i < DEFERRED; i++)
		assert_true(arrives(at[i], 1) == UINT64_MAX);
	down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_and_deferred),
		cmocka_unit_test(deferred_and_then_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

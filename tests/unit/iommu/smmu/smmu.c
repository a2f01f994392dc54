/* SPDX-License-Identifier: BSD-2-Clause */
/* The SMMUv3's driver against a model that remembers whatever it may. */
#include "smmu_rig.h"

static struct {
	uint64_t phys;
	unsigned prot;
	bool stale; /* unmapped, and its invalidation waits */
} want[DEVS][N];
static uint64_t seed;

static uint32_t chance(uint32_t n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % n;
}

/* Nothing is said of what waits: it may pass, and it is not used again. */
static void expect_at(unsigned dev, uint32_t i)
{
	const uint64_t va = BASE + i * PAGE + chance(4096);
	const unsigned access = 1 + chance(2);
	const unsigned may = want[dev][i].prot == 2 && !smmu.stage2 ? 3 : want[dev][i].prot;
	uint64_t phys;

	if (want[dev][i].stale)
		return;
	if (access_by(streams[dev], va, access, &phys)) {
		assert_int_equal(access & ~may, 0);
		assert_int_equal(phys, want[dev][i].phys + va % PAGE);
	} else {
		assert_int_equal(access & may, 0);
		expect_fault(streams[dev], ANY_IOMMU_FAULT_MAPPING, va, access);
	}
}

static void remember(unsigned dev, uint32_t i, uint32_t n, uint64_t phys, unsigned prot)
{
	for (uint32_t j = i; j < i + n; j++) {
		want[dev][j].phys = phys + (j - i) * PAGE;
		want[dev][j].prot = prot;
	}
}

static bool any_stale(unsigned dev, uint32_t i, uint32_t n)
{
	while (n--)
		if (want[dev][i + n].stale)
			return true;
	return false;
}

static void unmap_later(unsigned dev, uint32_t i, uint32_t n)
{
	any_smmu_ops.unmap(&domains[dev], any_dma(BASE + i * PAGE), n * PAGE);
	remember(dev, i, n, 0, 0);
	while (n--)
		want[dev][i + n].stale = true;
}

static void flush(unsigned dev)
{
	any_smmu_ops.inval(&domains[dev], any_dma(0), 0);
	any_smmu_ops.sync(&domains[dev]);
	for (uint32_t i = 0; i < N; i++)
		want[dev][i].stale = false;
}

static void random_step(unsigned dev)
{
	const bool large = !chance(4);
	const uint32_t i = large ? chance(2) * 512 : chance(N);
	const uint32_t most = N - i, n = large ? 512 : 1 + chance(30), len = n < most ? n : most;
	const uint64_t phys =
		0x80000000ull + chance(32) * 512 * PAGE + (large ? 0 : chance(512) * PAGE);
	const unsigned prot = 1 + chance(3);

	if (any_stale(dev, i, len) || !chance(12))
		flush(dev);
	if (!chance(3)) {
		unmap_later(dev, i, len);
	} else if (chance(2)) {
		const int err = map(dev, BASE + i * PAGE, phys, len * PAGE, prot);

		if (!err)
			remember(dev, i, len, phys, prot);
		else
			assert_int_equal(err, -ANY_EBUSY);
	} else {
		unmap(dev, BASE + i * PAGE, len * PAGE);
		remember(dev, i, len, 0, 0);
	}
	for (unsigned j = 0; j < 16; j++)
		expect_at(chance(DEVS), chance(N));
	expect_at(dev, i);
	expect_at(dev, i + len - 1);
}

static void unmap_returns_when_the_device_is_out(void **state)
{
	(void)state;
	EACH_VARIANT(v)
	{
		seed = (uint64_t)(v - variants) + 1;
		up(v);
		memset(want, 0, sizeof(want));
		for (unsigned i = 0; i < DEVS; i++)
			attach(i);
		for (unsigned step = 0; step < 400; step++)
			random_step(chance(DEVS));
		for (unsigned i = 0; i < DEVS; i++)
			assert_int_equal(any_smmu_detach(&domains[i]), 0);
		assert_int_equal(any_smmu_fini(&smmu), 0);
		assert_int_equal(x.m.pages.used, 0);
		assert_int_equal(smmu.errors, 0);
		assert_true(v->coherent ? !x.m.cleans && !x.m.invals : x.m.cleans && x.m.invals);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unmap_returns_when_the_device_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

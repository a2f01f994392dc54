/* SPDX-License-Identifier: BSD-2-Clause */
/* What devices reach behind VT-d: exactly what is mapped, from map_sync to the end of sync. */
#include "domain_rig.h"

static void one_flavour(uint64_t cap, uint64_t ecap)
{
	up(cap, ecap);
	stopped(SID, 0x5123, READ, 6);
	map(&domains[0], 0x5000, 0x123456000, 0x3000, READ);
	reaches(SID, 0x5123, READ, 0x123456123);
	reaches(SID, 0x7fff, READ, 0x123458fff);
	stopped(SID, 0x5123, WRITE, 5);
	stopped(SID, 0x8000, READ, 6);
	stopped(SID_2, 0x5123, READ, 6); /* another's address space */
	map(&domains[0], 0x8000, 0x1000, 0x1000, WRITE);
	reaches(SID, 0x8800, WRITE, 0x1800);
	stopped(SID, 0x8800, READ, 6);
	unmap(&domains[0], 0x5000, 0x3000);
	stopped(SID, 0x5123, READ, 6); /* when it returns, it is gone */
	reaches(SID, 0x8800, WRITE, 0x1800);
	map(&domains[0], 0x5000, 0x9000, 0x1000, READ | WRITE);
	reaches(SID, 0x5004, WRITE, 0x9004);
	map(&domains[1], 0x40000000, 0x80000000, 0x400000,
	    READ); /* large leaves, where it has them */
	reaches(SID_2, 0x40234567, READ, 0x80234567);
	unmap(&domains[1], 0x40000000, 0x400000);
	stopped(SID_2, 0x40234567, READ, 6);
	unmap(&domains[0], 0x5000, 0x1000);
	unmap(&domains[0], 0x8000, 0x1000);
	stopped(SID, 0x8800, WRITE, 5);
	if (cap & CAP_RWBF)
		assert_true(unit.flushes);
	down();
}

static void strict_in_every_flavour(void **state)
{
	static const uint64_t caps[] = {CAP_39 | CAP_REST, CAP_ALL, CAP_ALL & ~CAP_PSI,
					CAP_39 | CAP_REST | CAP_PSI};
	static const uint64_t more[] = {0, CAP_CM, CAP_RWBF, CAP_CM | CAP_RWBF};
	static const uint64_t ecaps[] = {0, ECAP_C, ECAP_SC, ECAP_C | ECAP_SC};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(caps); i++)
		for (size_t j = 0; j < ANY_ARRAY_SIZE(more); j++)
			for (size_t k = 0; k < ANY_ARRAY_SIZE(ecaps); k++)
				one_flavour(caps[i] | more[j], ECAP(ecaps[k]));
}

/* ---- any order */

#define SLOTS 24u

static struct {
	uint64_t iova, phys;
	uint32_t pages; /* 0: not mapped */
} model[2][SLOTS];

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void look(unsigned d, unsigned s)
{
	const uint64_t iova = model[d][s].iova, last = iova + model[d][s].pages * 4096ull - 1;

	if (!model[d][s].pages) {
		stopped(d ? SID_2 : SID, iova, READ, 6);
		return;
	}
	reaches(d ? SID_2 : SID, iova, READ, model[d][s].phys);
	reaches(d ? SID_2 : SID, last, READ, model[d][s].phys + (last - iova));
}

/* Deferred: cleared now, invalidated with all others in the end, and not used again before. */
static void random_steps(uint32_t seed, bool deferred)
{
	memset(model, 0, sizeof(model));
	for (unsigned d = 0; d < 2; d++)
		for (unsigned s = 0; s < SLOTS; s++)
			model[d][s].iova = (s * 3ull << 19) + (s & 3u) * 0x200000000ull;
	for (unsigned step = 0; step < 300; step++) {
		const unsigned d = next(&seed) & 1, s = next(&seed) % SLOTS;
		const uint64_t iova = model[d][s].iova;
		uint32_t *pages = &model[d][s].pages;

		if (!*pages) {
			*pages = 1 + next(&seed) % 9;
			model[d][s].phys = (uint64_t)next(&seed) << 12;
			map(&domains[d], iova, model[d][s].phys, *pages * 4096ull, READ);
		} else if (deferred && next(&seed) % 4) {
			OPS->unmap(&domains[d], any_dma(iova), *pages * 4096ull);
			model[d][s].iova += 0x10000; /* an address that was not used before */
			*pages = 0;
		} else {
			unmap(&domains[d], iova, *pages * 4096ull);
			*pages = 0;
		}
		look(d, s);
		look(next(&seed) & 1, next(&seed) % SLOTS);
	}
	for (unsigned d = 0; d < 2; d++) {
		OPS->inval(&domains[d], any_dma(0), 0);
		OPS->sync(&domains[d]);
		assert_int_equal(domains[d].table.gone, 0); /* all tables are back */
	}
}

static void any_order(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 12; seed++) {
		up(CAP_ALL | (seed & 1 ? CAP_CM : 0) | (seed & 2 ? CAP_RWBF : 0),
		   ECAP(seed & 4 ? ECAP_C : 0));
		random_steps(seed, seed % 3 == 0);
		for (unsigned i = 0; i < RECORDS; i++)
			unit.record[i][3] = 0;
		down();
	}
}

/* ---- invalidations */

static void as_little_as_is_enough(void **state)
{
	(void)state;
	up(CAP_ALL, ECAP(ECAP_C));
	map(&domains[0], 0x5000, 0x1000, 0x1000, READ);
	assert_int_equal(unit.singles + unit.wholes,
			 0); /* nothing was there, nothing is remembered */
	map(&domains[0], 0x6000, 0x1000, 0x2000, READ);
	unmap(&domains[0], 0x6000, 0x2000);
	assert_int_equal(unit.singles, 1);
	assert_int_equal(unit.wholes, 0);
	map(&domains[0], 0x10000000, 0x10000000, 0x10000000, READ);
	unmap(&domains[0], 0x10000000, 0x10000000); /* more pages than one descriptor takes */
	assert_int_equal(unit.wholes, 1);
	unmap(&domains[0], 0x5000, 0x1000);
	down();
	up(CAP_ALL | CAP_CM, ECAP(ECAP_C));
	unit.singles = unit.wholes = 0;
	map(&domains[0], 0x5000, 0x1000, 0x1000, READ);
	assert_int_equal(unit.singles, 1);
	unmap(&domains[0], 0x5000, 0x1000);
	down();
}

/* Tables that an earlier, deferred unmap emptied are not given back by a later one's invalidation.
 */
static void tables_outlive_what_remembers_them(void **state)
{
	uint32_t used;

	(void)state;
	up(CAP_ALL & ~CAP_BIG, ECAP(ECAP_C));
	map(&domains[0], 0x40000000, 0x1000, 0x1000, READ);
	map(&domains[0], 0x80000000, 0x2000, 0x1000, READ);
	map(&domains[0], 0x80001000, 0x3000, 0x1000, READ);
	reaches(SID, 0x40000000, READ, 0x1000);
	used = rig.pages.used;
	OPS->unmap(&domains[0], any_dma(0x40000000), 0x1000);
	assert_int_equal(rig.pages.used, used); /* set aside */
	unmap(&domains[0], 0x80000000, 0x1000);
	assert_int_equal(unit.wholes, 1); /* they are covered, too */
	stopped(SID, 0x40000000, READ, 6);
	assert_int_equal(rig.pages.used, used - 2);
	/* What comes between an invalidation and its end is not covered by it. */
	OPS->unmap(&domains[0], any_dma(0x80001000), 0x1000);
	used = rig.pages.used;
	map(&domains[0], 0xc0000000, 0x1000, 0x1000, READ);
	OPS->inval(&domains[0], any_dma(0x80001000), 0x1000);
	OPS->unmap(&domains[0], any_dma(0xc0000000), 0x1000);
	OPS->sync(&domains[0]);
	assert_true(domains[0].table.gone);
	OPS->inval(&domains[0], any_dma(0), 0);
	OPS->sync(&domains[0]);
	assert_int_equal(domains[0].table.gone, 0);
	down();
}

/* Where a table was set aside, the next mapping has another: the way to the first is forgotten. */
static void a_way_that_is_old(void **state)
{
	(void)state;
	up(CAP_ALL, ECAP(0));
	map(&domains[0], 0x40000000, 0x1000, 0x1000, READ);
	reaches(SID, 0x40000000, READ, 0x1000);
	OPS->unmap(&domains[0], any_dma(0x40000000), 0x1000);
	map(&domains[0], 0x40001000, 0x2000, 0x1000, READ);
	reaches(SID, 0x40001000, READ, 0x2000);
	unmap(&domains[0], 0x40001000, 0x1000);
	down();
}

static void the_queue_goes_round(void **state)
{
	(void)state;
	up(CAP_ALL, ECAP(ECAP_C));
	map(&domains[0], 0x40000000, 0x1000, 0x1000, READ);
	for (unsigned i = 0; i < 700; i++)
		OPS->inval(&domains[0], any_dma(0x5000), 0x1000);
	assert_true(unit.iotlbs > 500); /* it waits when there is no room */
	for (unsigned i = 0; i < 300; i++)
		OPS->sync(&domains[0]);
	assert_int_equal(unit.iotlbs, 1 + 700);
	unmap(&domains[0], 0x40000000, 0x1000);
	down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_in_every_flavour),
		cmocka_unit_test(any_order),
		cmocka_unit_test(as_little_as_is_enough),
		cmocka_unit_test(tables_outlive_what_remembers_them),
		cmocka_unit_test(a_way_that_is_old),
		cmocka_unit_test(the_queue_goes_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

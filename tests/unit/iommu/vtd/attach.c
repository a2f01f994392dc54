/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions and domains of VT-d: who is attached to what, and what cannot be mapped or unmapped. */
#include "domain_rig.h"

static void who_is_attached_to_what(void **state)
{
	(void)state;
	up(CAP_ALL | CAP_CM, ECAP(0));
	stopped(0x0119, 0x5000, READ, 2);
	stopped(0x0300, 0x5000, READ, 1); /* and in caching mode, both are remembered */
	map(&domains[0], 0x5000, 0x1000, 0x1000, READ);
	assert_int_equal(any_vtd_attach(&domains[0], SID), -ANY_EBUSY);
	assert_int_equal(any_vtd_attach(&domains[1], SID), -ANY_EBUSY);
	assert_int_equal(any_vtd_attach(&domains[0], 0x0119), 0);
	assert_int_equal(any_vtd_attach(&domains[0], 0x0300), 0);
	reaches(0x0119, 0x5000, READ, 0x1000);
	reaches(0x0300, 0x5000, READ, 0x1000);
	assert_int_equal(any_vtd_detach(&domains[1], 0x0300), -ANY_ENOENT);
	assert_int_equal(any_vtd_detach(&domains[0], 0x0400), -ANY_ENOENT);
	assert_int_equal(any_vtd_detach(&domains[0], 0x0119), 0);
	assert_int_equal(any_vtd_detach(&domains[0], 0x0119), -ANY_ENOENT);
	assert_int_equal(any_vtd_detach(&domains[0], 0x0300), 0);
	stopped(0x0119, 0x5000, READ, 2);
	stopped(0x0300, 0x5000, READ, 2);
	reaches(SID, 0x5000, READ, 0x1000);
	assert_true(unit.prepared >= 4); /* contexts, their parts in order */
	assert_true(unit.retired >= 2);
	unmap(&domains[0], 0x5000, 0x1000);
	down();
}

/* RMRR: what firmware's own use of a device needs is there from the first moment on. */
static void mapped_before_it_is_attached(void **state)
{
	static const uint64_t more[] = {0, CAP_CM, CAP_RWBF, CAP_CM | CAP_RWBF};
	struct any_vtd_domain d;
	uint64_t phys;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(more); i++) {
		up(CAP_ALL | more[i], ECAP(0));
		stopped(0x0208, 0xdeadb000, READ, 1);
		assert_int_equal(any_vtd_domain_init(&rig.vtd, &d, 9), 0);
		map(&d, 0xdeadb000, 0xdeadb000, 0x1000, READ | WRITE);
		assert_int_not_equal(unit_access(0x0208, 0xdeadb000, READ, &phys), 0);
		assert_int_equal(any_vtd_attach(&d, 0x0208), 0);
		reaches(0x0208, 0xdeadb008, WRITE, 0xdeadb008);
		stopped(0x0208, 0xdeadc000, WRITE, 5);
		assert_int_equal(any_vtd_domain_fini(&d), -ANY_EBUSY);
		assert_int_equal(any_vtd_detach(&d, 0x0208), 0);
		stopped(0x0208, 0xdeadb000, READ, 2);
		assert_int_equal(any_vtd_domain_fini(&d), 0);
		down();
	}
}

static void domains_have_numbers_of_their_own(void **state)
{
	struct any_vtd_domain d, e;

	(void)state;
	up(CAP_ALL, ECAP(0));
	assert_int_equal(any_vtd_domains(&rig.vtd), 256);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &d, 0), -ANY_EINVAL);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &d, 256), -ANY_EINVAL);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &d, 5), -ANY_EBUSY);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &d, 255), 0);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &e, 255), 0); /* neither is used yet */
	assert_int_equal(any_vtd_attach(&d, 0x10), 0);
	assert_int_equal(any_vtd_attach(&e, 0x18), -ANY_EBUSY);
	assert_int_equal(any_vtd_detach(&d, 0x10), 0);
	assert_int_equal(any_vtd_domain_fini(&d), 0);
	assert_int_equal(any_vtd_domain_fini(&e), 0);
	down();
}

static void messages_are_not_translated(void **state)
{
	static const uint64_t bad[][2] = {{0xfee00000, 0x1000},
					  {0xfeeff000, 0x1000},
					  {0xfedff000, 0x2000},
					  {0xfe000000, 0x2000000}};

	(void)state;
	up(CAP_ALL, ECAP(0));
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++)
		assert_int_equal(
			OPS->map(&domains[0], any_dma(bad[i][0]), any_phys(0), bad[i][1], READ),
			-ANY_EINVAL);
	map(&domains[0], 0xfedff000, 0, 0x1000, READ);
	map(&domains[0], 0xfef00000, 0, 0x1000, READ);
	down();
}

/* Tables that somebody wrote in cannot be cleared: then nobody reaches anything by them. */
static void what_cannot_be_unmapped_is_closed(void **state)
{
	(void)state;
	up(CAP_ALL, ECAP(ECAP_C));
	map(&domains[0], 0x5000, 0x1000, 0x1000, READ);
	map(&domains[1], 0x5000, 0x1000, 0x1000, READ);
	reaches(SID, 0x5000, READ, 0x1000);
	reaches(SID_2, 0x5000, READ, 0x1000);
	domains[0].table.root[0] = 0x666000 | 3;
	OPS->unmap(&domains[0], any_dma(0x5000), 0x1000);
	assert_int_equal(rig.vtd.errors, 1);
	stopped(SID, 0x5000, READ, 2);
	reaches(SID_2, 0x5000, READ, 0x1000);
	assert_int_equal(any_vtd_detach(&domains[0], SID), -ANY_ENOENT);
	unit_fini();
}

/* A map that fails half-way leaves nothing, and its tables come back with the next invalidation. */
static void no_pages_left(void **state)
{
	uint32_t used;
	uint64_t at = 0x40000000;

	(void)state;
	up(CAP_ALL & ~CAP_BIG, ECAP(ECAP_C));
	while (!OPS->map(&domains[0], any_dma(at), any_phys(0), 0x1000, READ))
		at += 0x200000;
	used = rig.pages.used;
	assert_int_equal(OPS->map(&domains[0], any_dma(at - 0x1000), any_phys(0), 0x2000, READ),
			 -ANY_ENOMEM);
	stopped(SID, at - 0x1000, READ, 6);
	OPS->inval(&domains[0], any_dma(at - 0x1000), 0x2000);
	OPS->sync(&domains[0]);
	assert_int_equal(rig.pages.used, used);
	assert_int_equal(any_vtd_attach(&domains[0], 0x0500), -ANY_ENOMEM);
	down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_attached_to_what),
		cmocka_unit_test(mapped_before_it_is_attached),
		cmocka_unit_test(domains_have_numbers_of_their_own),
		cmocka_unit_test(messages_are_not_translated),
		cmocka_unit_test(what_cannot_be_unmapped_is_closed),
		cmocka_unit_test(no_pages_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

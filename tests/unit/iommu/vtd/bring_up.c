/* SPDX-License-Identifier: BSD-2-Clause */
/* A VT-d unit's registers: what is asked of them, in which order, and units that are not what they
 * should be. */
#include "unit.h"

#include "any_arch.h"

static struct rig rig;
static struct any_vtd_domain domain;

static void in_this_order(void **state)
{
	uint64_t phys;

	(void)state;
	rig_init(&rig, CAP_ALL | CAP_PMR, ECAP(0));
	assert_int_equal(unit_access(0x18, 0x5000, 1, &phys), 0); /* not before */
	assert_int_equal(rig_start(&rig), 0);
	/* Queue, root, contexts, translations, and only then. */
	assert_string_equal(unit.log, "QRCTE");
	assert_true(unit.gsts & (1u << 31));
	assert_int_equal(unit.pmen, 0);
	assert_int_equal(unit.fectl, 1u << 31);
	assert_int_equal(unit_access(0x18, 0x5000, 1, &phys), 1); /* absent is blocked */
	assert_int_equal(unit_access(0x18, 0x5000, 2, &phys), 1);
	assert_int_equal(any_vtd_fini(&rig.vtd), 0);
	assert_string_equal(unit.log, "QRCTEeq");
	assert_int_equal(rig.pages.used, 0);
	assert_int_equal(any_vtd_fini(&rig.vtd), 0);
	unit_fini();
}

/* Interrupt remapping was on and stays on: unit.c holds every command against that. */
static void from_firmware_that_left_it_on(void **state)
{
	uint64_t phys;

	(void)state;
	rig_init(&rig, CAP_ALL | CAP_RWBF, ECAP(0));
	unit.gsts = TE | SRTP | QIE | IRE;
	unit.fsts = 1;
	unit.iqa = BASE + BYTES - 4096;
	memset(unit.view + BYTES - 4096, 0, 4096);
	unit.view[BYTES - 4096] = 0x11; /* it has a descriptor to do */
	unit.iqt = 16;
	assert_int_equal(rig_start(&rig), 0);
	assert_string_equal(unit.log, "CqQRCT"); /* and was never open */
	assert_int_equal(unit.gsts, TE | SRTP | QIE | IRE);
	assert_int_equal(unit.fsts & 1, 0);
	assert_int_equal(unit_access(0x18, 0x5000, 1, &phys), 1);
	unit_fini();
	rig_init(&rig, CAP_ALL, ECAP(0));
	unit.gsts = TE | SRTP;
	unit.rtaddr = 1 << 10;
	assert_int_equal(rig_start(&rig), -ANY_EBUSY);
	assert_int_equal(unit.writes, 0);
	unit_fini();
	rig_init(&rig, CAP_ALL, ECAP(0));
	unit.gsts = QIE;
	unit.stuck = true;
	unit.iqt = 16;
	assert_int_equal(rig_start(&rig), -ANY_ENODEV);
	assert_string_equal(rig.vtd.why, "its queue does not come to an end");
	unit_fini();
}

static void units_that_will_not_do(void **state)
{
	static const struct {
		uint64_t cap, ecap;
		uint32_t version;
		int err;
	} bad[] = {
		{CAP_ALL, ECAP(0), 0, -ANY_ENODEV},
		{CAP_ALL, ECAP(0), UINT32_MAX, -ANY_ENODEV},
		{UINT64_MAX, ECAP(0), 0x10, -ANY_EPROTO},
		{CAP_ALL, UINT64_MAX, 0x10, -ANY_EPROTO},
		{CAP_ALL | 7, ECAP(0), 0x10, -ANY_EPROTO},
		{CAP_ALL, 0, 0x10, -ANY_ENOTSUP},
		{CAP_ALL & ~(6ull << 8), ECAP(0), 0x10, -ANY_ENOTSUP},
		{(CAP_ALL & ~(63ull << 16)) | 30ull << 16, ECAP(0), 0x10, -ANY_EPROTO},
		{CAP_ALL & ~(0x3ffull << 24), ECAP(0), 0x10, -ANY_EPROTO},
		{CAP_ALL | 0x3ffull << 24, ECAP(0), 0x10, -ANY_EPROTO},
		{CAP_ALL | 0xffull << 40, ECAP(0), 0x10, -ANY_EPROTO},
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		rig_init(&rig, bad[i].cap, bad[i].ecap);
		unit.version = bad[i].version;
		assert_int_equal(rig_start(&rig), bad[i].err);
		assert_non_null(rig.vtd.why);
		assert_int_equal(unit.writes, 0);
		assert_int_equal(rig.pages.used, 0);
		unit_fini();
	}
}

static void pages_that_will_not_do(void **state)
{
	(void)state;
	rig_init(&rig, CAP_ALL, ECAP(0));
	rig.pages.cache = NULL; /* it does not snoop */
	assert_int_equal(rig_start(&rig), -ANY_ENOTSUP);
	rig.pages.cache = &unit_cache;
	rig.pages.count = 2;
	assert_int_equal(rig_start(&rig), -ANY_ENOMEM);
	rig.pages.addr.raw++;
	assert_int_equal(rig_start(&rig), -ANY_EINVAL);
	assert_int_equal(any_vtd_init(&rig.vtd, unit.ram, 0xb0, &rig.pages), -ANY_ENODEV);
	assert_int_equal(unit.writes, 0);
	unit_fini();
}

static void widths_and_sizes(void **state)
{
	(void)state;
	rig_init(&rig, CAP_39 | CAP_REST, ECAP(ECAP_C));
	assert_int_equal(rig_start(&rig), 0);
	assert_int_equal(rig.vtd.format.levels, 3);
	assert_int_equal(rig.vtd.format.input_bits, 39);
	assert_int_equal(rig.vtd.format.leaves, 1);
	assert_null(rig.pages.cache);
	unit_fini();
	rig_init(&rig, (CAP_ALL & ~(63ull << 16)) | 41ull << 16, ECAP(0));
	assert_int_equal(rig_start(&rig), 0);
	assert_int_equal(rig.vtd.format.levels, 4);
	assert_int_equal(rig.vtd.format.input_bits, 42); /* MGAW */
	assert_int_equal(rig.vtd.format.leaves, 7);
	unit_fini();
}

/* ---- units that stop answering */

static void commands_that_are_never_carried_out(void **state)
{
	static const uint32_t mute[] = {QIE, SRTP, TE, WBF};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(mute); i++) {
		rig_init(&rig, CAP_ALL | CAP_RWBF, ECAP(0));
		unit.mute = mute[i];
		assert_int_equal(rig_start(&rig), -ANY_ENODEV);
		assert_string_equal(rig.vtd.why, "a command is not carried out");
		unit_fini();
	}
}

static void up(uint64_t cap)
{
	rig_init(&rig, cap, ECAP(0));
	assert_int_equal(rig_start(&rig), 0);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &domain, 5), 0);
	assert_int_equal(any_vtd_attach(&domain, 0x18), 0);
	assert_int_equal(any_vtd_ops.map(&domain, any_dma(0x5000), any_phys(0), 0x1000, 1), 0);
	any_vtd_ops.map_sync(&domain, any_dma(0x5000), 0x1000);
}

/* Nothing is given back that it may still walk. */
static void from_then_on(uint32_t errors)
{
	const uint32_t used = rig.pages.used;

	any_vtd_ops.unmap(&domain, any_dma(0x5000), 0x1000);
	any_vtd_ops.inval(&domain, any_dma(0x5000), 0x1000);
	any_vtd_ops.sync(&domain);
	assert_true(rig.vtd.dead && rig.vtd.errors == errors);
	assert_non_null(rig.vtd.why);
	any_vtd_ops.map_sync(&domain, any_dma(0x5000), 0x1000);
	assert_true(rig.vtd.errors > errors);
	assert_int_equal(any_vtd_attach(&domain, 0x20), -ANY_ENODEV);
	assert_int_equal(any_vtd_detach(&domain, 0x18), -ANY_ENODEV);
	assert_int_equal(any_vtd_domain_fini(&domain), -ANY_ENODEV);
	assert_int_equal(any_vtd_domain_init(&rig.vtd, &domain, 9), -ANY_ENODEV);
	assert_int_equal(any_vtd_fini(&rig.vtd), -ANY_ENODEV);
	assert_int_equal(rig.pages.used, used);
	unit_fini();
}

static void queues_that_do_not_go_on(void **state)
{
	(void)state;
	up(CAP_ALL | CAP_CM);
	unit.stuck = true;
	from_then_on(1);
	up(CAP_ALL | CAP_CM);
	unit.fsts |= 0x40; /* a device's own cache that does not answer */
	from_then_on(1);
}

static void units_that_vanish(void **state)
{
	struct any_iommu_fault fault;
	unsigned ends[3] = {0}, end; /* well, in fini, in init */
	int err;

	(void)state;
	for (uint32_t reads = 2; ends[0] < 3 && reads < 500; reads++) {
		rig_init(&rig, CAP_ALL | CAP_RWBF | CAP_PMR, ECAP(0));
		unit.vanish = reads;
		err = rig_start(&rig);
		end = err ? 2 : (err = any_vtd_fini(&rig.vtd)) ? 1 : 0;
		ends[end]++;
		assert_true(!err || rig.vtd.why);
		assert_true(!err || err == -ANY_ENODEV || (reads < 8 && err == -ANY_EPROTO));
		unit_fini();
	}
	assert_true(ends[0] == 3 && ends[1] > 3 && ends[2] > 10);
	up(CAP_ALL | CAP_CM | CAP_RWBF);
	unit.vanish = 2;
	assert_int_equal(any_vtd_fault(&rig.vtd, &fault), -ANY_ENODEV);
	from_then_on(2);
}

/* Registers that say anything: no call hangs, and none leaves its memory (sanitizers look). */
static void units_that_lie(void **state)
{
	struct any_iommu_fault fault;
	unsigned up_once = 0, refused = 0;
	int err = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= 300; seed++) {
		rig_init(&rig, CAP_ALL | CAP_CM | CAP_RWBF, ECAP(0));
		unit.lies = seed;
		unit.truth = seed % 40; /* reads before the first */
		if (rig_start(&rig) || any_vtd_domain_init(&rig.vtd, &domain, 5)) {
			assert_non_null(rig.vtd.why);
			unit_fini();
			continue;
		}
		up_once++;
		err = 0;
		err |= any_vtd_attach(&domain, (uint16_t)seed);
		(void)any_vtd_ops.map(&domain, any_dma(0x5000), any_phys(0), 0x1000, 1);
		any_vtd_ops.map_sync(&domain, any_dma(0x5000), 0x1000);
		for (unsigned i = 0; i < 20; i++)
			err |= any_vtd_fault(&rig.vtd, &fault);
		any_vtd_ops.unmap(&domain, any_dma(0x5000), 0x1000);
		any_vtd_ops.inval(&domain, any_dma(0x5000), 0x1000);
		any_vtd_ops.sync(&domain);
		err |= any_vtd_detach(&domain, (uint16_t)seed);
		err |= any_vtd_domain_fini(&domain);
		err |= any_vtd_fini(&rig.vtd);
		refused += err != 0;
		unit_fini();
	}
	assert_true(up_once > 10 && refused > 10);
}

/* ---- faults */

static void faults_are_read_and_emptied(void **state)
{
	struct any_iommu_fault f;
	uint64_t phys;

	(void)state;
	up(CAP_ALL);
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), -ANY_EAGAIN);
	assert_int_equal(unit_access(0x18, 0x123456789abc, 1, &phys), 6);
	assert_int_equal(unit_access(0x18, 0x5abc, 2, &phys), 5);
	assert_int_equal(unit_access(0x0210, 0x7000, 2, &phys), 1);
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), 0);
	assert_true(f.device == 0x18 && f.has_addr && f.addr.raw == 0x123456789000 &&
		    f.access == ANY_IOMMU_READ && f.reason == ANY_IOMMU_FAULT_MAPPING);
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), 0);
	assert_true(f.addr.raw == 0x5000 && f.access == ANY_IOMMU_WRITE &&
		    f.reason == ANY_IOMMU_FAULT_MAPPING);
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), 0);
	assert_true(f.device == 0x210 && f.reason == ANY_IOMMU_FAULT_DOMAIN);
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), -ANY_EAGAIN);
	/* An atomic access, for a reason of tomorrow; and a unit that points nowhere. */
	unit.record[2][2] = 1u << 28 | 7;
	unit.record[2][3] = 3u << 30 | 0x99;
	unit.fsts |= 0xff00;
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), 0);
	assert_true(f.device == 7 && f.access == (ANY_IOMMU_READ | ANY_IOMMU_WRITE) &&
		    f.reason == ANY_IOMMU_FAULT_UNKNOWN);
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), -ANY_EAGAIN);
	unit_fini();
}

static void more_faults_than_records(void **state)
{
	struct any_iommu_fault f;
	uint64_t phys;

	(void)state;
	up(CAP_ALL);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(unit_access(0x18, 0x10000 + 0x1000 * i, 1, &phys), 6);
	for (unsigned i = 0; i < RECORDS; i++) {
		assert_int_equal(any_vtd_fault(&rig.vtd, &f), 0);
		assert_true(f.addr.raw == 0x10000 + 0x1000 * i);
	}
	assert_int_equal(rig.vtd.lost, 0);
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), -ANY_EAGAIN);
	assert_int_equal(rig.vtd.lost, 1);
	assert_int_equal(unit_access(0x18, 0x20000, 1, &phys), 6); /* it records again */
	assert_int_equal(any_vtd_fault(&rig.vtd, &f), 0);
	assert_true(f.addr.raw == 0x20000);
	unit_fini();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_this_order),
		cmocka_unit_test(from_firmware_that_left_it_on),
		cmocka_unit_test(units_that_will_not_do),
		cmocka_unit_test(pages_that_will_not_do),
		cmocka_unit_test(widths_and_sizes),
		cmocka_unit_test(commands_that_are_never_carried_out),
		cmocka_unit_test(queues_that_do_not_go_on),
		cmocka_unit_test(units_that_vanish),
		cmocka_unit_test(units_that_lie),
		cmocka_unit_test(faults_are_read_and_emptied),
		cmocka_unit_test(more_faults_than_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* An SMMUv3 that talks nonsense, does not answer, or stops. */
#include "smmu_regs.h"

static struct any_smmu smmu;
static struct any_smmu_domain domain;
static uint64_t seed = 1;

static uint32_t word(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 32);
}

static int start(void)
{
	return any_smmu_init(&smmu, x.regs, &x.m.pages);
}

static void up(void)
{
	memset(&domain, 0, sizeof(domain));
	model_init(ARENA, false, true, true);
	assert_int_equal(start(), 0);
	assert_int_equal(any_smmu_attach(&smmu, &domain, 8, true), 0);
}

static int fault(void)
{
	struct any_iommu_fault f;

	return any_smmu_fault(&smmu, &f);
}

static void what_it_says_it_is(void **state)
{
	(void)state;
#define IDR(reg, value, expected)                                                                  \
	model_init(ARENA, false, true, true);                                                      \
	x.reg = value;                                                                             \
	assert_int_equal(start(), expected);                                                       \
	assert_int_equal(x.m.pages.used, 0)
	IDR(idr0, x.idr0 & ~3u, -ANY_ENOTSUP);	      /* no stage */
	IDR(idr0, x.idr0 & ~(3u << 2), -ANY_ENOTSUP); /* no format */
	IDR(idr0, x.idr0 | 2u << 24, -ANY_ENOTSUP);   /* stalls alone */
	IDR(idr0, x.idr0 | 3u << 24, -ANY_EPROTO);
	IDR(idr0, x.idr0 | 3u << 21, -ANY_ENOTSUP); /* big-endian tables alone */
	IDR(idr0, (x.idr0 & ~(3u << 21)) | 1u << 21, -ANY_EPROTO);
	IDR(idr1, x.idr1 | 1u << 29, -ANY_ENOTSUP); /* queues elsewhere */
	IDR(idr1, x.idr1 | 1u << 30, -ANY_ENOTSUP);
	IDR(idr1, x.idr1 | 0x3f, -ANY_EPROTO); /* 63 bits of streams */
	IDR(idr5, 4, -ANY_ENOTSUP);	       /* no 4 KiB */
	IDR(idr5, 7 | 1u << 4, -ANY_EPROTO);
	model_init(ARENA, false, true, true);
	x.idr0 = x.idr1 = x.idr5 = UINT32_MAX; /* nobody there */
	assert_int_equal(start(), -ANY_ENODEV);
}

/* 52 bits are there, 48 are used; 32 are all there are. */
static void as_wide_as_the_bus(void **state)
{
	(void)state;
	model_init(ARENA, false, true, true);
	x.idr5 = 6 | 1u << 4;
	assert_int_equal(start(), 0);
	assert_int_equal(smmu.format.output_bits, 48);
	model_init(ARENA, true, true, true);
	x.idr5 = 1u << 4;
	assert_int_equal(start(), 0);
	assert_int_equal(smmu.format.output_bits, 32);
	assert_int_equal(any_smmu_attach(&smmu, &domain, 8, true), 0);
	assert_int_equal(any_smmu_ops.map(&domain, any_dma(0), any_phys(1ull << 32), 4096, 3),
			 -ANY_ERANGE);
	assert_int_equal(any_smmu_attach(&smmu, &domain, 1u << 16, true), -ANY_ERANGE);
}

/* Whatever the registers say: an error or an SMMU that works, and pages come back. */
static void any_registers(void **state)
{
	unsigned works = 0;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		model_init(ARENA, false, true, true);
		x.idr0 = word();
		x.idr1 = word() & ~(i & 1 ? 3u << 29 : 0);
		x.idr5 = word();
		x.idr1 = i & 2 ? x.idr1 : (x.idr1 & ~0x3fu) | word() % 20;
		if (start()) {
			assert_int_equal(x.m.pages.used, 0);
			continue;
		}
		works++;
		assert_int_equal(any_smmu_fini(&smmu), 0);
		assert_int_equal(x.m.pages.used, 0);
	}
	assert_true(works > 20);
}

static void it_does_not_answer(void **state)
{
	(void)state;
	model_init(ARENA, false, true, true);
	x.no_ack = true;
	assert_int_equal(start(), -ANY_ENODEV);
	assert_int_equal(x.m.pages.used, 0); /* it never had them */
	model_init(ARENA, false, true, true);
	x.no_update = true;
	assert_int_equal(start(), -ANY_ENODEV);
	model_init(ARENA, false, true, true);
	x.mute = true;
	assert_int_equal(start(), -ANY_ENODEV);
	assert_int_equal(x.m.pages.used, 0); /* it did turn off */
	up();
	x.no_ack = true;
	x.mute = true;
	assert_int_equal(any_smmu_detach(&domain), -ANY_ENODEV);
	assert_int_equal(any_smmu_fini(&smmu), -ANY_EBUSY);
}

/* It is dead from then on: nothing is mapped, and no page is used again. */
static void a_sync_that_does_not_end(void **state)
{
	uint32_t used;

	(void)state;
	up();
	assert_int_equal(any_smmu_ops.map(&domain, any_dma(0x1000), any_phys(0), 4096, 3), 0);
	used = x.m.pages.used;
	x.mute = true;
	any_smmu_ops.unmap(&domain, any_dma(0x1000), 4096);
	any_smmu_ops.inval(&domain, any_dma(0x1000), 4096);
	any_smmu_ops.sync(&domain);
	assert_true(smmu.dead);
	assert_int_equal(smmu.errors, 1);
	assert_int_equal(x.m.pages.used, used);
	assert_int_equal(any_smmu_ops.map(&domain, any_dma(0x1000), any_phys(0), 4096, 3),
			 -ANY_ENODEV);
	assert_int_equal(fault(), -ANY_ENODEV);
	assert_int_equal(any_smmu_attach(&smmu, &(struct any_smmu_domain){0}, 9, true),
			 -ANY_ENODEV);
}

static void a_full_queue_waits(void **state)
{
	(void)state;
	model_init(ARENA, false, true, true);
	x.idr1 &= ~(0x1fu << 21); /* one command at a time */
	assert_int_equal(start(), 0);
	assert_int_equal(any_smmu_attach(&smmu, &domain, 8, true), 0);
	for (unsigned i = 0; i < 40; i++)
		any_smmu_ops.inval(&domain, any_dma(i * 4096), 4096);
	any_smmu_ops.sync(&domain);
	assert_int_equal(x.commands[0x12], 40);
	assert_int_equal(smmu.errors, 0);
}

static void nonsense_in_registers(void **state)
{
	(void)state;
	up();
	x.lie = true; /* commands done that were never asked for */
	any_smmu_ops.inval(&domain, any_dma(0), 4096);
	any_smmu_ops.sync(&domain);
	assert_true(smmu.dead);
	up();
	x.events_lie = 129; /* more reports than there are places */
	assert_int_equal(fault(), -ANY_EPROTO);
	up();
	x.events_lie = 5; /* and always five more, of nothing */
	assert_int_equal(fault(), -ANY_EPROTO);
	assert_int_equal(fault(), -ANY_ENODEV);
	up();
	x.gerror ^= 1; /* it stopped at a command */
	any_smmu_ops.sync(&domain);
	assert_true(smmu.dead);
	up();
	x.gerror ^= 1u << 8; /* service failure mode */
	assert_int_equal(fault(), -ANY_ENODEV);
	up();
	x.gerror ^= 1u << 2; /* a report could not be written */
	assert_int_equal(fault(), -ANY_EAGAIN);
	assert_int_equal(smmu.dropped, 1);
	assert_int_equal(fault(), -ANY_EAGAIN);
	assert_int_equal(smmu.dropped, 1);
}

static void reports_of_every_kind(void **state)
{
	struct any_iommu_fault f;

	(void)state;
	up();
	for (uint32_t type = 0; type < 256; type++)
		event(type, type, 1ull << 35 | (uint64_t)word() << 40, 0x1234567890ull);
	/* 128 places; type 0 is no report; the other half was lost */
	for (uint32_t type = 1; type < 128; type++) {
		const bool where = type >= 0x10 && type <= 0x13;

		assert_int_equal(any_smmu_fault(&smmu, &f), 0);
		assert_int_equal(f.device, type);
		assert_int_equal(f.has_addr, where);
		assert_int_equal(f.addr.raw, where ? 0x1234567890ull : 0);
		assert_int_equal(f.access, where ? ANY_IOMMU_READ : 0);
		assert_int_equal(f.reason, where ? ANY_IOMMU_FAULT_MAPPING
					   : type == 2 || type == 4 || type == 6
						   ? ANY_IOMMU_FAULT_DOMAIN
						   : ANY_IOMMU_FAULT_UNKNOWN);
	}
	assert_int_equal(fault(), -ANY_EAGAIN);
	assert_int_equal(smmu.dropped, 2);
	/* The loss was acknowledged: the next one is told, too. */
	for (uint32_t i = 0; i < 129; i++)
		event(0x10, 7, 0, 0);
	for (uint32_t i = 0; i < 128; i++)
		assert_int_equal(fault(), 0);
	assert_int_equal(fault(), -ANY_EAGAIN);
	assert_int_equal(smmu.dropped, 3);
}

/* Firmware left it on, translating. */
static void it_was_on_already(void **state)
{
	(void)state;
	model_init(ARENA, false, true, true);
	x.cr0 = 0xd;
	x.gerror = 0x3;
	assert_int_equal(start(), 0);
	assert_int_equal(any_smmu_attach(&smmu, &domain, 8, true), 0);
	assert_int_equal(smmu.errors, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says_it_is),
		cmocka_unit_test(as_wide_as_the_bus),
		cmocka_unit_test(any_registers),
		cmocka_unit_test(it_does_not_answer),
		cmocka_unit_test(a_sync_that_does_not_end),
		cmocka_unit_test(a_full_queue_waits),
		cmocka_unit_test(nonsense_in_registers),
		cmocka_unit_test(reports_of_every_kind),
		cmocka_unit_test(it_was_on_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

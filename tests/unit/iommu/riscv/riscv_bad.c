/* SPDX-License-Identifier: BSD-2-Clause */
/* A RISC-V IOMMU that talks nonsense, does not answer, or stops. */
#include "riscv_regs.h"

static struct any_riscv_iommu iommu;
static struct any_riscv_iommu_domain domain;
static uint64_t seed = 1;

static uint32_t word(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 32);
}

static int start(void)
{
	return any_riscv_iommu_init(&iommu, x.regs, &x.m.pages);
}

static void up(void)
{
	memset(&domain, 0, sizeof(domain));
	model_init(ARENA, true, false, false);
	assert_int_equal(start(), 0);
	assert_int_equal(any_riscv_iommu_attach(&iommu, &domain, 8), 0);
}

static int fault(void)
{
	struct any_iommu_fault f;

	return any_riscv_iommu_fault(&iommu, &f);
}

static void what_it_says_it_is(void **state)
{
	(void)state;
#define CAPS(value, expected)                                                                      \
	model_init(ARENA, true, false, false);                                                     \
	x.capabilities = value;                                                                    \
	assert_int_equal(start(), expected);                                                       \
	assert_int_equal(x.m.pages.used, 0)
	CAPS(UINT64_MAX, -ANY_ENODEV);
	CAPS(x.capabilities ^ 0x30, -ANY_EPROTO);	   /* version 2 */
	CAPS(x.capabilities & ~(3ull << 9), -ANY_ENOTSUP); /* no first stage */
	CAPS((x.capabilities & UINT32_MAX) | 31ull << 32, -ANY_EPROTO);
	model_init(ARENA, true, false, false);
	x.big_endian = true; /* and will not be anything else */
	assert_int_equal(start(), -ANY_ENOTSUP);
	assert_int_equal(x.m.pages.used, 0);
	model_init(ARENA, true, false, false);
	x.most_levels = 0; /* takes no directory */
	assert_int_equal(start(), -ANY_ENOTSUP);
	assert_int_equal(x.m.pages.used, 0);
}

/* As many levels as it takes, and as many devices as these have. */
static void directories(void **state)
{
	static const uint8_t bits[2][4] = {{0, 7, 16, 16}, {0, 6, 15, 24}};

	(void)state;
	for (unsigned flat = 0; flat < 2; flat++)
		for (unsigned levels = 1; levels <= 3; levels++) {
			uint64_t phys;

			model_init(ARENA, flat, false, false);
			x.most_levels = levels;
			assert_int_equal(start(), 0);
			assert_int_equal(iommu.device_bits, bits[flat][levels]);
			assert_int_equal(
				any_riscv_iommu_attach(&iommu, &domain, 1u << iommu.device_bits),
				-ANY_ERANGE);
			assert_int_equal(any_riscv_iommu_attach(&iommu, &domain,
								(1u << iommu.device_bits) - 1),
					 0);
			assert_false(access_by((1u << iommu.device_bits) - 1, 0, 1, &phys));
			assert_int_equal(fault(), 0);
			assert_int_equal(any_riscv_iommu_detach(&domain), 0);
			assert_int_equal(any_riscv_iommu_fini(&iommu), 0);
			assert_int_equal(x.m.pages.used, 0);
		}
}

static void any_capabilities(void **state)
{
	unsigned works = 0;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		model_init(ARENA, true, false, false);
		x.capabilities = (uint64_t)word() << 32 | (word() & (i & 1 ? ~0u : ~0xf0u)) |
				 (i & 1 ? 0 : 0x10);
		x.most_levels = word() % 5;
		if (start()) {
			assert_int_equal(x.m.pages.used, 0);
			continue;
		}
		works++;
		assert_int_equal(any_riscv_iommu_fini(&iommu), 0);
		assert_int_equal(x.m.pages.used, 0);
	}
	assert_true(works > 20);
}

static void it_does_not_answer(void **state)
{
	(void)state;
	model_init(ARENA, true, false, false);
	x.stuck = true;
	assert_int_equal(start(), -ANY_ENODEV);
	assert_int_equal(x.m.pages.used, 0); /* it never had them */
	model_init(ARENA, true, false, false);
	x.mute = true;
	assert_int_equal(start(), -ANY_ENODEV);
	assert_int_equal(x.m.pages.used, 0); /* it did turn off */
	up();
	x.mute = true;
	assert_int_equal(any_riscv_iommu_detach(&domain), -ANY_ENODEV);
	assert_int_equal(any_riscv_iommu_fini(&iommu), -ANY_EBUSY);
}

/* It is dead from then on: nothing is mapped, and no page is used again. */
static void a_fence_that_does_not_end(void **state)
{
	uint32_t used;

	(void)state;
	up();
	assert_int_equal(any_riscv_iommu_ops.map(&domain, any_dma(0x1000), any_phys(0), 4096, 3),
			 0);
	used = x.m.pages.used;
	x.mute = true;
	any_riscv_iommu_ops.unmap(&domain, any_dma(0x1000), 4096);
	any_riscv_iommu_ops.inval(&domain, any_dma(0x1000), 4096);
	any_riscv_iommu_ops.sync(&domain);
	assert_true(iommu.dead);
	assert_int_equal(iommu.errors, 1);
	assert_int_equal(x.m.pages.used, used);
	assert_int_equal(any_riscv_iommu_ops.map(&domain, any_dma(0x1000), any_phys(0), 4096, 3),
			 -ANY_ENODEV);
	assert_int_equal(fault(), -ANY_ENODEV);
	assert_int_equal(any_riscv_iommu_attach(&iommu, &(struct any_riscv_iommu_domain){0}, 9),
			 -ANY_ENODEV);
}

static void a_full_queue_waits(void **state)
{
	unsigned before;

	(void)state;
	up();
	before = x.commands[1];
	for (unsigned i = 0; i < 1000; i++)
		any_riscv_iommu_ops.inval(&domain, any_dma(i * 4096), 4096);
	any_riscv_iommu_ops.sync(&domain);
	assert_int_equal(x.commands[1], before + 1000);
	assert_int_equal(iommu.errors, 0);
}

static void nonsense_in_registers(void **state)
{
	(void)state;
	up();
	x.head_lie = 77; /* commands done that were never asked for */
	any_riscv_iommu_ops.inval(&domain, any_dma(0), 4096);
	any_riscv_iommu_ops.sync(&domain);
	assert_true(iommu.dead);
	up();
	x.head_lie = 256; /* no such place */
	any_riscv_iommu_ops.sync(&domain);
	assert_true(iommu.dead);
	up();
	x.tail_lie = 128; /* no such place */
	assert_int_equal(fault(), -ANY_EPROTO);
	assert_int_equal(fault(), -ANY_ENODEV);
	up();
	x.tail_lie = 1; /* and always one more, of nothing */
	assert_int_equal(fault(), -ANY_EPROTO);
	for (unsigned error = 8; error <= 10; error++) {
		up();
		x.cqcsr |= 1u << error; /* it stopped at a command */
		any_riscv_iommu_ops.sync(&domain);
		assert_true(iommu.dead);
	}
	up();
	x.fqcsr |= 1u << 8; /* a report could not be written */
	assert_int_equal(fault(), -ANY_ENODEV);
	up();
	x.fqcsr = 0; /* it turned off by itself */
	assert_int_equal(fault(), -ANY_ENODEV);
}

static void reports_of_every_kind(void **state)
{
	struct any_iommu_fault f;

	(void)state;
	up();
	for (uint32_t i = 0; i < 12 * 9; i++) {
		static const uint32_t causes[] = {0, 1, 4, 5, 7, 12, 13, 15, 256, 257, 258, 4095};
		const uint32_t cause = causes[i % 12], type = i / 12;
		const bool read = cause == 5 || cause == 13, write = cause == 7 || cause == 15;
		const unsigned said = type == 1 || type == 2 || type == 5 || type == 6 ? 1
				      : type == 3 || type == 7			       ? 2
										       : 0;

		report(cause, type, i, 0x1234567890ull);
		if (!cause) {
			assert_int_equal(fault(), -ANY_EAGAIN);
			continue;
		}
		assert_int_equal(any_riscv_iommu_fault(&iommu, &f), 0);
		assert_int_equal(f.device, i);
		assert_int_equal(f.access, read ? 1 : write ? 2 : said);
		assert_int_equal(f.has_addr, f.access != 0);
		assert_int_equal(f.addr.raw, f.access ? 0x1234567890ull : 0);
		assert_int_equal(f.reason, read || write ? ANY_IOMMU_FAULT_MAPPING
					   : cause == 256 || cause == 258
						   ? ANY_IOMMU_FAULT_DOMAIN
						   : ANY_IOMMU_FAULT_UNKNOWN);
	}
	assert_int_equal(iommu.dropped, 9);
	/* A loss is counted and acknowledged: the next one is told, too. */
	for (unsigned round = 1; round < 3; round++) {
		for (uint32_t i = 0; i < 200; i++)
			report(13, 2, 7, 0);
		for (uint32_t i = 0; i < 127; i++)
			assert_int_equal(fault(), 0);
		assert_int_equal(fault(), -ANY_EAGAIN);
		assert_int_equal(iommu.dropped, 9 + round);
	}
}

/* Firmware left it on, translating. */
static void it_was_on_already(void **state)
{
	(void)state;
	model_init(ARENA, true, false, false);
	x.ddtp = 1;
	x.cqcsr = x.fqcsr = 1 | 1u << 16 | 1u << 8;
	x.fctl = 1;
	x.cqh = 5;
	x.fqt = 9;
	assert_int_equal(start(), 0);
	assert_int_equal(any_riscv_iommu_attach(&iommu, &domain, 8), 0);
	assert_int_equal(iommu.errors, 0);
	assert_int_equal(fault(), -ANY_EAGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says_it_is),
		cmocka_unit_test(directories),
		cmocka_unit_test(any_capabilities),
		cmocka_unit_test(it_does_not_answer),
		cmocka_unit_test(a_fence_that_does_not_end),
		cmocka_unit_test(a_full_queue_waits),
		cmocka_unit_test(nonsense_in_registers),
		cmocka_unit_test(reports_of_every_kind),
		cmocka_unit_test(it_was_on_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The model's registers, and its queue of commands. */
#ifndef ANYDMA_TESTS_IOMMU_SMMU_REGS_H
#define ANYDMA_TESTS_IOMMU_SMMU_REGS_H

#include "smmu_model.h"

/* ---- commands: 4 */

static inline void doom(uint64_t tag, uint64_t va, bool all)
{
	for (unsigned i = 0; i < CACHED; i++) {
		struct cached *c = &x.cached[i];

		if (all ||
		    (c->tag == tag && (va == UINT64_MAX || c->at == va >> (c->is_table ? 21 : 12))))
			c->doomed = true;
	}
}

static inline void doom_configs(uint32_t stream, bool all)
{
	for (unsigned i = 0; i < 16; i++)
		if (all || x.configs[i].stream == stream)
			x.configs[i].doomed = true;
}

static inline void at_sync(void)
{
	x.syncs++;
	x.forgotten |= x.forgetting;
	for (unsigned i = 0; i < 16; i++)
		x.configs[i].valid &= !x.configs[i].doomed;
	for (unsigned i = 0; i < CACHED; i++)
		x.cached[i].valid &= !x.cached[i].doomed;
}

static inline void execute(uint64_t first, uint64_t second)
{
	const uint32_t stream = (uint32_t)(first >> 32);

	x.commands[first & 0xff]++;
	switch (first & 0xff) {
	case 0x03:				 /* its contexts, too */
		assert_int_equal(second & 1, 0); /* the first level may have changed */
		doom_configs(stream, false);
		break;
	case 0x04:
		assert_int_equal(second & 0x1f, 31);
		doom_configs(0, true);
		break;
	case 0x06:
		break;
	case 0x11:
		doom(first >> 48, UINT64_MAX, false);
		break;
	case 0x12:
		assert_int_equal(second & 0xfff, 0);
		doom(first >> 48, second, false);
		break;
	case 0x28:
		doom(first >> 32 & 0xffff, UINT64_MAX, false);
		break;
	case 0x2a:
		doom(first >> 32 & 0xffff, second, false);
		break;
	case 0x20:
		assert_true(x.idr0 >> 9 & 1);
		break;
	case 0x30:
		doom(0, 0, true);
		x.forgetting = true;
		break;
	case 0x46:
		at_sync();
		break;
	default:
		fail_msg("command %llx", (unsigned long long)first);
	}
}

static inline void consume(void)
{
	const uint64_t base = reg64(0x90), mem = base & 0xffffffffffe0ull;
	const uint32_t log2 = base & 0x1f, mask = (2u << log2) - 1;
	const uint64_t at = mem + 16 * (x.cmd_cons & ((1u << log2) - 1));

	assert_true(log2 <= (x.idr1 >> 21 & 0x1f) && mem % (16u << log2) == 0);
	if (!(x.cr0 & 8) || x.mute || x.cmd_cons == x.cmd_prod || x.patience++ % 3)
		return;
	execute(seen_at(&x.m, at), seen_at(&x.m, at + 8));
	x.cmd_cons = (x.cmd_cons + 1) & mask;
}

/* ---- registers */

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	const uint32_t at = (uint32_t)((const volatile uint8_t *)reg - x.regs);

	assert_int_equal(width, 4);
	x.ordered &= at != 0x9c && at != 0x100a8;
	switch (at) {
	case 0x00:
		return x.idr0;
	case 0x04:
		return x.idr1;
	case 0x14:
		return x.idr5;
	case 0x24:
		return x.no_ack ? ~x.cr0 : x.cr0;
	case 0x44:
		return x.gbpa | (x.no_update ? 1u << 31 : 0);
	case 0x60:
		return x.gerror;
	case 0x64:
		return x.gerrorn;
	case 0x9c:
		consume();
		return x.lie ? x.cmd_cons + 77 : x.cmd_cons;
	case 0x100a8:
		return x.events_lie ? x.event_cons + x.events_lie : x.event_prod;
	default:
		fail_msg("read of %x", at);
	}
	return 0;
}

static inline void write_cr0(uint32_t value)
{
	if (value & 1 & ~x.cr0)
		assert_true(x.forgotten && (value & 0xc) == 0xc); /* reports, and no old entries */
	if (value & 8 & ~x.cr0)
		assert_true(x.cmd_cons == x.cmd_prod);
	x.cr0 = value;
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	const uint32_t at = (uint32_t)((volatile uint8_t *)reg - x.regs);

	assert_int_equal(width, 4);
	if (at == 0x20) {
		write_cr0(value);
	} else if (at == 0x44) {
		x.gbpa = value & ~(1u << 31);
	} else if (at == 0x64) {
		x.gerrorn = value;
	} else if (at == 0x98) {
		x.cmd_prod = value;
	} else if (at == 0x9c) {
		x.cmd_cons = value;
	} else if (at == 0x100a8) {
		x.event_prod = value;
	} else if (at == 0x100ac) {
		assert_true(x.ordered || !(x.cr0 & 4));
		x.event_cons = value;
	} else {
		if (at >= 0x80 && at < 0x90)
			assert_false(x.cr0 & 1);
		if (at >= 0x90 && at < 0x98)
			assert_false(x.cr0 & 8);
		if (at >= 0xa0 && at < 0xa8)
			assert_false(x.cr0 & 4);
		*reg_at(at) = value;
	}
}

void mock_barrier(const char *name)
{
	x.ordered |= !strcmp(name, "rmb");
	if (strcmp(name, "wmb"))
		return;
	memory_barrier(&x.m);
	if (x.meanwhile)
		x.meanwhile();
}

/* An STE that becomes valid: the rest of it was seen before. */
static inline void check_entry(const struct memory *m, uint32_t word)
{
	const uint64_t kind = m->cpu[word] & 0xf;

	if (word % 8 || (m->seen[word] & 1) || (kind != (1 | 5 << 1) && kind != (1 | 6 << 1)))
		return;
	for (uint32_t i = word + 1; i < word + 4; i++)
		assert_int_equal(m->seen[i], m->cpu[i]);
}

static inline void model_init(uint32_t pages, bool stage2, bool coherent, bool two_level)
{
	memset(&x, 0, sizeof(x));
	memory_init(&x.m, pages, !coherent);
	x.m.table = arm_table;
	x.m.more = check_entry;
	x.idr0 = (stage2 ? 1u : 3u) | 2u << 2 | (coherent ? 1u << 4 : 0) | 1u << 9 | 2u << 21 |
		 (two_level ? 1u << 27 : 0);
	x.idr1 = (two_level ? 16u : 6u) | 7u << 16 | 3u << 21;
	x.idr5 = 4 | 1u << 4;
	x.cr0 = x.cmd_prod = x.cmd_cons = 0;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The model's registers, and its queue of commands. */
#ifndef ANYDMA_TESTS_IOMMU_RISCV_REGS_H
#define ANYDMA_TESTS_IOMMU_RISCV_REGS_H

#include "riscv_model.h"

/* ---- commands: 3.1 */

static inline void iotinval(uint64_t first, uint64_t second)
{
	const bool page = first >> 10 & 1, tagged = first >> 32 & 1;
	const uint64_t tag = first >> 12 & 0xfffff, va = second << 2;

	assert_int_equal(first >> 33, 0);
	x.by_page += page;
	for (unsigned i = 0; i < CACHED; i++) {
		struct cached *c = &x.cached[i];

		if (tagged && c->tag != tag)
			continue;
		if (!page || (!c->is_table && c->at == va >> 12))
			c->doomed = true;
	}
}

static inline void iodir(uint64_t first)
{
	const uint32_t device = (uint32_t)(first >> 40);

	for (unsigned i = 0; i < 16; i++)
		if (!(first >> 33 & 1) || x.contexts[i].device == device)
			x.contexts[i].doomed = true;
	if (!(first >> 33 & 1) && x.ddtp & 0xf)
		x.on = true;
}

static inline void fence(uint64_t first)
{
	assert_int_equal(first, 2 | 3 << 12); /* reads and writes; no message */
	x.fences++;
	for (unsigned i = 0; i < 16; i++)
		x.contexts[i].valid &= !x.contexts[i].doomed;
	for (unsigned i = 0; i < CACHED; i++)
		x.cached[i].valid &= !x.cached[i].doomed;
}

static inline void consume(void)
{
	const uint32_t size = 2u << (x.cqb & 0x1f);
	const uint64_t at = ((x.cqb >> 10) << 12) + 16ull * x.cqh;
	uint64_t first;

	if (!(x.cqcsr >> 16 & 1) || x.mute || x.cqh == x.cqt || x.patience++ % 3)
		return;
	assert_true(x.cqt < size);
	first = seen_at(&x.m, at);
	assert_in_range(first & 0x3ff & ~0x3ull, 0, 0); /* function 0 of three */
	x.commands[first & 3]++;
	if ((first & 3) == 1)
		iotinval(first, seen_at(&x.m, at + 8));
	else if ((first & 3) == 2)
		fence(first);
	else if ((first & 3) == 3)
		iodir(first);
	else
		fail_msg("command %llx", (unsigned long long)first);
	x.cqh = (x.cqh + 1) % size;
}

/* ---- registers: 5 */

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	const uint32_t at = (uint32_t)((const volatile uint8_t *)reg - x.regs);

	assert_int_equal(width, 4);
	x.ordered &= at != 0x20 && at != 0x34;
	switch (at) {
	case 0x00:
		return (uint32_t)x.capabilities;
	case 0x04:
		return (uint32_t)(x.capabilities >> 32);
	case 0x08:
		return x.fctl | x.big_endian;
	case 0x10: /* busy for a while */
		return (uint32_t)x.ddtp | (x.stuck || x.busy-- % 4 ? 1u << 4 : 0);
	case 0x20:
		consume();
		return x.cqh + x.head_lie;
	case 0x34:
		return x.tail_lie ? x.fqh + x.tail_lie : x.fqt;
	case 0x48:
		return x.cqcsr;
	case 0x4c:
		return x.fqcsr;
	case 0x50:
		return 0;
	default:
		fail_msg("read of %x", at);
	}
	return 0;
}

static inline void half(uint64_t *reg, bool high, uint32_t value)
{
	*reg = high ? (*reg & UINT32_MAX) | (uint64_t)value << 32
		    : (*reg & ~(uint64_t)UINT32_MAX) | value;
}

/* Enabling sets the IOMMU's own index to 0; errors go by writing 1. */
static inline uint32_t csr(uint32_t old, uint32_t value, uint32_t *index)
{
	if ((value & 1) && !(old & 1))
		*index = 0;
	return (old & 0x700 & ~value) | (value & 3) | (value & 1) << 16;
}

static inline void write_ddtp(bool high, uint32_t value)
{
	const uint32_t old = x.ddtp & 0xf;

	half(&x.ddtp, high, value);
	x.ddtp &= ~(1ull << 4);
	if (high)
		return;
	x.busy = 3;
	assert_true(old == 0 || (value & 0xf) == 0); /* never from one directory to another */
	if ((value & 0xf) > x.most_levels + 1)
		x.ddtp &= ~0xfull;
	if ((value & 0xf) == 0)
		x.on = false;
	else if (x.ddtp & 0xf)
		assert_true((x.cqcsr & x.fqcsr) >> 16 & 1); /* reports from the first moment */
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	const uint32_t at = (uint32_t)((volatile uint8_t *)reg - x.regs);

	assert_int_equal(width, 4);
	switch (at) {
	case 0x08:
		x.fctl = value;
		break;
	case 0x10:
	case 0x14:
		write_ddtp(at == 0x14, value);
		break;
	case 0x18:
	case 0x1c:
		assert_false(x.cqcsr & 1);
		half(&x.cqb, at == 0x1c, value);
		break;
	case 0x24:
		x.cqt = value;
		break;
	case 0x28:
	case 0x2c:
		assert_false(x.fqcsr & 1);
		half(&x.fqb, at == 0x2c, value);
		break;
	case 0x30:
		assert_true(x.ordered || !(x.fqcsr & 1));
		x.fqh = value;
		break;
	case 0x48:
		x.cqcsr = csr(x.cqcsr, value, &x.cqh);
		break;
	case 0x4c:
		x.fqcsr = csr(x.fqcsr, value, &x.fqt);
		break;
	case 0x50:
		break;
	default:
		fail_msg("write of %x", at);
	}
}

void mock_barrier(const char *name)
{
	x.ordered |= !strcmp(name, "rmb");
	if (!strcmp(name, "wmb"))
		memory_barrier(&x.m);
}

/* A context that becomes valid: the rest of it was seen before. */
static inline void check_context(const struct memory *m, uint32_t word)
{
	if (word % 4 || m->cpu[word] != 1 || m->seen[word])
		return;
	for (uint32_t i = word + 1; i < word + 4; i++)
		assert_int_equal(m->seen[i], m->cpu[i]);
}

static inline void model_init(uint32_t pages, bool msi_flat, bool sv48, bool noncoherent)
{
	memset(&x, 0, sizeof(x));
	memory_init(&x.m, pages, noncoherent);
	x.m.table = sv_table;
	x.m.more = check_context;
	x.most_levels = 3;
	x.capabilities =
		0x10 | (sv48 ? 1ull << 10 : 3ull << 9) | (msi_flat ? 1ull << 22 : 0) | 46ull << 32;
}

#endif

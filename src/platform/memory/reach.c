/* SPDX-License-Identifier: BSD-2-Clause */
/* Which memory a device can address: its windows, its wires, the limits of its bus. */
#include "platform/read.h"

#include "base/bits.h"

/* Where the answer may change after `at`: the next start of a window, or its end. UINT64_MAX:
 * nowhere. */
static uint64_t next_border(const struct any_dma_facts *f, uint64_t at)
{
	uint64_t border = UINT64_MAX;

	for (uint32_t i = 0; i < f->n_segments; i++) {
		uint64_t start = f->segments[i].phys.raw, end;

		if (start > at)
			border = any_min_u64(border, start);
		if (!any_add_overflows(start, f->segments[i].size, &end) && end > at)
			border = any_min_u64(border, end);
	}
	return border;
}

/* First match wins (M1). False: the address goes nowhere. */
static bool translate(const struct any_dma_facts *f, uint64_t at, uint64_t *bus)
{
	for (uint32_t i = 0; i < f->n_segments; i++)
		if (any_range_within(at, 1, f->segments[i].phys.raw, f->segments[i].size)) {
			*bus = f->segments[i].dma.raw + (at - f->segments[i].phys.raw);
			return true;
		}
	*bus = at;
	return !f->n_segments || f->miss_identity;
}

/* One run of bus addresses, both ends included, is within every limit. */
static bool drives(const struct any_platform *p, uint64_t first, uint64_t last)
{
	const struct any_dma_facts *f = &p->facts;
	uint32_t bits = p->machine.master_bits;

	if (last < first || first < f->dma_min || (f->dma_max && last > f->dma_max))
		return false;
	if (bits && bits < 64 && (last & ~f->implied_bits) >> bits)
		return false; /* the bridge adds the implied ones */
	if (~first & f->implied_bits || first & f->dma_forbidden)
		return false;
	if (!(f->dma_forbidden | f->implied_bits))
		return true;
	/* past the next multiple of the lowest of these bits that bit changes */
	bits = (uint32_t)__builtin_ctzll(f->dma_forbidden | f->implied_bits);
	return first >> bits == last >> bits;
}

bool any_platform_reaches(const struct any_platform *p, uint64_t base, uint64_t size)
{
	uint64_t at = base, last = base + (size - 1);

	if (p->machine.iommu.present) /* the tables bring it anywhere */
		return true;
	for (;;) {
		uint64_t border = next_border(&p->facts, at), bus;
		uint64_t end = border > last ? last : border - 1;

		if (!translate(&p->facts, at, &bus))
			return false;
		bus |= p->facts.shared_bits;
		if (!drives(p, bus, bus + (end - at)))
			return false;
		if (end == last)
			return true;
		at = end + 1;
	}
}

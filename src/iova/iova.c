/* SPDX-License-Identifier: BSD-2-Clause */
/* Behind the magazines: refill, spill, large sizes, set-up. */
#include "range.h"

#include "base/bits.h"

#define REFILL (ANY_IOVA_MAGAZINE / 2)

int any_iova_init(struct any_iova *iova, uint64_t base, uint64_t size, uint64_t granule,
		  struct any_iova_range *ranges, uint32_t max)
{
	if (!any_is_pow2(granule) || !size || (base | size) & (granule - 1) || max < 4 ||
	    base + (size - 1) < base)
		return -ANY_EINVAL;
	for (unsigned c = 0; c < ANY_IOVA_CLASSES; c++)
		iova->magazines[c].n = 0;
	iova->ranges = ranges;
	iova->max_ranges = max;
	iova->n_ranges = 1;
	iova->ranges[0] = (struct any_iova_range){base, size};
	iova->shift = any_log2(granule);
	iova->base = base;
	iova->limit = base + (size - 1);
	iova->live = iova->lost = 0;
	return 0;
}

int any_iova_reserve(struct any_iova *iova, uint64_t base, uint64_t size)
{
	uint64_t granule = 1ull << iova->shift, from = any_align_down(base, granule), last;

	if (!size || any_add_overflows(base, size - 1, &last))
		return -ANY_EINVAL;
	last |= granule - 1;
	/* Holes in the middle of it are fine: take what is free of it, run by run. */
	for (uint32_t i = 0; i < iova->n_ranges;) {
		const struct any_iova_range *r = &iova->ranges[i];
		uint64_t a = any_max_u64(r->start, from);
		uint64_t b = any_min_u64(r->start + (r->size - 1), last);

		if (a > b) {
			i++;
			continue;
		}
		if (!any_iova_range_take_exact(iova, a, b - a + 1))
			return -ANY_ENOSPC;
		i = 0;
	}
	return 0;
}

/* One run cut into many keeps the list short; a scattered aperture is taken piece by piece. */
static uint32_t refill(struct any_iova *iova, struct any_iova_magazine *mag, uint64_t size)
{
	uint64_t addr;

	for (uint32_t want = REFILL; want > 1; want /= 2) {
		if (!any_iova_range_take(iova, size * want, size, iova->limit, &addr))
			continue;
		for (uint32_t i = 0; i < want; i++)
			mag->addr[mag->n++] = addr + size * i;
		return want;
	}
	return 0;
}

int any_iova_alloc_slow(struct any_iova *iova, uint64_t size, uint64_t limit,
			struct any_dma_addr *addr)
{
	unsigned order = any_order((size + (1ull << iova->shift) - 1) >> iova->shift);
	uint64_t bytes = 1ull << (order + iova->shift), at;
	struct any_iova_magazine *mag;

	if (!size || size > iova->limit)
		return -ANY_EINVAL;
	if (order >=
	    ANY_IOVA_CLASSES) { /* rare and large: no class, natural alignment of the largest */
		bytes = any_align_up(size, 1ull << iova->shift);
		at = 1ull << (ANY_IOVA_CLASSES - 1 + iova->shift);
	} else {
		mag = &iova->magazines[order];
		if (limit >= iova->limit && !mag->n && refill(iova, mag, bytes)) {
			addr->raw = mag->addr[--mag->n];
			iova->live += bytes >> iova->shift;
			return 0;
		}
		for (uint32_t i = mag->n; i-- > 0;) { /* a limit below the aperture: look for one */
			if (mag->addr[i] + (bytes - 1) > limit)
				continue;
			addr->raw = mag->addr[i];
			mag->addr[i] = mag->addr[--mag->n];
			iova->live += bytes >> iova->shift;
			return 0;
		}
		at = bytes;
	}
	if (!any_iova_range_take(iova, bytes, at, any_min_u64(limit, iova->limit), &at)) {
		any_iova_spill(iova);
		if (!any_iova_range_take(iova, bytes,
					 order < ANY_IOVA_CLASSES
						 ? bytes
						 : 1ull << (ANY_IOVA_CLASSES - 1 + iova->shift),
					 any_min_u64(limit, iova->limit), &at))
			return -ANY_ENOMEM;
	}
	addr->raw = at;
	iova->live += bytes >> iova->shift;
	return 0;
}

/* Everything in the magazines back into the list, where it merges. */
void any_iova_spill(struct any_iova *iova)
{
	for (unsigned c = 0; c < ANY_IOVA_CLASSES; c++) {
		struct any_iova_magazine *mag = &iova->magazines[c];
		uint64_t bytes = 1ull << (c + iova->shift);
		uint32_t kept = 0;

		for (uint32_t i = 0; i < mag->n; i++)
			if (!any_iova_range_give(iova, mag->addr[i], bytes))
				mag->addr[kept++] = mag->addr[i];
		mag->n = kept;
	}
}

void any_iova_free_slow(struct any_iova *iova, struct any_dma_addr addr, uint64_t size)
{
	unsigned order = any_order((size + (1ull << iova->shift) - 1) >> iova->shift);
	uint64_t bytes = order < ANY_IOVA_CLASSES ? 1ull << (order + iova->shift)
						  : any_align_up(size, 1ull << iova->shift);

	iova->live -= bytes >> iova->shift;
	if (order < ANY_IOVA_CLASSES) {
		struct any_iova_magazine *mag = &iova->magazines[order];

		while (mag->n > ANY_IOVA_MAGAZINE - REFILL &&
		       any_iova_range_give(iova, mag->addr[mag->n - 1], bytes))
			mag->n--;
		if (mag->n < ANY_IOVA_MAGAZINE) {
			mag->addr[mag->n++] = addr.raw;
			return;
		}
	}
	if (!any_iova_range_give(iova, addr.raw, bytes))
		iova->lost += bytes >> iova->shift;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Free space as a sorted list of runs that never touch: the slow half behind the magazines. */
#include "range.h"

#include "base/bits.h"

static void remove_at(struct any_iova *iova, uint32_t at)
{
	iova->n_ranges--;
	for (uint32_t i = at; i < iova->n_ranges; i++)
		iova->ranges[i] = iova->ranges[i + 1];
}

static bool insert_at(struct any_iova *iova, uint32_t at, uint64_t start, uint64_t size)
{
	if (iova->n_ranges == iova->max_ranges)
		return false;
	for (uint32_t i = iova->n_ranges; i > at; i--)
		iova->ranges[i] = iova->ranges[i - 1];
	iova->ranges[at] = (struct any_iova_range){start, size};
	iova->n_ranges++;
	return true;
}

/* Takes [start, start + size) out of run `at`, which contains it. */
static bool carve(struct any_iova *iova, uint32_t at, uint64_t start, uint64_t size)
{
	struct any_iova_range *r = &iova->ranges[at];
	uint64_t head = start - r->start, tail = r->size - head - size;

	if (head && tail) {
		if (!insert_at(iova, at + 1, start + size, tail))
			return false;
		iova->ranges[at].size = head;
	} else if (head) {
		r->size = head;
	} else if (tail) {
		r->start = start + size;
		r->size = tail;
	} else {
		remove_at(iova, at);
	}
	return true;
}

/* From the top down, so that low addresses stay for devices with few bits. */
bool any_iova_range_take(struct any_iova *iova, uint64_t size, uint64_t align, uint64_t limit,
			 uint64_t *addr)
{
	for (uint32_t i = iova->n_ranges; i-- > 0;) {
		const struct any_iova_range *r = &iova->ranges[i];
		uint64_t last = any_min_u64(r->start + (r->size - 1), limit), start;

		if (last < r->start || last - r->start < size - 1)
			continue;
		start = any_align_down(last - (size - 1), align);
		if (start < r->start || !carve(iova, i, start, size))
			continue;
		*addr = start;
		return true;
	}
	return false;
}

bool any_iova_range_take_exact(struct any_iova *iova, uint64_t start, uint64_t size)
{
	for (uint32_t i = 0; i < iova->n_ranges; i++)
		if (any_range_within(start, size, iova->ranges[i].start, iova->ranges[i].size))
			return carve(iova, i, start, size);
	return false;
}

bool any_iova_range_give(struct any_iova *iova, uint64_t start, uint64_t size)
{
	uint32_t at = 0;
	bool below, above;

	while (at < iova->n_ranges && iova->ranges[at].start < start)
		at++;
	below = at && iova->ranges[at - 1].start + iova->ranges[at - 1].size == start;
	above = at < iova->n_ranges && start + size == iova->ranges[at].start;
	if (below && above) {
		iova->ranges[at - 1].size += size + iova->ranges[at].size;
		remove_at(iova, at);
	} else if (below) {
		iova->ranges[at - 1].size += size;
	} else if (above) {
		iova->ranges[at].start = start;
		iova->ranges[at].size += size;
	} else {
		return insert_at(iova, at, start, size);
	}
	return true;
}

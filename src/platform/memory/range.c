/* SPDX-License-Identifier: BSD-2-Clause */
#include "platform/read.h"

#include "base/bits.h"

bool any_ranges_touch(const struct any_platform_range *r, uint64_t first, uint64_t last)
{
	return first <= r->base + (r->size - 1) && r->base <= last;
}

/* Trees write regions that overlap or repeat one another: the union is what counts. */
bool any_range_add(struct any_platform_range *list, uint32_t *n, uint32_t max, uint64_t first,
		   uint64_t last)
{
	for (uint32_t i = 0; i < *n;) {
		uint64_t end = list[i].base + (list[i].size - 1);

		if (!any_ranges_touch(&list[i], first, last)) {
			i++;
			continue;
		}
		first = any_min_u64(first, list[i].base);
		last = any_max_u64(last, end);
		list[i] = list[--*n];
		i = 0; /* the union may touch what the part did not */
	}
	if (*n == max || last - first == UINT64_MAX)
		return false;
	list[(*n)++] = (struct any_platform_range){first, last - first + 1};
	return true;
}

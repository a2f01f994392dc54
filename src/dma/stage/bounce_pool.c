/* SPDX-License-Identifier: BSD-2-Clause */
/* Making a bounce pool, and whether a platform can use it. The pool brings its stage. */
#include "stage.h"

#include "base/mem.h"

static int check_classes(const struct any_dma_region *mem, const struct any_bounce_class *classes,
			 uint32_t n)
{
	uint64_t total = 0;

	if (!n || n > ANY_BOUNCE_CLASSES || mem->size > (1ull << 32))
		return -ANY_EINVAL;
	for (uint32_t i = 0; i < n; i++) {
		if (!any_is_pow2(classes[i].slot) || !classes[i].count ||
		    (i && classes[i].slot <= classes[i - 1].slot))
			return -ANY_EINVAL;
		total += (uint64_t)classes[i].slot * classes[i].count;
		if (total > mem->size)
			return -ANY_EINVAL;
	}
	return 0;
}

int any_bounce_pool_init(struct any_bounce_pool *pool, const struct any_dma_region *mem,
			 const struct any_bounce_class *classes, uint32_t n, uint32_t *stack)
{
	uint64_t offset = 0;
	uint32_t base = 0;

	if (check_classes(mem, classes, n))
		return -ANY_EINVAL;
	*pool = (struct any_bounce_pool){
		.mem = *mem, .n_classes = n, .stack = stack, .stage = &any_dma_bounce_stage};
	for (uint32_t i = n; i-- > 0;) { /* largest first: each slot is aligned to its size */
		struct any_bounce_class *c = &pool->classes[i];

		*c = (struct any_bounce_class){classes[i].slot, classes[i].count, classes[i].count,
					       base, offset};
		for (uint32_t s = 0; s < c->count; s++) /* slot 0 on top */
			stack[base + s] =
				(uint32_t)(offset + (uint64_t)(c->count - 1 - s) * c->slot);
		base += c->count;
		offset += (uint64_t)c->slot * c->count;
	}
	memset(mem->cpu, 0, (size_t)offset);
	return 0;
}

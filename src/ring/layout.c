/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the parts of a ring lie, and which sizes and alignments there are (VG-SR-01, -02,
 * VG-PR-01, -02). */
#include "layout.h"

#include "base/bits.h"

void any_vring_layout(uint32_t size, size_t align, struct any_vring_layout *layout)
{
	if (align < 4)
		align = 4; /* the used ring's own */
	layout->desc = 0;
	layout->avail = any_vring_desc_bytes(size);
	layout->used = (size_t)any_align_up(layout->avail + any_vring_avail_bytes(size), align);
	layout->bytes = (size_t)any_align_up(layout->used + any_vring_used_bytes(size), align);
}

void any_packed_layout(uint32_t size, size_t align, struct any_vring_layout *layout)
{
	if (align < 4)
		align = 4;
	layout->desc = 0;
	layout->avail = (size_t)any_align_up((size_t)16 * size, align);
	layout->used = (size_t)any_align_up(layout->avail + sizeof(struct any_packed_event), align);
	layout->bytes = (size_t)any_align_up(layout->used + sizeof(struct any_packed_event), align);
}

struct any_vring any_vring_at(void *mem, const struct any_vring_layout *layout)
{
	char *base = mem;

	return (struct any_vring){
		.desc = (void *)(base + layout->desc),
		.avail = (void *)(base + layout->avail),
		.used = (void *)(base + layout->used),
	};
}

bool any_vring_is_sound(const struct any_ring_config *config)
{
	const struct any_vring *parts = &config->parts;
	const bool size = config->packed ? config->size > 0 : any_is_pow2(config->size);

	return size && config->size <= ANY_RING_MAX_SIZE &&
	       !((uintptr_t)parts->desc % 16 | (uintptr_t)parts->used % 4 |
		 (uintptr_t)parts->avail % (config->packed ? 4 : 2));
}

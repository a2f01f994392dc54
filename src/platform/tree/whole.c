/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is this a whole tree? libfdt's own check says so in the end, but it trusts a few things first:
 * that a header older than version 16 has a root called "/", that the structure block is aligned,
 * and that the length of a property is not so large that the next tag lies before this one (it then
 * never ends).
 */
#include "tree.h"

/* Bytes of a node's name with its terminator, padded to cells; 0: it does not end in here, or would
 * be two names in a path. */
static uint32_t name_bytes(const char *at, uint32_t left)
{
	for (uint32_t n = 0; n < left && at[n] != '/'; n++)
		if (!at[n])
			return (n + 4) & ~3u;
	return 0;
}

/* Steps from tag to tag, always forward, until the end tag. */
static bool steps_through(const char *at, uint32_t left)
{
	while (left >= 4) {
		const uint32_t tag = fdt32_ld((const fdt32_t *)(const void *)at);
		uint32_t step = 4, len;

		if (tag == FDT_END)
			return true;
		if (tag == FDT_BEGIN_NODE) {
			len = name_bytes(at + 4, left - 4);
			if (!len)
				return false;
			step += len;
		} else if (tag == FDT_PROP) {
			if (left < 12)
				return false;
			len = fdt32_ld((const fdt32_t *)(const void *)(at + 4));
			if (len > left - 12)
				return false;
			step = 12 + ((len + 3) & ~3u);
		} else if (tag != FDT_END_NODE && tag != FDT_NOP) {
			return false;
		}
		if (step > left)
			return false;
		at += step;
		left -= step;
	}
	return false;
}

bool any_tree_is_whole(const void *dtb, size_t size)
{
	uint64_t end;

	if (!dtb || size < sizeof(struct fdt_header) || ((uintptr_t)dtb & 7) ||
	    fdt_magic(dtb) != FDT_MAGIC || fdt_version(dtb) < 17 || (fdt_off_dt_struct(dtb) & 3))
		return false;
	end = (uint64_t)fdt_off_dt_struct(dtb) + fdt_size_dt_struct(dtb);
	return end <= size &&
	       steps_through((const char *)dtb + fdt_off_dt_struct(dtb), fdt_size_dt_struct(dtb)) &&
	       !fdt_check_full(dtb, size);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: how the medium likes to be used. Asked for by who wants to know. */
#include <anydma/blk.h>

#include "base/bits.h"

struct wire {
	uint8_t physical_exp, alignment_offset;
	uint16_t min_io;
	uint32_t opt_io;
};

static int read_wire(const struct any_virtio_driver *v, struct wire *w)
{
	struct any_virtio_config_read read = any_virtio_config_begin(v);

	do {
		*w = (struct wire){
			.physical_exp = any_virtio_config8(v, ANY_BLK_CFG_PHYSICAL_EXP),
			.alignment_offset = any_virtio_config8(v, ANY_BLK_CFG_ALIGNMENT_OFFSET),
			.min_io = any_virtio_config16(v, ANY_BLK_CFG_MIN_IO),
			.opt_io = any_virtio_config32(v, ANY_BLK_CFG_OPT_IO),
		};
	} while (any_virtio_config_again(v, &read));
	return read.torn ? -ANY_EIO : 0;
}

int any_blk_topology(const struct any_blk *blk, struct any_blk_topology *topology)
{
	const uint64_t block = blk->limits.blk_size;
	struct wire w;
	int err;

	if (!any_virtio_has(&blk->virtio, ANY_BLK_F_TOPOLOGY))
		return -ANY_ENOTSUP;
	err = read_wire(&blk->virtio, &w);
	if (err)
		return err;
	/* The first physical block begins before the second one does; bytes are 32 bits. */
	if (w.physical_exp > 31 || block << w.physical_exp > UINT32_MAX ||
	    w.alignment_offset >> any_min_u64(w.physical_exp, 8) || w.min_io * block > UINT32_MAX ||
	    w.opt_io > UINT32_MAX / block)
		return -ANY_EPROTO;
	*topology = (struct any_blk_topology){
		.physical = (uint32_t)(block << w.physical_exp),
		.alignment_offset = (uint32_t)(w.alignment_offset * block),
		.min_io = (uint32_t)(any_max_u64(w.min_io, 1) * block),
		.opt_io = (uint32_t)(w.opt_io * block),
	};
	return 0;
}

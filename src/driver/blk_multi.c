/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the driver: a queue for each submitter (MQ). Who needs one does not link this. */
#include "blk.h"

#include "base/bits.h"

/* How many come up: what both sides have. 0: the device says nonsense. */
static uint16_t count(const struct any_blk *blk, const struct any_blk_options *o)
{
	if (!any_virtio_has(&blk->virtio, ANY_BLK_F_MQ))
		return 1;
	return (uint16_t)any_min_u64(any_virtio_config16(&blk->virtio, ANY_BLK_CFG_NUM_QUEUES),
				     o->n_more + 1u);
}

/* The i-th share of the caller's memory; each begins where its first structure may. */
static struct any_blk_memory share_of(const struct any_blk_options *o, uint16_t i)
{
	const size_t own = (size_t)any_align_down(o->bytes / (o->n_more + 1u), 8);
	const size_t shared = o->shared_bytes / (o->n_more + 1u);

	return (struct any_blk_memory){
		.own = (char *)o->memory + i * own,
		.own_bytes = own,
		.cached = o->shared_bytes ? &any_blk_cached : NULL,
		.shared = (char *)o->shared + i * shared,
		.shared_bytes = shared,
		.size = o->size,
	};
}

/* A queue is cleared before it counts, so that undo knows what there is. */
static int add_queues(struct any_blk *blk, const struct any_blk_options *o)
{
	const uint16_t n = count(blk, o);
	int err = 0;

	blk->virtio.why = n ? "no memory for the queues" : "the device has no queue";
	if (!n)
		return -ANY_ENODEV;
	for (uint16_t i = 1; i < n && !err; i++) {
		const struct any_blk_memory memory = share_of(o, i);

		blk->more[i - 1] = (struct any_blk_queue){.blk = NULL};
		err = any_blk_make_queue(&blk->more[i - 1], blk, i, &memory);
		blk->n_queues = (uint16_t)(i + 1);
	}
	return err;
}

int any_blk_init_queues(struct any_blk *blk, const struct any_virtio_transport *transport,
			struct any_dma_dev *dma, const struct any_blk_options *options)
{
	const struct any_blk_memory first = share_of(options, 0);
	int err = any_blk_begin(blk, transport, dma, options->n_more ? ANY_BLK_F_MQ : 0, &first);

	if (err)
		return err;
	blk->more = options->more;
	err = add_queues(blk, options);
	if (err) {
		any_blk_undo(blk);
		return err;
	}
	blk->virtio.why = NULL;
	any_virtio_ready(&blk->virtio);
	return 0;
}

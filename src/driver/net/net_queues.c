/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio network, the driver: queues, and where headers, commands and answers lie. */
#include "net.h"

#include "base/bits.h"
#include "driver/bump.h"

#define MIN_QUEUE 2u /* header and data; command and answer */

/* ---- headers, commands, answers ---------------------------------------------------------------
 */

struct any_virtqueue_buf any_net_wire_at(const struct any_net *net, size_t offset, size_t len)
{
	return (struct any_virtqueue_buf){
		.cpu = (char *)net->wire.cpu + offset,
		.len = len,
		.addr = any_dma(net->wire.addr.raw + offset),
		.coherent = !net->pairs->rx.cached,
	};
}

static uint32_t line_of(const struct any_dma_dev *dma)
{
	return (uint32_t)any_max_u64(any_dma_cache_alignment(dma), 16);
}

static size_t command_bytes(uint32_t line)
{
	return (size_t)any_align_up(ANY_NET_COMMAND_BYTES, line) + line;
}

size_t any_net_shared_bytes(const struct any_dma_dev *dma, uint16_t pairs, uint32_t size)
{
	const size_t line = line_of(dma), ring = any_virtqueue_ring_bytes(dma, size);
	const size_t headers = size / 2 * line;

	return pairs * (2 * ring + headers) + any_virtqueue_ring_bytes(dma, ANY_NET_CTRL_SIZE) +
	       command_bytes((uint32_t)line) + line - 1;
}

static int make_wire(struct any_net *net, struct any_bump *shared)
{
	size_t bytes = command_bytes(net->line);

	for (uint16_t i = 0; i < net->n_pairs; i++) {
		struct any_net_pair *p = &net->pairs[i];

		p->headers = (uint32_t)bytes;
		p->depth = p->tx.ring.size / 2;
		for (uint32_t k = 0; k < p->depth; k++)
			p->slots[k] = (struct any_net_slot){.next = (uint16_t)(k + 1)};
		bytes += (size_t)p->depth * net->line;
	}
	if (!shared->at)
		return any_dma_alloc_coherent(net->virtio.dma, bytes, &net->wire);
	net->wire = (struct any_dma_coherent){.cpu = any_bump_take_lines(shared, bytes, net->line),
					      .size = bytes};
	return net->wire.cpu ? 0 : -ANY_ENOSPC;
}

/* ---- queues ---------------------------------------------------------------------------------- */

static int make_queue(struct any_net *net, struct any_virtqueue *vq, uint32_t index, uint32_t size,
		      struct any_bump *memory, struct any_bump *shared)
{
	const size_t bytes = ANY_VIRTQUEUE_BYTES(size);
	void *at = any_bump_take(memory, bytes), *rings;
	size_t ring_bytes;
	int err;

	if (!at)
		return -ANY_ENOSPC;
	if (shared->at) {
		ring_bytes = any_virtqueue_ring_bytes(net->virtio.dma, size);
		rings = any_bump_take(shared, ring_bytes);
		if (!rings)
			return -ANY_ENOSPC;
		err = any_virtqueue_init_cached(vq, &net->virtio, (uint16_t)index, size, at, bytes,
						rings, ring_bytes);
	} else {
		err = any_virtqueue_init(vq, &net->virtio, (uint16_t)index, size, at, bytes);
	}
	if (!err && vq->ring.size < MIN_QUEUE)
		err = -ANY_ENODEV;
	return err;
}

/* The largest size of queues for which the caller's memory is enough. */
static uint32_t affordable(const struct any_net *net, const struct any_bump *memory,
			   const struct any_bump *shared)
{
	uint64_t size = any_min_u64(net->options.size, ANY_RING_MAX_SIZE);

	size = size ? 1ull << any_log2(size) : 0;
	while (size && (ANY_NET_BYTES(net->n_pairs, size) > memory->left ||
			(shared->at && any_net_shared_bytes(net->virtio.dma, net->n_pairs,
							    (uint32_t)size) > shared->left)))
		size /= 2;
	return (uint32_t)size;
}

static int make_pairs(struct any_net *net, uint32_t size, struct any_bump *memory,
		      struct any_bump *shared)
{
	int err = 0;

	for (uint16_t i = 0; i < net->n_pairs && !err; i++) {
		struct any_net_pair *p = &net->pairs[i];

		p->slots = any_bump_take(memory, size * sizeof(*p->slots));
		err = make_queue(net, &p->rx, 2u * i, size, memory, shared);
		if (!err)
			err = make_queue(net, &p->tx, 2u * i + 1, size, memory, shared);
	}
	return err;
}

int any_net_make_queues(struct any_net *net, void *memory, size_t bytes,
			const struct any_net_shared *shared)
{
	struct any_bump m = {memory, bytes}, s = {shared->memory, shared->bytes};
	const uint32_t size = affordable(net, &m, &s);
	int err;

	if (size < MIN_QUEUE)
		return -ANY_ENOSPC;
	net->line = line_of(net->virtio.dma);
	net->pairs = any_bump_take(&m, net->n_pairs * sizeof(*net->pairs));
	for (uint16_t i = 0; i < net->n_pairs; i++)
		net->pairs[i] = (struct any_net_pair){.depth = 0};
	err = make_pairs(net, size, &m, &s);
	if (!err && any_virtio_has(&net->virtio, ANY_NET_F_CTRL_VQ))
		err = make_queue(net, &net->ctrl, 2u * net->facts.max_pairs, ANY_NET_CTRL_SIZE, &m,
				 &s);
	return err ? err : make_wire(net, &s);
}

/* ---- and away -------------------------------------------------------------------------------- */

static int undo_queue(struct any_virtqueue *vq)
{
	return vq->mem.size ? any_virtqueue_fini(vq) : 0;
}

/* Again until nothing is out any more; what is gone stays gone. */
int any_net_undo_queues(struct any_net *net)
{
	void *cookie;
	int err = 0;

	if (net->commanding && !any_virtqueue_detach(&net->ctrl, &cookie))
		net->commanding = false;
	for (uint16_t i = 0; net->pairs && i < net->n_pairs; i++) {
		struct any_net_pair *p = &net->pairs[i];

		if (p->first) /* parts of a packet are the caller's, too */
			return -ANY_EBUSY;
		err = undo_queue(&p->rx);
		if (!err)
			err = undo_queue(&p->tx);
		if (err)
			return err;
	}
	err = undo_queue(&net->ctrl);
	if (!err && net->wire.size && !net->pairs->rx.cached)
		any_dma_free_coherent(net->virtio.dma, &net->wire);
	if (!err)
		net->wire = (struct any_dma_coherent){.cpu = NULL};
	return err;
}

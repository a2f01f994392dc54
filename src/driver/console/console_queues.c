/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio console, the driver: queues, and where messages lie. */
#include "console.h"

#include "base/bits.h"

/* ---- messages -------------------------------------------------------------------------------- */

static uint32_t line_of(const struct any_dma_dev *dma)
{
	return (uint32_t)any_max_u64(any_dma_cache_alignment(dma), 16);
}

static size_t in_bytes(uint32_t line)
{
	return (size_t)any_align_up(ANY_CONSOLE_IN_BYTES, line);
}

static size_t wire_bytes(uint32_t line)
{
	return ANY_CONSOLE_CTRL_SIZE * (in_bytes(line) + line);
}

static struct any_virtqueue_buf wire_at(const struct any_console *console, size_t offset,
					size_t len)
{
	return (struct any_virtqueue_buf){
		.cpu = (char *)console->wire.cpu + offset,
		.len = len,
		.addr = any_dma(console->wire.addr.raw + offset),
		.coherent = !console->ctrl_rx.cached,
	};
}

struct any_virtqueue_buf any_console_wire_in(const struct any_console *console, uint32_t i)
{
	return wire_at(console, i * in_bytes(console->line), ANY_CONSOLE_IN_BYTES);
}

struct any_virtqueue_buf any_console_wire_out(const struct any_console *console, uint32_t i)
{
	const size_t behind = ANY_CONSOLE_CTRL_SIZE * in_bytes(console->line);

	return wire_at(console, behind + (size_t)i * console->line, ANY_CONSOLE_MESSAGE_BYTES);
}

size_t any_console_shared_bytes(const struct any_dma_dev *dma, uint16_t ports, uint32_t size)
{
	const uint32_t line = line_of(dma);

	return 2 * (ports * any_virtqueue_ring_bytes(dma, size) +
		    any_virtqueue_ring_bytes(dma, ANY_CONSOLE_CTRL_SIZE)) +
	       wire_bytes(line) + line - 1;
}

static int make_wire(struct any_console *console, struct any_bump *shared)
{
	const size_t bytes = wire_bytes(console->line);

	if (!shared->at)
		return any_dma_alloc_coherent(console->virtio.dma, bytes, &console->wire);
	console->wire = (struct any_dma_coherent){
		.cpu = any_bump_take_lines(shared, bytes, console->line), .size = bytes};
	return console->wire.cpu ? 0 : -ANY_ENOSPC;
}

/* ---- queues ---------------------------------------------------------------------------------- */

static int make_queue(struct any_console *console, struct any_virtqueue *vq, uint16_t index,
		      uint32_t size, struct any_bump *memory, struct any_bump *shared)
{
	const size_t bytes = ANY_VIRTQUEUE_BYTES(size);
	void *at = any_bump_take(memory, bytes), *rings;
	size_t ring_bytes;

	if (!at)
		return -ANY_ENOSPC;
	if (!shared->at)
		return any_virtqueue_init(vq, &console->virtio, index, size, at, bytes);
	ring_bytes = any_virtqueue_ring_bytes(console->virtio.dma, size);
	rings = any_bump_take(shared, ring_bytes);
	if (!rings)
		return -ANY_ENOSPC;
	return any_virtqueue_init_cached(vq, &console->virtio, index, size, at, bytes, rings,
					 ring_bytes);
}

/* The largest size of queues for which the caller's memory is enough. */
static uint32_t affordable(const struct any_console *console, const struct any_bump *memory,
			   const struct any_bump *shared)
{
	const uint16_t ports = console->n_ports;
	uint64_t size = any_min_u64(console->options.size, ANY_RING_MAX_SIZE);

	size = size ? 1ull << any_log2(size) : 0;
	while (size && (ANY_CONSOLE_BYTES(ports, size) > memory->left ||
			(shared->at && any_console_shared_bytes(console->virtio.dma, ports,
								(uint32_t)size) > shared->left)))
		size /= 2;
	return (uint32_t)size;
}

static int make_control(struct any_console *console, struct any_bump *memory,
			struct any_bump *shared)
{
	int err = make_queue(console, &console->ctrl_rx, ANY_CONSOLE_CTRL_RX, ANY_CONSOLE_CTRL_SIZE,
			     memory, shared);

	if (!err)
		err = make_queue(console, &console->ctrl_tx, ANY_CONSOLE_CTRL_TX,
				 ANY_CONSOLE_CTRL_SIZE, memory, shared);
	return err ? err : make_wire(console, shared);
}

int any_console_make_queues(struct any_console *console, void *memory, size_t bytes,
			    const struct any_bump *shared)
{
	struct any_bump m = {memory, bytes}, s = *shared;
	const uint32_t size = affordable(console, &m, &s);
	int err = 0;

	if (!size)
		return -ANY_ENOSPC;
	console->line = line_of(console->virtio.dma);
	console->ports = any_bump_take(&m, console->n_ports * sizeof(*console->ports));
	for (uint16_t i = 0; i < console->n_ports; i++)
		console->ports[i] = (struct any_console_port){.there = false};
	for (uint16_t i = 0; i < console->n_ports && !err; i++) {
		struct any_console_port *p = &console->ports[i];

		err = make_queue(console, &p->rx, ANY_CONSOLE_RX(i), size, &m, &s);
		if (!err)
			err = make_queue(console, &p->tx, ANY_CONSOLE_TX(i), size, &m, &s);
	}
	if (!err && any_virtio_has(&console->virtio, ANY_CONSOLE_F_MULTIPORT))
		err = make_control(console, &m, &s);
	return err;
}

/* ---- and away -------------------------------------------------------------------------------- */

static int undo_queue(struct any_virtqueue *vq)
{
	return vq->mem.size ? any_virtqueue_fini(vq) : 0;
}

/* Its messages are the driver's own. */
static int undo_control(struct any_virtqueue *vq)
{
	void *cookie;

	while (vq->mem.size && !any_virtqueue_detach(vq, &cookie))
		;
	return undo_queue(vq);
}

/* Again until nothing is out any more; what is gone stays gone. */
int any_console_undo_queues(struct any_console *console)
{
	int err = 0;

	for (uint16_t i = 0; console->ports && i < console->n_ports; i++) {
		err = undo_queue(&console->ports[i].rx);
		if (!err)
			err = undo_queue(&console->ports[i].tx);
		if (err)
			return err;
	}
	err = undo_control(&console->ctrl_rx);
	if (!err)
		err = undo_control(&console->ctrl_tx);
	if (!err && console->wire.size && !console->ctrl_rx.cached)
		any_dma_free_coherent(console->virtio.dma, &console->wire);
	if (!err)
		console->wire = (struct any_dma_coherent){.cpu = NULL};
	return err;
}

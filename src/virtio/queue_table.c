/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Indirect tables, as the driver writes them (feature 28): coherent memory, one table for each
 * descriptor of the ring, and beside it the mappings of the buffers it names. A request of several
 * buffers then takes one descriptor, so as many requests are out as the ring has entries.
 */
#include "queue.h"

/* A mapping of no length ends a table's list; a table that begins with one is free. */
static void unmap_table(struct any_virtqueue *vq, uint16_t id, size_t written)
{
	struct any_dma_mapping *map = vq->table_maps + (size_t)id * vq->table_entries;

	for (uint32_t i = 0; i < vq->table_entries && map->len; i++, map++) {
		any_queue_unmap(vq, map, &written);
		map->len = 0;
	}
}

static int map_all(struct any_virtqueue *vq, uint16_t id, const struct any_virtqueue_buf *buf,
		   uint32_t n_out, uint32_t n)
{
	struct any_dma_mapping *map = vq->table_maps + (size_t)id * vq->table_entries;

	for (uint32_t i = 0; i < n; i++) {
		enum any_dma_dir dir = i < n_out ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE;
		int err = any_queue_map(vq, &map[i], &buf[i], dir, &vq->bufs[i]);

		if (err) {
			map[i].len = 0;
			unmap_table(vq, id, 0);
			return err;
		}
	}
	return 0;
}

static int add(struct any_virtqueue *vq, const struct any_virtqueue_buf *buf, uint32_t n_out,
	       uint32_t n_in, uint16_t *head)
{
	const uint16_t id = any_ring_free_at(&vq->ring, 0);
	const size_t at = any_vring_desc_bytes(vq->table_entries) * id;
	struct any_vring_desc *table = (void *)((char *)vq->tables.cpu + at);
	int err = map_all(vq, id, buf, n_out, n_out + n_in);

	if (err)
		return err;
	err = any_ring_make_indirect(&vq->ring, table, vq->tables.addr.raw + at, vq->bufs, n_out,
				     n_in, head);
	if (err)
		unmap_table(vq, id, 0);
	return err;
}

static const struct any_virtqueue_via via = {.add = add, .unmap = unmap_table};

int any_virtqueue_use_tables(struct any_virtqueue *vq, uint32_t entries, void *memory, size_t bytes)
{
	struct any_dma_dev *dma = vq->driver->dma;
	int err;

	if (!any_virtio_has(vq->driver, ANY_VIRTIO_F_INDIRECT_DESC) || vq->cached)
		return -ANY_ENOTSUP;
	if (entries < 2 || (uintptr_t)memory % 8 || vq->table_entries)
		return -ANY_EINVAL;
	if (entries > vq->ring.size) /* VG-SR-07 */
		entries = vq->ring.size;
	if (bytes < ANY_VIRTQUEUE_TABLE_BYTES(vq->ring.size, entries))
		return -ANY_ENOSPC;
	err = any_dma_alloc_coherent(dma, any_vring_desc_bytes(vq->ring.size) * entries,
				     &vq->tables);
	if (err)
		return err;
	vq->table_maps = memory;
	vq->table_entries = entries;
	vq->via = &via;
	for (uint64_t i = 0; i < (uint64_t)vq->ring.size * entries; i++)
		vq->table_maps[i] = (struct any_dma_mapping){.len = 0};
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Indirect tables, as the device reads them: each entry fetched once through the space (AP-7), into
 * memory of its own, and judged there.
 */
#include "device_table.h"

static int fetch(struct any_virtio_device *dev, const struct any_ring_piece *table, uint32_t i,
		 struct any_vring_desc *entry)
{
	const struct any_ring_piece piece = {table->addr + sizeof(*entry) * (uint64_t)i,
					     sizeof(*entry)};
	struct any_virtio_cursor cursor = {
		.piece = &piece, .end = &piece + 1, .dir = ANY_DMA_TO_DEVICE};

	return any_virtio_device_load(dev, &cursor, entry, sizeof(*entry));
}

/* To the entry behind, or to `n` behind the last. False: it is not in the table. */
static bool step(bool packed, const struct any_vring_desc *entry, uint32_t n, uint32_t *i)
{
	if (packed) {
		++*i;
		return true;
	}
	if (!(any_load_le16(&entry->flags) & ANY_VRING_DESC_NEXT)) {
		*i = n;
		return true;
	}
	*i = any_load_le16(&entry->next);
	return *i < n;
}

/* No chain is longer than chain->max, so a loop in a table ends (D10). */
int any_virtio_read_table(struct any_virtio_device *dev, struct any_ring_device *ring,
			  struct any_ring_chain *chain)
{
	const uint32_t n = chain->table.len / (uint32_t)sizeof(struct any_vring_desc);
	struct any_vring_desc entry;
	uint32_t i = 0;

	do {
		if (fetch(dev, &chain->table, i, &entry)) {
			any_virtio_device_fail(dev, "an indirect table is not the driver's memory");
			return -ANY_EPROTO;
		}
		if (!any_ring_add_entry(ring, chain, &entry) ||
		    !step(ring->packed, &entry, n, &i)) {
			any_ring_device_break(ring);
			return -ANY_EPROTO;
		}
	} while (i < n);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The block device: src/device serves its requests, its disk is memory of the lab's. */
#include <anydma/blk.h>
#include <anydma/lab/shim.h>

#include "virtio.h"
#include "../../core/machine.h"
#include "../../rt/rt.h"

struct lab_virtio_blk {
	struct lab_virtio v; /* first */
	struct any_blk_device blk;
	struct any_blk_backend backend;
	struct any_ring_piece pieces[LAB_VIRTIO_SIZE];
	uint8_t *disk;
};

/* How much of it before it fails; all of it: it does not. */
static size_t works(struct lab_virtio_blk *d, size_t len)
{
	if (lab_unit_may(&d->v.u, ANY_LAB_ERRORS, 8))
		return 0;
	if (lab_unit_may(&d->v.u, ANY_LAB_PARTIAL, 8))
		return lab_unit_below(&d->v.u, (uint32_t)len);
	return len;
}

static int disk_read(void *ctx, uint64_t offset, void *to, size_t len)
{
	struct lab_virtio_blk *d = ctx;
	size_t n = works(d, len);

	if (n) {
		lab_announce(to, n, true, lab_caller_pc());
		lab_copy(to, d->disk + offset, n);
	}
	return n == len ? 0 : -ANY_EIO;
}

static int disk_write(void *ctx, uint64_t offset, const void *from, size_t len)
{
	struct lab_virtio_blk *d = ctx;
	size_t n = works(d, len);

	if (n) {
		lab_announce(from, n, false, lab_caller_pc());
		lab_copy(d->disk + offset, from, n);
	}
	return n == len ? 0 : -ANY_EIO;
}

static int disk_sync(void *ctx)
{
	(void)ctx; /* nothing is volatile here */
	return 0;
}

static bool serve(struct lab_virtio *v, const struct any_ring_chain *chain, uint32_t *written)
{
	return any_virtio_blk_device_serve(&((struct lab_virtio_blk *)v)->blk, chain, written);
}

volatile void *any_lab_virtio_blk_attach(struct any_lab *lab,
					 const struct any_lab_virtio_blk_config *config)
{
	struct lab_virtio_blk *d = any_lab_keep(lab, sizeof(*d));
	const struct any_blk_device_config device = {.features = config->virtio.features,
						     .size_max = config->size_max,
						     .seg_max = config->seg_max,
						     .blk_size = config->blk_size};
	const uint32_t sectors = config->sectors ? config->sectors : 64;

	d->disk = any_lab_keep(lab, (size_t)sectors * ANY_BLK_SECTOR);
	d->backend = (struct any_blk_backend){.read = disk_read,
					      .write = disk_write,
					      .sync = disk_sync,
					      .capacity = sectors,
					      .read_only = config->read_only,
					      .id = "anydma-lab"};
	lab_virtio_space(lab, &d->v.space);
	d->v.serve = serve;
	if (any_blk_device_init(&d->blk, &d->backend, d, &device, &d->v.space, d->pieces,
				lab_virtio_queue_size(&config->virtio)))
		any_lab_misuse("The virtio device is to offer features that it does not have.");
	return lab_virtio_attach(lab, &d->v, &d->blk.virtio, &config->virtio);
}

static uint8_t *disk_at(struct any_lab *lab, uint64_t offset, size_t len)
{
	struct lab_virtio *v = lab_virtio_of(lab);
	struct lab_virtio_blk *d = v && v->serve == serve ? (struct lab_virtio_blk *)v : NULL;
	uint64_t size = d ? d->backend.capacity * ANY_BLK_SECTOR : 0;

	return d && offset <= size && len <= size - offset ? d->disk + offset : NULL;
}

bool any_lab_virtio_blk_get(struct any_lab *lab, uint64_t offset, void *to, size_t len)
{
	const uint8_t *at = disk_at(lab, offset, len);

	if (at)
		lab_unit_to_scenario(to, at, len);
	return at;
}

bool any_lab_virtio_blk_put(struct any_lab *lab, uint64_t offset, const void *from, size_t len)
{
	uint8_t *at = disk_at(lab, offset, len);

	if (at)
		lab_unit_from_scenario(at, from, len);
	return at;
}

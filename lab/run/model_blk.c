/* SPDX-License-Identifier: BSD-2-Clause */
/* The block device in the machine: its disk, and when it looks. */
#include "run.h"
#include "../rt/rt.h"

/* While it has work it polls with kicks off; before it sleeps it turns them on and looks again. */
static bool step(void *ctx)
{
	struct lab_model *d = ctx;
	struct any_virtio_device *dev = d->virtio;
	bool more = false;

	if (any_virtio_blk_device_process(&d->blk,
					  1 + (uint32_t)(lab_device_random(d->machine) % 3))) {
		if (!d->polling && lab_device_random(d->machine) >> 63) {
			for (uint32_t i = 0; i < dev->n_queues; i++)
				any_virtio_device_disable_kick(dev, i);
			d->polling = true;
		}
		return true;
	}
	if (!d->polling || !(dev->status & ANY_VIRTIO_STATUS_DRIVER_OK))
		return false;
	d->polling = false;
	for (uint32_t i = 0; i < dev->n_queues; i++)
		more |= any_virtio_device_enable_kick(dev, i);
	return more;
}

static int disk_read(void *ctx, uint64_t offset, void *to, size_t len)
{
	struct lab_model *d = ctx;

	lab_announce(to, len, true, lab_caller_pc());
	return lab_disk_read(d->disk, offset, to, len);
}

static int disk_write(void *ctx, uint64_t offset, const void *from, size_t len)
{
	struct lab_model *d = ctx;

	lab_announce(from, len, false, lab_caller_pc());
	return lab_disk_write(d->disk, offset, from, len);
}

static int disk_zero(void *ctx, uint64_t offset, uint64_t len, bool unmap)
{
	static const uint8_t zeroes[4096];
	struct lab_model *d = ctx;
	int err = 0;

	(void)unmap;
	for (uint64_t at = 0; at < len && !err; at += sizeof(zeroes))
		err = lab_disk_write(d->disk, offset + at, zeroes,
				     len - at < sizeof(zeroes) ? len - at : sizeof(zeroes));
	return err;
}

static int disk_discard(void *ctx, uint64_t offset, uint64_t len)
{
	return disk_zero(ctx, offset, len, true);
}

static int disk_sync(void *ctx)
{
	(void)ctx; /* the medium is the host's file cache: it outlives the run */
	return 0;
}

int lab_model_blk(struct lab_model *d, struct lab_machine *m, struct lab_disk *disk,
		  const struct any_lab_config *config)
{
	struct any_blk_device_config device = {
		.features = lab_model_features(d, m, config), .seg_max = 16, .held = d->held[0]};
	int err;

	device.features |= config->indirect ? ANY_VIRTIO_F_INDIRECT_DESC : 0;
	device.features |= config->in_order ? ANY_VIRTIO_F_IN_ORDER : 0;
	if (config->two_queues) {
		device.n_queues = LAB_BLK_QUEUES;
		device.queues = d->blk_queues;
	}
	for (uint32_t i = 0; i < LAB_BLK_QUEUES; i++)
		d->blk_queues[i] = (struct any_virtio_device_queue){
			.max = LAB_QUEUE, .pieces = d->pieces[i], .held = d->held[i]};
	d->disk = disk;
	d->backend = (struct any_blk_backend){
		.read = disk_read,
		.write = disk_write,
		.discard = config->write ? disk_discard : NULL,
		.write_zeroes = config->write ? disk_zero : NULL,
		.sync = disk_sync,
		.capacity = disk->size / 512,
		.read_only = !config->write,
		.id = "anydma-lab",
	};
	err = any_blk_device_init(&d->blk, &d->backend, d, &device, &d->space, d->pieces[0],
				  LAB_QUEUE);
	lab_model_connect(d, m, &d->blk.virtio, step);
	return err;
}

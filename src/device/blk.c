/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block, the device: registers and configuration. Requests are in blk_io.c. */
#include <anydma/blk.h>

static bool has(const struct any_blk_device *dev, uint64_t feature)
{
	return (dev->virtio.features & feature) != 0;
}

static uint64_t offer(const struct any_blk_backend *backend,
		      const struct any_blk_device_config *config)
{
	uint64_t features = config->features | ANY_BLK_F_FLUSH; /* VD-BK-01 */

	if (backend->sync)
		features |= ANY_BLK_F_CONFIG_WCE;
	if (backend->read_only)
		features |= ANY_BLK_F_RO;
	if (backend->discard)
		features |= ANY_BLK_F_DISCARD;
	if (backend->write_zeroes)
		features |= ANY_BLK_F_WRITE_ZEROES;
	if (config->size_max)
		features |= ANY_BLK_F_SIZE_MAX;
	if (config->seg_max)
		features |= ANY_BLK_F_SEG_MAX;
	if (config->blk_size)
		features |= ANY_BLK_F_BLK_SIZE;
	if (config->n_queues)
		features |= ANY_BLK_F_MQ;
	if (config->physical_exp | config->alignment_offset | config->min_io | config->opt_io)
		features |= ANY_BLK_F_TOPOLOGY;
	return features; /* no LIFETIME: nobody here knows how worn a medium is (VD-BK-13) */
}

/* The last step of negotiation: the cache mode begins as what was agreed allows (VD-BK-02). */
static bool features_ok(void *ctx, uint64_t features)
{
	struct any_blk_device *dev = ctx;

	dev->writeback = (features & ANY_BLK_F_FLUSH) != 0;
	return true;
}

static uint32_t max_sectors(const struct any_blk_device *dev)
{
	return dev->config.max_sectors ? dev->config.max_sectors : UINT32_MAX;
}

static uint32_t max_ranges(const struct any_blk_device *dev)
{
	return dev->config.max_ranges ? dev->config.max_ranges : 1;
}

/* One aligned word; everything not named reads 0 (VD-BK-03). */
static uint32_t config_word(const struct any_blk_device *dev, uint32_t offset)
{
	switch (offset) {
	case ANY_BLK_CFG_CAPACITY:
		return (uint32_t)dev->backend->capacity;
	case ANY_BLK_CFG_CAPACITY + 4:
		return (uint32_t)(dev->backend->capacity >> 32);
	case ANY_BLK_CFG_SIZE_MAX:
		return dev->config.size_max;
	case ANY_BLK_CFG_SEG_MAX:
		return dev->config.seg_max;
	case ANY_BLK_CFG_BLK_SIZE:
		return dev->config.blk_size;
	case ANY_BLK_CFG_PHYSICAL_EXP:
		return dev->config.physical_exp | (uint32_t)dev->config.alignment_offset << 8 |
		       (uint32_t)dev->config.min_io << 16;
	case ANY_BLK_CFG_OPT_IO:
		return dev->config.opt_io;
	case ANY_BLK_CFG_WRITEBACK:
		return dev->writeback | (uint32_t)dev->config.n_queues << 16;
	case ANY_BLK_CFG_MAX_DISCARD_SECTORS:
		return dev->backend->discard ? max_sectors(dev) : 0;
	case ANY_BLK_CFG_MAX_DISCARD_SEG:
		return dev->backend->discard ? max_ranges(dev) : 0;
	case ANY_BLK_CFG_DISCARD_ALIGNMENT:
		return dev->backend->discard ? 1 : 0;
	case ANY_BLK_CFG_MAX_WRITE_ZERO_SECTORS:
		return dev->backend->write_zeroes ? max_sectors(dev) : 0;
	case ANY_BLK_CFG_MAX_WRITE_ZERO_SEG:
		return dev->backend->write_zeroes ? max_ranges(dev) : 0;
	case ANY_BLK_CFG_WRITE_ZERO_MAY_UNMAP: /* VD-BK-11 */
		return dev->backend->may_unmap;
	default:
		return 0;
	}
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	const uint32_t word = config_word(ctx, offset & ~3u) >> 8 * (offset & 3u);

	return width == 4 ? word : word & ((1u << 8 * width) - 1);
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	struct any_blk_device *dev = ctx;

	if (offset == ANY_BLK_CFG_WRITEBACK && width == 1 && has(dev, ANY_BLK_F_CONFIG_WCE))
		dev->writeback = value != 0;
}

static const struct any_virtio_device_ops blk_ops = {
	.features_ok = features_ok,
	.config_read = config_read,
	.config_write = config_write,
};

/* A physical block is not longer than a driver can count, and begins inside the first one. */
static bool topology_is_sound(const struct any_blk_device_config *config)
{
	return config->physical_exp < 16 && config->alignment_offset < 1u << config->physical_exp;
}

int any_blk_device_init(struct any_blk_device *dev, const struct any_blk_backend *backend,
			void *ctx, const struct any_blk_device_config *config,
			struct any_space *space, struct any_ring_piece *pieces, uint32_t queue_max)
{
	const bool many = config->n_queues;
	int err;

	if (backend->capacity > UINT64_MAX / ANY_BLK_SECTOR || !topology_is_sound(config))
		return -ANY_EINVAL;
	*dev = (struct any_blk_device){
		.queue = {.max = queue_max, .pieces = pieces, .held = config->held},
		.backend = backend,
		.ctx = ctx,
		.config = *config,
	};
	err = any_virtio_device_init(&dev->virtio, &blk_ops, dev, space,
				     many ? config->queues : &dev->queue,
				     many ? config->n_queues : 1, offer(backend, config));
	if (err)
		return err;
	dev->virtio.device_id = ANY_VIRTIO_ID_BLOCK;
	dev->virtio.config_len = ANY_BLK_CFG_BYTES;
	return 0;
}

void any_blk_device_resized(struct any_blk_device *dev)
{
	any_virtio_device_config_changed(&dev->virtio);
}

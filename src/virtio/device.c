/* SPDX-License-Identifier: BSD-2-Clause */
/* The device's registers: status, features, configuration, queue set-up (A1 to A4, device rows). */
#include <anydma/virtio_device.h>

#include "base/bits.h"

/* Transport and ring features this library's devices may offer (VD-FT-04). */
#define CORE_FEATURES                                                                              \
	(ANY_VIRTIO_F_VERSION_1 | ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM |     \
	 ANY_VIRTIO_F_EVENT_IDX | ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_NOTIFICATION_DATA |      \
	 ANY_VIRTIO_F_RING_RESET | ANY_VIRTIO_F_SUSPEND | ANY_VIRTIO_F_INDIRECT_DESC |             \
	 ANY_VIRTIO_F_IN_ORDER)

#define DRIVER_BITS                                                                                \
	(ANY_VIRTIO_STATUS_ACKNOWLEDGE | ANY_VIRTIO_STATUS_DRIVER | ANY_VIRTIO_STATUS_FAILED)

int any_virtio_device_init(struct any_virtio_device *dev, const struct any_virtio_device_ops *ops,
			   void *ctx, struct any_space *space,
			   struct any_virtio_device_queue *queues, uint16_t n_queues,
			   uint64_t features)
{
	if (features & ~(CORE_FEATURES | ANY_VIRTIO_F_DEVICE_TYPE))
		return -ANY_EINVAL;
	for (uint16_t i = 0; i < n_queues; i++)
		if (!any_is_pow2(queues[i].max) || queues[i].max > ANY_RING_MAX_SIZE ||
		    !queues[i].pieces || ((features & ANY_VIRTIO_F_RING_PACKED) && !queues[i].held))
			return -ANY_EINVAL;
	*dev = (struct any_virtio_device){
		.ops = ops,
		.ctx = ctx,
		.space = space,
		.queues = queues,
		.n_queues = n_queues,
		.offered = features | ANY_VIRTIO_F_VERSION_1, /* VD-FB-02 */
	};
	return 0;
}

static void raise_cause(struct any_virtio_device *dev, unsigned cause)
{
	dev->isr = (uint8_t)(dev->isr | cause);
	dev->cause = (uint8_t)cause;
	if (dev->interrupt)
		dev->interrupt(dev->interrupt_ctx, dev->isr);
}

/* ---- features and status --------------------------------------------------------------------- */

void any_virtio_device_set_features(struct any_virtio_device *dev, uint64_t features)
{
	if (!(dev->status & ANY_VIRTIO_STATUS_FEATURES_OK)) /* VG-ST-03: too late */
		dev->features = features;
}

/* VD-FT-03. Bit 33 once offered is not optional: it would be a way round the platform (AP-8, -10).
 */
static bool features_ok(const struct any_virtio_device *dev)
{
	const uint64_t must =
		ANY_VIRTIO_F_VERSION_1 | (dev->offered & ANY_VIRTIO_F_ACCESS_PLATFORM);

	if ((dev->features & ~dev->offered) || (dev->features & must) != must)
		return false;
	return !dev->ops || !dev->ops->features_ok ||
	       dev->ops->features_ok(dev->ctx, dev->features);
}

static void stop_queue(struct any_virtio_device_queue *queue)
{
	queue->ready = queue->found = queue->kicked = queue->mute = false;
	queue->taken = queue->asked = 0;
	queue->size = 0;
	queue->ring = (struct any_ring_device){.size = 0};
}

/* Complete when it returns: nothing of the old rings is touched again (VD-ST-04, -05). */
static void reset(struct any_virtio_device *dev)
{
	for (uint16_t i = 0; i < dev->n_queues; i++)
		stop_queue(&dev->queues[i]);
	dev->features = 0;
	dev->status = 0;
	dev->isr = 0;
	dev->suspending = dev->changed = false;
	dev->why = NULL;
	if (dev->ops && dev->ops->reset)
		dev->ops->reset(dev->ctx);
}

/* ---- suspend, 3.4 ---- */

static bool has_in_hand(const struct any_virtio_device_queue *q)
{
	return q->ready && q->ring.avail_idx != q->ring.used_idx;
}

static uint32_t live_config(const struct any_virtio_device *dev, uint32_t offset, unsigned width)
{
	return dev->ops->config_read ? dev->ops->config_read(dev->ctx, offset, width) : 0;
}

/* Nothing is in hand and all that was used is told: now it lies still (VD-ST-09, -12). */
void any_virtio_device_drained(struct any_virtio_device *dev)
{
	if (!dev->suspending || (dev->status & ANY_VIRTIO_STATUS_NEEDS_RESET))
		return;
	for (uint16_t i = 0; i < dev->n_queues; i++)
		if (has_in_hand(&dev->queues[i]))
			return;
	dev->suspending = false;
	if (dev->ops && dev->ops->suspend && !dev->ops->suspend(dev->ctx)) {
		any_virtio_device_fail(dev, "the device cannot be suspended");
		return;
	}
	for (uint32_t i = 0; i < dev->config_len && i < ANY_VIRTIO_FROZEN; i++)
		dev->frozen[i] = (uint8_t)live_config(dev, i, 1);
	dev->status =
		(uint8_t)((dev->status & ~ANY_VIRTIO_STATUS_DRIVER_OK) | ANY_VIRTIO_STATUS_SUSPEND);
}

/* From now on no chain is taken; those in hand are finished and told first. */
static void suspend(struct any_virtio_device *dev)
{
	dev->suspending = true;
	for (uint16_t i = 0; i < dev->n_queues; i++)
		any_virtio_device_publish(dev, i);
	any_virtio_device_drained(dev);
}

/* What the configuration became meanwhile is told now (VD-ST-10), and kicks may have been lost. */
static void resume(struct any_virtio_device *dev)
{
	if (dev->ops && dev->ops->resume && !dev->ops->resume(dev->ctx)) {
		any_virtio_device_fail(dev, "the device cannot be resumed");
		return;
	}
	dev->status =
		(uint8_t)((dev->status & ~ANY_VIRTIO_STATUS_SUSPEND) | ANY_VIRTIO_STATUS_DRIVER_OK);
	for (uint16_t i = 0; i < dev->n_queues; i++)
		dev->queues[i].kicked = dev->queues[i].ready;
	if (dev->changed)
		any_virtio_device_config_changed(dev);
}

/* Bits are only added; unknown ones, and DRIVER_OK out of turn, have no effect (VD-ST-06). */
void any_virtio_device_set_status(struct any_virtio_device *dev, uint8_t status)
{
	unsigned now;

	if (!status) {
		reset(dev);
		return;
	}
	dev->status |= status & DRIVER_BITS;
	if (dev->status & ANY_VIRTIO_STATUS_SUSPEND) {
		if (status & ANY_VIRTIO_STATUS_DRIVER_OK)
			resume(dev);
		return;
	}
	/* Before the driver is ready this bit is like any other unknown one (VD-ST-07). */
	if ((status & ANY_VIRTIO_STATUS_SUSPEND) && (dev->features & ANY_VIRTIO_F_SUSPEND) &&
	    (dev->status & ANY_VIRTIO_STATUS_DRIVER_OK)) {
		suspend(dev);
		return;
	}
	now = dev->status;
	if ((status & ANY_VIRTIO_STATUS_FEATURES_OK) && features_ok(dev))
		now |= ANY_VIRTIO_STATUS_FEATURES_OK;
	if (now & ANY_VIRTIO_STATUS_FEATURES_OK)
		now |= status & ANY_VIRTIO_STATUS_DRIVER_OK;
	dev->status = (uint8_t)now;
}

void any_virtio_device_fail(struct any_virtio_device *dev, const char *why)
{
	if (dev->status & ANY_VIRTIO_STATUS_NEEDS_RESET)
		return;
	dev->why = why;
	dev->status |= ANY_VIRTIO_STATUS_NEEDS_RESET;
	if (dev->status & ANY_VIRTIO_STATUS_DRIVER_OK) /* VD-ST-03 */
		raise_cause(dev, ANY_VIRTIO_ISR_CONFIG);
}

void any_virtio_device_isr_ack(struct any_virtio_device *dev, uint32_t isr)
{
	dev->isr = (uint8_t)(dev->isr & ~isr);
}

/* ---- configuration --------------------------------------------------------------------------- */

static bool in_config(const struct any_virtio_device *dev, uint32_t offset, unsigned width)
{
	return (width == 1 || width == 2 || width == 4) && offset % width == 0 &&
	       any_range_within(offset, width, 0, dev->config_len);
}

uint32_t any_virtio_device_config_read(const struct any_virtio_device *dev, uint32_t offset,
				       unsigned width)
{
	uint32_t value = 0;

	if (!in_config(dev, offset, width))
		return 0;
	if (!(dev->status & ANY_VIRTIO_STATUS_SUSPEND) || offset >= ANY_VIRTIO_FROZEN)
		return live_config(dev, offset, width);
	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)dev->frozen[offset + i] << 8 * i;
	return value;
}

void any_virtio_device_config_write(struct any_virtio_device *dev, uint32_t offset, unsigned width,
				    uint32_t value)
{
	if (dev->status & ANY_VIRTIO_STATUS_SUSPEND) /* VD-ST-08 */
		return;
	if (in_config(dev, offset, width) && dev->ops->config_write)
		dev->ops->config_write(dev->ctx, offset, width, value);
}

void any_virtio_device_config_changed(struct any_virtio_device *dev)
{
	dev->changed = dev->status & ANY_VIRTIO_STATUS_SUSPEND;
	if (dev->changed)
		return;
	dev->generation++;
	if (dev->status & ANY_VIRTIO_STATUS_DRIVER_OK)
		raise_cause(dev, ANY_VIRTIO_ISR_CONFIG);
}

/* ---- queue registers: the number comes from the driver (D16) -----------------------------------
 */

uint32_t any_virtio_device_queue_max(const struct any_virtio_device *dev, uint32_t queue)
{
	return queue < dev->n_queues ? dev->queues[queue].max : 0;
}

bool any_virtio_device_queue_ready(const struct any_virtio_device *dev, uint32_t queue)
{
	return queue < dev->n_queues && dev->queues[queue].ready;
}

int any_virtio_device_queue_setup(struct any_virtio_device *dev, uint32_t queue, uint32_t size,
				  struct any_dma_addr desc, struct any_dma_addr avail,
				  struct any_dma_addr used)
{
	const bool packed = dev->features & ANY_VIRTIO_F_RING_PACKED;
	struct any_virtio_device_queue *q;
	struct any_ring_config config = {
		.size = size,
		.order_platform = dev->features & ANY_VIRTIO_F_ORDER_PLATFORM,
		.event_idx = dev->features & ANY_VIRTIO_F_EVENT_IDX,
		.packed = packed,
		.indirect = dev->features & ANY_VIRTIO_F_INDIRECT_DESC,
	};

	if (queue >= dev->n_queues || !(dev->status & ANY_VIRTIO_STATUS_FEATURES_OK))
		return -ANY_EINVAL;
	q = &dev->queues[queue];
	if (q->ready || size > q->max || desc.raw % 16 || avail.raw % (packed ? 4 : 2) ||
	    used.raw % 4)
		return -ANY_EINVAL;
	config.held = q->held;
	/* The parts are found when they are first needed; no queue memory is touched before
	 * DRIVER_OK (VD-ST-01). */
	if (any_ring_device_init(&q->ring, &config))
		return -ANY_EINVAL;
	q->size = size;
	q->desc = desc;
	q->avail = avail;
	q->used = used;
	q->found = false;
	q->ready = true;
	return 0;
}

/* Positions return to 0 and nothing is used or announced for it any more (VD-FB-13, -14). */
void any_virtio_device_queue_reset(struct any_virtio_device *dev, uint32_t queue)
{
	if (queue < dev->n_queues)
		stop_queue(&dev->queues[queue]);
}

/* Where the driver says it goes on is not believed: the ring says it, and is looked at (VD-FB-12).
 */
void any_virtio_device_kick(struct any_virtio_device *dev, uint32_t notification)
{
	const uint32_t queue = dev->features & ANY_VIRTIO_F_NOTIFICATION_DATA
				       ? notification & 0xffff
				       : notification;

	if (queue < dev->n_queues)
		dev->queues[queue].kicked = true;
}

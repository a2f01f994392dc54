/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio over MMIO, version 2, the device's registers (4.2.2.1). What a driver writes is checked.
 */
#include <anydma/virtio/mmio.h>

static struct any_virtio_queue_registers *selected(struct any_virtio_mmio_device *m)
{
	return m->queue_sel < m->dev->n_queues ? &m->queues[m->queue_sel] : NULL;
}

/* Bits for any selection; none where there are none. */
static uint32_t offered(const struct any_virtio_mmio_device *m)
{
	return m->features_sel > 1 ? 0 : (uint32_t)(m->dev->offered >> 32 * m->features_sel);
}

static uint32_t read32(struct any_virtio_mmio_device *m, uint32_t offset)
{
	struct any_virtio_device *dev = m->dev;

	switch (offset) {
	case ANY_VIRTIO_MMIO_MAGIC: /* VD-MM-01 */
		return ANY_VIRTIO_MMIO_MAGIC_VALUE;
	case ANY_VIRTIO_MMIO_VERSION:
		return 2;
	case ANY_VIRTIO_MMIO_DEVICE_ID:
		return dev->device_id;
	case ANY_VIRTIO_MMIO_VENDOR_ID:
		return m->vendor_id;
	case ANY_VIRTIO_MMIO_DEVICE_FEATURES:
		return offered(m);
	case ANY_VIRTIO_MMIO_QUEUE_MAX:
		return any_virtio_device_queue_max(dev, m->queue_sel);
	case ANY_VIRTIO_MMIO_QUEUE_READY:
		return any_virtio_device_queue_ready(dev, m->queue_sel);
	case ANY_VIRTIO_MMIO_ISR: /* VD-MM-02: until it is acknowledged */
		return dev->isr;
	case ANY_VIRTIO_MMIO_STATUS:
		return dev->status;
	case ANY_VIRTIO_MMIO_GENERATION: /* VD-MM-04 */
		return dev->generation;
	case ANY_VIRTIO_MMIO_SHM_LEN: /* VD-MM-07: there is no such region */
	case ANY_VIRTIO_MMIO_SHM_LEN + 4:
	case ANY_VIRTIO_MMIO_SHM_LEN + 8:
	case ANY_VIRTIO_MMIO_SHM_LEN + 12:
		return UINT32_MAX;
	default: /* QUEUE_RESET among them: it is over when its write returns (VD-MM-06) */
		return 0;
	}
}

uint32_t any_virtio_mmio_device_read(struct any_virtio_mmio_device *m, uint32_t offset,
				     unsigned width)
{
	if (offset >= ANY_VIRTIO_MMIO_CONFIG)
		return any_virtio_device_config_read(m->dev, offset - ANY_VIRTIO_MMIO_CONFIG,
						     width);
	return width == 4 ? read32(m, offset) : 0;
}

/* ---- */

static void put_half(uint64_t *value, bool high, uint32_t half)
{
	const unsigned shift = high ? 32 : 0;

	*value = (*value & ~((uint64_t)UINT32_MAX << shift)) | (uint64_t)half << shift;
}

static void set_features(struct any_virtio_mmio_device *m, uint32_t half)
{
	if (m->driver_sel < 2)
		put_half(&m->driver_features, m->driver_sel, half);
	else
		m->foreign |= half != 0;
	/* bits that there is no place for are bits that were not offered (VD-FT-03) */
	any_virtio_device_set_features(m->dev, m->foreign ? UINT64_MAX : m->driver_features);
}

/* VD-MM-03, -05: nothing of a queue is touched that is not ready. */
static void set_ready(struct any_virtio_mmio_device *m, const struct any_virtio_queue_registers *q,
		      bool ready)
{
	if (!ready) {
		any_virtio_device_queue_reset(m->dev, m->queue_sel);
		return;
	}
	/* what is not sound is not enabled: the driver reads that back */
	(void)!any_virtio_device_queue_setup(m->dev, m->queue_sel, q->size, any_dma(q->parts[0]),
					     any_dma(q->parts[1]), any_dma(q->parts[2]));
}

static void set_status(struct any_virtio_mmio_device *m, uint8_t status)
{
	any_virtio_device_set_status(m->dev, status);
	if (status)
		return;
	m->driver_features = 0;
	m->foreign = false;
	for (uint16_t i = 0; i < m->dev->n_queues; i++)
		m->queues[i] = (struct any_virtio_queue_registers){.size = 0};
}

/* As after a reset of the whole device (VD-FB-14). */
static void queue_reset(struct any_virtio_mmio_device *m, struct any_virtio_queue_registers *q)
{
	set_ready(m, q, false);
	*q = (struct any_virtio_queue_registers){.size = 0};
}

static void queue_write(struct any_virtio_mmio_device *m, uint32_t offset, uint32_t value)
{
	struct any_virtio_queue_registers *q = selected(m);

	if (!q)
		return;
	if (offset == ANY_VIRTIO_MMIO_QUEUE_NUM)
		q->size = value;
	else if (offset == ANY_VIRTIO_MMIO_QUEUE_READY)
		set_ready(m, q, value & 1);
	else if (offset == ANY_VIRTIO_MMIO_QUEUE_RESET && (value & 1) &&
		 (m->dev->features & ANY_VIRTIO_F_RING_RESET))
		queue_reset(m, q);
	else if (offset >= ANY_VIRTIO_MMIO_QUEUE_DESC && offset < ANY_VIRTIO_MMIO_QUEUE_USED + 8 &&
		 offset % 16 < 8)
		put_half(&q->parts[(offset - ANY_VIRTIO_MMIO_QUEUE_DESC) / 16], offset & 4, value);
}

static void write32(struct any_virtio_mmio_device *m, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		m->features_sel = value;
		break;
	case ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		m->driver_sel = value;
		break;
	case ANY_VIRTIO_MMIO_DRIVER_FEATURES:
		set_features(m, value);
		break;
	case ANY_VIRTIO_MMIO_QUEUE_SEL:
		m->queue_sel = value;
		break;
	case ANY_VIRTIO_MMIO_NOTIFY:
		any_virtio_device_kick(m->dev, value);
		break;
	case ANY_VIRTIO_MMIO_ISR_ACK:
		any_virtio_device_isr_ack(m->dev, value);
		break;
	case ANY_VIRTIO_MMIO_STATUS:
		set_status(m, (uint8_t)value);
		break;
	default:
		queue_write(m, offset, value);
	}
}

void any_virtio_mmio_device_write(struct any_virtio_mmio_device *m, uint32_t offset, unsigned width,
				  uint32_t value)
{
	if (offset >= ANY_VIRTIO_MMIO_CONFIG)
		any_virtio_device_config_write(m->dev, offset - ANY_VIRTIO_MMIO_CONFIG, width,
					       value);
	else if (width == 4 && offset % 4 == 0)
		write32(m, offset, value);
}

void any_virtio_mmio_device_init(struct any_virtio_mmio_device *m, struct any_virtio_device *dev,
				 struct any_virtio_queue_registers *queues, uint32_t vendor_id)
{
	*m = (struct any_virtio_mmio_device){.dev = dev, .queues = queues, .vendor_id = vendor_id};
	for (uint16_t i = 0; i < dev->n_queues; i++)
		queues[i] = (struct any_virtio_queue_registers){.size = 0};
}

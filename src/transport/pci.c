/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio over PCI: the common configuration structure (4.1.4.3), each field by its own width
 * (VG-PC-03), and what is said besides: interrupts and doorbells.
 */
#include "pci.h"

#include "arch/width.h"

#define COMMAND	       0x04u
#define COMMAND_MASTER 0x4u

#define RESET_POLLS 1000000u /* reads before a queue is given up */
#define GONE	    0xffffu

enum common { /* offsets; low halves of what has 64 bits */
	      DEVICE_FEATURE_SELECT = 0,
	      DEVICE_FEATURE = 4,
	      DRIVER_FEATURE_SELECT = 8,
	      DRIVER_FEATURE = 12,
	      CONFIG_MSIX_VECTOR = 16,
	      NUM_QUEUES = 18,
	      DEVICE_STATUS = 20,
	      CONFIG_GENERATION = 21,
	      QUEUE_SELECT = 22,
	      QUEUE_SIZE = 24,
	      QUEUE_MSIX_VECTOR = 26,
	      QUEUE_ENABLE = 28,
	      QUEUE_NOTIFY_OFF = 30,
	      QUEUE_DESC = 32,
	      QUEUE_DRIVER = 40,
	      QUEUE_DEVICE = 48,
	      QUEUE_NOTIF_CONFIG_DATA = 56,
	      QUEUE_RESET = 58,
};

static volatile void *at(const struct any_virtio_pci *pci, uint32_t offset)
{
	return pci->common.at + offset;
}

static uint16_t get16(const struct any_virtio_pci *pci, uint32_t offset)
{
	return any_mmio_read16(at(pci, offset));
}

static void put16(const struct any_virtio_pci *pci, uint32_t offset, uint16_t value)
{
	any_mmio_write16(at(pci, offset), value);
}

static uint64_t get_features(void *ctx)
{
	uint64_t features;

	any_mmio_write32(at(ctx, DEVICE_FEATURE_SELECT), 0);
	features = any_mmio_read32(at(ctx, DEVICE_FEATURE));
	any_mmio_write32(at(ctx, DEVICE_FEATURE_SELECT), 1);
	return features | (uint64_t)any_mmio_read32(at(ctx, DEVICE_FEATURE)) << 32;
}

static void set_features(void *ctx, uint64_t features)
{
	struct any_virtio_pci *pci = ctx;

	pci->features = features;
	any_mmio_write32(at(pci, DRIVER_FEATURE_SELECT), 0);
	any_mmio_write32(at(pci, DRIVER_FEATURE), (uint32_t)features);
	any_mmio_write32(at(pci, DRIVER_FEATURE_SELECT), 1);
	any_mmio_write32(at(pci, DRIVER_FEATURE), (uint32_t)(features >> 32));
}

static uint8_t get_status(void *ctx)
{
	uint8_t status = any_mmio_read8(at(ctx, DEVICE_STATUS));

	any_mmio_rmb(); /* a reset device has let go of memory: nothing is read before that is known
			 */
	return status;
}

static void master(const struct any_virtio_pci *pci)
{
	const struct any_pci_function *fn = &pci->fn;
	const uint32_t command = fn->ops->config_read(fn->ctx, COMMAND, 2);

	fn->ops->config_write(fn->ctx, COMMAND, 2, command | COMMAND_MASTER);
}

/* Again after each reset, which unmapped it; read back as a queue's is (VG-PC-17). */
static void set_config_vector(struct any_virtio_pci *pci)
{
	put16(pci, CONFIG_MSIX_VECTOR, pci->config_vector);
	if (get16(pci, CONFIG_MSIX_VECTOR) != pci->config_vector)
		pci->config_vector = ANY_VIRTIO_PCI_NO_VECTOR;
}

static void set_status(void *ctx, uint8_t status)
{
	struct any_virtio_pci *pci = ctx;

	/* A device may reach memory when what it reaches is agreed on, and not before. */
	if (status & ANY_VIRTIO_STATUS_DRIVER_OK)
		master(pci);
	/* Rings set up before DRIVER_OK must be in memory when the device starts to look. */
	any_mmio_wmb();
	any_mmio_write8(at(pci, DEVICE_STATUS), status);
	if (status == ANY_VIRTIO_STATUS_ACKNOWLEDGE && pci->msix_on)
		set_config_vector(pci);
}

/* A configuration shorter than what is asked for reads as zero; some devices have none. */
static bool has_config(const struct any_virtio_pci *pci, uint32_t offset, unsigned width)
{
	return width <= pci->device.len && offset <= pci->device.len - width;
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	const struct any_virtio_pci *pci = ctx;

	return has_config(pci, offset, width) ? any_mmio_read(pci->device.at + offset, width) : 0;
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	const struct any_virtio_pci *pci = ctx;

	if (has_config(pci, offset, width))
		any_mmio_write(pci->device.at + offset, width, value);
}

static uint32_t config_generation(void *ctx)
{
	return any_mmio_read8(at(ctx, CONFIG_GENERATION));
}

/* ---- queues */

static uint32_t queue_max(void *ctx, uint16_t queue)
{
	uint16_t max;

	if (queue >= get16(ctx, NUM_QUEUES))
		return 0;
	put16(ctx, QUEUE_SELECT, queue);
	max = get16(ctx, QUEUE_SIZE);
	return max <= ANY_RING_MAX_SIZE ? max : 0; /* all ones: it is gone */
}

static void put64(void *ctx, uint32_t offset, uint64_t value)
{
	any_mmio_write32(at(ctx, offset), (uint32_t)value);
	any_mmio_write32(at(ctx, offset + 4), (uint32_t)(value >> 32));
}

/* Where the selected queue's doorbell is; PCI_NO_DOORBELL: not inside the structure. */
static uint32_t find_doorbell(const struct any_virtio_pci *pci)
{
	const uint32_t width = pci->features & ANY_VIRTIO_F_NOTIFICATION_DATA ? 4 : 2;
	const uint64_t offset = (uint64_t)get16(pci, QUEUE_NOTIFY_OFF) * pci->multiplier;

	if (offset + width > pci->notify.len)
		return PCI_NO_DOORBELL;
	return (uint32_t)offset;
}

/* The vector is read back: a device that has no room for it says so there (VG-PC-17). */
static int set_vector(struct any_virtio_pci *pci, uint16_t queue)
{
	const uint16_t vector =
		queue < ANY_VIRTIO_PCI_QUEUES ? pci->queue_vector[queue] : ANY_VIRTIO_PCI_NO_VECTOR;

	if (!pci->msix_on)
		return 0;
	put16(pci, QUEUE_MSIX_VECTOR, vector);
	return get16(pci, QUEUE_MSIX_VECTOR) == vector ? 0 : -ANY_ENOMEM;
}

static void remember(struct any_virtio_pci *pci, uint16_t queue, uint32_t doorbell)
{
	if (queue >= ANY_VIRTIO_PCI_QUEUES)
		return;
	pci->doorbell[queue] = doorbell;
	pci->config_data[queue] = queue;
	if (pci->features & ANY_VIRTIO_F_NOTIF_CONFIG_DATA)
		pci->config_data[queue] = get16(pci, QUEUE_NOTIF_CONFIG_DATA);
}

/* Everything before queue_enable, which is never written 0 (VG-PC-11). */
static int queue_setup(void *ctx, uint16_t queue, uint32_t size, struct any_dma_addr desc,
		       struct any_dma_addr avail, struct any_dma_addr used)
{
	struct any_virtio_pci *pci = ctx;
	uint32_t doorbell;
	int err;

	put16(pci, QUEUE_SELECT, queue);
	if (get16(pci, QUEUE_ENABLE))
		return -ANY_EBUSY;
	if (!size || size > get16(pci, QUEUE_SIZE)) /* VG-PC-10 */
		return -ANY_EINVAL;
	doorbell = find_doorbell(pci);
	if (doorbell == PCI_NO_DOORBELL)
		return -ANY_EPROTO;
	put16(pci, QUEUE_SIZE, (uint16_t)size);
	err = set_vector(pci, queue);
	if (err)
		return err;
	put64(pci, QUEUE_DESC, desc.raw);
	put64(pci, QUEUE_DRIVER, avail.raw);
	put64(pci, QUEUE_DEVICE, used.raw);
	remember(pci, queue, doorbell);
	any_mmio_wmb(); /* zeroed rings before the device may look at them */
	put16(pci, QUEUE_ENABLE, 1);
	return 0;
}

/* Done when it reads 0 (VG-PC-12), and not if the device is gone: the queue's memory is its own. */
static int queue_reset(void *ctx, uint16_t queue)
{
	put16(ctx, QUEUE_SELECT, queue);
	put16(ctx, QUEUE_RESET, 1);
	for (uint32_t i = 0; i < RESET_POLLS; i++) {
		const uint16_t busy = get16(ctx, QUEUE_RESET);

		any_mmio_rmb(); /* as for status */
		if (!busy)
			return 0;
		if (busy == GONE)
			return -ANY_ENODEV;
		any_cpu_relax();
	}
	return -ANY_EBUSY;
}

/* ---- doorbells and interrupts */

/* VG-PC-19: 16 bits, or 32 with feature 38; the queue's number, or its word for it with 39. */
static void kick(void *ctx, uint32_t notification)
{
	const struct any_virtio_pci *pci = ctx;
	const uint16_t queue = (uint16_t)notification;
	uint16_t word = queue;
	uint32_t doorbell;

	if (ANY_LIKELY(queue < ANY_VIRTIO_PCI_QUEUES)) {
		doorbell = pci->doorbell[queue];
		word = pci->config_data[queue];
	} else {
		put16(pci, QUEUE_SELECT, queue);
		doorbell = find_doorbell(pci);
		if (pci->features & ANY_VIRTIO_F_NOTIF_CONFIG_DATA)
			word = get16(pci, QUEUE_NOTIF_CONFIG_DATA);
	}
	if (ANY_UNLIKELY(doorbell == PCI_NO_DOORBELL))
		return;
	any_mmio_wmb(); /* A4.2, last row; the partner is the device's read of the ring after it */
	if (pci->features & ANY_VIRTIO_F_NOTIFICATION_DATA)
		any_mmio_write32(pci->notify.at + doorbell, (notification & 0xffff0000u) | word);
	else
		any_mmio_write16(pci->notify.at + doorbell, word);
}

static uint32_t read_isr(void *ctx)
{
	struct any_virtio_pci *pci = ctx;
	uint32_t isr;

	if (!pci->msix_on) /* reading acknowledges */
		return any_mmio_read8(pci->isr.at) & (ANY_VIRTIO_ISR_QUEUE | ANY_VIRTIO_ISR_CONFIG);
	isr = pci->fired;
	pci->fired = 0;
	return isr;
}

const struct any_virtio_transport_ops any_pci_registers = {
	.get_features = get_features,
	.set_features = set_features,
	.get_status = get_status,
	.set_status = set_status,
	.config_read = config_read,
	.config_write = config_write,
	.config_generation = config_generation,
	.queue_max = queue_max,
	.queue_setup = queue_setup,
	.queue_reset = queue_reset,
	.kick = kick,
	.read_isr = read_isr,
};

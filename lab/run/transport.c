/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's transport in the lab: registers behind the machine's MMIO. Seen code, like a driver.
 */
#include "run.h"
#include "regs.h"

#include "any_arch.h"

static void *reg(void *ctx, uint32_t offset)
{
	return (uint8_t *)ctx + offset;
}

static uint64_t get_features(void *ctx)
{
	uint64_t features;

	any_mmio_write32(reg(ctx, LAB_REG_DEVICE_FEATURES_SEL), 0);
	features = any_mmio_read32(reg(ctx, LAB_REG_DEVICE_FEATURES));
	any_mmio_write32(reg(ctx, LAB_REG_DEVICE_FEATURES_SEL), 1);
	return features | (uint64_t)any_mmio_read32(reg(ctx, LAB_REG_DEVICE_FEATURES)) << 32;
}

static void set_features(void *ctx, uint64_t features)
{
	any_mmio_write32(reg(ctx, LAB_REG_DRIVER_FEATURES_SEL), 0);
	any_mmio_write32(reg(ctx, LAB_REG_DRIVER_FEATURES), (uint32_t)features);
	any_mmio_write32(reg(ctx, LAB_REG_DRIVER_FEATURES_SEL), 1);
	any_mmio_write32(reg(ctx, LAB_REG_DRIVER_FEATURES), (uint32_t)(features >> 32));
}

static uint8_t get_status(void *ctx)
{
	return (uint8_t)any_mmio_read32(reg(ctx, LAB_REG_STATUS));
}

static void set_status(void *ctx, uint8_t status)
{
	/* Rings set up before DRIVER_OK must be in memory when the device starts to look. */
	any_mmio_wmb();
	any_mmio_write32(reg(ctx, LAB_REG_STATUS), status);
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	void *at = reg(ctx, LAB_REG_CONFIG + offset);

	return width == 1   ? any_mmio_read8(at)
	       : width == 2 ? any_mmio_read16(at)
			    : any_mmio_read32(at);
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	void *at = reg(ctx, LAB_REG_CONFIG + offset);

	if (width == 1)
		any_mmio_write8(at, (uint8_t)value);
	else if (width == 2)
		any_mmio_write16(at, (uint16_t)value);
	else
		any_mmio_write32(at, value);
}

static uint32_t config_generation(void *ctx)
{
	return any_mmio_read32(reg(ctx, LAB_REG_GENERATION));
}

static uint32_t queue_max(void *ctx, uint16_t queue)
{
	any_mmio_write32(reg(ctx, LAB_REG_QUEUE_SEL), queue);
	return any_mmio_read32(reg(ctx, LAB_REG_QUEUE_MAX));
}

static void write64(void *ctx, uint32_t offset, uint64_t value)
{
	any_mmio_write32(reg(ctx, offset), (uint32_t)value);
	any_mmio_write32(reg(ctx, offset + 4), (uint32_t)(value >> 32));
}

static int queue_setup(void *ctx, uint16_t queue, uint32_t size, struct any_dma_addr desc,
		       struct any_dma_addr avail, struct any_dma_addr used)
{
	any_mmio_write32(reg(ctx, LAB_REG_QUEUE_SEL), queue);
	if (any_mmio_read32(reg(ctx, LAB_REG_QUEUE_READY)))
		return -ANY_EBUSY;
	any_mmio_write32(reg(ctx, LAB_REG_QUEUE_NUM), size);
	write64(ctx, LAB_REG_QUEUE_DESC, desc.raw);
	write64(ctx, LAB_REG_QUEUE_AVAIL, avail.raw);
	write64(ctx, LAB_REG_QUEUE_USED, used.raw);
	any_mmio_wmb(); /* zeroed rings before the device may look at them */
	any_mmio_write32(reg(ctx, LAB_REG_QUEUE_READY), 1);
	return any_mmio_read32(reg(ctx, LAB_REG_QUEUE_READY)) ? 0 : -ANY_EINVAL;
}

static int queue_reset(void *ctx, uint16_t queue)
{
	any_mmio_write32(reg(ctx, LAB_REG_QUEUE_SEL), queue);
	any_mmio_write32(reg(ctx, LAB_REG_QUEUE_RESET), 1);
	return any_mmio_read32(reg(ctx, LAB_REG_QUEUE_RESET)) ? -ANY_EBUSY : 0;
}

static void kick(void *ctx, uint32_t notification)
{
	any_mmio_wmb(); /* A4.2, last row; the partner is the device's read of the ring after it */
	any_mmio_write32(reg(ctx, LAB_REG_NOTIFY), notification);
}

static uint32_t read_isr(void *ctx)
{
	uint32_t isr = any_mmio_read32(reg(ctx, LAB_REG_ISR));

	if (isr)
		any_mmio_write32(reg(ctx, LAB_REG_ISR_ACK), isr);
	return isr;
}

const struct any_virtio_transport_ops lab_transport_ops = {
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A DMA engine's driver as libmetal's users write them. Nothing in it knows of the lab; the
 * engine's datasheet is anydma/lab/engine.h.
 */
#include <metal/cache.h>
#include <metal/cpu.h>
#include <metal/dma.h>
#include <metal/irq.h>

#include <anydma/lab/engine.h>

#include "engine.h"

#define CH(r) (ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_##r)

static int on_interrupt(int irq, void *arg)
{
	struct engine *engine = arg;
	uint32_t causes = metal_io_read32(engine->regs, ANY_LAB_ENGINE_INT_STATUS);

	(void)irq;
	if (!causes)
		return METAL_IRQ_NOT_HANDLED;
	metal_io_write32(engine->regs, ANY_LAB_ENGINE_INT_STATUS, causes);
	(void)metal_io_read32(engine->regs, ANY_LAB_ENGINE_INT_STATUS); /* it has arrived */
	engine->done = 1;
	return METAL_IRQ_HANDLED;
}

int engine_open(struct engine *engine, const char *name)
{
	int err = metal_device_open("generic", name, &engine->dev);

	if (err)
		return err;
	engine->regs = metal_device_io_region(engine->dev, 0);
	engine->mem = metal_device_io_region(engine->dev, 1);
	if (!engine->regs || !engine->mem ||
	    metal_io_read32(engine->regs, ANY_LAB_ENGINE_ID) != ANY_LAB_ENGINE_MAGIC)
		return -ENODEV;
	(void)metal_irq_register(engine->dev->irq_num, on_interrupt, engine);
	metal_irq_enable((unsigned int)engine->dev->irq_num);
	metal_io_write32(engine->regs, ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_ENABLE);
	metal_io_write32(engine->regs, ANY_LAB_ENGINE_INT_ENABLE,
			 ANY_LAB_ENGINE_INT_DONE(0) | ANY_LAB_ENGINE_INT_ERROR(0));
	return 0;
}

void engine_close(struct engine *engine)
{
	metal_io_write32(engine->regs, ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_RESET);
	while (metal_io_read32(engine->regs, ANY_LAB_ENGINE_STATUS) & ANY_LAB_ENGINE_BUSY)
		metal_cpu_yield();
	metal_irq_unregister(engine->dev->irq_num);
	metal_device_close(engine->dev);
}

static void put64(struct engine *engine, unsigned long low, uint64_t value)
{
	metal_io_write32_explicit(engine->regs, low, (uint32_t)value, memory_order_relaxed);
	metal_io_write32_explicit(engine->regs, low + 4, (uint32_t)(value >> 32),
				  memory_order_relaxed);
}

static int transfer(struct engine *engine, uint32_t kind, uint64_t dst, uint64_t src, int len)
{
	uint32_t status;

	engine->done = 0;
	metal_io_write32_explicit(engine->regs, CH(MODE),
				  ANY_LAB_ENGINE_MODE_DIRECT | ANY_LAB_ENGINE_MODE_KIND(kind),
				  memory_order_relaxed);
	put64(engine, CH(SRC_LO), src);
	put64(engine, CH(DST_LO), dst);
	metal_io_write32_explicit(engine->regs, CH(LEN), (uint32_t)len, memory_order_relaxed);
	metal_io_write32(engine->regs, ANY_LAB_ENGINE_DOORBELL(0), 1); /* what is stored is there */
	while (!engine->done)
		metal_cpu_yield();
	status = metal_io_read32(engine->regs, CH(STATUS)); /* and what it wrote */
	return status & ANY_LAB_ENGINE_CH_ERROR ? -EIO : 0;
}

int engine_copy(struct engine *engine, unsigned long dst, unsigned long src, int len)
{
	struct metal_sg from = {metal_io_virt(engine->mem, src), engine->mem, len};
	struct metal_sg to = {metal_io_virt(engine->mem, dst), engine->mem, len};
	int err;

	if (metal_dma_map(engine->dev, METAL_DMA_DEV_R, &from, 1, &from) != 1)
		return -EINVAL;
	if (metal_dma_map(engine->dev, METAL_DMA_DEV_W, &to, 1, &to) != 1) {
		metal_dma_unmap(engine->dev, METAL_DMA_DEV_R, &from, 1);
		return -EINVAL;
	}
	err = transfer(engine, ANY_LAB_ENGINE_COPY, metal_io_phys(engine->mem, dst),
		       metal_io_phys(engine->mem, src), len);
	metal_dma_unmap(engine->dev, METAL_DMA_DEV_R, &from, 1);
	metal_dma_unmap(engine->dev, METAL_DMA_DEV_W, &to, 1);
	return err;
}

int engine_post(struct engine *engine, unsigned long at, const void *message, int len)
{
	if (metal_io_block_write(engine->mem, at, message, len) != len)
		return -ERANGE;
	metal_cache_flush(metal_io_virt(engine->mem, at), (unsigned int)len);
	return transfer(engine, ANY_LAB_ENGINE_TO_FIFO, 0, metal_io_phys(engine->mem, at), len);
}

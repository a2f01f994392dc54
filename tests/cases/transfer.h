/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peripheral with its own DMA, one transfer at a time: what SD controllers, UARTs and converters
 * of small SoCs are to a driver. The cases bring the driver's part, its cache operations.
 */
#ifndef ANYDMA_TESTS_TRANSFER_H
#define ANYDMA_TESTS_TRANSFER_H

#include <string.h>

#include <any_raw.h>
#include <anydma/lab/engine.h>

#define TRANSFER_REG(regs, r) ((regs) + ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_##r)

static inline volatile uint8_t *transfer_attach(struct any_lab *lab)
{
	const struct any_lab_engine_config config = {.hostile = ANY_LAB_LATE};
	volatile uint8_t *regs = any_lab_engine_attach(lab, &config);

	any_raw_write32(regs + ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_ENABLE);
	return regs;
}

/* The byte that the peripheral gives as its n-th. */
static inline uint8_t transfer_byte(uint64_t n)
{
	return (uint8_t)(n * 7);
}

static inline void transfer_set(volatile uint8_t *regs, uint32_t kind, uint64_t bus, uint32_t len)
{
	bool in = kind == ANY_LAB_ENGINE_FROM_FIFO;
	volatile uint8_t *lo = in ? TRANSFER_REG(regs, DST_LO) : TRANSFER_REG(regs, SRC_LO);
	volatile uint8_t *hi = in ? TRANSFER_REG(regs, DST_HI) : TRANSFER_REG(regs, SRC_HI);

	any_raw_write32(TRANSFER_REG(regs, MODE),
			ANY_LAB_ENGINE_MODE_DIRECT | ANY_LAB_ENGINE_MODE_KIND(kind));
	any_raw_write32(lo, (uint32_t)bus);
	any_raw_write32(hi, (uint32_t)(bus >> 32));
	any_raw_write32(TRANSFER_REG(regs, LEN), len);
	any_raw_full(); /* partner: the device's accesses after the doorbell */
}

static inline void transfer_start(volatile uint8_t *regs, uint32_t kind, uint64_t bus, uint32_t len)
{
	transfer_set(regs, kind, bus, len);
	any_raw_write32(regs + ANY_LAB_ENGINE_DOORBELL(0), 0);
}

static inline void transfer_wait(volatile uint8_t *regs)
{
	while (!(any_raw_read32(TRANSFER_REG(regs, STATUS)) & ANY_LAB_ENGINE_CH_DONE))
		any_raw_relax();
	any_raw_full(); /* partner: the device's writes before it was done */
}

/* Did the peripheral's bytes from number `from` on arrive here? */
static inline bool transfer_arrived(const uint8_t *p, uint64_t from, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (p[i] != transfer_byte(from + i))
			return false;
	return true;
}

#endif

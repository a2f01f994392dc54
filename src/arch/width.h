/* SPDX-License-Identifier: BSD-2-Clause */
/* A register whose width only the caller knows: 1, 2 or 4 bytes, little-endian. */
#ifndef ANYDMA_ARCH_WIDTH_H
#define ANYDMA_ARCH_WIDTH_H

#include "any_arch.h"

static inline uint32_t any_mmio_read(const volatile void *reg, unsigned width)
{
	return width == 1   ? any_mmio_read8(reg)
	       : width == 2 ? any_mmio_read16(reg)
			    : any_mmio_read32(reg);
}

static inline void any_mmio_write(volatile void *reg, unsigned width, uint32_t value)
{
	if (width == 1)
		any_mmio_write8(reg, (uint8_t)value);
	else if (width == 2)
		any_mmio_write16(reg, (uint16_t)value);
	else
		any_mmio_write32(reg, value);
}

#endif

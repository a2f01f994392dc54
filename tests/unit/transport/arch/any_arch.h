/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and the barriers around them, answered by the test. */
#ifndef ANYDMA_ARCH_H
#define ANYDMA_ARCH_H

#include <stdint.h>

uint32_t mock_read(const volatile void *reg, unsigned width);
void mock_write(volatile void *reg, unsigned width, uint32_t value);
void mock_barrier(const char *name);

static inline void any_mmio_wmb(void)
{
	mock_barrier("wmb");
}

static inline void any_mmio_rmb(void)
{
	mock_barrier("rmb");
}

/* Too weak here; a test sees it by its name. */
static inline void any_dma_wmb(void)
{
	mock_barrier("dma_wmb");
}

static inline void any_dma_rmb(void)
{
	mock_barrier("dma_rmb");
}

static inline void any_smp_wmb(void)
{
	mock_barrier("smp_wmb");
}

static inline void any_smp_rmb(void)
{
	mock_barrier("smp_rmb");
}

static inline uint8_t any_mmio_read8(const volatile void *reg)
{
	return (uint8_t)mock_read(reg, 1);
}

static inline uint16_t any_mmio_read16(const volatile void *reg)
{
	return (uint16_t)mock_read(reg, 2);
}

static inline uint32_t any_mmio_read32(const volatile void *reg)
{
	return mock_read(reg, 4);
}

static inline void any_mmio_write8(volatile void *reg, uint8_t v)
{
	mock_write(reg, 1, v);
}

static inline void any_mmio_write16(volatile void *reg, uint16_t v)
{
	mock_write(reg, 2, v);
}

static inline void any_mmio_write32(volatile void *reg, uint32_t v)
{
	mock_write(reg, 4, v);
}

static inline void any_cpu_relax(void)
{
}

#endif

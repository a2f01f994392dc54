/* SPDX-License-Identifier: BSD-2-Clause */
/* MIPS32/64: one SYNC orders everything. The interface is described in src/arch/lab/any_arch.h. */
#ifndef ANYDMA_ARCH_H
#define ANYDMA_ARCH_H

#include <stdint.h>

static inline void any_smp_wmb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static inline void any_smp_rmb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static inline void any_smp_mb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static inline void any_dma_wmb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static inline void any_dma_rmb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static inline void any_dma_mb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static inline void any_mmio_wmb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static inline void any_mmio_rmb(void)
{
	__asm__ volatile("sync" ::: "memory");
}

/* Registers are little-endian. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ANY_MMIO16(v) __builtin_bswap16(v)
#define ANY_MMIO32(v) __builtin_bswap32(v)
#else
#define ANY_MMIO16(v) (v)
#define ANY_MMIO32(v) (v)
#endif

static inline uint8_t any_mmio_read8(const volatile void *reg)
{
	return *(const volatile uint8_t *)reg;
}

static inline uint16_t any_mmio_read16(const volatile void *reg)
{
	return ANY_MMIO16(*(const volatile uint16_t *)reg);
}

static inline uint32_t any_mmio_read32(const volatile void *reg)
{
	return ANY_MMIO32(*(const volatile uint32_t *)reg);
}

static inline void any_mmio_write8(volatile void *reg, uint8_t v)
{
	*(volatile uint8_t *)reg = v;
}

static inline void any_mmio_write16(volatile void *reg, uint16_t v)
{
	*(volatile uint16_t *)reg = ANY_MMIO16(v);
}

static inline void any_mmio_write32(volatile void *reg, uint32_t v)
{
	*(volatile uint32_t *)reg = ANY_MMIO32(v);
}

static inline void any_cpu_relax(void)
{
	__asm__ volatile("" ::: "memory");
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab's instruction set: every barrier, MMIO access and cache-line operation announces itself
 * to the machine model instead of executing. Loads and stores announce themselves through the
 * compiler (-fsanitize=thread); see ARCHITECTURE.md.
 *
 * This header defines the interface all other arch headers implement.
 *
 * Barriers, by whom they order against (conformance A4.2):
 *	any_smp_*   other CPUs (a device that is software on like CPUs; ORDER_PLATFORM off)
 *	any_dma_*   devices as the platform orders them (ORDER_PLATFORM on)
 *	any_mmio_*  memory against MMIO: wmb before a doorbell, rmb after a status read
 *
 * Registers are little-endian, as PCI's and virtio's are; any_mmio_read* give CPU byte order.
 */
#ifndef ANYDMA_ARCH_H
#define ANYDMA_ARCH_H

#include <anydma/lab/isa.h>

/* Even where nothing is optimized: a report then names the driver's line. */
#define ANY_LAB_INLINE static inline __attribute__((always_inline))

ANY_LAB_INLINE void any_smp_wmb(void)
{
	any_lab_barrier(ANY_LAB_SMP_WMB);
}

ANY_LAB_INLINE void any_smp_rmb(void)
{
	any_lab_barrier(ANY_LAB_SMP_RMB);
}

ANY_LAB_INLINE void any_smp_mb(void)
{
	any_lab_barrier(ANY_LAB_SMP_MB);
}

ANY_LAB_INLINE void any_dma_wmb(void)
{
	any_lab_barrier(ANY_LAB_DMA_WMB);
}

ANY_LAB_INLINE void any_dma_rmb(void)
{
	any_lab_barrier(ANY_LAB_DMA_RMB);
}

ANY_LAB_INLINE void any_dma_mb(void)
{
	any_lab_barrier(ANY_LAB_DMA_MB);
}

ANY_LAB_INLINE void any_mmio_wmb(void)
{
	any_lab_barrier(ANY_LAB_MMIO_WMB);
}

ANY_LAB_INLINE void any_mmio_rmb(void)
{
	any_lab_barrier(ANY_LAB_MMIO_RMB);
}

ANY_LAB_INLINE uint8_t any_mmio_read8(const volatile void *reg)
{
	return (uint8_t)any_lab_mmio_read(reg, 1);
}

ANY_LAB_INLINE uint16_t any_mmio_read16(const volatile void *reg)
{
	return (uint16_t)any_lab_mmio_read(reg, 2);
}

ANY_LAB_INLINE uint32_t any_mmio_read32(const volatile void *reg)
{
	return (uint32_t)any_lab_mmio_read(reg, 4);
}

ANY_LAB_INLINE void any_mmio_write8(volatile void *reg, uint8_t v)
{
	any_lab_mmio_write(reg, v, 1);
}

ANY_LAB_INLINE void any_mmio_write16(volatile void *reg, uint16_t v)
{
	any_lab_mmio_write(reg, v, 2);
}

ANY_LAB_INLINE void any_mmio_write32(volatile void *reg, uint32_t v)
{
	any_lab_mmio_write(reg, v, 4);
}

ANY_LAB_INLINE void any_cpu_relax(void)
{
}

#endif

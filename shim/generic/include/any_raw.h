/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab for an API of your own: what cache operations, barriers, registers and addresses become.
 * A shim is a header with your system's names, each a line that calls one of these (example/acme.h
 * is one). Functions here are inlined: reports name the driver's line.
 */
#ifndef ANYDMA_ANY_RAW_H
#define ANYDMA_ANY_RAW_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <anydma/lab/shim.h>

#define ANY_RAW static inline __attribute__((always_inline, unused))

/* Whole lines, from the one that holds the first byte to the one that holds the last; a full
 * barrier before and after. */
ANY_RAW void any_raw_clean(const volatile void *p, size_t n)
{
	any_lab_cache(ANY_LAB_CACHE_CLEAN, p, n);
}
ANY_RAW void any_raw_inval(const volatile void *p, size_t n)
{
	any_lab_cache(ANY_LAB_CACHE_INVAL, p, n);
}
ANY_RAW void any_raw_clean_inval(const volatile void *p, size_t n)
{
	any_lab_cache(ANY_LAB_CACHE_CLEAN_INVAL, p, n);
}
ANY_RAW size_t any_raw_line(void)
{
	return any_lab_cache_line();
}

/* Against devices: stores, loads, both. Then memory before registers and after them, and all. */
ANY_RAW void any_raw_wmb(void)
{
	any_lab_barrier(ANY_LAB_DMA_WMB);
}
ANY_RAW void any_raw_rmb(void)
{
	any_lab_barrier(ANY_LAB_DMA_RMB);
}
ANY_RAW void any_raw_mb(void)
{
	any_lab_barrier(ANY_LAB_DMA_MB);
}
ANY_RAW void any_raw_io_wmb(void)
{
	any_lab_barrier(ANY_LAB_MMIO_WMB);
}
ANY_RAW void any_raw_io_rmb(void)
{
	any_lab_barrier(ANY_LAB_MMIO_RMB);
}
ANY_RAW void any_raw_full(void)
{
	any_lab_barrier(ANY_LAB_FULL_MB);
}

/* Registers; no barrier is implied. */
ANY_RAW uint32_t any_raw_read32(const volatile void *reg)
{
	return (uint32_t)any_lab_mmio_read(reg, 4);
}
ANY_RAW void any_raw_write32(volatile void *reg, uint32_t value)
{
	any_lab_mmio_write(reg, value, 4);
}

/* Addresses for the device, and back (memory of any_raw_dma_alloc() only). */
ANY_RAW uint64_t any_raw_bus(const volatile void *cpu)
{
	return any_lab_bus_address(any_lab_current(), cpu);
}
ANY_RAW void *any_raw_cpu(uint64_t bus)
{
	return any_lab_cpu_address(any_lab_current(), bus);
}

/* In the device's reach, zeroed, aligned to 4096, until the run ends. */
ANY_RAW void *any_raw_dma_alloc(size_t n)
{
	return any_lab_dma_memory(any_lab_current(), n, 0);
}
ANY_RAW void *any_raw_dma_alloc_uncached(size_t n)
{
	return any_lab_dma_memory(any_lab_current(), n, 1);
}

/* In a loop that polls. */
ANY_RAW void any_raw_relax(void)
{
	any_lab_relax(any_lab_current());
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* dmem: memory and registers before it are seen before those after. dsync: they are complete. */
#ifndef ANYDMA_ZEPHYR_SYS_BARRIER_H
#define ANYDMA_ZEPHYR_SYS_BARRIER_H

#include <anydma/lab/isa.h>

#include <zephyr/toolchain.h>

ALWAYS_INLINE void barrier_dmem_fence_full(void)
{
	any_lab_barrier(ANY_LAB_DMA_MB);   /* partner: the device's accesses to memory */
	any_lab_barrier(ANY_LAB_MMIO_WMB); /* partner: its reads after a register write */
	any_lab_barrier(ANY_LAB_MMIO_RMB); /* partner: its writes before a register read */
}
ALWAYS_INLINE void barrier_dsync_fence_full(void)
{
	any_lab_barrier(ANY_LAB_FULL_MB); /* partner: whatever the device does next */
}
ALWAYS_INLINE void barrier_isync_fence_full(void)
{
	compiler_barrier();
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C11's atomics, as libmetal takes them from the compiler. The fence is this header's: it is the
 * only barrier that libmetal's users have towards a device, and on the cores they mostly run on
 * (Cortex-M and -R) the compiler's is a `dmb` of the whole system. README: what that hides.
 */
#ifndef ANYDMA_METAL_ATOMIC_H
#define ANYDMA_METAL_ATOMIC_H

#include <stdatomic.h>

#include <anydma/lab/shim.h>
#include <anydma_metal_words.h>

static inline __attribute__((always_inline)) void anydma_metal_fence(memory_order order)
{
	if (order == memory_order_seq_cst || order == memory_order_acq_rel)
		any_lab_barrier(ANY_LAB_FULL_MB);
	else if (order == memory_order_release)
		any_lab_barrier(ANY_LAB_DMA_WMB);
	else if (order != memory_order_relaxed)
		any_lab_barrier(ANY_LAB_DMA_RMB);
}

#undef atomic_thread_fence
#define atomic_thread_fence(order) anydma_metal_fence(order)

#endif

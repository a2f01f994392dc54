/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_ASM_BARRIER_H
#define ANYDMA_LINUX_ASM_BARRIER_H

#include <anydma/lab/isa.h>
#include <asm/processor.h>
#include <linux/compiler.h>

/*
 * What memory-barriers.txt says, in the lab's words. mb, wmb and rmb order against devices and
 * their registers; dma_* memory that a device shares; smp_* and virt_* other CPUs only.
 *
 * On machines where a buffer lies between CPU and device that barriers do not empty, the
 * architecture's mb, wmb, rmb and dma_rmb empty it: that is where Linux has it (outer caches,
 * bridges with a flush register), and no driver could.
 */
void any_linux_mb(void);
void any_linux_wmb(void);
void any_linux_rmb(void);
void any_linux_dma_rmb(void);

#define mb()  any_linux_mb()
#define wmb() any_linux_wmb()
#define rmb() any_linux_rmb()

#define dma_mb()  any_lab_barrier(ANY_LAB_DMA_MB)
#define dma_wmb() any_lab_barrier(ANY_LAB_DMA_WMB)
#define dma_rmb() any_linux_dma_rmb()

#define smp_mb()  any_lab_barrier(ANY_LAB_SMP_MB)
#define smp_wmb() any_lab_barrier(ANY_LAB_SMP_WMB)
#define smp_rmb() any_lab_barrier(ANY_LAB_SMP_RMB)

#define virt_mb()  smp_mb()
#define virt_wmb() smp_wmb()
#define virt_rmb() smp_rmb()

#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic()	smp_mb()

#define smp_store_mb(var, value)                                                                   \
	do {                                                                                       \
		WRITE_ONCE(var, value);                                                            \
		smp_mb();                                                                          \
	} while (0)
#define smp_load_acquire(p)	  __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	  __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define virt_store_mb(var, value) smp_store_mb(var, value)
#define virt_load_acquire(p)	  smp_load_acquire(p)
#define virt_store_release(p, v)  smp_store_release(p, v)

#endif

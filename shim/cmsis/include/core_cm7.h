/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMSIS-Core as a Cortex-M7 driver uses it, on the lab: cache maintenance, barriers, interrupts.
 * Device headers include it by this name; core_cm55.h, core_cm85.h and cmsis_compiler.h lead here.
 */
#ifndef ANYDMA_CMSIS_CORE_CM7_H
#define ANYDMA_CMSIS_CORE_CM7_H

#include <stddef.h>
#include <stdint.h>

#include <anydma/lab/shim.h>
#include <anydma_cmsis_words.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- names of the compiler header ---------------------------------------------------------- */

#define __I		     volatile const
#define __O		     volatile
#define __IO		     volatile
#define __IM		     volatile const
#define __OM		     volatile
#define __IOM		     volatile
#define __ASM		     __asm /* found when the lab links: it cannot see what is in there */
#define __INLINE	     inline
#define __NO_RETURN	     __attribute__((__noreturn__))
#define __USED		     __attribute__((used))
#define __WEAK		     __attribute__((weak))
#define __PACKED	     __attribute__((packed))
#define __ALIGNED(n)	     __attribute__((aligned(n)))
#define __RESTRICT	     __restrict
#define __STATIC_INLINE	     static inline
#define __STATIC_FORCEINLINE __attribute__((always_inline)) static inline

#define __DCACHE_PRESENT 1U
#define __ICACHE_PRESENT 1U
/*
 * 32 on the real core. The largest line of any machine of the lab, so that what a driver aligns and
 * pads by this name owns its lines everywhere. Who writes 32 as a number is judged by machines with
 * longer lines too.
 */
#ifndef __SCB_DCACHE_LINE_SIZE
#define __SCB_DCACHE_LINE_SIZE 128U
#endif
#define __SCB_ICACHE_LINE_SIZE __SCB_DCACHE_LINE_SIZE

/* ---- barriers ------------------------------------------------------------------------------ */

/*
 * DSB: everything before is complete. DMB: memory and device accesses before are seen before those
 * after, whichever is which (Armv7-M ARM A3.7.3); that is less than complete, and all a device can
 * tell. ISB: the pipeline, nothing a device sees.
 */
__STATIC_FORCEINLINE void __DSB(void)
{
	any_lab_barrier(ANY_LAB_FULL_MB);
}
__STATIC_FORCEINLINE void __DMB(void)
{
	any_lab_barrier(ANY_LAB_DMA_MB);
	any_lab_barrier(ANY_LAB_MMIO_WMB);
	any_lab_barrier(ANY_LAB_MMIO_RMB);
}
__STATIC_FORCEINLINE void __ISB(void)
{
	__asm__ volatile("" ::: "memory");
}
#define __COMPILER_BARRIER() __ISB()
#define __NOP()		     __ISB()
/* Time passes, and the device works. */
#define __WFI() any_lab_relax(any_lab_current())
#define __WFE() any_lab_relax(any_lab_current())
#define __SEV() __ISB()

/* ---- caches -------------------------------------------------------------------------------- */

/* As core_cachel1.h has them: a DSB, the lines from the one that holds `addr` on, a DSB. The lab's
 * operation has both. */
__STATIC_FORCEINLINE void anydma_cmsis_cache(enum any_lab_cache_op op, volatile void *addr,
					     int32_t size)
{
	if (size > 0)
		any_lab_cache(op, addr, (size_t)size);
}
__STATIC_FORCEINLINE void SCB_CleanDCache_by_Addr(volatile void *addr, int32_t dsize)
{
	anydma_cmsis_cache(ANY_LAB_CACHE_CLEAN, addr, dsize);
}
__STATIC_FORCEINLINE void SCB_InvalidateDCache_by_Addr(volatile void *addr, int32_t dsize)
{
	anydma_cmsis_cache(ANY_LAB_CACHE_INVAL, addr, dsize);
}
__STATIC_FORCEINLINE void SCB_CleanInvalidateDCache_by_Addr(volatile void *addr, int32_t dsize)
{
	anydma_cmsis_cache(ANY_LAB_CACHE_CLEAN_INVAL, addr, dsize);
}
__STATIC_FORCEINLINE void SCB_CleanDCache(void)
{
	__DSB();
	any_lab_cache_all(ANY_LAB_CACHE_CLEAN);
	__DSB();
}
__STATIC_FORCEINLINE void SCB_InvalidateDCache(void)
{
	__DSB();
	any_lab_cache_all(ANY_LAB_CACHE_INVAL);
	__DSB();
}
__STATIC_FORCEINLINE void SCB_CleanInvalidateDCache(void)
{
	__DSB();
	any_lab_cache_all(ANY_LAB_CACHE_CLEAN_INVAL);
	__DSB();
}

/* The caches are on when a scenario starts, and on it stays: enabling what is enabled does nothing,
 * as on the core. The lab has no machine that loses its cache on the way. */
__STATIC_FORCEINLINE void SCB_EnableDCache(void)
{
}
__STATIC_FORCEINLINE void SCB_DisableDCache(void)
{
	any_lab_misuse("SCB_DisableDCache(): the lab cannot switch the data cache off; take a "
		       "platform without one.");
}
__STATIC_FORCEINLINE void SCB_EnableICache(void)
{
}
__STATIC_FORCEINLINE void SCB_DisableICache(void)
{
}
__STATIC_FORCEINLINE void SCB_InvalidateICache(void)
{
}

/* ---- interrupts ---------------------------------------------------------------------------- */

/* A device header has its own, included before this file. */
#ifndef ANYDMA_CMSIS_OWN_IRQN
typedef int32_t IRQn_Type;
#endif

/* src/nvic.c. The lab's machine has one interrupt; the scenario says which vector it is. */
void anydma_cmsis_vector(int32_t irqn, void (*handler)(void));
void anydma_cmsis_enable(int32_t irqn, uint32_t on);
uint32_t anydma_cmsis_enabled(int32_t irqn);
uint32_t anydma_cmsis_primask(void);
void anydma_cmsis_set_primask(uint32_t off);

#define __enable_irq()		     anydma_cmsis_set_primask(0)
#define __disable_irq()		     anydma_cmsis_set_primask(1)
#define __get_PRIMASK()		     anydma_cmsis_primask()
#define __set_PRIMASK(mask)	     anydma_cmsis_set_primask((mask)&1U)
#define NVIC_EnableIRQ(irqn)	     anydma_cmsis_enable((int32_t)(irqn), 1)
#define NVIC_DisableIRQ(irqn)	     anydma_cmsis_enable((int32_t)(irqn), 0)
#define NVIC_GetEnableIRQ(irqn)	     anydma_cmsis_enabled((int32_t)(irqn))
#define NVIC_SetPriority(irqn, prio) ((void)(irqn), (void)(prio))
#define NVIC_ClearPendingIRQ(irqn)   ((void)(irqn)) /* a level: the device takes it back */
#define __NVIC_EnableIRQ	     NVIC_EnableIRQ
#define __NVIC_DisableIRQ	     NVIC_DisableIRQ
#define __NVIC_SetPriority	     NVIC_SetPriority

/* ---- memory -------------------------------------------------------------------------------- */

/*
 * What a linker script puts into a section for DMA (".dma_buffer"), and what an MPU region makes
 * uncached, a scenario takes from these: memory in the device's reach on every machine.
 */
__STATIC_FORCEINLINE void *anydma_cmsis_dma_buffer(size_t size)
{
	return any_lab_dma_memory(any_lab_current(), size, 0);
}
__STATIC_FORCEINLINE void *anydma_cmsis_nocache(size_t size)
{
	return any_lab_dma_memory(any_lab_current(), size, 1);
}

/*
 * What goes into an address register. Drivers write (uint32_t)buffer; on the lab that is the CPU's
 * physical address of memory below 4 GiB, right on machines whose bus shows it there. This one is
 * right on all of them.
 */
__STATIC_INLINE uint64_t anydma_cmsis_bus(const volatile void *cpu)
{
	return any_lab_bus_address(any_lab_current(), cpu);
}

#ifdef __cplusplus
}
#endif
#endif

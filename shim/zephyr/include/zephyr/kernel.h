/* SPDX-License-Identifier: BSD-2-Clause */
/* Of the kernel, what drivers that do DMA call. */
#ifndef ANYDMA_ZEPHYR_KERNEL_H
#define ANYDMA_ZEPHYR_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <zephyr/cache.h>
#include <zephyr/sys/barrier.h>
#include <zephyr/toolchain.h>

/* ---- time and interrupts: 0 is off as it was ----------------------------------------------- */

typedef struct {
	int64_t ticks;
} k_timeout_t;
#define K_NO_WAIT ((k_timeout_t){0})
#define K_FOREVER ((k_timeout_t){-1})
#define K_MSEC(n) ((k_timeout_t){(n)})
#define K_USEC(n) ((k_timeout_t){(n)})

ALWAYS_INLINE void k_yield(void)
{
	any_lab_relax(any_lab_current());
}
ALWAYS_INLINE void k_busy_wait(uint32_t usec)
{
	ARG_UNUSED(usec);
	k_yield();
}
ALWAYS_INLINE int32_t k_msleep(int32_t ms)
{
	ARG_UNUSED(ms);
	k_yield();
	return 0;
}

ALWAYS_INLINE unsigned int irq_lock(void)
{
	any_lab_irq_disable(any_lab_current());
	return 0;
}
ALWAYS_INLINE void irq_unlock(unsigned int key)
{
	ARG_UNUSED(key);
	any_lab_irq_enable(any_lab_current());
}

struct k_spinlock {
	uint32_t held;
};
typedef struct {
	unsigned int key;
} k_spinlock_key_t;

ALWAYS_INLINE k_spinlock_key_t k_spin_lock(struct k_spinlock *l)
{
	k_spinlock_key_t key = {irq_lock()};

	while (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE))
		k_yield();
	return key;
}
ALWAYS_INLINE void k_spin_unlock(struct k_spinlock *l, k_spinlock_key_t key)
{
	__atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
	irq_unlock(key.key);
}

/* ---- semaphores: given by an interrupt handler --------------------------------------------- */

struct k_sem {
	unsigned int count, limit;
};

ALWAYS_INLINE int k_sem_init(struct k_sem *sem, unsigned int initial, unsigned int limit)
{
	sem->count = initial;
	sem->limit = limit;
	return 0;
}
ALWAYS_INLINE void k_sem_give(struct k_sem *sem)
{
	unsigned int key = irq_lock();

	if (sem->count < sem->limit)
		sem->count++;
	irq_unlock(key);
}
/* Waits for ever, or not at all: the lab has no clock. What never comes is a hang, and reported. */
ALWAYS_INLINE int k_sem_take(struct k_sem *sem, k_timeout_t timeout)
{
	for (;;) {
		unsigned int key = irq_lock();
		bool got = sem->count;

		if (got)
			sem->count--;
		irq_unlock(key);
		if (got)
			return 0;
		if (!timeout.ticks)
			return -EBUSY;
		k_yield();
	}
}

/* ---- memory -------------------------------------------------------------------------------- */

#define k_malloc(n)	      malloc(n)
#define k_calloc(n, size)     calloc(n, size)
#define k_aligned_alloc(a, n) aligned_alloc(a, ROUND_UP(n, a))
#define k_free(p)	      free(p)

/*
 * What the linker puts into a section for DMA, and what is __nocache, a scenario or a driver's init
 * takes from these: in the device's reach on every machine. __nocache itself changes nothing here.
 */
#define __nocache
#define anydma_zephyr_dma_memory(n)	any_lab_dma_memory(any_lab_current(), n, 0)
#define anydma_zephyr_nocache_memory(n) any_lab_dma_memory(any_lab_current(), n, 1)

/* What boards use as the device's address. */
ALWAYS_INLINE uintptr_t k_mem_phys_addr(const void *virt)
{
	return (uintptr_t)any_lab_bus_address(any_lab_current(), virt);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_SPINLOCK_H
#define ANYDMA_LINUX_LINUX_SPINLOCK_H

#include <linux/interrupt.h>

typedef struct spinlock {
	int taken;
} spinlock_t;

#define DEFINE_SPINLOCK(name) spinlock_t name = {0}
#define __SPIN_LOCK_UNLOCKED(name)                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->taken = 0;
}

/* A lock that the interrupted code holds is never let go: the lab reports the hang. */
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

static inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_unlock(lock);
	local_irq_enable();
}

#define spin_lock_irqsave(lock, flags)                                                             \
	do {                                                                                       \
		local_irq_save(flags);                                                             \
		spin_lock(lock);                                                                   \
	} while (0)
#define spin_unlock_irqrestore(lock, flags)                                                        \
	do {                                                                                       \
		spin_unlock(lock);                                                                 \
		local_irq_restore(flags);                                                          \
	} while (0)
#define spin_lock_bh(lock)   spin_lock_irq(lock)
#define spin_unlock_bh(lock) spin_unlock_irq(lock)

#endif

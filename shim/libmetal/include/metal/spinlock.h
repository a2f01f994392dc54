/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_METAL_SPINLOCK_H
#define ANYDMA_METAL_SPINLOCK_H

#include <anydma/lab/scenario.h>

/* It orders among CPUs, and not towards a device. */
struct metal_spinlock {
	uint32_t v;
};
#define METAL_SPINLOCK_INIT                                                                        \
	{                                                                                          \
		0                                                                                  \
	}

static inline void metal_spinlock_init(struct metal_spinlock *slock)
{
	slock->v = 0;
}

static inline void metal_spinlock_acquire(struct metal_spinlock *slock)
{
	any_lab_lock(&slock->v);
}

static inline void metal_spinlock_release(struct metal_spinlock *slock)
{
	any_lab_unlock(&slock->v);
}

#endif

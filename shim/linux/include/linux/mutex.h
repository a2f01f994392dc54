/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_MUTEX_H
#define ANYDMA_LINUX_LINUX_MUTEX_H

#include <linux/spinlock.h>

struct mutex {
	spinlock_t lock;
};

#define DEFINE_MUTEX(name) struct mutex name = {{0}}

static inline void mutex_init(struct mutex *m)
{
	spin_lock_init(&m->lock);
}

static inline void mutex_lock(struct mutex *m)
{
	spin_lock(&m->lock);
}

static inline void mutex_unlock(struct mutex *m)
{
	spin_unlock(&m->lock);
}

#endif

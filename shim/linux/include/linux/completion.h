/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_COMPLETION_H
#define ANYDMA_LINUX_LINUX_COMPLETION_H

#include <linux/jiffies.h>

struct completion {
	unsigned int done;
};

#define COMPLETION_INITIALIZER(name)                                                               \
	{                                                                                          \
		0                                                                                  \
	}
#define DECLARE_COMPLETION(name)	 struct completion name = {0}
#define DECLARE_COMPLETION_ONSTACK(name) struct completion name = {0}

static inline void init_completion(struct completion *x)
{
	x->done = 0;
}

#define reinit_completion(x) init_completion(x)
void complete(struct completion *x);
void complete_all(struct completion *x);
bool try_wait_for_completion(struct completion *x);
void wait_for_completion(struct completion *x);
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);
#define wait_for_completion_interruptible(x)		(wait_for_completion(x), 0)
#define wait_for_completion_interruptible_timeout(x, t) ((long)wait_for_completion_timeout(x, t))
#define wait_for_completion_killable(x)			(wait_for_completion(x), 0)

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_WAIT_H
#define ANYDMA_LINUX_LINUX_WAIT_H

#include <asm/barrier.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>

typedef struct wait_queue_head {
	int unused;
} wait_queue_head_t;

#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = {0}
#define init_waitqueue_head(q)	      ((void)(q))
/* Who waits looks again whenever time passes. */
#define wake_up(q)		 ((void)(q))
#define wake_up_all(q)		 ((void)(q))
#define wake_up_interruptible(q) ((void)(q))

#define wait_event(q, condition)                                                                   \
	do {                                                                                       \
		while (!(condition))                                                               \
			cpu_relax();                                                               \
	} while (0)

/* The jiffies that are left, at least 1; 0 if the condition never became true. */
#define wait_event_timeout(q, condition, timeout)                                                  \
	__extension__({                                                                            \
		unsigned long any_until = jiffies + (unsigned long)(timeout), any_now = jiffies;   \
		bool any_true;                                                                     \
		while (!(any_true = !!(condition)) && time_before(any_now, any_until)) {           \
			cpu_relax();                                                               \
			any_now = jiffies;                                                         \
		}                                                                                  \
		(long)(!any_true ? 0 : time_before(any_now, any_until) ? any_until - any_now : 1); \
	})
#define wait_event_interruptible(q, condition)                                                     \
	__extension__({                                                                            \
		wait_event(q, condition);                                                          \
		0;                                                                                 \
	})
#define wait_event_interruptible_timeout(q, condition, timeout)                                    \
	wait_event_timeout(q, condition, timeout)

#endif

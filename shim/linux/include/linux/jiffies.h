/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_JIFFIES_H
#define ANYDMA_LINUX_LINUX_JIFFIES_H

#include <linux/types.h>

#define HZ 100

/* Time is the machine's: it passes in delays and in loops that wait. */
unsigned long any_linux_jiffies(void);
#define jiffies any_linux_jiffies()

#define msecs_to_jiffies(ms) ((unsigned long)(ms)*HZ / 1000 + 1)
#define usecs_to_jiffies(us) ((unsigned long)(us)*HZ / 1000000 + 1)
#define jiffies_to_msecs(j)  ((unsigned int)((j)*1000 / HZ))
#define time_after(a, b)     ((long)((b) - (a)) < 0)
#define time_before(a, b)    time_after(b, a)
#define time_after_eq(a, b)  ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_DELAY_H
#define ANYDMA_LINUX_LINUX_DELAY_H

#include <asm/processor.h>

/* Time passes: the device works, interrupts come. */
void udelay(unsigned long us);
#define ndelay(ns)		udelay(1)
#define mdelay(ms)		udelay((ms)*1000ul)
#define msleep(ms)		udelay((ms)*1000ul)
#define usleep_range(low, high) udelay(low)
#define fsleep(us)		udelay(us)

#endif

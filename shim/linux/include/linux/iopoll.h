/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_IOPOLL_H
#define ANYDMA_LINUX_LINUX_IOPOLL_H

#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kernel.h>

#define read_poll_timeout(op, val, cond, sleep_us, timeout_us, delay_before, args...)              \
	__extension__({                                                                            \
		u64 any_waited = 0, any_limit = (u64)(timeout_us), any_step = (u64)(sleep_us);     \
		bool any_done;                                                                     \
		if (delay_before)                                                                  \
			udelay((unsigned long)any_step);                                           \
		for (;;) {                                                                         \
			(val) = op(args);                                                          \
			any_done = !!(cond);                                                       \
			if (any_done || (any_limit && any_waited > any_limit))                     \
				break;                                                             \
			udelay((unsigned long)(any_step ? any_step : 1));                          \
			any_waited += any_step ? any_step : 1;                                     \
		}                                                                                  \
		any_done ? 0 : -ETIMEDOUT;                                                         \
	})
#define read_poll_timeout_atomic read_poll_timeout
#define readl_poll_timeout(reg, val, cond, sleep_us, timeout_us)                                   \
	read_poll_timeout(readl, val, cond, sleep_us, timeout_us, false, reg)
#define readl_poll_timeout_atomic readl_poll_timeout
#define readl_relaxed_poll_timeout(reg, val, cond, sleep_us, timeout_us)                           \
	read_poll_timeout(readl_relaxed, val, cond, sleep_us, timeout_us, false, reg)

#endif

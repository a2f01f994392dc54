/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_KERNEL_H
#define ANYDMA_LINUX_LINUX_KERNEL_H

#include <asm/byteorder.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <stdlib.h>
#include <string.h>

#include <anydma/lab/scenario.h>

#define container_of(ptr, type, member)                                                            \
	((type *)(void *)((char *)(ptr) - __builtin_offsetof(type, member)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define min(x, y)                                                                                  \
	__extension__({                                                                            \
		__typeof__(x) any_x = (x);                                                         \
		__typeof__(y) any_y = (y);                                                         \
		any_x < any_y ? any_x : any_y;                                                     \
	})
#define max(x, y)                                                                                  \
	__extension__({                                                                            \
		__typeof__(x) any_x = (x);                                                         \
		__typeof__(y) any_y = (y);                                                         \
		any_x > any_y ? any_x : any_y;                                                     \
	})
#define min_t(type, x, y)      min((type)(x), (type)(y))
#define max_t(type, x, y)      max((type)(x), (type)(y))
#define clamp(v, low, high)    min(max(v, low), high)
#define clamp_t(type, v, l, h) min_t(type, max_t(type, v, l), h)

#define ALIGN(x, a)	   (((x) + ((__typeof__(x))(a)-1)) & ~((__typeof__(x))(a)-1))
#define ALIGN_DOWN(x, a)   ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)   (((x) & ((__typeof__(x))(a)-1)) == 0)
#define PTR_ALIGN(p, a)	   ((__typeof__(p))ALIGN((unsigned long)(p), (unsigned long)(a)))
#define round_up(x, a)	   ALIGN(x, a)
#define round_down(x, a)   ALIGN_DOWN(x, a)
#define roundup(x, y)	   ((((x) + (y)-1) / (y)) * (y))
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define upper_32_bits(n)   ((u32)((u64)(n) >> 32))
#define lower_32_bits(n)   ((u32)((u64)(n)&0xffffffffu))
#define swap(a, b)                                                                                 \
	do {                                                                                       \
		__typeof__(a) any_t = (a);                                                         \
		(a) = (b);                                                                         \
		(b) = any_t;                                                                       \
	} while (0)

/* A kernel that meets one of these stops; so does the run. */
#define BUG_ON(condition) ANY_LAB_CHECK(any_lab_current(), !(condition))
#define BUG()		  BUG_ON(1)

#define WARN_ON(condition)                                                                         \
	__extension__({                                                                            \
		bool any_warn = !!(condition);                                                     \
		if (any_warn)                                                                      \
			any_linux_printk("WARNING: %s:%d: %s\n", __FILE__, __LINE__, #condition);  \
		any_warn;                                                                          \
	})
#define WARN_ON_ONCE(condition)	  WARN_ON(condition)
#define WARN(condition, ...)	  WARN_ON(condition)
#define WARN_ONCE(condition, ...) WARN_ON(condition)
#define BUILD_BUG_ON(condition)	  _Static_assert(!(condition), #condition)
#define might_sleep()		  ((void)0)
#define IS_ENABLED(option)	  0

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_ERRNO_H
#define ANYDMA_LINUX_LINUX_ERRNO_H

/* glibc's errno.h reads this file too: the numbers are the system's own. */
#include_next <linux/errno.h>

#define EPROBE_DEFER 517
#define ENOTSUPP     524

#endif

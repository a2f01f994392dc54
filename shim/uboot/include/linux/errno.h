/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * glibc's errno.h reads this file too.
 */
#ifndef ANYDMA_UBOOT_LINUX_ERRNO_H
#define ANYDMA_UBOOT_LINUX_ERRNO_H

#include_next <linux/errno.h>

#endif

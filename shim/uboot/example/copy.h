/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SHIM_UBOOT_COPY_H
#define SHIM_UBOOT_COPY_H

#include <linux/types.h>

/* The whole lines of both buffers are the caller's. 0 or a negative errno. */
int engine_probe(void *regs);
int engine_copy(void *regs, void *dst, const void *src, size_t len);
int engine_copy_mapped(void *regs, void *dst, void *src, size_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_NONCACHED_H
#define ANYDMA_UBOOT_NONCACHED_H

#include <asm/cache.h>

/* Memory that no cache holds: addresses, as U-Boot has it. */
void noncached_init(void);
unsigned long noncached_alloc(size_t size, size_t align);

#endif

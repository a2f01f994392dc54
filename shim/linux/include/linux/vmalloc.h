/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_VMALLOC_H
#define ANYDMA_LINUX_LINUX_VMALLOC_H

#include <linux/types.h>

/* Pages that lie anywhere, put together by the CPU's tables: nothing to map for a device (DA-02).
 */
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
void vfree(const void *p);
bool is_vmalloc_addr(const void *p);

#endif

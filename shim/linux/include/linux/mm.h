/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_MM_H
#define ANYDMA_LINUX_LINUX_MM_H

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define page_to_phys(page)   virt_to_phys(page_address(page))
#define page_to_pfn(page)    (page_to_phys(page) >> PAGE_SHIFT)
#define virt_to_head_page(p) virt_to_page(p)

#endif

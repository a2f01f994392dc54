/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_GFP_H
#define ANYDMA_LINUX_LINUX_GFP_H

#include <linux/mm_types.h>
#include <linux/types.h>

#define GFP_KERNEL    0x01u
#define GFP_ATOMIC    0x02u
#define GFP_NOWAIT    0x04u
#define GFP_NOIO      0x08u
#define __GFP_ZERO    0x10u
#define GFP_DMA	      0x20u
#define GFP_DMA32     0x40u
#define __GFP_NOWARN  0x80u
#define __GFP_COMP    0x100u
#define __GFP_NORETRY 0x200u
#define __GFP_NOFAIL  0x400u
#define GFP_USER      GFP_KERNEL
#define GFP_NOFS      GFP_NOIO

/*
 * Whole pages wherever the machine has them, often where it hurts. GFP_DMA and GFP_DMA32 promise
 * nothing here: no driver may take them for "the device reaches this".
 */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
struct page *alloc_pages(gfp_t gfp, unsigned int order);
void __free_pages(struct page *page, unsigned int order);

#define __get_free_page(gfp)   __get_free_pages((gfp), 0)
#define get_zeroed_page(gfp)   __get_free_pages((gfp) | __GFP_ZERO, 0)
#define free_page(addr)	       free_pages((addr), 0)
#define alloc_page(gfp)	       alloc_pages((gfp), 0)
#define dev_alloc_page()       alloc_pages(GFP_ATOMIC, 0)
#define dev_alloc_pages(order) alloc_pages(GFP_ATOMIC, (order))
#define __free_page(page)      __free_pages((page), 0)
#define put_page(page)	       __free_pages((page), 0)

#endif

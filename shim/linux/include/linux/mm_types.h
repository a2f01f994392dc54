/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_MM_TYPES_H
#define ANYDMA_LINUX_LINUX_MM_TYPES_H

#include <linux/types.h>

#define PAGE_SHIFT	  12
#define PAGE_SIZE	  4096ul
#define PAGE_MASK	  (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x)	  (((x) + PAGE_SIZE - 1) & PAGE_MASK)
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)

/* A page is named by the address of its first byte. */
struct page;

static inline void *page_address(const struct page *page)
{
	return (void *)(unsigned long)page;
}

static inline struct page *virt_to_page(const void *p)
{
	return (struct page *)((unsigned long)p & PAGE_MASK);
}

static inline unsigned int get_order(unsigned long size)
{
	unsigned int order = 0;

	while (PAGE_SIZE << order < size)
		order++;
	return order;
}

#endif

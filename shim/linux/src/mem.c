/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's memory: small pieces from the heap, pages wherever the machine has them. */
#include "book.h"

#include <anydma/compiler.h>

/* An object owns its lines, so that mapping it harms nobody else's bytes (DA-34). */
void *kmalloc(size_t size, gfp_t gfp)
{
	size_t line = any_lab_cache_line(), whole;
	void *p;

	line = line < 16 ? 16 : line;
	whole = ALIGN(size ? size : 1, line);
	p = whole < size ? NULL : aligned_alloc(line, whole);
	if (p && (gfp & __GFP_ZERO))
		memset(p, 0, whole);
	return p;
}

void *kzalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	size_t total;

	return __builtin_mul_overflow(n, size, &total) ? NULL : kzalloc(total, gfp);
}

void kfree(const void *p)
{
	free((void *)(uintptr_t)p);
}

/* ---- pages */

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	size_t size = PAGE_SIZE << order;
	void *p = any_lab_alloc(any_lab_current(), size);

	if (gfp & __GFP_ZERO)
		memset(p, 0, size);
	return (unsigned long)(uintptr_t)p;
}

void free_pages(unsigned long addr, unsigned int order)
{
	(void)order;
	if (addr)
		any_lab_free(any_lab_current(), (void *)addr);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	return (struct page *)__get_free_pages(gfp, order);
}

void __free_pages(struct page *page, unsigned int order)
{
	free_pages((unsigned long)page, order);
}

/* ---- vmalloc */

void *vmalloc(unsigned long size)
{
	struct book *b = book_open();
	void *p;

	if (!size || b->n_vmalloc == ARRAY_SIZE(b->vmalloc))
		return NULL;
	p = aligned_alloc(PAGE_SIZE, PAGE_ALIGN(size));
	if (p)
		b->vmalloc[b->n_vmalloc++] = (struct book_range){(uintptr_t)p, size};
	return p;
}

void *vzalloc(unsigned long size)
{
	void *p = vmalloc(size);

	if (p)
		memset(p, 0, size);
	return p;
}

bool is_vmalloc_addr(const void *p)
{
	const struct book *b = book_open();

	for (unsigned int i = 0; i < b->n_vmalloc; i++)
		if ((uintptr_t)p - b->vmalloc[i].from < b->vmalloc[i].size)
			return true;
	return false;
}

void vfree(const void *p)
{
	struct book *b = book_open();

	for (unsigned int i = 0; p && i < b->n_vmalloc; i++) {
		if (b->vmalloc[i].from != (uintptr_t)p)
			continue;
		b->vmalloc[i] = b->vmalloc[--b->n_vmalloc];
		free((void *)(uintptr_t)p);
		return;
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The table from what a driver keeps, a dma_addr_t, to the mapping behind it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "book.h"

static const char key;

/* A kernel device starts with 32 bits, whatever it could drive (DA-30). */
static void start(struct book *b)
{
	struct device *dev = &b->pdev.dev;

	b->lab = any_lab_current();
	b->dma = any_lab_dma(b->lab);
	b->reach = b->dma->mask;
	b->mask = DMA_BIT_MASK(32);
	b->pdev.name = "lab";
	dev->init_name = "lab";
	dev->dma_mask = &b->mask;
	dev->bus_dma_limit = b->reach;
	dev->dma_parms = &b->parms;
	INIT_LIST_HEAD(&dev->devres);
	(void)dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	any_lab_own_lines(b->lab);
}

struct book *book_open(void)
{
	struct book *b;

	if (!any_lab_current()) {
		fprintf(stderr, "anydma: a kernel function is called outside a scenario\n");
		exit(2);
	}
	b = any_lab_shim_state(&key, sizeof(*b));
	if (!b->lab)
		start(b);
	return b;
}

struct book *book_of(struct device *dev, const char *call)
{
	struct book *b = book_open();

	if (!dev)
		any_lab_misuse("%s is called without a device.", call);
	return b;
}

struct book_entry *book_add(struct book *b, const struct book_entry *entry)
{
	if (b->n == BOOK_ENTRIES)
		any_lab_misuse("%u mappings and allocations are live at once: something is never "
			       "unmapped (C5 row 24).",
			       BOOK_ENTRIES);
	b->entries[b->n] = *entry;
	return &b->entries[b->n++];
}

struct book_entry book_take(struct book *b, struct book_entry *entry)
{
	const struct book_entry taken = *entry;

	b->gone[b->gone_at++ % BOOK_GONE] = (struct book_gone){taken.addr, taken.size};
	*entry = b->entries[--b->n];
	return taken;
}

void book_release(struct book *b, const struct any_dma_sg *pieces, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		b->piece_used[pieces - b->pieces + i] = false;
}

/* A run of free pieces; NULL: there is none. */
struct any_dma_sg *book_pieces(struct book *b, unsigned int n)
{
	unsigned int run = 0;

	for (unsigned int i = 0; i < BOOK_PIECES; i++) {
		run = b->piece_used[i] ? 0 : run + 1;
		if (run < n)
			continue;
		for (unsigned int k = i + 1 - n; k <= i; k++)
			b->piece_used[k] = true;
		return &b->pieces[i + 1 - n];
	}
	return NULL;
}

enum any_dma_dir book_dir(enum dma_data_direction dir, const char *call)
{
	switch (dir) {
	case DMA_TO_DEVICE:
		return ANY_DMA_TO_DEVICE;
	case DMA_FROM_DEVICE:
		return ANY_DMA_FROM_DEVICE;
	case DMA_BIDIRECTIONAL:
		return ANY_DMA_BOTH;
	default:
		any_lab_misuse("%s has no direction (DA-08).", call);
	}
}

bool book_injects(struct book *b)
{
	return b->fail_one_in && any_lab_random(b->lab) % b->fail_one_in == 0;
}

struct platform_device *any_linux_device(struct any_lab *lab, volatile void *regs)
{
	struct book *b = book_open();

	(void)lab;
	b->regs_cpu = regs;
	b->regs.start = (resource_size_t)(uintptr_t)regs;
	b->regs.end = b->regs.start + ANY_LAB_REGS - 1;
	b->regs.flags = IORESOURCE_MEM;
	return &b->pdev;
}

void any_linux_fail_maps(struct any_lab *lab, unsigned int n)
{
	(void)lab;
	book_open()->fail_one_in = n;
}

void any_linux_printk(const char *fmt, ...)
{
	va_list args;

	if (!getenv("ANYDMA_LINUX_LOG"))
		return;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel's DMA debug layer checks, row by row (conformance C5). */
#include <link.h>

#include "book.h"

static const char *const directions[] = {"both ways", "to the device", "from the device", "none"};
static const char *const makers[] = {"a single mapping", "a list", "coherent memory",
				     "non-coherent memory"};

static const char *name_of(enum dma_data_direction dir)
{
	return directions[(unsigned int)dir & 3u];
}

/* A list by its first piece. */
#define misuse(e, ...)                                                                             \
	any_lab_misuse_of((e)->nents ? (e)->pieces[0].buf : (e)->cpu,                              \
			  (e)->nents ? (e)->pieces[0].len : (e)->size, __VA_ARGS__)

/* ---- map */

struct segment {
	const void *p;
	bool writable, found;
};

static int look(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct segment *s = ctx;

	(void)size;
	for (unsigned int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];

		if (ph->p_type != PT_LOAD ||
		    (uintptr_t)s->p - (info->dlpi_addr + ph->p_vaddr) >= ph->p_memsz)
			continue;
		s->found = true;
		s->writable = ph->p_flags & PF_W;
		return 1;
	}
	return 0;
}

/* The stack (row 9) is the lab's own rule: it knows where it is. */
static void check_memory(const struct book *b, const void *p, const char *call)
{
	struct segment s = {.p = p};

	for (unsigned int i = 0; i < b->n_vmalloc; i++)
		if ((uintptr_t)p - b->vmalloc[i].from < b->vmalloc[i].size)
			any_lab_misuse("%s of memory of vmalloc(): its pages lie anywhere (DA-02, "
				       "C5 row 12).",
				       call);
	(void)dl_iterate_phdr(look, &s);
	if (s.found && !s.writable)
		any_lab_misuse("%s of program text or constants (DA-02, C5 row 10).", call);
	if (s.found)
		any_lab_misuse("%s of static data: a module's lies in memory of vmalloc() (DA-02, "
			       "C5 row 11).",
			       call);
}

/* Two mappings that the device writes, on one line of caches that do not snoop. */
static void check_overlap(const struct book *b, const void *p, size_t size, const char *call)
{
	const u64 line = (u64)dma_get_cache_alignment();
	const u64 from = (uintptr_t)p & ~(line - 1),
		  to = ((uintptr_t)p + size + line - 1) & ~(line - 1);

	for (unsigned int i = 0; line > 1 && i < b->n; i++) {
		const struct book_entry *e = &b->entries[i];
		unsigned int k = 0;

		if (e->dir == DMA_TO_DEVICE || e->kind == BOOK_COHERENT)
			continue;
		do {
			u64 at = (uintptr_t)(e->nents ? e->pieces[k].buf : e->cpu);
			u64 len = e->nents ? e->pieces[k].len : e->size;

			if (e->cpu && at < to && from < at + len)
				any_lab_misuse_of(
					p, size,
					"%s of %zu bytes, of which a cache line belongs to "
					"a live mapping that the device writes (C5 row "
					"21).",
					call, size);
		} while (++k < e->nents);
	}
}

/* Row 22: the debug layer counts seven mappings of a line beside the first. */
static void check_many(const struct book *b, const void *p, const char *call)
{
	const u64 line = (u64)dma_get_cache_alignment(), at = (uintptr_t)p & ~(line - 1);
	unsigned int n = 0;

	for (unsigned int i = 0; line > 1 && i < b->n; i++) {
		const struct book_entry *e = &b->entries[i];

		n += e->kind == BOOK_SINGLE && (uintptr_t)e->cpu < at + line &&
		     at < (uintptr_t)e->cpu + e->size;
	}
	if (n > 7)
		any_lab_misuse_of(
			p, 1,
			"%s of a cache line that has %u live mappings already: something is "
			"never unmapped (C5 row 22).",
			call, n);
}

void book_check_map(struct book *b, const void *p, size_t size, enum dma_data_direction dir,
		    const char *call)
{
	if (!size)
		any_lab_misuse("%s of no bytes at all.", call);
	check_memory(b, p, call);
	if (dir != DMA_TO_DEVICE)
		check_overlap(b, p, size, call);
	check_many(b, p, call);
}

/* Rows 19 and 20: what the device said it can take. */
void book_check_sg(struct book *b, struct scatterlist *list, int nents)
{
	const unsigned int most = dma_get_max_seg_size(&b->pdev.dev);
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, nents, i) if (sg->length > most)
		any_lab_misuse("Piece %d of a list has %u bytes, the device's longest "
			       "segment is %u (DA-36, C5 row 19).",
			       i, sg->length, most);
}

/* ---- unmap */

static unsigned int likeness(const struct book_entry *e, const struct book_entry *want)
{
	return 1u + (e->kind == want->kind) * 8u + (e->size == want->size) * 4u +
	       (e->nents == want->nents) * 4u + (e->dir == want->dir) * 2u;
}

/* The same address may be mapped more than once: the one that fits best is meant. */
static struct book_entry *best(struct book *b, const struct book_entry *want)
{
	struct book_entry *found = NULL;

	for (unsigned int i = 0; i < b->n; i++) {
		struct book_entry *e = &b->entries[i];

		if (e->addr == want->addr && (!found || likeness(e, want) > likeness(found, want)))
			found = e;
	}
	return found;
}

static bool was_mapped(const struct book *b, u64 addr)
{
	for (unsigned int i = 0; i < BOOK_GONE; i++)
		if (b->gone[i].size && b->gone[i].addr == addr)
			return true;
	return false;
}

static void check_size(const struct book_entry *e, const struct book_entry *want, const char *call)
{
	if (e->kind == BOOK_SG && e->nents != want->nents)
		misuse(e, "%s of %u pieces; the list was mapped with %u (DA-04, C5 row 6).", call,
		       want->nents, e->nents);
	if (e->kind != BOOK_SG && e->size != want->size)
		misuse(e, "%s of %zu bytes; it was made with %zu (DA-04, C5 row 3).", call,
		       want->size, e->size);
}

struct book_entry *book_check_unmap(struct book *b, const struct book_entry *want, const char *call)
{
	struct book_entry *e = best(b, want);

	if (want->kind == BOOK_SINGLE && want->addr == DMA_MAPPING_ERROR)
		any_lab_misuse("%s of the value that says a map has failed (C5 row 1).", call);
	if (!e)
		any_lab_misuse("%s of 0x%llx, %s (C5 row 2).", call, want->addr,
			       was_mapped(b, want->addr) ? "which was unmapped before"
							 : "which was never mapped");
	if (e->kind != want->kind)
		misuse(e, "%s of %s (C5 row 4).", call, makers[e->kind]);
	check_size(e, want, call);
	if (want->cpu && e->cpu != want->cpu)
		misuse(e, "%s with another CPU address than it was allocated with (C5 row 5).",
		       call);
	if (e->kind != BOOK_COHERENT && e->dir != want->dir)
		misuse(e, "%s %s; it was mapped %s (DA-04, C5 row 7).", call, name_of(want->dir),
		       name_of(e->dir));
	if (!e->checked)
		misuse(e,
		       "%s of a mapping that nobody asked dma_mapping_error() about "
		       "(DA-01, C5 row 8).",
		       call);
	return e;
}

/* ---- sync */

static void check_sync_dir(const struct book_entry *e, enum dma_data_direction dir, bool for_cpu)
{
	if (e->dir == DMA_BIDIRECTIONAL || e->dir == dir)
		return;
	misuse(e, "Sync for the %s %s of what is mapped %s (DA-05, C5 row %s).",
	       for_cpu ? "CPU" : "device", name_of(dir), name_of(e->dir),
	       for_cpu && e->dir == DMA_TO_DEVICE      ? "16"
	       : !for_cpu && e->dir == DMA_FROM_DEVICE ? "17"
						       : "15");
}

struct book_entry *book_check_sync(struct book *b, u64 addr, size_t size,
				   enum dma_data_direction dir, bool for_cpu)
{
	struct book_entry *found = NULL;

	for (unsigned int i = 0; i < b->n; i++) {
		struct book_entry *e = &b->entries[i];

		if ((e->kind != BOOK_SINGLE && e->kind != BOOK_NONCOHERENT) ||
		    addr - e->addr >= e->size)
			continue;
		if (!found || e->dir == dir)
			found = e;
	}
	if (!found)
		any_lab_misuse("Sync of 0x%llx, %s (C5 row 13).", addr,
			       was_mapped(b, addr) ? "which was unmapped before"
						   : "which is not mapped");
	if (size > found->size - (addr - found->addr))
		misuse(found, "Sync of %zu bytes at offset %llu of a mapping of %zu (C5 row 14).",
		       size, addr - found->addr, found->size);
	check_sync_dir(found, dir, for_cpu);
	return found;
}

struct book_entry *book_check_sync_sg(struct book *b, struct scatterlist *sg, int nents,
				      enum dma_data_direction dir, bool for_cpu)
{
	const struct book_entry want = {
		.kind = BOOK_SG, .dir = dir, .addr = sg->dma_address, .nents = (unsigned int)nents};
	struct book_entry *e = best(b, &want);

	if (!e || e->kind != BOOK_SG)
		any_lab_misuse("Sync of a list that is not mapped (C5 row 13).");
	if (e->nents != want.nents)
		misuse(e,
		       "Sync of %u pieces of a list that was mapped with %u (DA-05, C5 row "
		       "18).",
		       want.nents, e->nents);
	check_sync_dir(e, dir, for_cpu);
	return e;
}

/* ---- the driver leaves */

void book_check_unbound(struct book *b)
{
	if (b->n)
		misuse(&b->entries[0],
		       "The driver leaves its device with %u mappings and allocations "
		       "live; the first is %s of %zu bytes (C5 row 25).",
		       b->n, makers[b->entries[0].kind], b->entries[0].size);
	if (b->n_handlers)
		any_lab_misuse("The driver leaves its device with an interrupt handler requested.");
}

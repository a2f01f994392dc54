/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's heap: malloc and friends of seen code, in the machine's memory. First fit, sixteen
 * bytes apart, so that neighbours share cache lines as they do on a board. What it knows of its
 * blocks lies outside, where no device gets at it.
 */
#include <errno.h>
#include <stdlib.h>

#include "program.h"
#include "scenario.h"
#include "../oracle/oracle.h"
#include "../rt/rt.h"

#define STEP 16u

struct block {
	struct block *next, *last; /* by address */
	uint64_t at, size;	   /* in the heap */
	size_t asked;
	bool used;
};

struct lab_heap {
	struct block *first;
};

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
int __real_posix_memalign(void **p, size_t align, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);

static struct block *new_block(struct any_lab *lab, uint64_t at, uint64_t size)
{
	struct block *b = lab_scenario_keep(lab, sizeof(*b));

	b->at = at;
	b->size = size;
	return b;
}

static struct lab_heap *heap_of(struct any_lab *lab)
{
	if (!lab->heap) {
		lab->heap = lab_scenario_keep(lab, sizeof(*lab->heap));
		lab->heap->first = new_block(lab, 0, lab->m->program->heap_size);
	}
	return lab->heap;
}

/* Cuts [at, at + size) out of a free block. */
static void cut(struct any_lab *lab, struct block *b, uint64_t at, uint64_t size)
{
	struct block *n;

	if (at > b->at) {
		n = new_block(lab, b->at, at - b->at);
		n->last = b->last;
		n->next = b;
		if (b->last)
			b->last->next = n;
		else
			lab->heap->first = n;
		b->last = n;
		b->size -= n->size;
		b->at = at;
	}
	if (b->size > size) {
		n = new_block(lab, at + size, b->size - size);
		n->next = b->next;
		n->last = b;
		if (b->next)
			b->next->last = n;
		b->next = n;
		b->size = size;
	}
}

void *lab_heap_alloc(struct any_lab *lab, size_t size, size_t align)
{
	uint64_t base = lab->m->program->heap, want = (size + STEP) & ~(uint64_t)(STEP - 1);

	if (size > lab->m->program->heap_size)
		return NULL;
	align = align < STEP ? STEP : align;
	for (struct block *b = heap_of(lab)->first; b; b = b->next) {
		uint64_t at = ((base + b->at + align - 1) & ~(uint64_t)(align - 1)) - base;

		if (b->used || at + want > b->at + b->size)
			continue;
		cut(lab, b, at, want);
		b->used = true;
		b->asked = size;
		return lab_ptr(lab->m, LAB_VIEW0, base + at);
	}
	return NULL;
}

bool lab_heap_owns(const struct lab_machine *m, const void *p)
{
	uint64_t host = (uint64_t)(uintptr_t)p;

	return m && m->program &&
	       host - lab_host(m, LAB_VIEW0, m->program->heap) < m->program->heap_size;
}

static struct block *find(struct any_lab *lab, const void *p)
{
	uint64_t at = (uint64_t)(uintptr_t)p - lab_host(lab->m, LAB_VIEW0, lab->m->program->heap);

	for (struct block *b = heap_of(lab)->first; b; b = b->next)
		if (b->used && b->at == at)
			return b;
	any_lab_misuse("Memory is freed that is not allocated, or was freed before.");
}

size_t lab_heap_size(struct any_lab *lab, const void *p)
{
	return find(lab, p)->asked;
}

/* Joins b and the block after it. */
static void join(struct block *b)
{
	struct block *n = b->next;

	if (!n || b->used || n->used)
		return;
	b->size += n->size;
	b->next = n->next;
	if (n->next)
		n->next->last = b;
}

void lab_heap_free(struct any_lab *lab, void *p)
{
	struct block *b = find(lab, p);

	lab_judge_freed(lab->m, lab->m->program->heap + b->at, b->asked ? b->asked : 1);
	b->used = false;
	join(b);
	if (b->last)
		join(b->last);
}

/* ---- what the linker puts in the place of the C library's, in every object of the program */

/* The driver asks: a run is on, on a CPU of its machine. */
static struct any_lab *asks(void)
{
	struct lab_machine *m = lab_current;

	return m && m->armed && m->program && m->master == LAB_CPU && !m->calm ? m->lab : NULL;
}

void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	struct any_lab *lab = asks();

	return lab ? lab_heap_alloc(lab, size, STEP) : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	struct any_lab *lab = asks();
	size_t bytes;
	void *p;

	if (!lab)
		return __real_calloc(n, size);
	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	p = lab_heap_alloc(lab, bytes, STEP);
	if (!p)
		return NULL;
	lab_announce(p, bytes ? bytes : 1, true, LAB_PC());
	return memset(p, 0, bytes);
}

void lab_free(void *p, uint64_t pc)
{
	if (!lab_heap_owns(lab_current, p)) {
		__real_free(p);
		return;
	}
	lab_enter(pc);
	lab_heap_free(lab_current->lab, p);
	lab_leave();
}

void __wrap_free(void *p);
void __wrap_free(void *p)
{
	lab_free(p, LAB_PC());
}

void *__wrap_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size)
{
	struct any_lab *lab = asks();
	size_t old;
	void *q;

	if (!lab || (p && !lab_heap_owns(lab->m, p)))
		return __real_realloc(p, size);
	q = lab_heap_alloc(lab, size, STEP);
	if (!p || !q)
		return q;
	old = lab_heap_size(lab, p);
	lab_announce(p, old < size ? old : size, false, LAB_PC());
	lab_announce(q, old < size ? old : size, true, LAB_PC());
	lab_copy(q, p, old < size ? old : size);
	lab_heap_free(lab, p);
	return q;
}

void *__wrap_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size)
{
	struct any_lab *lab = asks();

	return lab && align && !(align & (align - 1)) ? lab_heap_alloc(lab, size, align)
						      : __real_aligned_alloc(align, size);
}

int __wrap_posix_memalign(void **p, size_t align, size_t size);
int __wrap_posix_memalign(void **p, size_t align, size_t size)
{
	struct any_lab *lab = asks();

	if (!lab)
		return __real_posix_memalign(p, align, size);
	if (!align || align & (align - 1) || align % sizeof(void *))
		return EINVAL;
	*p = lab_heap_alloc(lab, size, align);
	return *p ? 0 : ENOMEM;
}

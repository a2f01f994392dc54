/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the program's own as DMA memory: static, heap, stack. */
#include "copier.h"
#include "scenes.h"

#include <anydma/lab/shim.h>

#define LEN 256u

static uint8_t source[LEN] __attribute__((aligned(128)));
static uint8_t target[LEN] __attribute__((aligned(128)));
static struct {
	uint8_t before[8];
	uint8_t target[LEN];
	uint8_t after[8];
} packed __attribute__((aligned(128)));
static volatile bool done;
static unsigned starts = 41; /* restored before every run */

static void on_done(void *ctx)
{
	volatile struct copier_regs *regs = ctx;

	regs->done = 0;
	done = true;
}

static ANY_NOINLINE void run(volatile struct copier_regs *regs, const void *from, const void *to)
{
	regs->src = (uint32_t)(uintptr_t)from; /* a pointer is an address, and has 32 bits */
	regs->dst = (uint32_t)(uintptr_t)to;
	regs->len = LEN;
	any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the device's reads after the doorbell */
	done = false;
	regs->go = 1;
	while (!done)
		;
	any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the device's writes before the interrupt */
}

static volatile struct copier_regs *begin(struct any_lab *lab)
{
	static struct copier c;
	volatile struct copier_regs *regs = copier_attach(lab, &c);

	ANY_LAB_CHECK(lab, starts == 41);
	starts++;
	any_lab_on_interrupt(lab, on_done, (void *)(uintptr_t)regs);
	return regs;
}

static void fill(uint8_t *p, unsigned first)
{
	for (unsigned i = 0; i < LEN; i++)
		p[i] = (uint8_t)(first + i);
}

static int statics(struct any_lab *lab)
{
	volatile struct copier_regs *regs = begin(lab);

	for (unsigned i = 0; i < 4; i++) {
		fill(source, i);
		any_lab_cache(ANY_LAB_CACHE_CLEAN, source, LEN);
		any_lab_cache(ANY_LAB_CACHE_INVAL, target, LEN);
		run(regs, source, target);
		any_lab_cache(ANY_LAB_CACHE_INVAL, target, LEN);
		ANY_LAB_CHECK(lab, !memcmp(source, target, LEN) && target[1] == i + 1);
	}
	return 0;
}

static int not_cleaned(struct any_lab *lab)
{
	volatile struct copier_regs *regs = begin(lab);

	fill(source, 1);
	any_lab_cache(ANY_LAB_CACHE_INVAL, target, LEN);
	run(regs, source, target);
	return 0;
}

/* What lies beside the buffer is in use meanwhile. */
static int neighbours(struct any_lab *lab)
{
	volatile struct copier_regs *regs = begin(lab);

	fill(source, 1);
	any_lab_cache(ANY_LAB_CACHE_CLEAN, source, LEN);
	packed.before[0] = 5;
	any_lab_cache(ANY_LAB_CACHE_INVAL, packed.target, LEN);
	run(regs, source, packed.target);
	any_lab_cache(ANY_LAB_CACHE_INVAL, packed.target, LEN);
	ANY_LAB_CHECK(lab, packed.before[0] == 5);
	return 0;
}

static int on_stack(struct any_lab *lab)
{
	volatile struct copier_regs *regs = begin(lab);
	uint8_t buffer[LEN] __attribute__((aligned(128)));

	fill(source, 1);
	any_lab_cache(ANY_LAB_CACHE_CLEAN, source, LEN);
	any_lab_cache(ANY_LAB_CACHE_INVAL, buffer, LEN);
	run(regs, source, buffer);
	any_lab_cache(ANY_LAB_CACHE_INVAL, buffer, LEN);
	ANY_LAB_CHECK(lab, !memcmp(source, buffer, LEN));
	return 0;
}

/* What else is on the stack shares the buffer's last line. */
static int beside_on_stack(struct any_lab *lab)
{
	volatile struct copier_regs *regs = begin(lab);
	struct {
		uint8_t buffer[LEN];
		volatile uint32_t n;
	} on __attribute__((aligned(128)));

	fill(source, 1);
	any_lab_cache(ANY_LAB_CACHE_CLEAN, source, LEN);
	on.n = 7;
	any_lab_cache(ANY_LAB_CACHE_INVAL, on.buffer, LEN + 1);
	run(regs, source, on.buffer);
	ANY_LAB_CHECK(lab, on.n == 7);
	return 0;
}

static int mapped_stack(struct any_lab *lab)
{
	uint8_t buffer[LEN] __attribute__((aligned(128)));
	struct any_dma_mapping map;
	int err;

	fill(buffer, 1);
	err = any_dma_map(any_lab_dma(lab), buffer, LEN, ANY_DMA_TO_DEVICE, &map);
	if (!err)
		any_dma_unmap(any_lab_dma(lab), &map);
	return err;
}

static int dereference(struct any_lab *lab)
{
	struct any_dma_mapping map;
	uint8_t *p = malloc(LEN);
	int err = any_dma_map(any_lab_dma(lab), p, LEN, ANY_DMA_TO_DEVICE, &map);

	return err ? err : *(volatile uint8_t *)(uintptr_t)map.addr.raw;
}

static int null(struct any_lab *lab)
{
	volatile int *volatile nowhere = (volatile int *)(any_lab_random(lab) & 8);

	return *nowhere;
}

static int heap(struct any_lab *lab)
{
	volatile struct copier_regs *regs = begin(lab);

	for (unsigned i = 0; i < 4; i++) {
		uint8_t *from = aligned_alloc(128, LEN), *to = aligned_alloc(128, LEN);

		ANY_LAB_CHECK(lab, from && to);
		fill(from, i);
		any_lab_cache(ANY_LAB_CACHE_CLEAN, from, LEN);
		any_lab_cache(ANY_LAB_CACHE_INVAL, to, LEN);
		run(regs, from, to);
		any_lab_cache(ANY_LAB_CACHE_INVAL, to, LEN);
		ANY_LAB_CHECK(lab, !memcmp(from, to, LEN));
		free(from);
		free(to);
	}
	return 0;
}

/* Through the DMA API nothing need be aligned: it bounces. */
static int mapped(struct any_lab *lab)
{
	volatile struct copier_regs *regs = begin(lab);
	struct any_dma_dev *dev = any_lab_dma(lab);
	struct any_dma_mapping s, d;
	uint8_t *from = malloc(LEN);
	int err;

	fill(from, 3);
	packed.before[7] = 9;
	err = any_dma_map(dev, from, LEN, ANY_DMA_TO_DEVICE, &s);
	if (!err)
		err = any_dma_map(dev, packed.target, LEN, ANY_DMA_FROM_DEVICE, &d);
	if (err)
		return err;
	packed.after[0] = 7;
	regs->src = s.addr.raw;
	regs->dst = d.addr.raw;
	regs->len = LEN;
	any_dma_drain(dev, ANY_DMA_TO_DEVICE);
	any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the device's reads after the doorbell */
	done = false;
	regs->go = 1;
	while (!done)
		;
	any_dma_unmap(dev, &s);
	any_dma_unmap(dev, &d);
	ANY_LAB_CHECK(lab, !memcmp(from, packed.target, LEN));
	ANY_LAB_CHECK(lab, packed.before[7] == 9 && packed.after[0] == 7);
	free(from);
	return 0;
}

static int freed(struct any_lab *lab)
{
	struct any_dma_mapping map;
	uint8_t *p = malloc(LEN);
	int err = any_dma_map(any_lab_dma(lab), p, LEN, ANY_DMA_TO_DEVICE, &map);

	if (!err)
		free(p);
	return err;
}

const struct scene scenes_memory[] = {
	SCENE("statics", statics, ANY_LAB_RAW, ANY_LAB_OK, NULL, "arm64-nc"),
	SCENE("statics-not-cleaned", not_cleaned, ANY_LAB_RAW, ANY_LAB_DIRTY_READ, "copier_step",
	      "arm64-nc"),
	SCENE("statics-neighbours", neighbours, ANY_LAB_RAW, ANY_LAB_LOST_WRITE, "neighbours",
	      "arm64-nc"),
	SCENE("stack", on_stack, ANY_LAB_RAW, ANY_LAB_OK, NULL, "arm64-nc"),
	SCENE("stack-neighbours", beside_on_stack, ANY_LAB_RAW, ANY_LAB_LOST_WRITE,
	      "beside_on_stack", "arm64-nc"),
	SCENE("stack-mapped", mapped_stack, 0, ANY_LAB_BAD_MEMORY, "mapped_stack", "arm64-nc"),
	SCENE("pointer-of-device", dereference, 0, ANY_LAB_WRONG_WINDOW, "dereference", "x86-pc"),
	SCENE("null-pointer", null, 0, ANY_LAB_CRASH, "null", "x86-pc"),
	SCENE("heap", heap, ANY_LAB_RAW, ANY_LAB_OK, NULL, "arm64-nc"),
	SCENE("mapped", mapped, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("freed", freed, 0, ANY_LAB_FREED, "freed", "x86-pc"),
};
const size_t n_scenes_memory = ANY_ARRAY_SIZE(scenes_memory);

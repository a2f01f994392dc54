/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver that says "clean this range": raw, and what it can forget. */
#include "copier.h"
#include "scenes.h"

#include <anydma/lab/shim.h>

#define LEN 640u

enum forget { NOTHING, CLEAN, INVAL_BEFORE, INVAL_AFTER, INVAL_FOR_CLEAN, OWNER };

static ANY_NOINLINE void copy(struct any_lab *lab, volatile struct copier_regs *regs, uint8_t *src,
			      uint8_t *dst, enum forget forget)
{
	memset(dst, 0, LEN); /* what was in it before */
	if (forget == INVAL_FOR_CLEAN)
		any_lab_cache(ANY_LAB_CACHE_INVAL, src, LEN);
	else if (forget != CLEAN)
		any_lab_cache(ANY_LAB_CACHE_CLEAN, src, LEN);
	if (forget != INVAL_BEFORE)
		any_lab_cache(ANY_LAB_CACHE_INVAL, dst, LEN);
	regs->src = any_lab_bus_address(lab, src);
	regs->dst = any_lab_bus_address(lab, dst);
	regs->len = LEN;
	any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the device's reads after the doorbell */
	regs->go = 1;
	while (!regs->done)
		;
	regs->done = 0;
	any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the device's writes before DONE */
	if (forget != INVAL_AFTER)
		any_lab_cache(ANY_LAB_CACHE_INVAL, dst, LEN);
}

static int scene(struct any_lab *lab, enum forget forget)
{
	static struct copier c;
	volatile struct copier_regs *regs = copier_attach(lab, &c);
	uint8_t *src = any_lab_dma_memory(lab, LEN, false);
	uint8_t *dst = any_lab_dma_memory(lab, LEN, false);

	for (unsigned i = 0; i < 4; i++) {
		for (unsigned k = 0; k < LEN; k++)
			src[k] = (uint8_t)(i + k);
		copy(lab, regs, src, dst, forget);
		ANY_LAB_CHECK(lab, !memcmp(src, dst, LEN));
	}
	return 0;
}

#define FORGETS(name, what)                                                                        \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		return scene(lab, what);                                                           \
	}
FORGETS(good, NOTHING)
FORGETS(clean, CLEAN)
FORGETS(inval_before, INVAL_BEFORE)
FORGETS(inval_after, INVAL_AFTER)
FORGETS(inval_for_clean, INVAL_FOR_CLEAN)

/* Memory without a cache: only order counts, and it does. */
static int uncached(struct any_lab *lab, bool barrier)
{
	static struct copier c;
	volatile struct copier_regs *regs = copier_attach(lab, &c);
	uint8_t *src = any_lab_dma_memory(lab, LEN, true);
	uint8_t *dst = any_lab_dma_memory(lab, LEN, true);

	for (unsigned i = 0; i < 4; i++) {
		regs->src = any_lab_bus_address(lab, src);
		regs->dst = any_lab_bus_address(lab, dst);
		regs->len = LEN;
		memset(src, (int)i + 1, LEN);
		if (barrier)
			any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the device's reads */
		regs->go = 1;
		while (!regs->done)
			;
		regs->done = 0;
		any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the device's writes before DONE */
		ANY_LAB_CHECK(lab, !memcmp(src, dst, LEN));
	}
	return 0;
}

static int ordered(struct any_lab *lab)
{
	return uncached(lab, true);
}

static int no_barrier(struct any_lab *lab)
{
	return uncached(lab, false);
}

/* The same bytes cached and not: stored here, read there. */
static int aliases(struct any_lab *lab, bool maintained)
{
	uint8_t *cached = any_lab_dma_memory(lab, LEN, false);
	volatile uint8_t *uncached_too = any_lab_uncached_alias(lab, cached);

	memset(cached, 1, LEN);
	if (maintained)
		any_lab_cache(ANY_LAB_CACHE_CLEAN_INVAL, cached, LEN);
	ANY_LAB_CHECK(lab, uncached_too[LEN - 1] == 1);
	uncached_too[0] = 2;
	if (maintained)
		any_lab_cache(ANY_LAB_CACHE_INVAL, cached, LEN);
	ANY_LAB_CHECK(lab, *(volatile uint8_t *)cached == 2);
	return 0;
}

static int two_aliases(struct any_lab *lab)
{
	return aliases(lab, true);
}

static int aliases_mixed(struct any_lab *lab)
{
	return aliases(lab, false);
}

const struct scene scenes_raw[] = {
	SCENE("raw", good, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("raw-uncached", ordered, ANY_LAB_RAW, ANY_LAB_OK, NULL, "arm64-nc"),
	SCENE("raw-uncached-no-barrier", no_barrier, ANY_LAB_RAW, ANY_LAB_DOORBELL, "uncached",
	      "arm64-nc"),
	SCENE("raw-aliases", two_aliases, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("raw-aliases-mixed", aliases_mixed, ANY_LAB_RAW, ANY_LAB_ALIAS, "aliases",
	      "arm64-nc"),
	SCENE_FIX("raw-no-clean", clean, ANY_LAB_RAW, ANY_LAB_DIRTY_READ, "copier_step", "arm64-nc",
		  NULL, NULL, "stored by the CPU (256 times)", "clean the cache lines after"),
	SCENE("raw-no-inval-before", inval_before, ANY_LAB_RAW, ANY_LAB_DIRTY_UNDER_DMA,
	      "copier_step", "arm64-nc"),
	SCENE("raw-no-inval-after", inval_after, ANY_LAB_RAW, ANY_LAB_STALE_READ, "scene",
	      "arm64-nc"),
	SCENE("raw-inval-for-clean", inval_for_clean, ANY_LAB_RAW, ANY_LAB_LOST_WRITE, "copy",
	      "arm64-nc"),
};
const size_t n_scenes_raw = ANY_ARRAY_SIZE(scenes_raw);

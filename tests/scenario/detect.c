/* SPDX-License-Identifier: BSD-2-Clause */
/* Mistakes of the list in docs/detection.md that no other scene makes: one function each. */
#include "any_arch.h"
#include "copier.h"
#include "scenes.h"

#include <anydma/lab/shim.h>

#define LEN 512u

/* A copy is under way; what it works on, and how its driver ends. */
struct driver {
	struct any_lab *lab;
	struct any_dma_dev *dma;
	struct copier copier;
	volatile struct copier_regs *regs;
	uint8_t *src, *dst;
	struct any_dma_mapping s, d;
};

static int open_it(struct driver *d, struct any_lab *lab)
{
	int err;

	d->lab = lab;
	d->dma = any_lab_dma(lab);
	d->regs = copier_attach(lab, &d->copier);
	d->src = any_lab_alloc(lab, LEN);
	d->dst = any_lab_alloc(lab, LEN);
	memset(d->src, 1, LEN);
	err = any_dma_map(d->dma, d->src, LEN, ANY_DMA_TO_DEVICE, &d->s);
	return err ? err : any_dma_map(d->dma, d->dst, LEN, ANY_DMA_FROM_DEVICE, &d->d);
}

static void start(struct driver *d, uint64_t from, uint64_t to, bool drained)
{
	d->regs->src = from;
	d->regs->dst = to;
	d->regs->len = LEN;
	if (drained)
		any_dma_drain(d->dma, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the device's reads after the doorbell */
	d->regs->go = 1;
}

/* L15: one of two is never given back. */
static int leak(struct any_lab *lab)
{
	struct driver *d = malloc(sizeof(*d));
	int err = open_it(d, lab);

	if (!err)
		any_dma_unmap(d->dma, &d->s);
	free(d);
	return err;
}

/* L11: given back with the device still at it. */
static int unmapped_early(struct any_lab *lab)
{
	struct driver *d = malloc(sizeof(*d));
	int err = open_it(d, lab);

	if (err)
		return err;
	start(d, d->s.addr.raw, d->d.addr.raw, true);
	any_dma_unmap(d->dma, &d->s);
	any_dma_unmap(d->dma, &d->d);
	any_lab_wait(lab);
	free(d);
	return 0;
}

/* L14: an error path and its caller. */
static int unmapped_twice(struct any_lab *lab)
{
	struct driver *d = malloc(sizeof(*d));
	struct any_dma_mapping again;
	int err = open_it(d, lab);

	if (err)
		return err;
	any_dma_unmap(d->dma, &d->d);
	again = d->s;
	any_dma_unmap(d->dma, &d->s);
	any_dma_unmap(d->dma, &again);
	free(d);
	return 0;
}

/* L34: the machine's buffer towards memory is not emptied before the doorbell. */
static int no_drain_out(struct any_lab *lab)
{
	struct driver *d = malloc(sizeof(*d));
	int err = open_it(d, lab);

	if (err)
		return err;
	start(d, d->s.addr.raw, d->d.addr.raw, false);
	any_lab_wait(lab);
	any_dma_unmap(d->dma, &d->s);
	any_dma_unmap(d->dma, &d->d);
	free(d);
	return 0;
}

/* L35: the interrupt is believed before what it announces was pushed here. */
static int no_drain_in(struct any_lab *lab)
{
	struct driver *d = malloc(sizeof(*d));
	struct any_dma_coherent ring;
	int err = open_it(d, lab);

	if (!err)
		err = any_dma_alloc_coherent(d->dma, LEN, &ring);
	for (unsigned i = 0; !err && i < 8; i++) {
		start(d, d->s.addr.raw, ring.addr.raw, true);
		any_lab_wait(lab);
		any_dma_rmb(); /* partner: the device's writes before its interrupt */
		ANY_LAB_CHECK(lab, ((volatile uint8_t *)ring.cpu)[LEN - 1] == 1);
		memset(ring.cpu, 0, LEN);
	}
	return err;
}

/* L20, L22: an address made up, as of a wrong register or a truncated sum. */
static int made_up(struct any_lab *lab, uint64_t bus)
{
	struct driver *d = malloc(sizeof(*d));

	d->lab = lab;
	d->dma = any_lab_dma(lab);
	d->regs = copier_attach(lab, &d->copier);
	d->dst = any_lab_dma_memory(lab, LEN, false);
	start(d, bus, any_lab_bus_address(lab, d->dst), true);
	any_lab_wait(lab);
	free(d);
	return 0;
}

static int nowhere(struct any_lab *lab)
{
	return made_up(lab, 0xf0000000u);
}

static int out_of_reach(struct any_lab *lab)
{
	return made_up(lab, 0x123400000000u);
}

/* L12, L20: a length that runs from one bank of memory over the hole behind it. */
static int across_a_hole(struct any_lab *lab)
{
	struct driver *d = malloc(sizeof(*d));

	d->lab = lab;
	d->dma = any_lab_dma(lab);
	d->regs = copier_attach(lab, &d->copier);
	d->src = any_lab_dma_memory(lab, LEN, false);
	d->dst = any_lab_dma_memory(lab, LEN, false);
	any_lab_cache(ANY_LAB_CACHE_CLEAN, d->src, LEN);
	any_lab_cache(ANY_LAB_CACHE_INVAL, d->dst, LEN);
	start(d, any_lab_bus_address(lab, d->src), any_lab_bus_address(lab, d->dst), true);
	d->copier.len = 0x40000000u; /* what a signed length became */
	any_lab_wait(lab);
	free(d);
	return 0;
}

/* L10: an indirect table or a descriptor is rewritten while the device may read it. */
static int changed_table(struct any_lab *lab)
{
	struct driver *d = malloc(sizeof(*d));
	int err = open_it(d, lab);

	if (err)
		return err;
	start(d, d->s.addr.raw, d->d.addr.raw, true);
	d->src[LEN / 2] = 2;
	any_lab_wait(lab);
	any_dma_unmap(d->dma, &d->s);
	any_dma_unmap(d->dma, &d->d);
	free(d);
	return 0;
}

/* The CPU goes on in coherent memory that it has given back: the next mapping's bounce slot, the
 * next driver's ring, or no mapping at all. */
static int used_after_free(struct any_lab *lab)
{
	struct any_dma_coherent ring;
	int err = any_dma_alloc_coherent(any_lab_dma(lab), LEN, &ring);
	volatile uint8_t *kept = ring.cpu;

	if (err)
		return err;
	any_dma_free_coherent(any_lab_dma(lab), &ring);
	kept[0] = 1;
	return 0;
}

/* L44: a device that does not answer. */
static int gives_up(struct any_lab *lab)
{
	(void)copier_attach(lab, malloc(sizeof(struct copier)));
	return -ANY_EIO;
}

/* L16, said by somebody who does not care where it will be printed. */
static int hostile_words(struct any_lab *lab)
{
	(void)lab;
	any_lab_misuse("<b>&\"' ]]> \001\033[31m\r \377\300\200\355\240\200 \357\277\276 end");
}

const struct scene scenes_detect[] = {
	SCENE("detect-leak", leak, 0, ANY_LAB_LEAK, "open_it", "x86-sev-guest"),
	SCENE("detect-unmapped-early", unmapped_early, 0, ANY_LAB_AFTER_UNMAP, "unmapped_early",
	      "x86-vtd"),
	SCENE_PAST("detect-unmapped-twice", unmapped_twice, 0, ANY_LAB_DOUBLE_UNMAP,
		   "unmapped_twice", "x86-vtd", NULL, NULL, "unmapped"),
	SCENE("detect-no-drain-out", no_drain_out, 0, ANY_LAB_DRAIN_OUT, NULL, "arm-mstarv7"),
	SCENE("detect-no-drain-in", no_drain_in, 0, ANY_LAB_DRAIN_IN, "no_drain_in", "arm-mvebu"),
	SCENE("detect-nowhere", nowhere, ANY_LAB_RAW, ANY_LAB_UNREACHABLE, NULL, "bmips-7425-pcie"),
	SCENE("detect-out-of-reach", out_of_reach, ANY_LAB_RAW, ANY_LAB_LIMIT, NULL,
	      "pcie-rc-32bit"),
	SCENE("detect-across-a-hole", across_a_hole, ANY_LAB_RAW, ANY_LAB_OUTSIDE, NULL,
	      "arm64-nc"),
	SCENE("detect-changed-table", changed_table, 0, ANY_LAB_CPU_TOUCH, "changed_table",
	      "x86-pc"),
	SCENE("detect-used-after-free", used_after_free, 0, ANY_LAB_AFTER_UNMAP, "used_after_free",
	      "x86-pc"),
	SCENE_AT("detect-hostile-words", hostile_words, 0, ANY_LAB_MISUSE, "hostile_words",
		 "x86-pc", "]]>", NULL),
	SCENE("detect-gives-up", gives_up, 0, ANY_LAB_DRIVER_ERROR, NULL, "x86-pc"),
};
const size_t n_scenes_detect = ANY_ARRAY_SIZE(scenes_detect);

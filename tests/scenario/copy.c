/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver that maps: through the DMA API, and what it can forget. */
#include "any_arch.h"
#include "copier.h"
#include "scenes.h"

#define LEN 600u

enum forget { NOTHING, MAP_SRC, UNMAP, LENGTH, DIRECTION, BARRIER, EARLY };

static void pattern(uint8_t *p, size_t n, uint8_t first)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(first + i * 7);
}

static ANY_NOINLINE int copy(struct any_lab *lab, volatile struct copier_regs *regs, uint8_t *src,
			     uint8_t *dst, enum forget forget)
{
	struct any_dma_dev *dev = any_lab_dma(lab);
	struct any_dma_mapping s, d;
	int err;

	err = any_dma_map(dev, src, LEN, ANY_DMA_TO_DEVICE, &s);
	if (err)
		return err;
	err = any_dma_map(dev, dst, forget == LENGTH ? LEN / 2 : LEN,
			  forget == DIRECTION ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE, &d);
	if (err)
		return err;
	regs->src = forget == MAP_SRC ? (uint64_t)(uintptr_t)src : s.addr.raw;
	regs->dst = d.addr.raw;
	regs->len = LEN;
	any_dma_drain(dev, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the device's reads after the doorbell */
	regs->go = 1;
	any_lab_wait(lab);
	if (!regs->done)
		return -ANY_EIO;
	regs->done = 0;
	if (forget == EARLY)
		(void)*(volatile uint8_t *)dst;
	any_dma_unmap(dev, &s);
	if (forget != UNMAP)
		any_dma_unmap(dev, &d);
	return 0;
}

static int scene(struct any_lab *lab, enum forget forget)
{
	struct copier *c = malloc(sizeof(*c));
	volatile struct copier_regs *regs = copier_attach(lab, c);
	uint8_t *src = any_lab_alloc(lab, LEN), *dst = any_lab_alloc(lab, LEN);
	int err = 0;

	for (unsigned i = 0; i < 4 && !err; i++) {
		pattern(src, LEN, (uint8_t)i);
		err = copy(lab, regs, src, dst, forget);
		ANY_LAB_CHECK(lab, err || !memcmp(src, dst, LEN));
	}
	free(c);
	return err;
}

#define FORGETS(name, what)                                                                        \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		return scene(lab, what);                                                           \
	}
FORGETS(good, NOTHING)
FORGETS(map_src, MAP_SRC)
FORGETS(unmap, UNMAP)
FORGETS(length, LENGTH)
FORGETS(direction, DIRECTION)
FORGETS(early, EARLY)

const struct scene scenes_copy[] = {
	SCENE("copy", good, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("copy-cpu-address", map_src, 0, ANY_LAB_WRONG_WINDOW, "copier_step", "x86-pc"),
	SCENE("copy-no-unmap", unmap, 0, ANY_LAB_CPU_TOUCH, "scene", "x86-vtd"),
	SCENE("copy-short", length, 0, ANY_LAB_OUTSIDE, "copier_step", "x86-vtd"),
	SCENE("copy-direction", direction, 0, ANY_LAB_DIRECTION, "copier_step", "x86-vtd"),
	SCENE("copy-early", early, 0, ANY_LAB_CPU_TOUCH, "copy", "arm64-nc"),
};
const size_t n_scenes_copy = ANY_ARRAY_SIZE(scenes_copy);

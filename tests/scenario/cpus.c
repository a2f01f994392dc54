/* SPDX-License-Identifier: BSD-2-Clause */
/* Two CPUs that submit to one ring, and what they can forget of lock and barrier. */
#include "any_arch.h"
#include "scenes.h"

#include <anydma/lab/model.h>
#include <stdlib.h>
#include <string.h>

#define RING  8u
#define JOBS  6u /* of each CPU */
#define BYTES 64u

/* Addresses with VALID in them: 0 is nothing written here yet, and the device says so. */
#define VALID 1u
struct desc {
	uint64_t src, dst;
};

struct regs {
	uint64_t ring;
	uint32_t tail, done, bad;
};

struct engine {
	struct any_lab *lab;
	uint64_t ring;
	uint32_t tail, head, bad;
};

static uint64_t engine_read(void *ctx, uint32_t offset, unsigned bytes)
{
	const struct engine *e = ctx;

	(void)bytes;
	return offset == offsetof(struct regs, done)  ? e->head
	       : offset == offsetof(struct regs, bad) ? e->bad
						      : 0;
}

static void engine_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct engine *e = ctx;

	(void)bytes;
	if (offset == offsetof(struct regs, ring)) {
		e->ring = value;
		any_lab_model_shares(e->lab, value, RING * sizeof(struct desc));
		any_lab_model_announced(e->lab, value, 0); /* the doorbell tells */
	}
	/* Two doorbells may arrive late: the newest index counts. */
	if (offset == offsetof(struct regs, tail) && (int32_t)((uint32_t)value - e->tail) > 0)
		e->tail = (uint32_t)value;
}

static bool engine_step(void *ctx)
{
	struct engine *e = ctx;
	struct desc d, none = {0, 0};
	uint64_t at = e->ring + e->head % RING * sizeof(d);
	uint8_t bytes[BYTES];

	if (e->head == e->tail)
		return false;
	any_lab_bus_read(e->lab, at, &d, sizeof(d));
	any_lab_bus_write(e->lab, at, &none, sizeof(none));
	if (d.src && d.dst) {
		any_lab_bus_read(e->lab, d.src - VALID, bytes, BYTES);
		any_lab_bus_write(e->lab, d.dst - VALID, bytes, BYTES);
	} else {
		e->bad++;
	}
	e->head++;
	return true;
}

static struct engine engine;

static volatile struct regs *engine_attach(struct any_lab *lab)
{
	const struct any_lab_model model = {
		.read = engine_read,
		.write = engine_write,
		.step = engine_step,
		.ctx = &engine,
		.doorbell = offsetof(struct regs, tail),
		.doorbell_size = 4,
	};

	engine = (struct engine){.lab = lab};
	return (volatile struct regs *)any_lab_attach(lab, &model);
}

enum forget { NOTHING, LOCK, PUBLISH, HANDED };

struct driver {
	struct any_lab *lab;
	struct any_dma_dev *dev;
	volatile struct regs *regs;
	struct any_dma_coherent ring;
	enum forget forget;
	uint32_t lock, head;
	volatile uint32_t ready, taken; /* handed from the second CPU to the first */
};

static struct driver driver;

static void enter(struct driver *d)
{
	if (d->forget != LOCK)
		any_lab_lock(&d->lock);
}

static void leave(struct driver *d)
{
	if (d->forget != LOCK)
		any_lab_unlock(&d->lock);
}

static void fill(struct driver *d, uint32_t slot, uint64_t src, uint64_t dst)
{
	volatile struct desc *desc = (volatile struct desc *)d->ring.cpu + slot % RING;

	desc->src = src | VALID;
	desc->dst = dst | VALID;
}

static void ring(struct driver *d, uint32_t tail)
{
	any_dma_drain(d->dev, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the device's reads after the doorbell */
	d->regs->tail = tail;
}

static ANY_NOINLINE void check(struct driver *d, const uint8_t *src, const uint8_t *dst)
{
	ANY_LAB_CHECK(d->lab, !d->regs->bad);
	ANY_LAB_CHECK(d->lab, !memcmp(src, dst, BYTES));
}

static void copy(struct driver *d, uint8_t *src, uint8_t *dst, uint8_t value)
{
	struct any_dma_mapping s, t;
	uint32_t slot;

	memset(src, value, BYTES);
	enter(d);
	ANY_LAB_CHECK(d->lab, !any_dma_map(d->dev, src, BYTES, ANY_DMA_TO_DEVICE, &s));
	ANY_LAB_CHECK(d->lab, !any_dma_map(d->dev, dst, BYTES, ANY_DMA_FROM_DEVICE, &t));
	slot = d->head;
	fill(d, slot, s.addr.raw, t.addr.raw);
	d->head = slot + 1;
	ring(d, slot + 1);
	leave(d);
	while ((int32_t)(d->regs->done - slot) <= 0)
		any_lab_relax(d->lab);
	enter(d);
	any_dma_unmap(d->dev, &s);
	any_dma_unmap(d->dev, &t);
	leave(d);
	check(d, src, dst);
}

static ANY_NOINLINE void submit(void *ctx)
{
	struct driver *d = ctx;
	uint8_t *src, *dst;

	enter(d);
	src = any_lab_alloc(d->lab, BYTES);
	dst = any_lab_alloc(d->lab, BYTES);
	leave(d);
	for (uint32_t i = 0; i < JOBS; i++)
		copy(d, src, dst, (uint8_t)(i + 1));
}

/* The second CPU writes descriptors; the first one only rings. */
static ANY_NOINLINE void prepare(void *ctx)
{
	struct driver *d = ctx;
	uint8_t *src = any_lab_alloc(d->lab, BYTES), *dst = any_lab_alloc(d->lab, BYTES);

	for (uint32_t i = 0; i < JOBS; i++) {
		struct any_dma_mapping s, t;

		memset(src, (int)i + 1, BYTES);
		ANY_LAB_CHECK(d->lab, !any_dma_map(d->dev, src, BYTES, ANY_DMA_TO_DEVICE, &s));
		ANY_LAB_CHECK(d->lab, !any_dma_map(d->dev, dst, BYTES, ANY_DMA_FROM_DEVICE, &t));
		if (d->forget == HANDED) {
			d->ready = i + 1; /* before there is anything to hand over */
			fill(d, i, s.addr.raw, t.addr.raw);
		} else {
			fill(d, i, s.addr.raw, t.addr.raw);
			if (d->forget != PUBLISH)
				any_smp_wmb(); /* partner: the barrier after `ready` */
			d->ready = i + 1;
		}
		while (d->taken != i + 1)
			any_lab_relax(d->lab);
		any_dma_unmap(d->dev, &s);
		any_dma_unmap(d->dev, &t);
		check(d, src, dst);
	}
}

static void hand_over(struct driver *d)
{
	for (uint32_t i = 0; i < JOBS; i++) {
		while (d->ready != i + 1)
			any_lab_relax(d->lab);
		any_smp_rmb(); /* partner: the barrier before `ready` */
		ring(d, i + 1);
		while (d->regs->done != i + 1)
			any_lab_relax(d->lab);
		d->taken = i + 1;
	}
}

static int begin(struct any_lab *lab, enum forget forget)
{
	int err;

	driver = (struct driver){.lab = lab, .dev = any_lab_dma(lab), .forget = forget};
	driver.regs = engine_attach(lab);
	err = any_dma_alloc_coherent(driver.dev, 4096, &driver.ring);
	if (!err)
		driver.regs->ring = driver.ring.addr.raw;
	return err;
}

static int end(void)
{
	any_lab_cpu_join(driver.lab);
	(void)driver.regs->done; /* the device has everything that was on its way */
	any_dma_free_coherent(driver.dev, &driver.ring);
	return 0;
}

static int submitters(struct any_lab *lab, enum forget forget)
{
	int err = begin(lab, forget);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	any_lab_cpu_start(lab, submit, &driver);
	submit(&driver);
	return end();
}

static int handover(struct any_lab *lab, enum forget forget)
{
	int err = begin(lab, forget);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	any_lab_cpu_start(lab, prepare, &driver);
	hand_over(&driver);
	return end();
}

static int locked(struct any_lab *lab)
{
	return submitters(lab, NOTHING);
}

static int unlocked(struct any_lab *lab)
{
	return submitters(lab, LOCK);
}

static int handed(struct any_lab *lab)
{
	return handover(lab, NOTHING);
}

static int unpublished(struct any_lab *lab)
{
	return handover(lab, PUBLISH);
}

static int handed_early(struct any_lab *lab)
{
	return handover(lab, HANDED);
}

static int self_locked(struct any_lab *lab)
{
	static uint32_t lock;

	any_lab_lock(&lock);
	any_lab_lock(&lock);
	(void)lab;
	return 0;
}

const struct scene scenes_cpus[] = {
	SCENE("cpus-locked", locked, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("cpus-unlocked", unlocked, 0, ANY_LAB_DATA, NULL, "x86-pc"),
	SCENE("cpus-handed", handed, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("cpus-unpublished", unpublished, 0, ANY_LAB_DATA, "check", NULL),
	SCENE("cpus-handed-early", handed_early, 0, ANY_LAB_DATA, "check", NULL),
	SCENE("cpus-self-locked", self_locked, 0, ANY_LAB_HANG, "self_locked", NULL),
};
const size_t n_scenes_cpus = ANY_ARRAY_SIZE(scenes_cpus);

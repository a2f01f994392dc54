/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract of anydma/lab/model.h on the bare host, as thin as it can be: bus addresses are
 * pointers, the device runs when the driver waits.
 */
#define _GNU_SOURCE /* clock_gettime */
#include "work.h"

#include "../../lab/rt/rt.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "any_arch.h"

#define COHERENT 65536u
#define KEPT	 512u

struct any_lab {
	struct any_lab_model model;
	struct any_dma_dev dma;
	uint64_t random;
	void *kept[KEPT];
	unsigned n_kept;
	bool irq, attached;
};

static struct any_lab run;
static _Alignas(4096) uint8_t registers[ANY_LAB_REGS];

/* ---- the device's side */

volatile void *any_lab_attach(struct any_lab *lab, const struct any_lab_model *model)
{
	lab->model = *model;
	lab->attached = true;
	return registers;
}

const struct any_lab_model *any_lab_attached(struct any_lab *lab)
{
	return lab->attached ? &lab->model : NULL;
}

void *any_lab_keep(struct any_lab *lab, size_t size)
{
	void *p = lab->n_kept < KEPT ? calloc(1, size) : NULL;

	if (!p)
		abort();
	lab->kept[lab->n_kept++] = p;
	return p;
}

void any_lab_bus_read(struct any_lab *lab, uint64_t bus, void *to, size_t len)
{
	(void)lab;
	memcpy(to, (const void *)(uintptr_t)bus, len);
}

void any_lab_bus_write(struct any_lab *lab, uint64_t bus, const void *from, size_t len)
{
	(void)lab;
	memcpy((void *)(uintptr_t)bus, from, len);
}

void any_lab_interrupt(struct any_lab *lab)
{
	lab->irq = true;
}

uint64_t any_lab_model_random(struct any_lab *lab)
{
	return lab->random = lab->random * 6364136223846793005ull + 1442695040888963407ull;
}

void any_lab_model_wake(struct any_lab *lab)
{
	(void)lab;
}

void any_lab_model_shares(struct any_lab *lab, uint64_t bus, size_t len)
{
	(void)lab, (void)bus, (void)len;
}

void any_lab_model_polled(struct any_lab *lab, uint64_t bus, size_t len)
{
	(void)lab, (void)bus, (void)len;
}

void any_lab_model_announced(struct any_lab *lab, uint64_t bus, size_t len)
{
	(void)lab, (void)bus, (void)len;
}

void any_lab_model_polled_each(struct any_lab *lab, uint64_t bus, size_t len, size_t stride,
			       size_t count)
{
	(void)lab, (void)bus, (void)len, (void)stride, (void)count;
}

void any_lab_model_announced_each(struct any_lab *lab, uint64_t bus, size_t len, size_t stride,
				  size_t count)
{
	(void)lab, (void)bus, (void)len, (void)stride, (void)count;
}

void any_lab_model_takes(struct any_lab *lab, uint64_t bus, size_t len, enum any_dma_dir dir)
{
	(void)lab, (void)bus, (void)len, (void)dir;
}

void any_lab_model_returns(struct any_lab *lab, uint64_t bus, size_t len)
{
	(void)lab, (void)bus, (void)len;
}

/* ---- the driver's side */

uint32_t any_mmio_read32(const volatile void *reg)
{
	uint32_t offset = (uint32_t)((const volatile uint8_t *)reg - registers);

	return (uint32_t)run.model.read(run.model.ctx, offset, 4);
}

void any_mmio_write32(volatile void *reg, uint32_t v)
{
	uint32_t offset = (uint32_t)((volatile uint8_t *)reg - registers);

	run.model.write(run.model.ctx, offset, v, 4);
}

struct any_dma_dev *any_lab_dma(struct any_lab *lab)
{
	return &lab->dma;
}

void any_lab_wait(struct any_lab *lab)
{
	while (!lab->irq)
		if (!lab->model.step(lab->model.ctx))
			abort(); /* a hang */
	lab->irq = false;
}

void *any_lab_alloc(struct any_lab *lab, size_t size)
{
	return any_lab_keep(lab, size);
}

double bench_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* What the model's files want of the lab. */
void *__real_memcpy(void *to, const void *from, size_t n)
{
	return memcpy(to, from, n);
}

struct lab_statics lab_statics;
struct lab_private lab_private;

void lab_program_look(struct lab_machine *m)
{
	(void)m;
	abort();
}

void lab_access(uint64_t host, size_t len, bool store, uint64_t pc)
{
	(void)host, (void)len, (void)store, (void)pc;
	abort();
}

/* The host is flat and coherent, all of it. */
__attribute__((visibility("default"))) int bench_native(unsigned frames, double *ns)
{
	static _Alignas(4096) uint8_t coherent_bytes[COHERENT];
	static uint64_t bits[COHERENT / 4096 / 64 + 1];
	static const struct any_dma_region all = {.cpu = NULL, .phys = {0}, .size = 1ull << 47};
	struct any_coherent_region coherent = {
		.mem = {.cpu = coherent_bytes,
			.phys = {(uintptr_t)coherent_bytes},
			.size = COHERENT},
		.bitmap = bits,
	};
	const struct any_dma_platform host = {.name = "host",
					      .facts = {.coherent = true},
					      .ram = &all,
					      .n_ram = 1,
					      .coherent = &coherent};
	int err;

	run = (struct any_lab){0};
	memset(bits, 0, sizeof(bits));
	err = any_dma_attach(&run.dma, &host);
	if (!err)
		err = any_dma_set_mask(&run.dma, ~0ull);
	if (!err)
		err = any_dma_set_coherent_mask(&run.dma, ~0ull);
	if (!err)
		err = bench_work(&run, frames, ns);
	while (run.n_kept)
		free(run.kept[--run.n_kept]);
	return err;
}

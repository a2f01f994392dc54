/* SPDX-License-Identifier: BSD-2-Clause */
/* A user's device model between the machine's registers and its bus. */
#include "scenario.h"
#include "../bus/bridge.h"
#include "../mem/mem.h"
#include "../oracle/oracle.h"
#include "../rt/rt.h"

static uint64_t reg_read(void *ctx, uint32_t offset, unsigned bytes)
{
	struct any_lab *lab = ctx;

	return offset < ANY_LAB_REGS && lab->model.read
		       ? lab->model.read(lab->model.ctx, offset, bytes)
		       : ~0ull;
}

static void reg_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct any_lab *lab = ctx;

	if (offset < ANY_LAB_REGS && lab->model.write)
		lab->model.write(lab->model.ctx, offset, value, bytes);
	lab->device.awake = true;
}

static bool step(void *ctx)
{
	struct any_lab *lab = ctx;

	return lab->model.step && lab->model.step(lab->model.ctx);
}

volatile void *any_lab_attach(struct any_lab *lab, const struct any_lab_model *model)
{
	/* Whoever calls it has entered a function, and would have said so. */
	if (!lab_stack.depth)
		lab_scenario_cannot(lab, "the scenario was compiled without the lab's flags, which "
					 "pkg-config --cflags anydma-lab says (or with -flto): "
					 "nothing it does would be seen");
	if (lab->attached)
		any_lab_misuse("The scenario attaches a second device; a machine has one.");
	lab->attached = true;
	lab->model = *model;
	lab->device = (struct lab_device){.read = reg_read,
					  .write = reg_write,
					  .step = step,
					  .ctx = lab,
					  .doorbell = model->doorbell,
					  .doorbell_size = model->doorbell_size};
	lab->m->device = &lab->device;
	return lab_ptr(lab->m, LAB_MMIO, 0);
}

const struct any_lab_model *any_lab_attached(struct any_lab *lab)
{
	return lab->attached ? &lab->model : NULL;
}

void *any_lab_keep(struct any_lab *lab, size_t size)
{
	return lab_scenario_keep(lab, size);
}

void any_lab_model_wake(struct any_lab *lab)
{
	lab->device.awake = true;
}

static void judge_caller(const struct any_lab *lab, const char *verb)
{
	if (lab->m->master != LAB_DEVICE)
		any_lab_misuse("%s is for device models: the driver called it.", verb);
}

void any_lab_bus_read(struct any_lab *lab, uint64_t bus, void *to, size_t len)
{
	struct lab_machine *m = lab->m;
	uint64_t pc = LAB_PC(), run;
	uint8_t *at = to;

	judge_caller(lab, "any_lab_bus_read()");
	for (; len; bus += run, at += run, len -= run) {
		uint64_t phys = lab_bus_resolve(m, bus, len, false, pc, &run);

		lab_device_load(m, phys, (uint32_t)run, pc);
		lab_copy(at, lab_ptr(m, LAB_DRAM, phys), run);
	}
}

void any_lab_bus_write(struct any_lab *lab, uint64_t bus, const void *from, size_t len)
{
	struct lab_machine *m = lab->m;
	uint64_t pc = LAB_PC(), run;
	const uint8_t *at = from;

	judge_caller(lab, "any_lab_bus_write()");
	for (; len; bus += run, at += run, len -= run) {
		uint64_t phys = lab_bus_resolve(m, bus, len, true, pc, &run);

		lab_device_store(m, phys, (uint32_t)run, pc);
		lab_copy(lab_ptr(m, LAB_DRAM, phys), at, run);
	}
}

void any_lab_interrupt(struct any_lab *lab)
{
	lab_device_interrupt(lab->m);
}

/* ---- what the device knows */

/* A raw driver's rings may be any memory: what no mapping has is found as the device finds it. */
static bool memory_at(const struct any_lab *lab, uint64_t bus, size_t len, struct lab_ram *out)
{
	const struct lab_mapping *map = lab_mapping_by_bus(lab->m, bus, len);
	uint64_t together = len;

	if (map)
		*out = (struct lab_ram){map->phys + (bus - map->bus), len};
	else if (lab->scenario->flags & ANY_LAB_RAW)
		*out = (struct lab_ram){lab_bus_look(lab->m, bus, len, lab_caller_pc(), &together),
					len};
	else
		return false;
	return together >= len && lab_is_ram(lab->m, out->base, len);
}

static void tell(struct any_lab *lab, uint64_t bus, struct lab_words words, struct lab_words *list,
		 uint32_t *n)
{
	struct lab_ram all;
	uint64_t span = words.stride * (words.count - 1) + words.size;

	if (words.size && !(words.count && memory_at(lab, bus, span, &all)))
		return;
	if (words.size)
		words.base = all.base;
	if (*n < ANY_ARRAY_SIZE(lab->m->polled))
		list[(*n)++] = words;
}

void any_lab_model_polled(struct any_lab *lab, uint64_t bus, size_t len)
{
	any_lab_model_polled_each(lab, bus, len, len, 1);
}

void any_lab_model_polled_each(struct any_lab *lab, uint64_t bus, size_t len, size_t stride,
			       size_t count)
{
	if (len)
		tell(lab, bus, (struct lab_words){0, len, stride, count, false}, lab->m->polled,
		     &lab->m->n_polled);
}

void any_lab_model_announced(struct any_lab *lab, uint64_t bus, size_t len)
{
	any_lab_model_announced_each(lab, bus, len, len, 1);
}

void any_lab_model_announced_each(struct any_lab *lab, uint64_t bus, size_t len, size_t stride,
				  size_t count)
{
	tell(lab, bus, (struct lab_words){0, len, stride, len ? count : 0, false},
	     lab->m->announcing, &lab->m->n_announcing);
}

void any_lab_model_shares(struct any_lab *lab, uint64_t bus, size_t len)
{
	struct lab_ram ring;

	if (!len)
		lab->m->n_polled = lab->m->n_announcing = 0;
	else if (memory_at(lab, bus, len, &ring))
		lab_judge_shared(lab->m, ring.base, ring.size);
}

void any_lab_model_takes(struct any_lab *lab, uint64_t bus, size_t len, enum any_dma_dir dir)
{
	if (len && lab->scenario->flags & ANY_LAB_RAW)
		lab_infer_taken(lab->m, bus, len, dir);
}

void any_lab_model_returns(struct any_lab *lab, uint64_t bus, size_t len)
{
	if (len && lab->scenario->flags & ANY_LAB_RAW)
		lab_infer_returned(lab->m, bus, len);
}

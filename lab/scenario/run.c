/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of a scenario: begin, work, end. */
#include <stdarg.h>
#include <stdlib.h>

#include "program.h"
#include "scenario.h"
#include "../oracle/oracle.h"
#include "../rt/rt.h"

/* Not the driver's heap (heap.c). */
void *__real_calloc(size_t n, size_t size);

struct any_lab *any_lab_current(void)
{
	return lab_current ? lab_current->lab : NULL;
}

struct any_dma_dev *any_lab_dma(struct any_lab *lab)
{
	return lab->dma;
}

void *lab_scenario_keep(struct any_lab *lab, size_t size)
{
	struct lab_kept *k = __real_calloc(1, sizeof(*k) + size);

	if (!k)
		lab_scenario_cannot(lab, "the host has no memory for %zu bytes", size);
	k->next = lab->kept;
	lab->kept = k;
	return k->bytes;
}

void lab_scenario_cannot(struct any_lab *lab, const char *fmt, ...)
{
	struct any_lab_report *r = lab->m->report;
	va_list args;

	memset(r, 0, sizeof(*r));
	va_start(args, fmt);
	vsnprintf(r->text, sizeof(r->text), fmt, args);
	va_end(args);
	lab->m->calm = true;
	lab_stack_left(lab->m);
	longjmp(lab->m->out, LAB_OUT_CANNOT);
}

int lab_scenario_run(struct any_lab *lab)
{
	int err;

	lab->rng = lab->m->rng ^ 0x6a09e667f3bcc909ull;
	lab->model_rng = lab->m->rng ^ 0xbb67ae8584caa73bull;
	lab_program_create(lab);
	lab_statics_begin(lab);
	lab_program_begin(lab->m);
	lab_crash_arm();
	lab->m->calm = false;
	lab_chance_begin(lab->m);
	err = lab_stack_run(lab, lab->scenario->run);
	lab_mmio_settle(lab->m);
	if (lab->m->turns.two)
		lab_fail(lab->m, ANY_LAB_MISUSE, 0, 0, 0, 0, 0,
			 "The scenario is at its end, and the second CPU was not joined.");
	lab->m->calm = true;
	lab_judge_trust(lab->m);
	if (!err) {
		lab_give_chunks_back(lab);
		lab_judge_end(lab->m);
	}
	return err;
}

void lab_scenario_end(struct any_lab *lab)
{
	lab_program_end();
	lab_statics_end();
	lab_crash_disarm();
	lab->m->program = NULL; /* it is kept memory too, and free() asks it */
	while (lab->kept) {
		struct lab_kept *next = lab->kept->next;

		free(lab->kept);
		lab->kept = next;
	}
	free(lab);
}

static uint64_t draw(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15ull; /* splitmix64 */

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

uint64_t any_lab_random(struct any_lab *lab)
{
	return draw(&lab->rng);
}

uint64_t any_lab_model_random(struct any_lab *lab)
{
	return draw(&lab->model_rng);
}

uint64_t any_lab_operations(struct any_lab *lab, uint64_t normal)
{
	return lab->operations ? lab->operations : normal;
}

void any_lab_count(struct any_lab *lab, uint64_t requests, uint64_t bytes)
{
	lab->m->count.requests += requests;
	lab->m->count.bytes += bytes;
}

void any_lab_check_failed(struct any_lab *lab, const char *text, const char *file, int line)
{
	lab_judge_trust(lab->m);
	lab_fail(lab->m, ANY_LAB_DATA, LAB_PC(), 0, 0, 0, 0,
		 "The scenario's check failed: %s (%s:%d).", text, file, line);
}

void any_lab_allow(struct any_lab *lab, const char *id, const char *reason)
{
	lab_allow(lab->m, id, reason);
}

void any_lab_disallow(struct any_lab *lab, const char *id)
{
	lab_disallow(lab->m, id);
}

void any_lab_misuse(const char *fmt, ...)
{
	char text[ANY_LAB_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	lab_enter(LAB_PC());
	lab_misuse(lab_current, NULL, 0, text);
}

void any_lab_misuse_of(const volatile void *cpu, size_t len, const char *fmt, ...)
{
	char text[ANY_LAB_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	lab_enter(LAB_PC());
	lab_misuse(lab_current, cpu, len, text);
}

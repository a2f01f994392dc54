/* SPDX-License-Identifier: BSD-2-Clause */
/* The second CPU as a scenario has it. */
#include "cpu.h"
#include "../rt/rt.h"
#include "../scenario/scenario.h"

void any_lab_cpu_start(struct any_lab *lab, void (*thread)(void *ctx), void *ctx)
{
	lab_mmio_settle(lab->m);
	lab_enter(LAB_PC());
	lab_cpu_start(lab->m, thread, ctx);
	lab_leave();
}

void any_lab_cpu_join(struct any_lab *lab)
{
	lab_mmio_settle(lab->m);
	lab_enter(LAB_PC());
	lab_cpu_join(lab->m);
	lab_leave();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every schedule there is, up to a bound: all plans of at most so many misfortunes in the first
 * ticks. A run under a plan lists, from the plan's end on, what else could have happened and would
 * have changed something; each of these, put at the plan's end, is one plan more. So every plan is
 * run once, and none of no effect is run at all.
 */
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "../run/run.h"

struct exhaust {
	const struct any_lab_config *config;
	struct any_lab_exhaust *e;
	struct any_lab_cell *cell;
	struct lab_list plan;
	bool stop;
	int err;
};

static void judge(struct exhaust *x, const struct lab_tape *tape)
{
	struct any_lab_exhaust *e = x->e;

	e->schedules++;
	e->allowed += x->cell->allowed;
	for (uint32_t i = 0; i < ANY_LAB_SUPPRESSIONS; i++)
		e->suppressed[i] += x->cell->suppressed[i];
	if (tape->ticks > e->longest)
		e->longest = tape->ticks;
	if (x->cell->verdict == ANY_LAB_PASS)
		return;
	x->stop = true;
	if (!lab_list_print(&x->plan, x->cell->report.plan, sizeof(x->cell->report.plan)))
		x->cell->report.plan[0] = 0;
	snprintf(x->cell->report.needs, sizeof(x->cell->report.needs),
		 "It needs %u misfortune%s: schedule %llu of those tried.", x->plan.n,
		 x->plan.n == 1 ? "" : "s", (unsigned long long)e->schedules);
}

static void go(struct exhaust *x, uint32_t depth);

static void go_on(struct exhaust *x, const struct lab_list *options, uint32_t depth)
{
	struct any_lab_exhaust *e = x->e;
	uint32_t first = depth ? 0 : e->next;

	for (uint32_t i = first; i < options->n && !x->stop; i++) {
		if (!depth) {
			e->next = i;
			if (i % (e->parts ? e->parts : 1) != e->part)
				continue;
			if (e->pause && e->pause(e->ctx, i, options->n))
				return;
		}
		lab_list_add(&x->plan, options->at[i].tick, options->at[i].what);
		go(x, depth + 1);
		x->plan.n--;
	}
	if (!depth && !x->stop) {
		e->next = options->n;
		e->done = true;
	}
}

static void go(struct exhaust *x, uint32_t depth)
{
	struct any_lab_exhaust *e = x->e;
	struct lab_list options = {0};
	struct lab_tape tape = {.plan = x->plan.at, .n_plan = x->plan.n, .until = e->max_ticks};

	if (depth < e->max_misfortunes)
		tape.options = &options;
	x->err = lab_run_taped(x->config, &tape, x->cell);
	if (x->err || options.full)
		x->stop = true;
	else if (depth || (!e->part && !e->schedules)) /* the plan of none is the first part's */
		judge(x, &tape);
	else if (x->cell->verdict != ANY_LAB_PASS)
		x->stop = true;
	if (!x->stop)
		go_on(x, &options, depth);
	if (options.full)
		x->err = -ANY_ENOMEM;
	lab_list_free(&options);
}

int any_lab_exhaust(const struct any_lab_config *config, struct any_lab_exhaust *e,
		    struct any_lab_cell *cell)
{
	struct any_lab_config quiet = *config;
	struct exhaust x = {.config = &quiet, .e = e, .cell = cell};

	quiet.log = quiet.trace = NULL;
	quiet.progress = NULL;
	e->done = false;
	if (!lab_list_reserve(&x.plan))
		return -ANY_ENOMEM;
	go(&x, 0);
	lab_list_free(&x.plan);
	return x.err;
}

void any_lab_exhaust_text(const struct any_lab_exhaust *e, char *text, size_t size)
{
	snprintf(text, size, "%llu schedules: all with at most %u misfortune%s in %llu events%s",
		 (unsigned long long)e->schedules, e->max_misfortunes,
		 e->max_misfortunes == 1 ? "" : "s", (unsigned long long)e->max_ticks,
		 e->longest <= e->max_ticks ? ", and no run had more" : "");
}

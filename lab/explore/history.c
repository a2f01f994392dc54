/* SPDX-License-Identifier: BSD-2-Clause */
/* A failed run once more, with a memory for what became of the bytes that its report is about. */
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "../oracle/history.h"
#include "../run/run.h"

struct again {
	struct lab_list plan;
	struct lab_history history;
	struct any_lab_cell got;
};

/* One run, watching what `of` is about; false: it came to something else. */
static bool run(struct again *a, const struct any_lab_config *config, const struct any_lab_cell *of)
{
	struct lab_tape tape = {.history = &a->history};

	if (a->plan.at) {
		tape.plan = a->plan.at;
		tape.n_plan = a->plan.n;
	}
	a->history.n = 0;
	a->history.phys = of->report.phys;
	a->history.len = of->report.len;
	return !lab_run_taped(config, &tape, &a->got) && lab_same_finding(of, &a->got);
}

/* A run that was shortened to more than a line can say is told by its seed, as its replay is. */
static int tell(struct again *a, const struct any_lab_config *config, struct any_lab_cell *cell)
{
	struct any_lab_report *r = &a->got.report;

	if (!run(a, config, cell))
		return -ANY_EAGAIN;
	if ((r->phys != cell->report.phys || r->len != cell->report.len) && r->len) {
		struct any_lab_cell *first = malloc(sizeof(*first));
		bool same;

		if (!first)
			return -ANY_ENOMEM;
		*first = a->got;
		same = run(a, config, first);
		free(first);
		if (!same)
			return -ANY_EAGAIN;
	}
	lab_history_tell(&a->history, r);
	memcpy(r->plan, cell->report.plan, sizeof(r->plan));
	memcpy(r->needs, cell->report.needs, sizeof(r->needs));
	cell->report = *r;
	return 0;
}

int any_lab_history(const struct any_lab_config *config, struct any_lab_cell *cell)
{
	struct any_lab_config quiet = *config;
	const char *plan = cell->report.plan[0] ? cell->report.plan : config->plan;
	struct again *a;
	int err = 0;

	quiet.log = quiet.trace = NULL;
	quiet.progress = NULL;
	quiet.target = -1;
	quiet.keep_image = false;
	if (cell->verdict != ANY_LAB_FAIL)
		return -ANY_EINVAL;
	if (!cell->report.len)
		return 0; /* about no bytes of memory */
	a = calloc(1, sizeof(*a));
	if (!a)
		return -ANY_ENOMEM;
	if (plan && (!lab_list_parse(&a->plan, plan) || !lab_list_reserve(&a->plan)))
		err = -ANY_EINVAL;
	if (!err)
		err = tell(a, &quiet, cell);
	lab_list_free(&a->plan);
	free(a);
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a failure needs. The run is made again with a memory, and then with ever fewer of its
 * misfortunes: none at all, the last few, all but one part of them, the parts growing smaller
 * (delta debugging), as long as the same rule is found at the same line.
 */
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "../run/run.h"

struct shrink {
	const struct any_lab_config *config;
	struct any_lab_cell *want; /* the failure as it stands, replaced by each shorter one */
	struct any_lab_cell *got;
	struct lab_list best, part;
	uint32_t runs, max;
};

bool lab_same_finding(const struct any_lab_cell *a, const struct any_lab_cell *b)
{
	const struct any_lab_report *x = &a->report, *y = &b->report;

	return a->verdict == ANY_LAB_FAIL && b->verdict == ANY_LAB_FAIL && x->rule == y->rule &&
	       x->at.line == y->at.line && !strcmp(x->at.file, y->at.file);
}

static bool try(struct shrink *s, const struct lab_list *list)
{
	struct lab_tape tape = {.plan = list->at, .n_plan = list->n};

	if (s->runs >= s->max)
		return false;
	s->runs++;
	if (lab_run_taped(s->config, &tape, s->got) || !lab_same_finding(s->want, s->got))
		return false;
	*s->want = *s->got;
	return true;
}

/* Without those from..to: if that will do, it is the best from now on. */
static bool try_without(struct shrink *s, uint32_t from, uint32_t to)
{
	s->part.n = 0;
	for (uint32_t i = 0; i < s->best.n; i++)
		if (i < from || i >= to)
			lab_list_add(&s->part, s->best.at[i].tick, s->best.at[i].what);
	if (s->part.full || !try(s, &s->part))
		return false;
	s->best.n = 0;
	for (uint32_t i = 0; i < s->part.n; i++)
		lab_list_add(&s->best, s->part.at[i].tick, s->part.at[i].what);
	return true;
}

/* Most failures need only what came shortly before them. */
static void try_the_last(struct shrink *s)
{
	for (uint32_t keep = 1; keep < s->best.n && s->runs < s->max; keep *= 4)
		if (try_without(s, 0, s->best.n - keep))
			return;
}

static void drop_parts(struct shrink *s)
{
	for (uint32_t size = (s->best.n + 1) / 2; size && s->runs < s->max;) {
		bool shorter = false;

		/* From the end: the later a misfortune, the fewer ticks it moves. */
		for (uint32_t to = s->best.n; to && s->runs < s->max;) {
			uint32_t from = to > size ? to - size : 0;

			shorter |= try_without(s, from, to);
			to = from;
		}
		if (size == 1 && !shorter)
			return;
		size = size > 1 ? size / 2 : 1;
	}
}

static void tell(struct shrink *s, uint64_t before)
{
	struct any_lab_report *r = &s->want->report;

	if (!lab_list_print(&s->best, r->plan, sizeof(r->plan)))
		r->plan[0] = 0; /* too long for a line: the seed alone says it too */
	if (!s->best.n)
		snprintf(r->needs, sizeof(r->needs),
			 "It needs no misfortune: it happens on every run with this seed's work.");
	else
		snprintf(r->needs, sizeof(r->needs),
			 "It needs %u misfortune%s of the %llu there were (%u runs to find out%s).",
			 s->best.n, s->best.n == 1 ? "" : "s", (unsigned long long)before, s->runs,
			 s->runs >= s->max ? ", the most that are made" : "");
}

/* The first run again, remembered; and again by what is remembered, which must come to the same. */
static bool record(struct shrink *s)
{
	struct lab_tape tape = {.record = &s->best};

	s->runs = 2;
	if (s->config->plan)
		return lab_list_parse(&s->best, s->config->plan) && lab_list_reserve(&s->best);
	if (lab_run_taped(s->config, &tape, s->got) || !lab_same_finding(s->want, s->got) ||
	    s->best.full || !lab_list_reserve(&s->best))
		return false;
	tape = (struct lab_tape){.plan = s->best.at, .n_plan = s->best.n};
	return !lab_run_taped(s->config, &tape, s->got) && lab_same_finding(s->want, s->got);
}

int any_lab_shrink(const struct any_lab_config *config, struct any_lab_cell *cell,
		   uint32_t max_runs)
{
	struct any_lab_config quiet = *config;
	struct shrink s = {.config = &quiet, .want = cell, .max = max_runs};
	int err = 0;

	quiet.log = quiet.trace = NULL;
	quiet.progress = NULL;
	if (cell->verdict != ANY_LAB_FAIL)
		return -ANY_EINVAL;
	s.got = malloc(sizeof(*s.got));
	if (s.got && lab_list_reserve(&s.part) && record(&s)) {
		uint32_t before = s.best.n;

		if (before && !try_without(&s, 0, before)) {
			try_the_last(&s);
			drop_parts(&s);
		}
		tell(&s, before);
	} else {
		err = s.got ? -ANY_EAGAIN : -ANY_ENOMEM;
	}
	free(s.got);
	lab_list_free(&s.best);
	lab_list_free(&s.part);
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* All schedules of a small program, their count however the work is shared, and short plans. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <anydma/lab.h>
#include <anydma/platform.h>

#include "sleeper.h"

#define SEEDS	  200u
#define RARELY	  10u  /* of them, at most */
#define TICKS	  300u /* of one misfortune */
#define FEW	  30u  /* of two */
#define K	  2u
#define EXPECT(c) expect(t, c, #c, __LINE__)

static const struct any_lab_scenario fixed = {"sleeper-fixed", sleeper_fixed, 0},
				     broken = {"sleeper-broken", sleeper_broken, 0},
				     always = {"sleeper-always", sleeper_always, 0},
				     allowed = {"sleeper-allowed", sleeper_allowed, 0},
				     no_reason = {"no-reason", sleeper_no_reason, 0};
/* Not static data, which is as at program start in every run. */
struct test {
	unsigned failures;
	struct any_lab_cell cell;
};

static void expect(struct test *t, bool ok, const char *text, int line)
{
	if (ok)
		return;
	printf("line %d: not so: %s (%s: %s)\n", line, text,
	       any_lab_rules[t->cell.report.rule].id ? any_lab_rules[t->cell.report.rule].id : "-",
	       t->cell.report.text);
	t->failures++;
}

static struct any_lab_config on(const struct any_lab_scenario *scenario)
{
	struct any_lab_config config = {.seed = 2,
					.source = -1,
					.target = -1,
					.access_platform = true,
					.scenario = scenario};

	for (size_t i = 0; i < any_platform_count; i++)
		if (!strcmp(any_platform_list[i].name, "x86-pc")) {
			config.dtb = any_platform_list[i].dtb;
			config.dtb_size = any_platform_list[i].size;
		}
	return config;
}

static bool is_it(const struct test *t)
{
	return t->cell.verdict == ANY_LAB_FAIL &&
	       (t->cell.report.rule == ANY_LAB_FULL_ORDER || t->cell.report.rule == ANY_LAB_HANG);
}

/* By chance hardly ever; with one misfortune for certain, and its plan is the way back. */
static void finds_the_rare(struct test *t)
{
	struct any_lab_config config = on(&broken);
	struct any_lab_exhaust e = {.max_misfortunes = 1, .max_ticks = TICKS};
	char plan[ANY_LAB_PLAN];
	unsigned found = 0;

	for (config.seed = 1; config.seed <= SEEDS; config.seed++)
		found += any_lab_run(&config, &t->cell) || t->cell.verdict != ANY_LAB_PASS;
	printf("%u of %u seeds find it\n", found, SEEDS);
	EXPECT(found <= RARELY);
	config.seed = 2;
	EXPECT(!any_lab_exhaust(&config, &e, &t->cell));
	EXPECT(is_it(t) && !e.done && t->cell.report.plan[0]);
	printf("schedule %llu finds it: %s\n", (unsigned long long)e.schedules,
	       t->cell.report.plan);
	snprintf(plan, sizeof(plan), "%s", t->cell.report.plan);
	config.plan = plan;
	EXPECT(!any_lab_run(&config, &t->cell) && is_it(t));
	config.plan = "p";
	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.verdict == ANY_LAB_PASS);
	config.plan = "p12.3+11.3";
	EXPECT(any_lab_run(&config, &t->cell) && t->cell.verdict == ANY_LAB_BAD_RUN);
}

static bool every_tenth(void *ctx, uint32_t at, uint32_t of)
{
	unsigned *asked = ctx;

	(void)at;
	(void)of;
	return ++*asked % 10 == 0;
}

/* The sound one passes them all, and there are as many by three hands, or with pauses. */
static void counts_all(struct test *t)
{
	struct any_lab_config config = on(&fixed);
	struct any_lab_exhaust e = {.max_misfortunes = K, .max_ticks = FEW};
	struct any_lab_exhaust one = {.max_misfortunes = 1, .max_ticks = TICKS};
	uint64_t shared = 0;
	unsigned asked = 0;
	char text[120];

	EXPECT(!any_lab_exhaust(&config, &one, &t->cell) && one.done && one.schedules > 100);
	any_lab_exhaust_text(&one, text, sizeof(text));
	printf("%s\n", text);
	EXPECT(!any_lab_exhaust(&config, &e, &t->cell) && e.done);
	any_lab_exhaust_text(&e, text, sizeof(text));
	printf("%s\n", text);
	EXPECT(e.schedules > 100);
	for (uint32_t part = 0; part < 3; part++) {
		struct any_lab_exhaust p = {
			.max_misfortunes = K, .max_ticks = FEW, .part = part, .parts = 3};

		EXPECT(!any_lab_exhaust(&config, &p, &t->cell) && p.done);
		shared += p.schedules;
	}
	EXPECT(shared == e.schedules);
	shared = e.schedules;
	e = (struct any_lab_exhaust){
		.max_misfortunes = K, .max_ticks = FEW, .pause = every_tenth, .ctx = &asked};
	for (unsigned i = 0; i < 1000 && !e.done; i++)
		EXPECT(!any_lab_exhaust(&config, &e, &t->cell));
	EXPECT(e.done && e.schedules == shared);
}

/* Whatever a seed did, little of it mattered. */
static void shortens(struct test *t)
{
	struct any_lab_config config = on(&broken);
	char plan[ANY_LAB_PLAN];

	config.adversary = ANY_LAB_PLAIN;
	for (config.seed = 1; config.seed < 10 * SEEDS; config.seed++)
		if (any_lab_run(&config, &t->cell) || t->cell.verdict != ANY_LAB_PASS)
			break;
	EXPECT(is_it(t));
	EXPECT(!any_lab_shrink(&config, &t->cell, ANY_LAB_SHRINK_RUNS));
	printf("seed %llu: %s %s\n", (unsigned long long)config.seed, t->cell.report.plan,
	       t->cell.report.needs);
	EXPECT(is_it(t) && t->cell.report.plan[0] && !strchr(t->cell.report.plan, '+'));
	snprintf(plan, sizeof(plan), "%s", t->cell.report.plan);
	config.plan = plan;
	EXPECT(!any_lab_run(&config, &t->cell) && is_it(t));
	config = on(&always);
	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.report.rule == ANY_LAB_CPU_TOUCH);
	EXPECT(!any_lab_shrink(&config, &t->cell, ANY_LAB_SHRINK_RUNS));
	EXPECT(!strcmp(t->cell.report.plan, "p") && strstr(t->cell.report.needs, "every run"));
	config = on(&fixed);
	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.verdict == ANY_LAB_PASS);
	EXPECT(any_lab_shrink(&config, &t->cell, ANY_LAB_SHRINK_RUNS));
}

/* By the driver's word, by a list, by the kind of target; never without a reason. */
static void allows(struct test *t)
{
	static const char good[] = "# ours\n\nL10 sleeper_always  the bench reads on purpose\n"
				   "L05-line-shared nic.c:12 shared on purpose\n";
	struct any_lab_suppression list[4];
	struct any_lab_config config = on(&allowed);
	char why[ANY_LAB_TEXT];

	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.verdict == ANY_LAB_PASS);
	EXPECT(t->cell.allowed == 1);
	config = on(&no_reason);
	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.report.rule == ANY_LAB_MISUSE);
	EXPECT(any_lab_suppressions(good, sizeof(good) - 1, list, 4, why) == 2);
	EXPECT(list[0].rule == ANY_LAB_CPU_TOUCH && list[0].line == 3);
	config = on(&always);
	config.suppress = list;
	config.n_suppress = 2;
	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.verdict == ANY_LAB_PASS);
	EXPECT(t->cell.suppressed[0] == 1 && !t->cell.suppressed[1]);
	snprintf(list[0].place, sizeof(list[0].place), "elsewhere");
	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.report.rule == ANY_LAB_CPU_TOUCH);
	EXPECT(any_lab_suppressions("L10 f", 5, list, 4, why) < 0);
	EXPECT(any_lab_suppressions("L10", 3, list, 4, why) < 0);
	EXPECT(any_lab_suppressions("L99 f why", 9, list, 4, why) < 0);
	EXPECT(any_lab_suppressions(good, sizeof(good) - 1, list, 1, why) < 0);
	config = on(&always);
	config.strict = ANY_LAB_STRICT_BOARD; /* nothing moves on a PC with an open window */
	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.verdict == ANY_LAB_PASS);
	config.strict = ANY_LAB_STRICT_COHERENT;
	EXPECT(!any_lab_run(&config, &t->cell) && t->cell.report.rule == ANY_LAB_CPU_TOUCH);
}

/* For trace.py: one run, its trace in a file. */
static int trace(struct test *t, const char *name, const char *path)
{
	struct any_lab_config config = on(!strcmp(name, fixed.name) ? &fixed : &always);

	config.trace = path;
	return any_lab_run(&config, &t->cell) || t->cell.verdict == ANY_LAB_BAD_RUN;
}

int main(int argc, char **argv)
{
	struct test *t = calloc(1, sizeof(*t));
	bool ok;

	if (!t)
		return 2;
	if (argc == 4) {
		ok = !trace(t, argv[2], argv[3]);
		free(t);
		return !ok;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	finds_the_rare(t);
	shortens(t);
	allows(t);
	counts_all(t);
	ok = !t->failures;
	printf("%s\n", ok ? "ok" : "FAILED");
	free(t);
	return !ok;
}

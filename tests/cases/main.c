/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the cases: the buggy form until it is found, the fixed form on every platform.
 *
 *	cases [--seeds N] [--jobs N] [--markdown] [-v] [NAME...]
 *	cases --fixed [--platform NAME] [--first-seed K] [--seeds N] ...
 *
 * N seeds of the fixed form on each platform, 1 unless said; with --fixed nothing else
 *(scripts/long).
 * --markdown prints the table of docs/cases.md. SCENE_ROOT is where the sources are. With
 *SCENE_QUICK set the fixed form runs on the first platforms only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <anydma/platform.h>

#include "../scenario/told.h"
#include "case.h"

#define FIND 200u /* seeds in which the buggy form must be found */

struct outcome {
	bool ok;
	uint64_t seeds, events; /* until it was found */
	double seconds;
	uint64_t runs; /* of the fixed form */
	char text[1200];
};

struct wish {
	uint64_t first, seeds;
	unsigned jobs;
	bool markdown, verbose, fixed;
	const char *platform; /* of the fixed form; NULL: all */
	char **names;
	int n_names;
};

static const struct any_case *const cases[] = {
#define CASE(shim, name, ident) &any_case_##ident,
#include "list.h"
#undef CASE
};
#define N_CASES ANY_ARRAY_SIZE(cases)

static const char *const shims[] = {
#define CASE(shim, name, ident) #shim,
#include "list.h"
#undef CASE
};

static void run(const struct any_case *c, bool fixed, const struct any_platform_entry *p,
		uint64_t seed, struct any_lab_cell *cell)
{
	struct any_lab_scenario scenario = {c->name, fixed ? c->fixed : c->buggy, c->flags};
	struct any_lab_config config = {
		.dtb = p->dtb,
		.dtb_size = p->size,
		.name = p->name,
		.seed = seed,
		.access_platform = true,
		.source = -1,
		.target = -1,
		.scenario = &scenario,
		.log = getenv("CASE_LOG"),
	};

	if (any_lab_run(&config, cell) && cell->verdict == ANY_LAB_PASS)
		cell->verdict = ANY_LAB_BAD_RUN;
}

/* Is this line of the case's source marked? */
static bool is_marked(const struct any_case *c, const struct any_lab_site *site)
{
	const char *root = getenv("SCENE_ROOT"), *name = strrchr(c->file, '/');
	char path[4096], text[1024];
	uint32_t line = 0;
	bool marked = false;
	FILE *f;

	name = name ? name + 1 : c->file;
	if (!site->line || !strstr(site->file, name))
		return false;
	snprintf(path, sizeof(path), "%s/tests/cases/%s", root ? root : ".", name);
	f = fopen(path, "r");
	while (f && !marked && fgets(text, sizeof(text), f))
		marked = ++line == site->line && strstr(text, "BUG");
	if (f)
		fclose(f);
	return marked;
}

static void tell(struct outcome *o, const struct any_case *c, const char *what,
		 const struct any_lab_cell *cell)
{
	const struct any_lab_report *r = &cell->report;

	snprintf(o->text, sizeof(o->text),
		 "%s: %s on %s, seed %llu: %s: %s at %s %s:%u, before %s %s:%u\n", c->name, what,
		 cell->platform, (unsigned long long)cell->seed,
		 cell->verdict == ANY_LAB_PASS	 ? "passes"
		 : cell->verdict == ANY_LAB_FAIL ? any_lab_rules[r->rule].id
						 : "no run",
		 r->text, r->at.function, r->at.file, r->at.line, r->before.function,
		 r->before.file, r->before.line);
}

static const struct any_platform_entry *platform(const char *name)
{
	for (size_t i = 0; i < any_platform_count; i++)
		if (!strcmp(any_platform_list[i].name, name))
			return &any_platform_list[i];
	return NULL;
}

static bool found(const struct any_case *c, const struct any_lab_cell *cell)
{
	return cell->verdict == ANY_LAB_FAIL && cell->report.rule == c->rule &&
	       (is_marked(c, &cell->report.at) || is_marked(c, &cell->report.before));
}

/* Drivers of many systems are in this program: no report has the words of another's API. */
static bool in_its_words(const struct any_case *c, const struct any_lab_report *r)
{
	static const struct {
		const char *shim, *word;
	} words[] = {
		{"plain", "any_"},
		{"linux", "dma_sync_single_"},
		{"uboot", "_dcache_range("},
		{"zephyr", "sys_cache_data_"},
	};
	const char *shim = NULL;

	for (size_t i = 0; i < N_CASES; i++)
		if (cases[i] == c)
			shim = shims[i];
	for (size_t i = 0; i < ANY_ARRAY_SIZE(words); i++) {
		const char *at = strstr(r->fix, words[i].word);

		/* at the beginning of a word */
		if (at && (at == r->fix || at[-1] == ' ') && strcmp(words[i].shim, shim) != 0)
			return false;
	}
	return told_fix(r) && told_picture(r);
}

static bool find(const struct any_case *c, struct any_lab_cell *cell, struct outcome *o)
{
	const struct any_platform_entry *p = platform(c->platform);
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (o->seeds = 1; p && o->seeds <= FIND; o->seeds++) {
		run(c, false, p, o->seeds, cell);
		o->events += cell->counters.events;
		if (cell->verdict == ANY_LAB_PASS)
			continue;
		clock_gettime(CLOCK_MONOTONIC, &to);
		o->seconds = (double)(to.tv_sec - from.tv_sec) +
			     (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
		if (found(c, cell) && in_its_words(c, &cell->report))
			return true;
		tell(o, c, found(c, cell) ? cell->report.fix : "the buggy form is found otherwise",
		     cell);
		return false;
	}
	snprintf(o->text, sizeof(o->text), "%s: the buggy form is not found on %s with %u seeds\n",
		 c->name, c->platform, FIND);
	return false;
}

static bool named(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = list; at && (at = strstr(at, name)); at += n)
		if ((at == list || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return false;
}

/* Where the fixed form cannot be right it is not run; a list that names too much is found by the
 * reader of docs/cases.md, which shows it. */
static bool passes(const struct wish *w, const struct any_case *c, struct any_lab_cell *cell,
		   struct outcome *o)
{
	size_t platforms = getenv("SCENE_QUICK") ? any_platform_first : any_platform_count;

	for (size_t p = 0; p < platforms; p++) {
		const char *name = any_platform_list[p].name;

		if (named(c->except, name) || (w->platform && strcmp(w->platform, name) != 0))
			continue;
		for (uint64_t seed = w->first; seed - w->first < w->seeds; seed++) {
			run(c, true, &any_platform_list[p], seed, cell);
			o->runs++;
			if (cell->verdict == ANY_LAB_PASS)
				continue;
			tell(o, c, "the fixed form", cell);
			return false;
		}
	}
	return true;
}

static void judge(const struct wish *w, const struct any_case *c, struct outcome *o)
{
	struct any_lab_cell *cell = malloc(sizeof(*cell));

	o->ok = cell && (w->fixed || find(c, cell, o)) && passes(w, c, cell, o);
	free(cell);
}

/* ---- several at once */

static bool chosen(const struct wish *w, const struct any_case *c)
{
	bool yes = !w->n_names;

	for (int i = 0; i < w->n_names; i++)
		yes |= !strcmp(w->names[i], c->name);
	return yes;
}

static void start(const struct wish *w, size_t i, struct outcome *o)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid)
		return;
	judge(w, cases[i], &o[i]);
	_exit(0);
}

static void run_all(const struct wish *w, struct outcome *o)
{
	unsigned busy = 0;

	for (size_t i = 0; i < N_CASES; i++) {
		if (!chosen(w, cases[i]))
			continue;
		snprintf(o[i].text, sizeof(o[i].text), "%s: the run died\n", cases[i]->name);
		if (busy == w->jobs) {
			wait(NULL);
			busy--;
		}
		start(w, i, o);
		busy++;
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

static void row(const struct any_case *c, const struct outcome *o)
{
	printf("| `%s` | %s | %s | %s | %s | %llu | %llu | %.1f ms | ", c->name, c->issue, c->bug,
	       any_lab_rules[c->rule].id, c->platform, (unsigned long long)o->seeds,
	       (unsigned long long)o->events, o->seconds * 1e3);
	if (c->except)
		printf("not on %s: %s |\n", c->except, c->because);
	else
		printf("all |\n");
}

static int wishes(int argc, char **argv, struct wish *w)
{
	int i = 1;

	*w = (struct wish){.first = 1, .seeds = 1, .jobs = 2};
	for (; i < argc && argv[i][0] == '-'; i++)
		if (!strcmp(argv[i], "--markdown"))
			w->markdown = true;
		else if (!strcmp(argv[i], "-v"))
			w->verbose = true;
		else if (!strcmp(argv[i], "--fixed"))
			w->fixed = true;
		else if (!strcmp(argv[i], "--platform") && i + 1 < argc)
			w->platform = argv[++i];
		else if (!strcmp(argv[i], "--first-seed") && i + 1 < argc)
			w->first = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seeds") && i + 1 < argc)
			w->seeds = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--jobs") && i + 1 < argc)
			w->jobs = (unsigned)strtoul(argv[++i], NULL, 10);
		else
			return 2;
	w->names = argv + i;
	w->n_names = argc - i;
	return w->jobs && (!w->platform || platform(w->platform)) ? 0 : 2;
}

int main(int argc, char **argv)
{
	unsigned passed = 0, failed = 0;
	uint64_t runs = 0;
	struct outcome *o;
	struct wish w;

	if (wishes(argc, argv, &w))
		return 2;
	o = mmap(NULL, sizeof(*o) * N_CASES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		 0);
	if (o == MAP_FAILED)
		return 2;
	run_all(&w, o);
	for (size_t i = 0; i < N_CASES; i++) {
		if (!chosen(&w, cases[i]))
			continue;
		if (w.markdown)
			row(cases[i], &o[i]);
		else if (w.verbose && o[i].ok)
			printf("%s: found with %llu seeds; fixed passes %llu runs\n",
			       cases[i]->name, (unsigned long long)o[i].seeds,
			       (unsigned long long)o[i].runs);
		if (!o[i].ok)
			fprintf(stderr, "%s", o[i].text);
		*(o[i].ok ? &passed : &failed) += 1;
		runs += o[i].runs;
	}
	if (w.fixed)
		printf("%llu runs of fixed forms, %u reports\n", (unsigned long long)runs, failed);
	else if (!w.markdown)
		printf("%u cases as meant, %u not\n", passed, failed);
	return failed || !passed;
}

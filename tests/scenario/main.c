/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the scenes: good ones on every platform, wrong ones until they are found.
 *
 *	scenes [-v] [NAME [PLATFORM [SEED [COUNT]]]]
 *	scenes --list		NAME RULE PLATFORM of each
 *	scenes --where		RULE PLATFORM yes|no: can it be seen where its report says?
 *	scenes --lab [OPTIONS]		good scenes under the lab's own command line
 *
 * With SCENE_QUICK set good scenes run on the first platforms only, once.
 *
 * One line for a scene that does not come to what it must; the last line counts. SCENE_ROOT is
 *where the sources are: some scenes name the line that must be found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <anydma/platform.h>

#include "scenes.h"
#include "told.h"

#define SEEDS 200u

static bool verbose, quick;
static uint64_t first_seed = 1, n_seeds;
static const char *only_platform;

static struct any_lab_config configure(const struct scene *s, size_t platform, uint64_t seed)
{
	return (struct any_lab_config){
		.dtb = any_platform_list[platform].dtb,
		.dtb_size = any_platform_list[platform].size,
		.name = any_platform_list[platform].name,
		.seed = seed,
		.access_platform = true,
		.source = -1,
		.target = -1,
		.scenario = &s->scenario,
		.log = getenv("SCENE_LOG"),
		.operations = getenv("SCENE_OPERATIONS")
				      ? strtoull(getenv("SCENE_OPERATIONS"), NULL, 10)
				      : 0,
	};
}

static void run(const struct scene *s, size_t platform, uint64_t seed, struct any_lab_cell *cell)
{
	const struct any_lab_config config = configure(s, platform, seed);
	int err = any_lab_run(&config, cell);

	if (err && cell->verdict == ANY_LAB_PASS)
		cell->verdict = ANY_LAB_BAD_RUN;
}

static void say(const struct scene *s, const struct any_lab_cell *cell)
{
	const struct any_lab_report *r = &cell->report;

	printf("%s on %s, seed %llu: %s: %s at %s %s:%u before %s %s:%u\n", s->scenario.name,
	       cell->platform, (unsigned long long)cell->seed,
	       cell->verdict == ANY_LAB_PASS   ? "passes"
	       : cell->verdict == ANY_LAB_FAIL ? any_lab_rules[r->rule].id
					       : "no run",
	       r->text, r->at.function, r->at.file, r->at.line, r->before.function, r->before.file,
	       r->before.line);
	if (verbose && r->fix[0])
		printf("    fix: %s\n", r->fix);
	for (uint32_t i = 0; verbose && i < r->n_lines; i++)
		printf("    0x%010llx %s %s\n", (unsigned long long)r->lines[i].phys,
		       r->lines[i].state, r->lines[i].label);
	for (uint32_t i = 0; verbose && i < r->n_history; i++)
		printf("    %llu: %s, %s:%u %s\n", (unsigned long long)r->history[i].step,
		       r->history[i].what, r->history[i].file, r->history[i].line,
		       r->history[i].function);
	for (uint32_t i = 0; verbose && i < r->n_events; i++)
		printf("    %s\n", r->events[i]);
}

/* Does the place's source line have this text? */
static bool is_line(const struct any_lab_site *site, const char *text)
{
	char path[4096], line[512] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", getenv("SCENE_ROOT") ? getenv("SCENE_ROOT") : ".",
		 site->file);
	f = site->line ? fopen(path, "r") : NULL;
	if (!f)
		return false;
	for (uint32_t i = 0; i < site->line && fgets(line, sizeof(line), f); i++)
		;
	fclose(f);
	return strstr(line, text);
}

static bool as_meant(const struct scene *s, const struct any_lab_cell *cell)
{
	if (s->rule == ANY_LAB_OK)
		return cell->verdict == ANY_LAB_PASS;
	return cell->verdict == ANY_LAB_FAIL && cell->report.rule == s->rule &&
	       (!s->says || strstr(cell->report.text, s->says)) &&
	       (!s->line || is_line(&cell->report.at, s->line) ||
		is_line(&cell->report.before, s->line)) &&
	       (!s->function || !strcmp(s->function, cell->report.at.function) ||
		!strcmp(s->function, cell->report.before.function));
}

/* What was done to the bytes in question is known, in order, up to the wrong event; and what the
 * scene names is in it. */
static bool has_past(const struct scene *s, size_t platform, struct any_lab_cell *cell)
{
	const struct any_lab_config config = configure(s, platform, cell->seed);
	const struct any_lab_report *r = &cell->report;
	bool named = !s->past, ordered = true;

	if (any_lab_history(&config, cell))
		return false;
	for (uint32_t i = 0; i < r->n_history; i++) {
		named |= s->past && strstr(r->history[i].what, s->past);
		ordered &= r->history[i].step <= r->step &&
			   (!i || r->history[i].step >= r->history[i - 1].step);
	}
	/* Of the stack nobody hears before it is refused. */
	return named && ordered && (r->n_history || !r->len || r->rule == ANY_LAB_BAD_MEMORY);
}

/* And the fix is in the words of the scene's API. */
static bool told(const struct scene *s, const struct any_lab_report *r)
{
	return told_fix(r) && told_picture(r) && (!s->fix || strstr(r->fix, s->fix));
}

static bool chosen(const struct scene *s, size_t platform)
{
	const char *want = only_platform ? only_platform : s->platform;

	return !want || !strcmp(want, any_platform_list[platform].name);
}

/* A good scene passes every time; a wrong one is found, and nothing else is. */
static bool judge(const struct scene *s, struct any_lab_cell *cell)
{
	bool good = s->rule == ANY_LAB_OK;
	uint64_t seeds = n_seeds ? n_seeds : !good ? SEEDS : quick ? 1 : 3;
	size_t platforms = good && quick && !s->platform ? any_platform_first : any_platform_count;
	bool found = false;

	for (size_t p = 0; p < platforms; p++)
		for (uint64_t seed = first_seed; chosen(s, p) && seed < first_seed + seeds;
		     seed++) {
			bool ok;

			run(s, p, seed, cell);
			ok = as_meant(s, cell);
			if (ok && s->rule != ANY_LAB_OK && !has_past(s, p, cell)) {
				printf("its history is not as meant:\n");
				ok = false;
			}
			if (ok && s->rule != ANY_LAB_OK && !told(s, &cell->report)) {
				printf("its fix or its picture is not as meant:\n");
				ok = false;
			}
			if (verbose || (!ok && cell->verdict != ANY_LAB_PASS) ||
			    (!ok && s->rule == ANY_LAB_OK))
				say(s, cell);
			if (!ok && (s->rule == ANY_LAB_OK || cell->verdict != ANY_LAB_PASS))
				return false;
			found |= ok;
			if (ok && s->rule != ANY_LAB_OK)
				return true;
		}
	if (!found)
		printf("%s: not found with %llu seeds\n", s->scenario.name,
		       (unsigned long long)seeds);
	return found;
}

static int list(void)
{
	for (size_t l = 0; l < n_scene_lists; l++)
		for (size_t i = 0; i < *scene_lists[l].n; i++) {
			const struct scene *s = &scene_lists[l].scenes[i];

			printf("%s %s %s\n", s->scenario.name, any_lab_rules[s->rule].id,
			       s->platform ? s->platform : "any");
		}
	return 0;
}

static bool seen_on(const struct scene *s, const char *where, struct any_lab_cell *cell)
{
	for (size_t p = 0; p < any_platform_count; p++)
		for (uint64_t seed = 1; seed <= 50 && !strcmp(any_platform_list[p].name, where);
		     seed++) {
			run(s, p, seed, cell);
			if (cell->verdict == ANY_LAB_FAIL && cell->report.rule == s->rule)
				return true;
		}
	return false;
}

/* Of each rule that a scene breaks, does one of them break it on the platform that is named? */
static int where(void)
{
	struct any_lab_cell *cell = malloc(sizeof(*cell));
	bool wanted[ANY_LAB_RULES] = {false}, seen[ANY_LAB_RULES] = {false};

	for (size_t l = 0; cell && l < n_scene_lists; l++)
		for (size_t i = 0; i < *scene_lists[l].n; i++) {
			const struct scene *s = &scene_lists[l].scenes[i];

			wanted[s->rule] = true;
			seen[s->rule] |= s->rule == ANY_LAB_OK || seen[s->rule] ||
					 seen_on(s, any_lab_rules[s->rule].where, cell);
		}
	for (unsigned i = ANY_LAB_OK + 1; i < ANY_LAB_RULES; i++)
		if (wanted[i] && any_lab_rules[i].where[0])
			printf("%s %s %s\n", any_lab_rules[i].id, any_lab_rules[i].where,
			       seen[i] ? "yes" : "no");
	free(cell);
	return cell ? 0 : 2;
}

/* The good ones that run everywhere, as a user's program would have them: for long runs. */
static int under_the_lab(int argc, char **argv)
{
	struct any_lab_scenario *good;
	size_t n = 0;
	int status;

	for (size_t l = 0; l < n_scene_lists; l++)
		n += *scene_lists[l].n;
	good = calloc(n ? n : 1, sizeof(*good));
	if (!good)
		return 2;
	n = 0;
	for (size_t l = 0; l < n_scene_lists; l++)
		for (size_t i = 0; i < *scene_lists[l].n; i++)
			if (scene_lists[l].scenes[i].rule == ANY_LAB_OK &&
			    !scene_lists[l].scenes[i].platform)
				good[n++] = scene_lists[l].scenes[i].scenario;
	status = anydma_lab_main(argc, argv, good, n);
	free(good);
	return status;
}

int main(int argc, char **argv)
{
	struct any_lab_cell *cell;
	unsigned passed = 0, failed = 0;

	if (argc > 1 && !strcmp(argv[1], "--list"))
		return list();
	if (argc > 1 && !strcmp(argv[1], "--where"))
		return where();
	if (argc > 1 && !strcmp(argv[1], "--lab")) {
		argv[1] = argv[0];
		return under_the_lab(argc - 1, argv + 1);
	}
	/* Static data would be as at program start in every run. */
	cell = malloc(sizeof(*cell));
	if (!cell)
		return 2;
	if (argc > 1 && !strcmp(argv[1], "-v")) {
		verbose = true;
		argv++;
		argc--;
	}
	quick = getenv("SCENE_QUICK") && argc < 2;
	only_platform = argc > 2 ? argv[2] : NULL;
	first_seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	n_seeds = argc > 4 ? strtoull(argv[4], NULL, 10) : (uint64_t)(argc > 3);
	for (size_t l = 0; l < n_scene_lists; l++)
		for (size_t i = 0; i < *scene_lists[l].n; i++) {
			const struct scene *s = &scene_lists[l].scenes[i];

			if (argc > 1 && strcmp(argv[1], s->scenario.name) != 0)
				continue;
			if (judge(s, cell))
				passed++;
			else
				failed++;
		}
	printf("%u scenes as meant, %u not\n", passed, failed);
	free(cell);
	return failed || !passed;
}

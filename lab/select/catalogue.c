/* SPDX-License-Identifier: BSD-2-Clause */
/* Which platforms: names and patterns of the catalogue, devicetree blobs from files. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <anydma/platform.h>

#include "../main/run.h"

struct cli_picks {
	struct cli_platform *list;
	size_t n;
};

/* struct cli_platform, or one line of why not, from what the lab reads in the tree. */
static bool describe(struct cli_platform *p, const char *device)
{
	static struct any_lab_cell cell;
	int err;

	memset(&cell, 0, sizeof(cell));
	err = any_lab_describe(p->dtb, p->size, device, &cell);
	cell.report.text[sizeof(cell.report.text) - 1] = 0;
	if (err) {
		cli_error("%s: %s", p->argument,
			  cell.report.text[0] ? cell.report.text : any_strerror(err));
		return false;
	}
	snprintf(p->situation, sizeof(p->situation), "%.*s", ANY_LAB_SITUATION - 1, cell.situation);
	snprintf(p->warts, sizeof(p->warts), "%.*s", ANY_LAB_WARTS - 1, cell.warts);
	p->identity = cell.identity;
	return true;
}

static bool from_catalogue(size_t i, const char *device, struct cli_platform *p)
{
	snprintf(p->name, sizeof(p->name), "%s", any_platform_list[i].name);
	p->argument = any_platform_list[i].name;
	p->dtb = any_platform_list[i].dtb;
	p->size = any_platform_list[i].size;
	return describe(p, device);
}

/* Letters to change, add or drop to get from one name to the other, up to a limit. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[65], up, last;
	size_t n = strlen(b);

	if (n > 64)
		return 99;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; *a; a++, i++) {
		last = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= n; j++) {
			up = row[j];
			last += *a != b[j - 1];
			row[j] = last < up + 1 ? last : up + 1;
			row[j] = row[j] < row[j - 1] + 1 ? row[j] : row[j - 1] + 1;
			last = up;
		}
	}
	return row[n];
}

static void unknown(const char *name)
{
	unsigned best = 99, d;
	size_t nearest = 0;

	for (size_t i = 0; i < any_platform_count; i++) {
		d = distance(name, any_platform_list[i].name);
		if (d < best) {
			best = d;
			nearest = i;
		}
	}
	if (best <= 3)
		cli_error("no platform '%s'; did you mean '%s'? '%s --list' shows all", name,
			  any_platform_list[nearest].name, cli_program);
	else
		cli_error("no platform '%s'; '%s --list' shows all", name, cli_program);
}

static bool already(const struct cli_picks *picks, const char *argument)
{
	for (size_t i = 0; i < picks->n; i++)
		if (!strcmp(picks->list[i].argument, argument))
			return true;
	return false;
}

/* Two boards' trees may have one file name: the results and images must not. */
static void make_unique(struct cli_platform *list, size_t n)
{
	size_t base = strlen(list[n].name);

	for (unsigned copy = 2;; copy++) {
		size_t i = 0;

		while (i < n && strcmp(list[i].name, list[n].name) != 0)
			i++;
		if (i == n)
			return;
		snprintf(list[n].name + base, sizeof(list[n].name) - base, "-%u", copy);
	}
}

/* Room for one more, empty. */
static struct cli_platform *next(struct cli_picks *picks)
{
	struct cli_platform *list = picks->list;

	if (!(picks->n & (picks->n - 1))) /* full at each power of two */
		list = realloc(list, (picks->n ? 2 * picks->n : 1) * sizeof(*list));
	if (!list) {
		cli_error("out of memory");
		return NULL;
	}
	picks->list = list;
	memset(&list[picks->n], 0, sizeof(*list));
	return &list[picks->n];
}

/* One more, unless it is there already. */
static void take(struct cli_picks *picks)
{
	if (!already(picks, picks->list[picks->n].argument))
		make_unique(picks->list, picks->n++);
}

static bool add_board(const char *text, const char *device, struct cli_picks *picks)
{
	struct cli_platform *p = next(picks);

	if (!p || !cli_board(text, device, p) || !describe(p, p->device))
		return false;
	take(picks);
	return true;
}

/* What cannot run in a folder is said and left out, as long as something can. */
static bool add_folder(const char *path, const char *device, struct cli_picks *picks)
{
	size_t n = 0, before = picks->n;
	char **paths;

	if (!cli_board_folder(path, &paths, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add_board(paths[i], device, picks) && !picks->list)
			return false;
	if (picks->n > before)
		return true;
	cli_error("%s: no board in it can run", path);
	return false;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool add(const char *pattern, const char *device, struct cli_picks *picks)
{
	bool found = false;

	if (!strcmp(pattern, "all"))
		pattern = "*";
	for (size_t i = 0; i < any_platform_count; i++) {
		struct cli_platform *p;

		if (fnmatch(pattern, any_platform_list[i].name, 0))
			continue;
		found = true;
		p = next(picks);
		if (!p || !from_catalogue(i, device, p))
			return false;
		take(picks);
	}
	if (found)
		return true;
	if (!cli_board_named(pattern)) {
		unknown(pattern);
		return false;
	}
	return is_folder(pattern) ? add_folder(pattern, device, picks)
				  : add_board(pattern, device, picks);
}

/* A row for each scenario on each platform, one scenario after the other. */
static bool multiply(const struct cli_options *o, struct cli_picks *picks)
{
	size_t n = picks->n * o->n_scenarios;
	struct cli_platform *list = o->n_scenarios ? calloc(n, sizeof(*list)) : NULL;

	if (!o->n_scenarios || o->list)
		return true;
	if (!list) {
		cli_error("out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		list[i] = picks->list[i % picks->n];
		list[i].scenario = o->scenarios[i / picks->n];
	}
	free(picks->list);
	*picks = (struct cli_picks){list, n};
	return true;
}

int cli_platforms(const struct cli_options *options, struct cli_platform **out, size_t *n)
{
	struct cli_picks picks = {NULL, 0};

	if (!options->n_wanted && options->list && !add("all", NULL, &picks))
		return CLI_USAGE;
	for (size_t i = 0; !options->n_wanted && !options->list && i < any_platform_first; i++)
		if (!add(any_platform_list[i].name, options->device, &picks))
			return CLI_USAGE;
	for (size_t i = 0; i < options->n_wanted; i++)
		if (!add(options->wanted[i], options->device, &picks))
			return CLI_USAGE;
	if (options->replay && picks.n > 1) {
		cli_error("--replay names one platform, '%s' is %zu", options->wanted[0], picks.n);
		return CLI_USAGE;
	}
	if (!multiply(options, &picks))
		return CLI_USAGE;
	*out = picks.list;
	*n = picks.n;
	return 0;
}

static void list_json(const struct cli_platform *list, size_t n)
{
	fputs("{\n  \"format\": 1,\n  \"platforms\": [", stdout);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", stdout);
		cli_put_json(stdout, list[i].name);
		fputs(", \"warts\": ", stdout);
		cli_put_json(stdout, list[i].warts);
		printf(", \"identity\": %s}", list[i].identity ? "true" : "false");
	}
	fputs("\n  ]\n}\n", stdout);
}

int cli_list_platforms(const struct cli_options *options)
{
	struct cli_platform *list;
	size_t n, width = 0;

	if (cli_platforms(options, &list, &n))
		return CLI_USAGE;
	if (options->json) {
		list_json(list, n);
		return CLI_OK;
	}
	for (size_t i = 0; i < n; i++)
		width = strlen(list[i].name) > width ? strlen(list[i].name) : width;
	for (size_t i = 0; i < n; i++) {
		printf("%-*s  ", (int)width, list[i].name);
		cli_put_plain(stdout, list[i].identity && !list[i].warts[0] ? "flat and coherent"
									    : list[i].warts);
		putchar('\n');
	}
	return CLI_OK;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma lint: every rule on every enabled node of every board. */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/lint/lint.h"

static const char usage[] = "Usage: anydma lint [OPTIONS] BOARD.dtb...\n"
			    "\n"
			    "Looks for trees that contradict themselves or the DMA bindings. BOARD "
			    "may be a name of the\n"
			    "catalogue.\n"
			    "\n"
			    "      --json            one JSON document; docs/board-json.md\n"
			    "      --counts          only how often each rule spoke\n"
			    "      --rules           list the rules and stop\n"
			    "  -q, --quiet           errors and warnings only, no notes\n"
			    "  -h, --help\n"
			    "\n"
			    "Exit status: 0 no errors, 1 errors, 2 usage or input error.\n";

enum { OPT_COUNTS = 256, OPT_JSON, OPT_RULES };

static const struct option longs[] = {
	{"counts", no_argument, NULL, OPT_COUNTS}, {"json", no_argument, NULL, OPT_JSON},
	{"rules", no_argument, NULL, OPT_RULES},   {"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},	   {NULL, 0, NULL, 0},
};

const struct lint_rule lint_rules[] = {
#define LINT(number, name, severity, words, advice)                                                \
	{"LINT-" #number, #name, LINT_##severity, words, advice, lint_##name},
#include "cli/lint/rules.h"
#undef LINT
};
const size_t lint_count = ANY_ARRAY_SIZE(lint_rules);

static const char *const severities[] = {"error", "warning", "note"};

struct totals {
	size_t findings[ANY_ARRAY_SIZE(lint_rules)], boards[ANY_ARRAY_SIZE(lint_rules)];
	size_t n_boards, unreadable, severity[3];
};

struct shown {
	bool json, counts, quiet;
	struct cli_json_writer w;
	struct totals totals;
};

void lint_say(struct lint *l, size_t node, const char *property, const char *fmt, ...)
{
	struct lint_finding *list = l->list, *f;
	va_list args;

	if (!(l->n & (l->n - 1)))
		list = realloc(list, (l->n ? 2 * l->n : 1) * sizeof(*list));
	if (!list) {
		l->full = true;
		return;
	}
	l->list = list;
	f = &list[l->n++];
	f->rule = l->rule;
	cli_node_path(l->t, node, f->path);
	snprintf(f->property, sizeof(f->property), "%s", property);
	va_start(args, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, args);
	va_end(args);
}

static void look(struct lint *l)
{
	for (size_t i = 0; i < lint_count; i++) {
		l->rule = &lint_rules[i];
		for (size_t node = 0; node < l->t->n; node++)
			if (l->t->list[node].enabled || l->rule->check == lint_status)
				l->rule->check(l, node);
	}
}

static void finding_text(const char *board, const struct lint_finding *f)
{
	cli_put_plain(stdout, board);
	printf(": %s: %s: ", severities[f->rule->severity], f->rule->id);
	cli_put_plain(stdout, f->path);
	fputs(": ", stdout);
	cli_put_plain(stdout, f->property);
	printf(": %s: ", f->rule->words);
	cli_put_plain(stdout, f->text);
	printf("\n    %s\n", f->rule->advice);
}

static void finding_json(struct cli_json_writer *w, const char *board, const struct lint_finding *f)
{
	cli_json_open(w, NULL, '{');
	cli_json_text(w, "file", board);
	cli_json_text(w, "rule", f->rule->id);
	cli_json_text(w, "severity", severities[f->rule->severity]);
	cli_json_text(w, "node", f->path);
	cli_json_text(w, "property", f->property);
	cli_json_text(w, "words", f->rule->words);
	cli_json_text(w, "found", f->text);
	cli_json_text(w, "advice", f->rule->advice);
	cli_json_close(w, '}');
}

static void show(struct shown *s, const char *board, const struct lint *l)
{
	bool spoke[ANY_ARRAY_SIZE(lint_rules)] = {false};

	for (size_t i = 0; i < l->n; i++) {
		const struct lint_finding *f = &l->list[i];
		size_t rule = (size_t)(f->rule - lint_rules);

		if (s->quiet && f->rule->severity == LINT_NOTE)
			continue;
		s->totals.findings[rule]++;
		s->totals.boards[rule] += !spoke[rule];
		spoke[rule] = true;
		s->totals.severity[f->rule->severity]++;
		if (s->json)
			finding_json(&s->w, board, f);
		else if (!s->counts)
			finding_text(board, f);
	}
}

static void one_board(struct shown *s, const char *file)
{
	struct cli_nodes nodes = {.n = 0};
	struct cli_board board;
	struct lint l = {.t = &nodes};

	if (cli_board_open("lint", file, &board)) {
		s->totals.unreadable++;
		return;
	}
	if (cli_nodes_open(board.tree.fdt, &nodes)) {
		look(&l);
		show(s, file, &l);
		s->totals.n_boards++;
	}
	free(l.list);
	cli_nodes_close(&nodes);
	cli_board_close(&board);
}

static void list_rules(void)
{
	for (size_t i = 0; i < lint_count; i++)
		printf("%s  %-7s  %s\n    %s\n", lint_rules[i].id,
		       severities[lint_rules[i].severity], lint_rules[i].words,
		       lint_rules[i].advice);
}

static void totals_text(const struct shown *s)
{
	const struct totals *t = &s->totals;

	for (size_t i = 0; s->counts && i < lint_count; i++)
		printf("%s  %-7s  %6zu findings  %5zu boards  %s\n", lint_rules[i].id,
		       severities[lint_rules[i].severity], t->findings[i], t->boards[i],
		       lint_rules[i].words);
	printf("%zu boards: %zu errors, %zu warnings, %zu notes\n", t->n_boards, t->severity[0],
	       t->severity[1], t->severity[2]);
}

static int lint_boards(struct shown *s, char **files, size_t n)
{
	if (s->json) {
		s->w.out = stdout;
		cli_json_open(&s->w, NULL, '{');
		cli_json_text(&s->w, "anydma", ANYDMA_VERSION);
		cli_json_open(&s->w, "findings", '[');
	}
	for (size_t i = 0; i < n; i++)
		one_board(s, files[i]);
	if (s->json) {
		cli_json_close(&s->w, ']');
		cli_json_count(&s->w, "boards", s->totals.n_boards);
		for (int i = 0; i < 3; i++)
			cli_json_count(&s->w, severities[i], s->totals.severity[i]);
		cli_json_close(&s->w, '}');
	} else {
		totals_text(s);
	}
	return s->totals.unreadable		? CLI_USAGE
	       : s->totals.severity[LINT_ERROR] ? CLI_FAILED
						: CLI_OK;
}

int cli_lint(int argc, char **argv)
{
	static char name[] = "anydma lint"; /* getopt's own messages begin with it */
	struct shown shown = {.json = false};
	int option;

	argv[0] = name;
	optind = 1;
	while ((option = getopt_long(argc, argv, "qh", longs, NULL)) >= 0) {
		if (option == 'h' || option == OPT_RULES) {
			if (option == 'h')
				fputs(usage, stdout);
			else
				list_rules();
			return CLI_OK;
		}
		shown.json |= option == OPT_JSON;
		shown.counts |= option == OPT_COUNTS;
		shown.quiet |= option == 'q';
		if (option == '?')
			return CLI_USAGE;
	}
	if (optind == argc) {
		cli_error("lint: a board is missing ('anydma lint --help' tells more)");
		return CLI_USAGE;
	}
	return lint_boards(&shown, argv + optind, (size_t)(argc - optind));
}

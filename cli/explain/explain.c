/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma explain: options, and what they ask for. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/explain/explain.h"

static const char usage[] =
	"Usage: anydma explain [OPTIONS] BOARD.dtb [DEVICE]\n"
	"       anydma explain --diff [OPTIONS] A.dtb B.dtb\n"
	"       anydma explain --summary [OPTIONS] FILE-OR-DIR...\n"
	"\n"
	"Says what the devicetree means for every device that masters the bus: where it sees\n"
	"memory, what of it is out of reach and bounces, whether it snoops, which IOMMU and pools\n"
	"are in its path. BOARD may be a name of the catalogue; DEVICE is a path, an alias, or "
	"the\n"
	"last part of a path ('mmc@fe340000', 'mmc').\n"
	"\n"
	"      --why             name the node and property that each fact came from\n"
	"      --as READER       linux (default) or u-boot; u-boot also says where Linux differs\n"
	"      --json            one JSON document; docs/board-json.md\n"
	"      --html FILE       draw the address maps into FILE ('-': standard output)\n"
	"      --diff            what changes for a driver from board A to board B\n"
	"      --summary         one line a board, and totals; directories are searched for *.dtb\n"
	"      --markdown        with --summary: as tables\n"
	"  -j, --jobs N          with --summary: processes at the same time (default: one a CPU)\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 every question has an answer (--diff: nothing differs), 1 a device's tree "
	"is\n"
	"refused (--diff: something differs), 2 usage or input error.\n";

enum { OPT_AS = 256, OPT_DIFF, OPT_HTML, OPT_JSON, OPT_MARKDOWN, OPT_SUMMARY, OPT_WHY };

static const struct option longs[] = {
	{"as", required_argument, NULL, OPT_AS},
	{"diff", no_argument, NULL, OPT_DIFF},
	{"html", required_argument, NULL, OPT_HTML},
	{"json", no_argument, NULL, OPT_JSON},
	{"jobs", required_argument, NULL, 'j'},
	{"markdown", no_argument, NULL, OPT_MARKDOWN},
	{"summary", no_argument, NULL, OPT_SUMMARY},
	{"why", no_argument, NULL, OPT_WHY},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

const struct any_platform *explain_memory(const struct explained *e)
{
	for (size_t i = 0; i < e->masters.n; i++)
		if (!e->masters.list[i]->err)
			return &e->masters.list[i]->answer;
	return NULL;
}

static bool same_reasons(const struct cli_master *a, const struct cli_master *b)
{
	if (a->n_facts != b->n_facts)
		return false;
	for (size_t i = 0; i < a->n_facts; i++) {
		const struct cli_fact *x = &a->facts[i], *y = &b->facts[i];

		if (x->fact != y->fact || strcmp(x->path, y->path) != 0 ||
		    strcmp(x->property ? x->property : "", y->property ? y->property : "") != 0)
			return false;
	}
	return true;
}

static bool alike(const struct explained *e, size_t a, size_t b)
{
	return cli_answer_same(&e->answers[a], &e->answers[b]) &&
	       (!e->linux_says || cli_answer_same(&e->linux_says[a], &e->linux_says[b])) &&
	       (!e->options->why || same_reasons(e->masters.list[a], e->masters.list[b]));
}

static bool put_into_words(struct explained *e)
{
	for (size_t i = 0; i < e->masters.n; i++) {
		struct cli_master *linux_says;
		bool ok = cli_answer(e->masters.list[i], &e->answers[i]);

		if (ok && e->linux_says) {
			linux_says = cli_master_ask(&e->board, e->masters.list[i]->found.path,
						    ANY_READER_LINUX, true);
			ok = linux_says && cli_answer(linux_says, &e->linux_says[i]);
			cli_master_free(linux_says);
		}
		if (!ok)
			return false;
		for (e->group[i] = 0; !alike(e, e->group[i], i);)
			e->group[i]++;
	}
	return true;
}

static int find(struct explained *e)
{
	const struct explain *o = e->options;
	char path[ANY_PLATFORM_TEXT];

	if (!o->device)
		return cli_masters(&e->board, o->as, true, &e->masters) ? 0 : CLI_USAGE;
	if (cli_device("explain", &e->board, o->device, path))
		return CLI_USAGE;
	e->masters.list = calloc(1, sizeof(struct cli_master *));
	if (!e->masters.list)
		return CLI_USAGE;
	e->masters.list[0] = cli_master_ask(&e->board, path, o->as, true);
	e->masters.n = e->masters.list[0] != NULL;
	return e->masters.n ? 0 : CLI_USAGE;
}

int explain_open(const struct explain *options, const char *file, struct explained *e)
{
	*e = (struct explained){.options = options};
	if (cli_board_open("explain", file, &e->board))
		return CLI_USAGE;
	if (find(e)) {
		explain_close(e);
		return CLI_USAGE;
	}
	e->answers = calloc(e->masters.n + 1, sizeof(*e->answers));
	e->group = calloc(e->masters.n + 1, sizeof(*e->group));
	if (options->as != ANY_READER_LINUX)
		e->linux_says = calloc(e->masters.n + 1, sizeof(*e->linux_says));
	if (e->answers && e->group && (e->linux_says || options->as == ANY_READER_LINUX) &&
	    put_into_words(e))
		return 0;
	cli_error("explain: out of memory");
	explain_close(e);
	return CLI_USAGE;
}

void explain_close(struct explained *e)
{
	for (size_t i = 0; i < e->masters.n; i++) {
		if (e->answers)
			cli_answer_free(&e->answers[i]);
		if (e->linux_says)
			cli_answer_free(&e->linux_says[i]);
	}
	free(e->answers);
	free(e->linux_says);
	free(e->group);
	cli_masters_free(&e->masters);
	cli_board_close(&e->board);
}

static int html(const struct explained *e, const char *name)
{
	bool screen = !strcmp(name, "-");
	FILE *out = screen ? stdout : fopen(name, "w");
	int err;

	if (out)
		explain_page(e, out);
	err = !out || fflush(out) || ferror(out) ? errno : 0;
	if (out && !screen && fclose(out) && !err)
		err = errno;
	if (!err)
		return CLI_OK;
	cli_error("explain: cannot write %s: %s", name, strerror(err));
	return CLI_USAGE;
}

static int one_board(struct explain *o)
{
	struct explained e;
	int status;

	o->device = o->n_files > 1 ? o->files[1] : NULL;
	if (explain_open(o, o->files[0], &e))
		return CLI_USAGE;
	status = CLI_OK;
	for (size_t i = 0; i < e.masters.n; i++)
		status = e.masters.list[i]->err ? CLI_FAILED : status;
	if (o->json)
		explain_json(&e);
	else if (!o->html)
		explain_text(&e);
	if (o->html && html(&e, o->html))
		status = CLI_USAGE;
	explain_close(&e);
	return status;
}

static int refuse(const char *why)
{
	cli_error("explain: %s", why);
	return CLI_USAGE;
}

static int run(struct explain *o)
{
	if (!o->n_files)
		return refuse("a board is missing ('anydma explain --help' tells more)");
	if (o->diff && o->summary)
		return refuse("--diff and --summary are different questions");
	if (o->markdown && !o->summary)
		return refuse("--markdown is for --summary");
	if ((o->diff || o->summary) && o->html)
		return refuse("--html draws one board");
	if (o->diff && o->n_files != 2)
		return refuse("--diff compares two boards");
	if (o->summary && o->json)
		return refuse("--summary has no --json; ask board by board");
	if (o->summary)
		return explain_summary(o);
	if (o->diff)
		return explain_diff(o);
	if (o->n_files > 2)
		return refuse("one board and one device; --summary takes more boards");
	return one_board(o);
}

static bool take(int option, struct explain *o)
{
	switch (option) {
	case OPT_AS:
		return cli_reader("explain", optarg, &o->as);
	case OPT_HTML:
		o->html = optarg;
		return *optarg || refuse("--html was given an empty name") == CLI_OK;
	case 'j':
		if (cli_number(optarg, false, &o->jobs) && o->jobs >= 1 && o->jobs <= 256)
			return true;
		cli_error("explain: --jobs '%s' is not a number from 1 to 256", optarg);
		return false;
	case OPT_DIFF:
		return o->diff = true;
	case OPT_JSON:
		return o->json = true;
	case OPT_MARKDOWN:
		return o->markdown = true;
	case OPT_SUMMARY:
		return o->summary = true;
	case OPT_WHY:
		return o->why = true;
	default:
		return false;
	}
}

int cli_explain(int argc, char **argv)
{
	static char name[] = "anydma explain"; /* getopt's own messages begin with it */
	struct explain options = {.as = ANY_READER_LINUX};
	int option;

	argv[0] = name;
	optind = 1;
	while ((option = getopt_long(argc, argv, "j:h", longs, NULL)) >= 0) {
		if (option == 'h') {
			fputs(usage, stdout);
			return CLI_OK;
		}
		if (!take(option, &options))
			return CLI_USAGE;
	}
	options.files = argv + optind;
	options.n_files = (size_t)(argc - optind);
	return run(&options);
}

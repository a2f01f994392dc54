/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `anydma lab`, and of users' programs, which have no image and no bypass. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

enum {
	OPT_BYPASS = 256,
	OPT_BYPASS_ONLY,
	OPT_NO_BYPASS,
	OPT_COLOR,
	OPT_DEVICE,
	OPT_EXHAUSTIVE,
	OPT_HTML,
	OPT_JSON,
	OPT_JUNIT,
	OPT_KEEP,
	OPT_LIMIT,
	OPT_LIST,
	OPT_LOG,
	OPT_NO_ACCESS_PLATFORM,
	OPT_NO_HTML,
	OPT_OPERATIONS,
	OPT_REPLAY,
	OPT_SCENARIO,
	OPT_SEEDS,
	OPT_STRICT,
	OPT_SUPPRESS,
	OPT_TIMEOUT,
	OPT_TRACE,
};

#define COMMON                                                                                     \
	{"platform", required_argument, NULL, 'p'},                                                \
		{"device", required_argument, NULL, OPT_DEVICE},                                   \
		{"list", no_argument, NULL, OPT_LIST}, {"seed", required_argument, NULL, 's'},     \
		{"seeds", required_argument, NULL, OPT_SEEDS},                                     \
		{"replay", required_argument, NULL, OPT_REPLAY},                                   \
		{"jobs", required_argument, NULL, 'j'},                                            \
		{"timeout", required_argument, NULL, OPT_TIMEOUT},                                 \
		{"html", required_argument, NULL, OPT_HTML},                                       \
		{"out", required_argument, NULL, 'o'},                                             \
		{"junit", required_argument, NULL, OPT_JUNIT},                                     \
		{"strict", required_argument, NULL, OPT_STRICT},                                   \
		{"suppress", required_argument, NULL, OPT_SUPPRESS},                               \
		{"trace", required_argument, NULL, OPT_TRACE},                                     \
		{"json", no_argument, NULL, OPT_JSON}, {"log", required_argument, NULL, OPT_LOG},  \
		{"verbose", no_argument, NULL, 'v'}, {"quiet", no_argument, NULL, 'q'},            \
		{"color", required_argument, NULL, OPT_COLOR},                                     \
		{"colour", required_argument, NULL, OPT_COLOR}, {"help", no_argument, NULL, 'h'},  \
	{                                                                                          \
		NULL, 0, NULL, 0                                                                   \
	}

static const struct option block_longs[] = {
	{"image", required_argument, NULL, 'i'},
	{"write", no_argument, NULL, 'w'},
	{"keep", required_argument, NULL, OPT_KEEP},
	{"limit", required_argument, NULL, OPT_LIMIT},
	{"bypass", no_argument, NULL, OPT_BYPASS},
	{"bypass-only", no_argument, NULL, OPT_BYPASS_ONLY},
	{"no-bypass", no_argument, NULL, OPT_NO_BYPASS},
	{"no-access-platform", no_argument, NULL, OPT_NO_ACCESS_PLATFORM},
	{"no-html", no_argument, NULL, OPT_NO_HTML},
	COMMON,
};

static const struct option scenario_longs[] = {
	{"exhaustive", required_argument, NULL, OPT_EXHAUSTIVE},
	{"operations", required_argument, NULL, OPT_OPERATIONS},
	{"scenario", required_argument, NULL, OPT_SCENARIO},
	COMMON,
};

static bool number(const char *name, const char *text, bool sized, uint64_t least, uint64_t most,
		   uint64_t *out)
{
	uint64_t value;

	if (!cli_number(text, sized, &value)) {
		cli_error("--%s '%s' is not a number", name, text);
		return false;
	}
	if (value < least || value > most) {
		cli_error("--%s %s is not between %llu and %llu", name, text,
			  (unsigned long long)least, (unsigned long long)most);
		return false;
	}
	*out = value;
	return true;
}

static bool color(const char *when, struct cli_options *o)
{
	static const char *const words[] = {"auto", "always", "never"};

	for (unsigned i = 0; i < ANY_ARRAY_SIZE(words); i++)
		if (!strcmp(when, words[i])) {
			o->color = (enum cli_color)i;
			return true;
		}
	cli_error("--color '%s' is none of auto, always, never", when);
	return false;
}

static bool strict(const char *level, struct cli_options *o)
{
	static const char *const words[] = {"all", "board", "coherent"};

	for (unsigned i = 0; i < ANY_ARRAY_SIZE(words); i++)
		if (!strcmp(level, words[i])) {
			o->strict = (enum any_lab_strict)i;
			return true;
		}
	cli_error("--strict '%s' is none of all, board, coherent", level);
	return false;
}

static bool text_option(int option, char *value, struct cli_options *o)
{
	const char **to = option == 'i'		   ? &o->image
			  : option == OPT_KEEP	   ? &o->keep
			  : option == 'p'	   ? &o->wanted[o->n_wanted++]
			  : option == OPT_DEVICE   ? &o->device
			  : option == OPT_HTML	   ? &o->html
			  : option == OPT_JUNIT	   ? &o->junit
			  : option == OPT_SCENARIO ? &o->wanted_scenarios[o->n_wanted_scenarios++]
			  : option == 'o'	   ? &o->out
			  : option == OPT_TRACE	   ? &o->trace
			  : option == OPT_SUPPRESS ? &o->suppress_file
						   : &o->log;

	if (!*value) {
		cli_error("an option was given an empty name");
		return false;
	}
	*to = value;
	return true;
}

static bool replay(char *value, struct cli_options *o)
{
	char *copy = strdup(value);

	if (copy && !o->replay && !o->n_wanted && cli_replay_parse(copy, o))
		return true;
	cli_error("--replay '%s' is not PLATFORM:SEED or PLATFORM:SEED:PLAN, once and without "
		  "--platform",
		  value);
	return false;
}

static bool with_value(int option, char *value, struct cli_options *o)
{
	switch (option) {
	case 's':
		return number("seed", value, false, 0, UINT64_MAX, &o->seed);
	case OPT_SEEDS:
		return number("seeds", value, false, 1, 1000000, &o->seeds);
	case 'j':
		return number("jobs", value, false, 1, 1024, &o->jobs);
	case OPT_LIMIT:
		return number("limit", value, true, 512, INT64_MAX, &o->limit);
	case OPT_OPERATIONS:
		return number("operations", value, false, 1, UINT32_MAX, &o->operations);
	case OPT_TIMEOUT:
		return number("timeout", value, false, 1, 1000000, &o->timeout);
	case OPT_COLOR:
		return color(value, o);
	case OPT_STRICT:
		return strict(value, o);
	case OPT_EXHAUSTIVE:
		return cli_exhaust_parse(value, o);
	case OPT_REPLAY:
		return replay(value, o);
	default:
		return text_option(option, value, o);
	}
}

/* False: not an option of this kind. */
static bool without_value(int option, struct cli_options *o)
{
	switch (option) {
	case 'w':
		return o->write = true;
	case 'v':
		return o->verbose = true;
	case 'q':
		return o->quiet = true;
	case 'h':
		return o->help = true;
	case OPT_LIST:
		return o->list = true;
	case OPT_JSON:
		return o->json = true;
	case OPT_BYPASS_ONLY:
		o->api = false;
		return o->bypass = true;
	case OPT_BYPASS:
		return o->bypass = true;
	case OPT_NO_BYPASS:
		return !(o->bypass = false);
	case OPT_NO_HTML:
		return !(o->report = false);
	case OPT_NO_ACCESS_PLATFORM:
		return !(o->access_platform = false);
	default:
		return false;
	}
}

/* What each option alone does not tell. */
static bool consistent(const struct cli_options *o)
{
	if (o->exhaust && (o->log || o->trace || o->replay || o->seeds > 1)) {
		cli_error("--exhaustive is one seed and many runs: no --seeds, --replay, --log or "
			  "--trace with it");
		return false;
	}
	if (!o->api && !o->bypass)
		cli_error("--bypass-only and --no-bypass leave nothing to run");
	else if (o->keep && !o->write)
		cli_error("--keep needs --write");
	else if (o->keep && !o->api)
		cli_error("--keep leaves what the driver on the DMA API wrote; drop "
			  "--bypass-only");
	else if (o->limit % 512)
		cli_error("--limit is not a multiple of 512");
	else if (o->seed > UINT64_MAX - (o->seeds - 1))
		cli_error("--seed and --seeds go past the last seed");
	else if (o->replay && (o->seeds > 1 || o->n_wanted > 1))
		cli_error("--replay is one run: it goes with neither --seeds nor --platform");
	else if (o->replay && o->n_known > 1 && o->n_wanted_scenarios != 1)
		cli_error("--replay needs --scenario: %zu are linked", o->n_known);
	else if (o->html && !o->report && !o->n_known)
		cli_error("--html and --no-html contradict each other");
	else
		return true;
	return false;
}

/* Those of --scenario, in that order, in place of all. */
static bool choose_scenarios(struct cli_options *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_wanted_scenarios; i++) {
		size_t k = n;

		while (k < o->n_known && strcmp(o->scenarios[k]->name, o->wanted_scenarios[i]) != 0)
			k++;
		if (k == o->n_known) {
			cli_error("no scenario '%s', or twice; --help names them",
				  o->wanted_scenarios[i]);
			return false;
		}
		const struct any_lab_scenario *chosen = o->scenarios[k];

		o->scenarios[k] = o->scenarios[n];
		o->scenarios[n++] = chosen;
	}
	if (n)
		o->n_scenarios = n;
	return true;
}

static bool parse(int argc, char **argv, struct cli_options *o, bool *bypass_said)
{
	bool users = o->n_known;
	const struct option *longs = users ? scenario_longs : block_longs;
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, users ? "p:s:j:o:vqh" : "i:wp:s:j:o:vqh", longs,
				     NULL)) >= 0) {
		*bypass_said |= option == OPT_BYPASS || option == OPT_BYPASS_ONLY;
		if (option == '?' ||
		    (!without_value(option, o) && !(optarg && with_value(option, optarg, o))))
			return false;
	}
	while (optind < argc && o->n_wanted && !o->replay && strstr(argv[optind], ".dtb"))
		o->wanted[o->n_wanted++] = argv[optind++]; /* the rest of --platform boards/... */
	if (optind == argc)
		return true;
	cli_error("unexpected argument '%s'%s", argv[optind],
		  users ? "" : " (an image is given as --image FILE)");
	return false;
}

int cli_options(int argc, char **argv, struct cli_options *o)
{
	bool bypass_said = false, users = o->n_known;
	static char name[64]; /* getopt's own messages begin with it */

	o->seed = o->seeds = 1;
	o->api = o->access_platform = true;
	o->bypass = o->report = !users;
	o->wanted = calloc((size_t)argc + 1, sizeof(*o->wanted));
	o->wanted_scenarios = calloc((size_t)argc + 1, sizeof(*o->wanted_scenarios));
	if (!o->wanted || !o->wanted_scenarios)
		return CLI_USAGE;
	snprintf(name, sizeof(name), "%s", cli_program);
	argv[0] = name;
	if (!parse(argc, argv, o, &bypass_said))
		return CLI_USAGE;
	/* Many seeds look for what the API's driver still gets wrong; the other one is known. */
	if ((o->seeds > 1 || o->replay) && !bypass_said)
		o->bypass = false;
	if (users && o->html)
		o->report = true;
	return o->help || o->list || (choose_scenarios(o) && consistent(o)) ? 0 : CLI_USAGE;
}

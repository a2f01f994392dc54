/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `anydma lab`. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/lab/run.h"

enum {
	OPT_BYPASS = 256,
	OPT_BYPASS_ONLY,
	OPT_NO_BYPASS,
	OPT_COLOR,
	OPT_DEVICE,
	OPT_HTML,
	OPT_JSON,
	OPT_KEEP,
	OPT_LIMIT,
	OPT_LIST,
	OPT_LOG,
	OPT_NO_ACCESS_PLATFORM,
	OPT_NO_HTML,
	OPT_OUT,
	OPT_SEEDS,
	OPT_TIMEOUT,
};

static const char usage_input[] =
	"Usage: anydma lab [OPTIONS]\n"
	"\n"
	"Runs the virtio block driver on executable models of real platforms, once on the DMA\n"
	"API and once bypassing it as virtio drivers did in 2018, moves the image through it, and\n"
	"reports the first wrong DMA event of each run.\n"
	"\n"
	"What to move:\n"
	"  -i, --image FILE      disk image or block device, a multiple of 512 bytes; only read\n"
	"                        (default: 1 MiB made up)\n"
	"  -w, --write           write the image through the driver first, then read it back\n"
	"      --keep DIR        with --write: leave what each device holds in DIR/PLATFORM.img\n"
	"      --limit SIZE      move at most SIZE bytes (k, M, G)\n"
	"\n"
	"Where to run it:\n"
	"  -p, --platform NAME   a platform of the catalogue, a pattern ('arm*'), 'all', a "
	"board's\n"
	"                        devicetree FILE.dtb, one device of it FILE.dtb:DEVICE, or a\n"
	"                        folder of boards; may be repeated (default: the first 17)\n"
	"      --device DEVICE   the device to drive: its path, its alias, or the end of its\n"
	"                        path (default: the tree's own choice, else a good one)\n"
	"      --list            list the catalogue and stop\n"
	"\n"
	"How to run it:\n"
	"  -s, --seed N          seed of the first run (default 1)\n"
	"      --seeds N         run N seeds from there, on the DMA API; --bypass runs both\n"
	"      --no-bypass       only the driver on the DMA API\n"
	"      --bypass-only     only the driver that bypasses it\n"
	"      --no-access-platform\n"
	"                        the device does not offer bits 33 and 36\n"
	"  -j, --jobs N          runs at the same time (default: one a CPU)\n"
	"      --timeout SECONDS a run without progress for so long has failed (default: wait)\n";

static const char usage_output[] =
	"\n"
	"What comes out:\n"
	"      --html FILE       the report (default: anydma-lab.html)\n"
	"  -o, --out DIR         directory of the report, made if missing\n"
	"      --no-html         no report\n"
	"      --json            one JSON document instead of the table; docs/lab-json.md\n"
	"      --log FILE        event log; several runs: FILE.PLATFORM.api|bypass.SEED\n"
	"  -v, --verbose         list every failure, expected ones too\n"
	"  -q, --quiet           no progress\n"
	"      --color WHEN      auto, always or never; auto honours NO_COLOR\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 every run on the DMA API passed, 1 one failed, 2 usage or input error.\n";

void cli_lab_usage(void)
{
	fputs(usage_input, stdout);
	fputs(usage_output, stdout);
}

static const struct option longs[] = {
	{"image", required_argument, NULL, 'i'},
	{"write", no_argument, NULL, 'w'},
	{"keep", required_argument, NULL, OPT_KEEP},
	{"limit", required_argument, NULL, OPT_LIMIT},
	{"platform", required_argument, NULL, 'p'},
	{"device", required_argument, NULL, OPT_DEVICE},
	{"list", no_argument, NULL, OPT_LIST},
	{"seed", required_argument, NULL, 's'},
	{"seeds", required_argument, NULL, OPT_SEEDS},
	{"bypass", no_argument, NULL, OPT_BYPASS},
	{"bypass-only", no_argument, NULL, OPT_BYPASS_ONLY},
	{"no-bypass", no_argument, NULL, OPT_NO_BYPASS},
	{"no-access-platform", no_argument, NULL, OPT_NO_ACCESS_PLATFORM},
	{"jobs", required_argument, NULL, 'j'},
	{"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"html", required_argument, NULL, OPT_HTML},
	{"out", required_argument, NULL, 'o'},
	{"no-html", no_argument, NULL, OPT_NO_HTML},
	{"json", no_argument, NULL, OPT_JSON},
	{"log", required_argument, NULL, OPT_LOG},
	{"verbose", no_argument, NULL, 'v'},
	{"quiet", no_argument, NULL, 'q'},
	{"color", required_argument, NULL, OPT_COLOR},
	{"colour", required_argument, NULL, OPT_COLOR},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static bool number(const char *name, const char *text, bool sized, uint64_t least, uint64_t most,
		   uint64_t *out)
{
	uint64_t value;

	if (!cli_number(text, sized, &value)) {
		cli_error("lab: --%s '%s' is not a number", name, text);
		return false;
	}
	if (value < least || value > most) {
		cli_error("lab: --%s %s is not between %llu and %llu", name, text,
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
	cli_error("lab: --color '%s' is none of auto, always, never", when);
	return false;
}

static bool text_option(int option, char *value, struct cli_options *o)
{
	const char **to = option == 'i'		 ? &o->image
			  : option == OPT_KEEP	 ? &o->keep
			  : option == 'p'	 ? &o->wanted[o->n_wanted++]
			  : option == OPT_DEVICE ? &o->device
			  : option == OPT_HTML	 ? &o->html
			  : option == 'o'	 ? &o->out
						 : &o->log;

	if (!*value) {
		cli_error("lab: an option was given an empty name");
		return false;
	}
	*to = value;
	return true;
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
	case OPT_TIMEOUT:
		return number("timeout", value, false, 1, 1000000, &o->timeout);
	case OPT_COLOR:
		return color(value, o);
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
	if (!o->api && !o->bypass)
		cli_error("lab: --bypass-only and --no-bypass leave nothing to run");
	else if (o->keep && !o->write)
		cli_error("lab: --keep needs --write");
	else if (o->keep && !o->api)
		cli_error("lab: --keep leaves what the driver on the DMA API wrote; drop "
			  "--bypass-only");
	else if (o->limit % 512)
		cli_error("lab: --limit is not a multiple of 512");
	else if (o->seed > UINT64_MAX - (o->seeds - 1))
		cli_error("lab: --seed and --seeds go past the last seed");
	else if (o->html && !o->report)
		cli_error("lab: --html and --no-html contradict each other");
	else
		return true;
	return false;
}

int cli_options(int argc, char **argv, struct cli_options *o)
{
	static char name[] = "anydma lab"; /* getopt's own messages begin with it */
	bool bypass_said = false;
	int option;

	*o = (struct cli_options){.seed = 1, .seeds = 1, .api = true, .bypass = true};
	o->report = o->access_platform = true;
	o->wanted = calloc((size_t)argc + 1, sizeof(*o->wanted));
	if (!o->wanted)
		return CLI_USAGE;
	argv[0] = name;
	optind = 1;
	while ((option = getopt_long(argc, argv, "i:wp:s:j:o:vqh", longs, NULL)) >= 0) {
		bypass_said |= option == OPT_BYPASS || option == OPT_BYPASS_ONLY;
		if (option == '?' ||
		    (!without_value(option, o) && !(optarg && with_value(option, optarg, o))))
			return CLI_USAGE;
	}
	while (optind < argc && o->n_wanted && strstr(argv[optind], ".dtb"))
		o->wanted[o->n_wanted++] = argv[optind++]; /* the rest of --platform boards/... */
	if (optind < argc) {
		cli_error("lab: unexpected argument '%s' (an image is given as --image FILE)",
			  argv[optind]);
		return CLI_USAGE;
	}
	/* Many seeds look for what the API's driver still gets wrong; the other one is known. */
	if (o->seeds > 1 && !bypass_said)
		o->bypass = false;
	return o->help || o->list || consistent(o) ? 0 : CLI_USAGE;
}

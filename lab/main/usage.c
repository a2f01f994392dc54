/* SPDX-License-Identifier: BSD-2-Clause */
/* What --help prints. */
#include "run.h"

static const char block_input[] =
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
	"\n";

static const char where[] =
	"Where to run it:\n"
	"  -p, --platform NAME   a platform of the catalogue, a pattern ('arm*'), 'all', a "
	"board's\n"
	"                        devicetree FILE.dtb, one device of it FILE.dtb:DEVICE, or a\n"
	"                        folder of boards; may be repeated (default: the first 17)\n"
	"      --device DEVICE   the device to drive: its path, its alias, or the end of its\n"
	"                        path (default: the tree's own choice, else a good one)\n"
	"      --list            list the catalogue and stop\n"
	"\n";

static const char block_how[] =
	"How to run it:\n"
	"  -s, --seed N          seed of the first run (default 1)\n"
	"      --seeds N         run N seeds from there, on the DMA API; --bypass runs both\n"
	"      --no-bypass       only the driver on the DMA API\n"
	"      --bypass-only     only the driver that bypasses it\n"
	"      --no-access-platform\n"
	"                        the device does not offer bits 33 and 36\n"
	"      --replay WORD     PLATFORM:SEED: that run alone, on the DMA API, told whole\n"
	"  -j, --jobs N          runs at the same time (default: one a CPU)\n"
	"      --timeout SECONDS a run without progress for so long has failed (default: wait)\n";

static const char block_output[] =
	"\n"
	"What comes out:\n"
	"      --html FILE       the report (default: anydma-lab.html)\n"
	"  -o, --out DIR         directory of the report, made if missing\n"
	"      --no-html         no report\n"
	"      --junit FILE      JUnit XML, a test case a platform and driver\n"
	"      --json            one JSON document instead of the table; docs/lab-json.md\n"
	"      --log FILE        event log; several runs: FILE.PLATFORM.api|bypass.SEED\n"
	"      --trace FILE      trace-event JSON of a single run, for Perfetto and its kin\n"
	"      --suppress FILE   findings that are meant: RULE PLACE REASON a line\n"
	"      --strict LEVEL    all; board: what can go wrong there; coherent: no cache rules\n"
	"  -v, --verbose         list every failure, expected ones too\n"
	"  -q, --quiet           no progress\n"
	"      --color WHEN      auto, always or never; auto honours NO_COLOR\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 every run on the DMA API passed, 1 one failed, 2 usage or input error.\n";

static const char scenario_how[] =
	"How to run it:\n"
	"  -s, --seed N          seed of the first run (default 1)\n"
	"      --seeds N         run N seeds from there\n"
	"      --operations N    so many of a scenario that asks (default: what it thinks right)\n"
	"      --exhaustive K[,T]\n"
	"                        instead of by seeds: every schedule of at most K misfortunes in\n"
	"                        the first T events (default 200), for small programs\n"
	"      --replay WORD     the run of a report, PLATFORM:SEED or PLATFORM:SEED:PLAN, told\n"
	"                        whole: with the last events before the failure\n"
	"  -j, --jobs N          runs at the same time (default: one a CPU)\n"
	"      --timeout SECONDS a run that takes so long has failed (default: wait)\n";

static const char scenario_output[] =
	"\n"
	"What comes out:\n"
	"      --html FILE       a page with every failure, drawn\n"
	"      --junit FILE      JUnit XML, a test case a platform and scenario\n"
	"      --json            one JSON document instead of the table; docs/lab-json.md\n"
	"  -o, --out DIR         directory of these files, made if missing\n"
	"      --log FILE        event log; several runs: FILE.PLATFORM.SCENARIO.SEED\n"
	"      --trace FILE      trace-event JSON of a single run, for Perfetto and its kin\n"
	"      --suppress FILE   findings that are meant: RULE PLACE REASON a line\n"
	"      --strict LEVEL    all; board: what can go wrong there; coherent: no cache rules\n"
	"  -v, --verbose         tell failures whole, with the last events\n"
	"  -q, --quiet           no progress\n"
	"      --color WHEN      auto, always or never; auto honours NO_COLOR\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 every run passed, 1 one failed, 2 usage or input error.\n";

static void users(const struct cli_options *o)
{
	fputs("Usage: ", stdout);
	cli_put_shell(stdout, o->command);
	fputs(" [OPTIONS]\n\n"
	      "Runs a driver on executable models of real platforms and reports the first wrong "
	      "DMA\n"
	      "event of each run.\n\n",
	      stdout);
	if (o->n_known > 1)
		fputs("      --scenario NAME   may be repeated (default: all):\n", stdout);
	for (size_t i = 0; i < o->n_known && o->n_known > 1; i++)
		printf("                        %s\n", o->scenarios[i]->name);
	fputs(o->n_known > 1 ? "\n" : "", stdout);
	fputs(where, stdout);
	fputs(scenario_how, stdout);
	fputs(scenario_output, stdout);
}

void cli_lab_usage(const struct cli_options *o)
{
	if (o->n_known) {
		users(o);
		return;
	}
	fputs(block_input, stdout);
	fputs(where, stdout);
	fputs(block_how, stdout);
	fputs(block_output, stdout);
}

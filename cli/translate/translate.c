/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma translate: one address, from a device to memory or back. */
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "cli/translate/show.h"

static const char usage[] =
	"Usage: anydma translate [OPTIONS] BOARD.dtb DEVICE ADDR\n"
	"\n"
	"Says where an address goes, bus by bus: which window of which node moves it, what an "
	"IOMMU\n"
	"or a pool makes of it, and where it is lost. BOARD may be a name of the catalogue; DEVICE "
	"is\n"
	"a path, an alias, or the last part of a path; ADDR is decimal or 0x.\n"
	"\n"
	"      --from cpu|dma    what ADDR is: a CPU physical address (default), or what the "
	"device\n"
	"                        puts on its bus\n"
	"      --as READER       linux (default) or u-boot\n"
	"      --json            one JSON document; docs/board-json.md\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 the address arrives, 1 it is out of reach, 2 usage or input error.\n";

enum { OPT_AS = 256, OPT_FROM, OPT_JSON };

static const struct option longs[] = {
	{"as", required_argument, NULL, OPT_AS},
	{"from", required_argument, NULL, OPT_FROM},
	{"json", no_argument, NULL, OPT_JSON},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

/* Which of the routes take the address; the first of them is the answer (M1). */
static void take_routes(struct translation *x)
{
	for (size_t i = 0; i < x->walk.n; i++) {
		const struct walk_route *r = &x->walk.routes[i];
		uint64_t base = x->from_dma ? r->dma : r->cpu;

		if (r->reaches && walk_covers(base, r->size, x->address))
			x->taken[x->n_taken++] = i;
	}
}

/* The address at the other end, before limits and IOMMUs have their say. */
uint64_t translation_through(const struct translation *x, const struct walk_route *r)
{
	return x->from_dma ? r->cpu + (x->address - r->dma) : r->dma + (x->address - r->cpu);
}

static const char *beyond_limits(const struct any_platform *p, uint64_t dma)
{
	uint32_t bits = p->machine.master_bits;

	if (dma < p->facts.dma_min)
		return "below what the bus can address (anydma,bus-min)";
	if (p->facts.dma_max && dma > p->facts.dma_max)
		return "above what the bus can address (anydma,bus-max)";
	if (bits && bits < 64 && dma >> bits)
		return "has more bits than the master drives (anydma,master-bits)";
	if (dma & p->facts.dma_forbidden)
		return "has a bit that the bus must not see (anydma,forbidden-bits)";
	return NULL;
}

static void by_tables(struct translation *x, const struct any_platform_iommu *u)
{
	x->tables = true;
	x->reached = true;
	if (!x->from_dma)
		return;
	if (x->address < u->base || x->address - u->base >= u->size) {
		x->reached = false;
		x->why = "outside the IOMMU's aperture";
	}
	for (uint32_t i = 0; i < u->n_holes; i++)
		if (walk_covers(u->holes[i].base, u->holes[i].size, x->address)) {
			x->reached = false;
			x->why = "in a range that is never given out behind this IOMMU";
		}
}

static void decide(struct translation *x)
{
	const struct any_platform *p = &x->master->answer;
	const struct any_platform_machine *m = &p->machine;
	uint64_t dma;

	if (m->iommu.present && !m->iommu.partial) {
		by_tables(x, &m->iommu);
		return;
	}
	take_routes(x);
	x->reached = x->n_taken || x->walk.identity;
	x->result = x->n_taken ? translation_through(x, &x->walk.routes[x->taken[0]]) : x->address;
	dma = x->from_dma ? x->address : x->result;
	if (!x->reached && p->facts.miss_identity) {
		x->reached = true;
		x->result = x->address;
	}
	if (x->reached && (x->why = beyond_limits(p, dma)) != NULL)
		x->reached = false;
	if (p->facts.bounce_always && !x->from_dma)
		x->in_pool = walk_covers(m->bounce_base, m->bounce_size, x->address) ||
			     (m->coherent_size &&
			      walk_covers(m->coherent_base, m->coherent_size, x->address));
	if (m->iommu.partial && !x->reached && !x->from_dma) {
		x->tables = true;
		x->reached = true;
	}
}

static int translate(struct translation *x, bool json)
{
	size_t device = cli_node_at(&x->nodes, x->master->found.offset);

	if (x->master->err) {
		cli_error("translate: %s: %s", x->board.argument, x->master->error.text);
		return CLI_USAGE;
	}
	if (device == CLI_NO_NODE || !walk_routes(&x->nodes, device, x->as, &x->walk)) {
		cli_error("translate: %s: the dma-ranges above %s make no windows",
			  x->board.argument, x->master->found.path);
		return CLI_USAGE;
	}
	decide(x);
	if (json)
		translation_json(x);
	else
		translation_text(x);
	return x->reached ? CLI_OK : CLI_FAILED;
}

static int run(char **words, struct translation *x, bool json)
{
	char path[ANY_PLATFORM_TEXT];
	int status;

	if (!cli_number(words[2], false, &x->address)) {
		cli_error("translate: '%s' is not an address", words[2]);
		return CLI_USAGE;
	}
	if (cli_board_open("translate", words[0], &x->board))
		return CLI_USAGE;
	status = cli_device("translate", &x->board, words[1], path);
	if (!status) {
		x->master = cli_master_ask(&x->board, path, x->as, true);
		if (x->master && cli_nodes_open(x->board.tree.fdt, &x->nodes))
			status = translate(x, json);
		else
			status = CLI_USAGE;
	}
	cli_nodes_close(&x->nodes);
	cli_master_free(x->master);
	cli_board_close(&x->board);
	return status;
}

static bool direction(const char *word, bool *from_dma)
{
	*from_dma = !strcmp(word, "dma");
	if (*from_dma || !strcmp(word, "cpu"))
		return true;
	cli_error("translate: --from '%s' is none of cpu, dma", word);
	return false;
}

int cli_translate(int argc, char **argv)
{
	static char name[] = "anydma translate"; /* getopt's own messages begin with it */
	static struct translation x;
	bool json = false;
	int option;

	argv[0] = name;
	optind = 1;
	while ((option = getopt_long(argc, argv, "h", longs, NULL)) >= 0) {
		if (option == 'h') {
			fputs(usage, stdout);
			return CLI_OK;
		}
		if (option == OPT_JSON)
			json = true;
		else if ((option != OPT_AS || !cli_reader("translate", optarg, &x.as)) &&
			 (option != OPT_FROM || !direction(optarg, &x.from_dma)))
			return CLI_USAGE;
	}
	if (argc - optind != 3) {
		cli_error("translate: a board, a device and an address are needed ('anydma "
			  "translate --help' tells more)");
		return CLI_USAGE;
	}
	return run(argv + optind, &x, json);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Coherence, the way to memory, and whether a node is there at all. */
#include <string.h>

#include "cli/lint/lint.h"

void lint_both(struct lint *l, size_t node)
{
	if (cli_node_has(l->t, node, "dma-coherent") && cli_node_has(l->t, node, "dma-noncoherent"))
		lint_say(l, node, "dma-noncoherent", "beside dma-coherent");
}

static bool named(const struct cli_nodes *t, size_t node, const char *name)
{
	const char *full = fdt_get_name(t->fdt, t->list[node].offset, NULL);
	size_t n = strlen(name);

	return full && !strncmp(full, name, n) && (!full[n] || full[n] == '@');
}

/* Nodes that are no devices, and buses that do not reach memory. */
static bool no_master(const struct cli_nodes *t, size_t node)
{
	static const char *const places[] = {"chosen", "aliases", "memory", "reserved-memory",
					     "cpus",   "i2c",	  "spi"};
	size_t up = t->list[node].parent;

	for (unsigned i = 0; i < ANY_ARRAY_SIZE(places); i++)
		if ((i < 5 && !up && named(t, node, places[i])) ||
		    (node && named(t, up, places[i])))
			return true;
	return false;
}

void lint_unseen_coherence(struct lint *l, size_t node)
{
	static const char *const words[] = {"dma-coherent", "dma-noncoherent"};

	for (unsigned i = 0; node && i < ANY_ARRAY_SIZE(words); i++)
		if (cli_node_has(l->t, node, words[i]) && no_master(l->t, node))
			lint_say(l, node, words[i], "no device that masters a bus");
}

/* The entry at `want`, or why there is none. */
static const char *entry(const struct cli_nodes *t, size_t node, int want)
{
	const fdt32_t *cells;
	uint32_t n = cli_node_cells(t, node, "interconnects", &cells), at = 0, words;

	for (int i = 0; at < n; i++) {
		size_t target = cli_node_phandle(t, fdt32_to_cpu(cells[at]));

		if (target == CLI_NO_NODE)
			return "an entry's phandle points nowhere";
		if (!cli_node_u32(t, target, "#interconnect-cells", &words))
			return "an entry's provider has no #interconnect-cells";
		if (words >= n - at)
			return "the last entry is cut short";
		if (i == want)
			return NULL;
		at += words + 1;
	}
	return "fewer entries than names";
}

void lint_dma_mem(struct lint *l, size_t node)
{
	int want = fdt_stringlist_search(l->t->fdt, l->t->list[node].offset, "interconnect-names",
					 "dma-mem");
	const char *why = want < 0 ? NULL : entry(l->t, node, want);

	if (why)
		lint_say(l, node, "interconnects", "%s", why);
}

void lint_status(struct lint *l, size_t node)
{
	static const char *const words[] = {"okay", "ok", "disabled", "reserved", "fail"};
	int len = 0;
	const char *status = fdt_getprop(l->t->fdt, l->t->list[node].offset, "status", &len);

	if (!status)
		return;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(words); i++)
		if (cli_node_is(l->t, node, "status", words[i]))
			return;
	if (len > 5 && !strncmp(status, "fail-", 5))
		return;
	lint_say(l, node, "status", "'%.*s'", len > 0 && len < 40 ? len - 1 : 0, status);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tree as a list of nodes with parents, for commands that look at the properties themselves
 * rather than at the library's answer. The tree was found whole by any_platform_open.
 */
#ifndef ANYDMA_CLI_NODES_H
#define ANYDMA_CLI_NODES_H

#include <libfdt.h>

#include <anydma/platform.h>

#include "cli/cli.h"

#define CLI_NO_NODE SIZE_MAX
#define CLI_DEPTH   32 /* nesting followed upwards; deeper is nonsense */

struct cli_node {
	int offset;
	size_t parent; /* the root's is itself */
	uint32_t phandle;
	bool enabled; /* no status on its path says otherwise */
};

struct cli_nodes {
	const void *fdt;
	struct cli_node *list;
	size_t n;
};

bool cli_nodes_open(const void *fdt, struct cli_nodes *nodes);
void cli_nodes_close(struct cli_nodes *nodes);
size_t cli_node_at(const struct cli_nodes *t, int offset);
size_t cli_node_phandle(const struct cli_nodes *t, uint32_t phandle);
/* "(deep node)" if it does not fit. */
const char *cli_node_path(const struct cli_nodes *t, size_t node, char path[ANY_PLATFORM_TEXT]);

bool cli_node_has(const struct cli_nodes *t, size_t node, const char *property);
/* Whole cells of a property; 0: not there, empty, or ragged. */
uint32_t cli_node_cells(const struct cli_nodes *t, size_t node, const char *property,
			const fdt32_t **cells);
bool cli_node_u32(const struct cli_nodes *t, size_t node, const char *property, uint32_t *value);
bool cli_node_compatible(const struct cli_nodes *t, size_t node, const char *word);
bool cli_node_is(const struct cli_nodes *t, size_t node, const char *property, const char *word);
/* #address-cells, #size-cells for what is below: the nearest that says it, else 1. */
uint32_t cli_node_address_cells(const struct cli_nodes *t, size_t node);
uint32_t cli_node_size_cells(const struct cli_nodes *t, size_t node);
/* n cells, most significant first; of 3 (PCI) the first is flags. */
uint64_t cli_node_number(const fdt32_t *cells, uint32_t n);

/* The node through which its DMA goes; CLI_NO_NODE above the root. */
size_t cli_node_dma_parent(const struct cli_nodes *t, size_t node);

/* One entry of dma-ranges: [child, child + size) below is [parent, ...) above. */
struct cli_window {
	uint64_t child, parent, size;
};
/* Whole entries, or -1: the cells make no windows. */
int cli_node_windows(const struct cli_nodes *t, size_t bus);
struct cli_window cli_node_window(const struct cli_nodes *t, size_t bus, int i);

#endif

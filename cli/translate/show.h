/* SPDX-License-Identifier: BSD-2-Clause */
/* One translated address, and how it is shown. */
#ifndef ANYDMA_CLI_SHOW_H
#define ANYDMA_CLI_SHOW_H

#include "cli/translate/walk.h"

struct translation {
	struct cli_board board;
	struct cli_nodes nodes;
	struct cli_master *master;
	enum any_platform_reader as;
	bool from_dma;
	uint64_t address;

	struct walk walk;
	size_t taken[WALK_ROUTES], n_taken; /* routes that hold the address, the answer first */
	bool reached;
	bool tables;  /* an IOMMU's tables decide */
	bool in_pool; /* with a restricted pool: the address lies in it */
	uint64_t result;
	const char *why; /* not reached: beside missing every window */
};

/* translate.c */
uint64_t translation_through(const struct translation *x, const struct walk_route *r);

void translation_text(const struct translation *x);
void translation_json(const struct translation *x);

#endif

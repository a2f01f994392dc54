/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A new subcommand starts as a copy of this file: rename it and the function to the word the user
 * types, and give it its line in list.h. argv[0] is that word. Answer an enum cli_exit.
 */
#include <getopt.h>
#include <stdio.h>

#include "cli.h"

static const char usage[] = "Usage: anydma template [--help]\n"
			    "\n"
			    "Does nothing yet.\n";

int cli_template(int argc, char **argv);

int cli_template(int argc, char **argv)
{
	static const struct option longs[] = {
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", longs, NULL)) >= 0) {
		if (option != 'h')
			return CLI_USAGE;
		fputs(usage, stdout);
		return CLI_OK;
	}
	if (optind < argc) {
		cli_error("template: unexpected argument '%s'", argv[optind]);
		return CLI_USAGE;
	}
	return CLI_OK;
}

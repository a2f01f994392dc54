/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma: finds the subcommand in list.h and hands it the rest of the line. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
#define CLI_COMMAND(name, text) {#name, cli_##name},
#include "list.h"
#undef CLI_COMMAND
};

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!cli_standard_files())
		return CLI_USAGE;
	if (!word) {
		fputs("anydma: a command is missing, for example: anydma lab\n"
		      "anydma: 'anydma help' lists them\n",
		      stderr);
		return CLI_USAGE;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts("anydma " ANYDMA_VERSION);
		return cli_finish(CLI_OK);
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		word = "help";
	for (size_t i = 0; i < ANY_ARRAY_SIZE(commands); i++)
		if (!strcmp(word, commands[i].name))
			return cli_finish(commands[i].run(argc - 1, argv + 1));
	cli_error("no command '%s'; 'anydma help' lists them", word);
	return CLI_USAGE;
}

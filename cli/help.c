/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma help [COMMAND] */
#include <string.h>

#include "cli.h"

static const struct {
	const char *name, *text;
	int (*run)(int argc, char **argv);
} commands[] = {
#define CLI_COMMAND(name, text) {#name, text, cli_##name},
#include "list.h"
#undef CLI_COMMAND
};

static int everything(void)
{
	puts("anydma: one DMA API for any platform, and a lab that proves it\n"
	     "\n"
	     "Usage: anydma COMMAND [OPTIONS]\n"
	     "       anydma --version\n"
	     "\n"
	     "Commands:");
	for (size_t i = 0; i < ANY_ARRAY_SIZE(commands); i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].text);
	puts("\n'anydma help COMMAND' tells its options.\n"
	     "\n"
	     "Exit status: 0 all is well, 1 something failed, 2 usage or input error.");
	return CLI_OK;
}

int cli_help(int argc, char **argv)
{
	char option[] = "--help";

	if (argc < 2 || !strcmp(argv[1], "help") || !strcmp(argv[1], "--help"))
		return everything();
	for (size_t i = 0; i < ANY_ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name)) {
			char *args[] = {argv[1], option, NULL};

			return commands[i].run(2, args);
		}
	cli_error("no command '%s'; 'anydma help' lists them", argv[1]);
	return CLI_USAGE;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma: finds the subcommand in list.h and hands it the rest of the line. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
#define CLI_COMMAND(name, text) {#name, cli_##name},
#include "list.h"
#undef CLI_COMMAND
};

void cli_error(const char *fmt, ...)
{
	char *line = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&line, &size);
	va_list args;

	va_start(args, fmt);
	if (memory) {
		vfprintf(memory, fmt, args);
		fclose(memory);
	}
	va_end(args);
	fputs("anydma: ", stderr);
	cli_put_plain(stderr, line ? line : fmt);
	fputc('\n', stderr);
	free(line);
}

/* A report must never land in a file that happens to be descriptor 1 because the shell closed it.
 */
static bool standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
	return fd > 2;
}

static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		cli_error("cannot write the output: %s", strerror(errno));
		return CLI_USAGE;
	}
	return status;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!standard_files())
		return CLI_USAGE;
	/* A full file-size limit then is an error we can name (EFBIG), not a death. */
	signal(SIGXFSZ, SIG_IGN);
	if (!word) {
		fputs("anydma: a command is missing, for example: anydma lab\n"
		      "anydma: 'anydma help' lists them\n",
		      stderr);
		return CLI_USAGE;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts("anydma " ANYDMA_VERSION);
		return finish(CLI_OK);
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		word = "help";
	for (size_t i = 0; i < ANY_ARRAY_SIZE(commands); i++)
		if (!strcmp(word, commands[i].name))
			return finish(commands[i].run(argc - 1, argv + 1));
	cli_error("no command '%s'; 'anydma help' lists them", word);
	return CLI_USAGE;
}

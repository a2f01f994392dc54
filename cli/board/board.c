/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree from a file or from the catalogue. The file is from anywhere: every step may fail. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libfdt.h>

#include "cli/board/board.h"

#define DTB_MAX	  (16u << 20)
#define NODES_MAX 65536u

static void *read_all(int fd, size_t size)
{
	char *bytes = malloc(size); /* aligned for libfdt */
	size_t got = 0;

	while (bytes && got < size) {
		ssize_t n = pread(fd, bytes + got, size - got, (off_t)got);

		if (n <= 0 && !(n < 0 && errno == EINTR)) {
			errno = n ? errno : EIO;
			free(bytes);
			return NULL;
		}
		got += n > 0 ? (size_t)n : 0;
	}
	return bytes;
}

static int no(char error[256], const char *argument, const char *why)
{
	snprintf(error, 256, "%.120s: %.120s", argument, why);
	return CLI_USAGE;
}

static int from_file(const char *path, struct cli_board *b, char error[256])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	struct stat st;

	if (fd < 0)
		return no(error, path, strerror(errno));
	if (fstat(fd, &st))
		err = no(error, path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		err = no(error, path, "is a directory, not a devicetree blob");
	else if (!S_ISREG(st.st_mode) || st.st_size > DTB_MAX)
		err = no(error, path, "is not a devicetree blob");
	else if (st.st_size < (off_t)sizeof(struct fdt_header))
		err = no(error, path, "is too short for a devicetree blob");
	else if (!(b->bytes = read_all(fd, (size_t)st.st_size)))
		err = no(error, path, strerror(errno));
	else if (memcmp(b->bytes, "\xd0\x0d\xfe\xed", 4) != 0)
		err = no(error, path,
			 "is not a devicetree blob (a source is compiled by 'dtc -O dtb')");
	close(fd);
	b->size = err ? 0 : (size_t)st.st_size;
	return err;
}

static const struct any_platform_entry *catalogue(const char *name)
{
	for (unsigned i = 0; i < any_platform_count; i++)
		if (!strcmp(any_platform_list[i].name, name))
			return &any_platform_list[i];
	return NULL;
}

/* The first string of a property of the root, as far as it is one. */
static void root_text(const void *fdt, const char *property, char *to, size_t size)
{
	int len = 0;
	const char *text = fdt_getprop(fdt, 0, property, &len);
	size_t n = 0;

	for (; text && n + 1 < size && n < (size_t)len && text[n]; n++)
		to[n] = text[n];
	to[n] = 0;
}

static int look(const void *dtb, struct cli_board *b, char error[256])
{
	struct any_platform_error why;
	const char *slash = strrchr(b->argument, '/');

	b->nodes = malloc(NODES_MAX * sizeof(*b->nodes));
	if (!b->nodes)
		return no(error, b->argument, "out of memory");
	if (any_platform_open(&b->tree, dtb, b->size, b->nodes, NODES_MAX, &why))
		return no(error, b->argument, why.text);
	root_text(dtb, "compatible", b->name, sizeof(b->name));
	root_text(dtb, "model", b->model, sizeof(b->model));
	if (!b->name[0])
		snprintf(b->name, sizeof(b->name), "%s", slash ? slash + 1 : b->argument);
	return 0;
}

int cli_board_load(const char *argument, struct cli_board *board, char error[256])
{
	const struct any_platform_entry *entry = NULL;
	int err;

	*board = (struct cli_board){.argument = argument};
	if (!strchr(argument, '/'))
		entry = catalogue(argument);
	if (entry)
		board->size = entry->size;
	else if (!strpbrk(argument, "/.") && access(argument, F_OK))
		return no(error, argument, "is neither a file nor a platform of the catalogue");
	err = entry ? 0 : from_file(argument, board, error);
	if (!err)
		err = look(entry ? (const void *)entry->dtb : board->bytes, board, error);
	if (err)
		cli_board_close(board);
	return err;
}

int cli_board_open(const char *command, const char *argument, struct cli_board *board)
{
	char error[256];
	int err = cli_board_load(argument, board, error);

	if (err)
		cli_error("%s: %s", command, error);
	return err;
}

void cli_board_close(struct cli_board *board)
{
	free(board->bytes);
	free(board->nodes);
	board->bytes = NULL;
	board->nodes = NULL;
}

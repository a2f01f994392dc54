/* SPDX-License-Identifier: BSD-2-Clause */
/* Platforms from outside: devicetree blobs, one device of one, a folder of them. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../main/run.h"

#define DTB_MAX	  (16u << 20)
#define DTB_MAGIC "\xd0\x0d\xfe\xed"
#define DEPTH	  32 /* of folders held open at once */

static void *read_whole(int fd, size_t size)
{
	char *bytes = malloc(size);
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

static bool blob(const char *path, int fd, struct cli_platform *p)
{
	struct stat st;

	if (fstat(fd, &st))
		cli_error("%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode) || st.st_size < 40 || st.st_size > DTB_MAX)
		cli_error("%s: is not a devicetree blob", path);
	else if (!(p->dtb = read_whole(fd, (size_t)st.st_size)))
		cli_error("%s: %s", path, strerror(errno));
	else if (memcmp(p->dtb, DTB_MAGIC, 4))
		cli_error("%s: is not a devicetree blob (a source is compiled by 'dtc -O dtb')",
			  path);
	else {
		p->size = (size_t)st.st_size;
		return true;
	}
	return false;
}

/* What an unnamed tree is called: its file's name without .dtb. */
static void file_name(const char *path, char name[64])
{
	const char *slash = strrchr(path, '/');
	char *dot;

	snprintf(name, 64, "%.50s", slash ? slash + 1 : path);
	dot = strrchr(name, '.');
	if (dot && dot > name)
		*dot = 0;
	for (char *c = name; *c; c++) /* it becomes part of file names and shell lines */
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,+",
			    *c))
			*c = '_';
}

static bool open_blob(const char *path, struct cli_platform *p)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool ok;

	if (fd < 0) {
		cli_error("%s: %s", path, strerror(errno));
		return false;
	}
	ok = blob(path, fd, p);
	close(fd);
	file_name(path, p->name);
	return ok;
}

/* The device is found here and given to the runs, and to whoever repeats one, by its whole path. */
static bool find_device(const char *path, const char *wanted, struct cli_platform *p)
{
	char why[ANY_LAB_TEXT];
	char *argument = NULL;

	if (any_lab_device(p->dtb, p->size, wanted, p->device, sizeof(p->device), why)) {
		cli_error("%s: %s", path, why);
		return false;
	}
	if (asprintf(&argument, "%s:%s", path, p->device) < 0) {
		cli_error("out of memory");
		return false;
	}
	p->argument = argument;
	return true;
}

/* The start of ":DEVICE", or NULL. A file may have a colon in its name. */
static const char *device_part(const char *text)
{
	const char *at = strstr(text, ".dtb:");

	return at && access(text, F_OK) ? at + 4 : NULL;
}

bool cli_board_named(const char *text)
{
	size_t n = strlen(text);
	struct stat st;

	return strchr(text, '/') || device_part(text) ||
	       (n > 4 && (!strcmp(text + n - 4, ".dtb") || !strcmp(text + n - 4, ".dts"))) ||
	       (!stat(text, &st) && S_ISDIR(st.st_mode));
}

bool cli_board(const char *text, const char *device, struct cli_platform *p)
{
	const char *colon = device_part(text);
	char *path = strndup(text, colon ? (size_t)(colon - text) : strlen(text));
	bool ok = false;

	if (!path)
		cli_error("out of memory");
	else if (colon && device)
		cli_error("%s: --device names a second device", text);
	else if (colon && !colon[1])
		cli_error("%s: names no device after the colon", text);
	else
		ok = open_blob(path, p) && find_device(path, colon ? colon + 1 : device, p);
	free(path);
	return ok;
}

/* ---- folders */

static struct {
	char **paths;
	size_t n;
	bool failed;
} walk;

static int meet(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = strlen(path);
	char **paths = walk.paths;

	(void)st;
	(void)ftw;
	if (type != FTW_F || n < 5 || strcmp(path + n - 4, ".dtb") != 0)
		return 0;
	if (!(walk.n & (walk.n - 1))) /* full at each power of two */
		paths = realloc(paths, (walk.n ? 2 * walk.n : 1) * sizeof(*paths));
	if (paths)
		walk.paths = paths;
	walk.failed |= !paths || !(paths[walk.n++] = strdup(path));
	return walk.failed;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool cli_board_folder(const char *path, char ***out, size_t *n)
{
	memset(&walk, 0, sizeof(walk));
	if (nftw(path, meet, DEPTH, FTW_PHYS) || walk.failed) {
		cli_error("%s: %s", path, walk.failed ? "out of memory" : strerror(errno));
		return false;
	}
	if (!walk.n) {
		cli_error("%s: is a directory without a .dtb file", path);
		return false;
	}
	qsort(walk.paths, walk.n, sizeof(*walk.paths), compare);
	*out = walk.paths;
	*n = walk.n;
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Which platforms: names and patterns of the catalogue, devicetree blobs from files. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <anydma/platform.h>

#include "cli/lab/run.h"

#define DTB_MAX	  (16u << 20)
#define DTB_MAGIC "\xd0\x0d\xfe\xed"

/* struct cli_platform, or one line of why not, from what the lab reads in the tree. */
static bool describe(struct cli_platform *p, const char *device)
{
	static struct any_lab_cell cell;
	int err;

	memset(&cell, 0, sizeof(cell));
	err = any_lab_describe(p->dtb, p->size, &cell);
	cell.report.text[sizeof(cell.report.text) - 1] = 0;
	if (err && device)
		return true; /* it asked about the tree's own device: the run tells about this one
			      */
	if (err) {
		cli_error("lab: %s: %s", p->argument,
			  cell.report.text[0] ? cell.report.text : any_strerror(err));
		return false;
	}
	snprintf(p->warts, sizeof(p->warts), "%.*s", ANY_LAB_WARTS - 1, cell.warts);
	p->identity = cell.identity;
	return true;
}

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
		cli_error("lab: %s: %s", path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		cli_error("lab: %s: is a directory, not a devicetree blob", path);
	else if (!S_ISREG(st.st_mode) || st.st_size < 40 || st.st_size > DTB_MAX)
		cli_error("lab: %s: is not a devicetree blob", path);
	else if (!(p->dtb = read_whole(fd, (size_t)st.st_size)))
		cli_error("lab: %s: %s", path, strerror(errno));
	else if (memcmp(p->dtb, DTB_MAGIC, 4))
		cli_error(
			"lab: %s: is not a devicetree blob (a source is compiled by 'dtc -O dtb')",
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

static bool from_file(const char *path, const char *device, struct cli_platform *p)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool ok;

	if (fd < 0) {
		cli_error("lab: %s: %s", path, strerror(errno));
		return false;
	}
	p->argument = path;
	ok = blob(path, fd, p);
	close(fd);
	file_name(path, p->name);
	return ok && describe(p, device);
}

static bool from_catalogue(size_t i, const char *device, struct cli_platform *p)
{
	snprintf(p->name, sizeof(p->name), "%s", any_platform_list[i].name);
	p->argument = any_platform_list[i].name;
	p->dtb = any_platform_list[i].dtb;
	p->size = any_platform_list[i].size;
	return describe(p, device);
}

/* Letters to change, add or drop to get from one name to the other, up to a limit. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[65], up, last;
	size_t n = strlen(b);

	if (n > 64)
		return 99;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; *a; a++, i++) {
		last = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= n; j++) {
			up = row[j];
			last += *a != b[j - 1];
			row[j] = last < up + 1 ? last : up + 1;
			row[j] = row[j] < row[j - 1] + 1 ? row[j] : row[j - 1] + 1;
			last = up;
		}
	}
	return row[n];
}

static void unknown(const char *name)
{
	unsigned best = 99, d;
	size_t nearest = 0;

	for (size_t i = 0; i < any_platform_count; i++) {
		d = distance(name, any_platform_list[i].name);
		if (d < best) {
			best = d;
			nearest = i;
		}
	}
	if (best <= 3)
		cli_error("lab: no platform '%s'; did you mean '%s'? 'anydma lab --list' shows all",
			  name, any_platform_list[nearest].name);
	else
		cli_error("lab: no platform '%s'; 'anydma lab --list' shows all", name);
}

static bool names_file(const char *text)
{
	size_t n = strlen(text);

	return strchr(text, '/') ||
	       (n > 4 && (!strcmp(text + n - 4, ".dtb") || !strcmp(text + n - 4, ".dts")));
}

static bool already(const struct cli_platform *list, size_t n, const char *argument)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i].argument, argument))
			return true;
	return false;
}

/* Two boards' trees may have one file name: the results and images must not. */
static void make_unique(struct cli_platform *list, size_t n)
{
	size_t base = strlen(list[n].name);

	for (unsigned copy = 2;; copy++) {
		size_t i = 0;

		while (i < n && strcmp(list[i].name, list[n].name) != 0)
			i++;
		if (i == n)
			return;
		snprintf(list[n].name + base, sizeof(list[n].name) - base, "-%u", copy);
	}
}

static bool add(const char *pattern, const char *device, struct cli_platform *list, size_t *n)
{
	bool found = false;

	if (!strcmp(pattern, "all"))
		pattern = "*";
	for (size_t i = 0; i < any_platform_count; i++) {
		if (fnmatch(pattern, any_platform_list[i].name, 0))
			continue;
		found = true;
		if (already(list, *n, any_platform_list[i].name))
			continue;
		if (!from_catalogue(i, device, &list[*n]))
			return false;
		make_unique(list, (*n)++);
	}
	if (found)
		return true;
	if (!names_file(pattern)) {
		unknown(pattern);
		return false;
	}
	if (already(list, *n, pattern))
		return true;
	if (!from_file(pattern, device, &list[*n]))
		return false;
	make_unique(list, (*n)++);
	return true;
}

int cli_platforms(const struct cli_options *options, struct cli_platform **out, size_t *n)
{
	struct cli_platform *list =
		calloc(any_platform_count + options->n_wanted + 1, sizeof(*list));
	size_t count = 0;

	if (!list) {
		cli_error("lab: out of memory");
		return CLI_USAGE;
	}
	if (!options->n_wanted && options->list && !add("all", NULL, list, &count))
		return CLI_USAGE;
	for (size_t i = 0; !options->n_wanted && !options->list && i < any_platform_first; i++)
		if (!add(any_platform_list[i].name, options->device, list, &count))
			return CLI_USAGE;
	for (size_t i = 0; i < options->n_wanted; i++)
		if (!add(options->wanted[i], options->device, list, &count))
			return CLI_USAGE;
	*out = list;
	*n = count;
	return 0;
}

static void list_json(const struct cli_platform *list, size_t n)
{
	fputs("{\n  \"format\": 1,\n  \"platforms\": [", stdout);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? ",\n    {\"name\": " : "\n    {\"name\": ", stdout);
		cli_put_json(stdout, list[i].name);
		fputs(", \"warts\": ", stdout);
		cli_put_json(stdout, list[i].warts);
		printf(", \"identity\": %s}", list[i].identity ? "true" : "false");
	}
	fputs("\n  ]\n}\n", stdout);
}

int cli_list_platforms(const struct cli_options *options)
{
	struct cli_platform *list;
	size_t n, width = 0;

	if (cli_platforms(options, &list, &n))
		return CLI_USAGE;
	if (options->json) {
		list_json(list, n);
		return CLI_OK;
	}
	for (size_t i = 0; i < n; i++)
		width = strlen(list[i].name) > width ? strlen(list[i].name) : width;
	for (size_t i = 0; i < n; i++) {
		printf("%-*s  ", (int)width, list[i].name);
		cli_put_plain(stdout, list[i].identity && !list[i].warts[0] ? "flat and coherent"
									    : list[i].warts);
		putchar('\n');
	}
	return CLI_OK;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which device of a board: by its path, its alias, or the last part of its path where only one is
 * meant; and the one that is taken when nobody says.
 */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"

#define NEAR 3 /* candidates named */

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ---- a good choice */

/* What a block driver would be found on, best first. */
static unsigned liking(const struct any_platform_master *m)
{
	static const char *const words[] = {"mmc",  "sdhci", "sata",	"ufs",
					    "pcie", "usb",   "ethernet"};

	for (unsigned i = 0; i < ANY_ARRAY_SIZE(words); i++)
		if (!strncmp(last_part(m->path), words[i], strlen(words[i])))
			return i;
	return ANY_ARRAY_SIZE(words);
}

static bool can_run(const struct any_platform_tree *tree, const char *path)
{
	const struct any_platform_query query = {.device = path};
	static struct any_platform plat;
	struct any_platform_error error;
	char why[ANY_LAB_TEXT];

	return !any_platform_ask(tree, &query, &plat, &error) &&
	       !lab_board_complete(tree->fdt, &plat, why);
}

static int choose(const struct any_platform_tree *tree, char path[ANY_PLATFORM_TEXT],
		  char why[ANY_LAB_TEXT])
{
	struct any_platform_master m = {.offset = -1};
	unsigned best = ~0u, masters = 0;

	while (any_platform_next_master(tree, &m)) {
		masters++;
		if (liking(&m) >= best || !can_run(tree, m.path))
			continue;
		best = liking(&m);
		memcpy(path, m.path, sizeof(m.path));
	}
	if (best != ~0u)
		return 0;
	snprintf(why, ANY_LAB_TEXT,
		 masters ? "none of its %u bus masters can run"
			 : "no enabled device in it masters a bus",
		 masters);
	return -ANY_ENOENT;
}

/* ---- what the user means */

/* "mmc@fe340000", or "mmc". */
static bool means(const char *path, const char *wanted)
{
	const char *last = last_part(path), *at = strchr(last, '@');
	size_t n = strlen(wanted);

	return !strcmp(last, wanted) ||
	       (at && (size_t)(at - last) == n && !strncmp(last, wanted, n));
}

struct search {
	const char *wanted;
	unsigned found, named;
	char path[ANY_PLATFORM_TEXT];
	char names[ANY_LAB_TEXT];
};

static void name_it(struct search *s, const char *path)
{
	size_t n = strlen(s->names);

	if (s->named++ < NEAR)
		snprintf(s->names + n, sizeof(s->names) - n, "%s%.50s", n ? ", " : "", path);
}

static void among_masters(const struct any_platform_tree *tree, struct search *s)
{
	struct any_platform_master m = {.offset = -1};

	while (any_platform_next_master(tree, &m))
		if (means(m.path, s->wanted)) {
			s->found++;
			memcpy(s->path, m.path, sizeof(s->path));
			name_it(s, m.path);
		}
}

/* Devices that are disabled, or that nothing shows to master a bus: the reader says more. */
static void among_nodes(const struct any_platform_tree *tree, struct search *s)
{
	char path[ANY_PLATFORM_TEXT];

	for (int node = fdt_next_node(tree->fdt, 0, NULL); node >= 0;
	     node = fdt_next_node(tree->fdt, node, NULL)) {
		const char *name = fdt_get_name(tree->fdt, node, NULL);

		if (!name || !means(name, s->wanted) ||
		    fdt_get_path(tree->fdt, node, path, sizeof(path)))
			continue;
		s->found++;
		memcpy(s->path, path, sizeof(s->path));
		name_it(s, path);
	}
}

/* How many letters at the start two names share: good enough to name what lies near. */
static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

static void name_nearest(const struct any_platform_tree *tree, struct search *s)
{
	for (size_t least = strlen(s->wanted); s->named < NEAR; least--) {
		struct any_platform_master m = {.offset = -1};

		while (s->named < NEAR && any_platform_next_master(tree, &m))
			if (common(last_part(m.path), last_part(s->wanted)) == least)
				name_it(s, last_part(m.path));
		if (!least)
			return;
	}
}

static int conclude(const struct any_platform_tree *tree, struct search *s,
		    char path[ANY_PLATFORM_TEXT], char why[ANY_LAB_TEXT])
{
	if (s->found == 1) {
		memcpy(path, s->path, sizeof(s->path));
		return 0;
	}
	if (s->found) {
		snprintf(why, ANY_LAB_TEXT, "'%.40s' may be any of %u: %.120s%s", s->wanted,
			 s->found, s->names, s->found > NEAR ? ", ..." : "");
		return -ANY_EINVAL;
	}
	name_nearest(tree, s);
	snprintf(why, ANY_LAB_TEXT, "no device '%.60s'%s%.110s", s->wanted,
		 s->named ? "; the nearest: " : "", s->names);
	return -ANY_ENOENT;
}

int lab_board_device(const struct any_platform_tree *tree, const char *wanted,
		     char path[ANY_PLATFORM_TEXT], char why[ANY_LAB_TEXT])
{
	const void *fdt = tree->fdt;
	struct search s = {.wanted = wanted};
	const char *text = wanted;
	int len = 0, node;

	if (!wanted) {
		text = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "anydma,device", &len);
		if (!text || len < 2 || text[len - 1] || text[0] != '/')
			return choose(tree, path, why);
		snprintf(path, ANY_PLATFORM_TEXT, "%s", text);
		return 0;
	}
	if (wanted[0] != '/') { /* libfdt follows an alias of itself without end: absolute only */
		text = fdt_getprop(fdt, fdt_path_offset(fdt, "/aliases"), wanted, &len);
		text = text && len > 1 && !text[len - 1] ? text : wanted;
	}
	node = text[0] == '/' ? fdt_path_offset(fdt, text) : -1;
	if (node > 0 && !fdt_get_path(fdt, node, path, ANY_PLATFORM_TEXT))
		return 0;
	if (wanted[0] != '/')
		among_masters(tree, &s);
	if (wanted[0] != '/' && !s.found)
		among_nodes(tree, &s);
	return conclude(tree, &s, path, why);
}

/* ---- for the command line */

int any_lab_device(const void *dtb, size_t size, const char *wanted, char *path, size_t path_size,
		   char why[ANY_LAB_TEXT])
{
	const uint32_t most = 65536;
	struct any_platform_node *nodes = malloc(most * sizeof(*nodes));
	char found[ANY_PLATFORM_TEXT];
	struct any_platform_error error;
	struct any_platform_tree tree;
	int err = any_platform_open(&tree, dtb, size, nodes, nodes ? most : 0, &error);

	if (err)
		snprintf(why, ANY_LAB_TEXT, "%s", error.text);
	else
		err = lab_board_device(&tree, wanted, found, why);
	free(nodes);
	if (!err)
		snprintf(path, path_size, "%s", found);
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The bus masters of a board: found, named as people name them, asked. */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "cli/board/board.h"

#define CANDIDATES 8

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void note(void *ctx, enum any_platform_fact fact, const char *path, const char *property,
		 const char *meaning)
{
	struct cli_master *m = ctx;
	struct cli_fact *facts = m->facts;

	if (!(m->n_facts & (m->n_facts - 1))) /* full at each power of two */
		facts = realloc(facts, (m->n_facts ? 2 * m->n_facts : 1) * sizeof(*facts));
	if (!facts)
		return;
	m->facts = facts;
	facts[m->n_facts++] = (struct cli_fact){fact, copy(path), copy(property), copy(meaning)};
}

struct cli_master *cli_master_ask(const struct cli_board *board, const char *path,
				  enum any_platform_reader as, bool why)
{
	struct cli_master *m = calloc(1, sizeof(*m));
	const struct any_platform_query query = {path, as, why ? note : NULL, m};
	int len = 0, node = fdt_path_offset(board->tree.fdt, path);
	const char *compatible = fdt_getprop(board->tree.fdt, node, "compatible", &len);

	if (!m)
		return NULL;
	snprintf(m->found.path, sizeof(m->found.path), "%s", path);
	if (compatible && len > 0 && !compatible[len - 1])
		snprintf(m->found.compatible, sizeof(m->found.compatible), "%s", compatible);
	m->found.offset = node;
	if (node >= 0)
		cli_regions(board->tree.fdt, node, m);
	m->err = any_platform_ask(&board->tree, &query, &m->answer, &m->error);
	return m;
}

void cli_master_free(struct cli_master *master)
{
	if (!master)
		return;
	for (size_t i = 0; i < master->n_facts; i++) {
		free(master->facts[i].path);
		free(master->facts[i].property);
		free(master->facts[i].meaning);
	}
	free(master->facts);
	free(master);
}

bool cli_masters(const struct cli_board *board, enum any_platform_reader as, bool why,
		 struct cli_masters *out)
{
	struct any_platform_master at = {.offset = -1};

	*out = (struct cli_masters){NULL, 0};
	while (any_platform_next_master(&board->tree, &at)) {
		struct cli_master **list = out->list, *m;

		if (!(out->n & (out->n - 1)))
			list = realloc(list,
				       (out->n ? 2 * out->n : 1) * sizeof(struct cli_master *));
		if (!list)
			return false;
		out->list = list;
		m = cli_master_ask(board, at.path, as, why);
		if (!m)
			return false;
		m->found = at;
		list[out->n++] = m;
	}
	return true;
}

void cli_masters_free(struct cli_masters *masters)
{
	for (size_t i = 0; i < masters->n; i++)
		cli_master_free(masters->list[i]);
	free(masters->list);
	*masters = (struct cli_masters){NULL, 0};
}

/* "mmc@fe340000" or, where only one is meant, "mmc". */
static bool means(const char *path, const char *text)
{
	const char *last = strrchr(path, '/') + 1, *at = strchr(last, '@');
	size_t n = strlen(text);

	return !strcmp(last, text) || (at && (size_t)(at - last) == n && !strncmp(last, text, n));
}

struct search {
	const char *text;
	size_t found;
	char paths[CANDIDATES][ANY_PLATFORM_TEXT];
};

static void meet(struct search *s, const char *path)
{
	if (!means(path, s->text))
		return;
	if (s->found < CANDIDATES)
		snprintf(s->paths[s->found], ANY_PLATFORM_TEXT, "%s", path);
	s->found++;
}

static void among_masters(const struct cli_board *board, struct search *s)
{
	struct any_platform_master at = {.offset = -1};

	while (any_platform_next_master(&board->tree, &at))
		meet(s, at.path);
}

static void among_nodes(const struct cli_board *board, struct search *s)
{
	const void *fdt = board->tree.fdt;
	char path[ANY_PLATFORM_TEXT];

	for (int node = fdt_next_node(fdt, 0, NULL); node >= 0;
	     node = fdt_next_node(fdt, node, NULL))
		if (!fdt_get_path(fdt, node, path, sizeof(path)))
			meet(s, path);
}

static int choose(const char *command, const struct cli_board *board, const struct search *s,
		  char path[ANY_PLATFORM_TEXT])
{
	char text[CANDIDATES * ANY_PLATFORM_TEXT] = "";
	size_t n = 0;

	if (s->found == 1) {
		memcpy(path, s->paths[0], ANY_PLATFORM_TEXT);
		return 0;
	}
	if (!s->found) {
		cli_error("%s: %s: has no device '%s' ('anydma explain' shows the devices)",
			  command, board->argument, s->text);
		return CLI_USAGE;
	}
	for (size_t i = 0; i < s->found && i < CANDIDATES; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %s", s->paths[i]);
	cli_error("%s: %s: '%s' may be any of %zu:%s%s", command, board->argument, s->text,
		  s->found, text, s->found > CANDIDATES ? " ..." : "");
	return CLI_USAGE;
}

int cli_device(const char *command, const struct cli_board *board, const char *text,
	       char path[ANY_PLATFORM_TEXT])
{
	const void *fdt = board->tree.fdt;
	static struct search s;
	int len = 0, node;
	const char *alias = fdt_getprop(fdt, fdt_path_offset(fdt, "/aliases"), text, &len);

	/* Absolute only: libfdt follows an alias of an alias without end. */
	if (alias && len > 1 && !alias[len - 1] && alias[0] == '/')
		text = alias;
	if (text[0] == '/') {
		node = fdt_path_offset(fdt, text);
		if (node > 0 && !fdt_get_path(fdt, node, path, ANY_PLATFORM_TEXT))
			return 0;
	}
	s = (struct search){.text = text};
	if (text[0] != '/')
		among_masters(board, &s);
	if (text[0] != '/' && !s.found)
		among_nodes(board, &s);
	return choose(command, board, &s, path);
}

bool cli_reader(const char *command, const char *word, enum any_platform_reader *as)
{
	for (int i = ANY_READER_LINUX; i <= ANY_READER_U_BOOT; i++)
		if (!strcmp(word, cli_reader_name((enum any_platform_reader)i))) {
			*as = (enum any_platform_reader)i;
			return true;
		}
	cli_error("%s: --as '%s' is none of linux, u-boot", command, word);
	return false;
}

const char *cli_reader_name(enum any_platform_reader as)
{
	return as == ANY_READER_U_BOOT ? "u-boot" : "linux";
}

/* An IOMMU has many reasons, among them its own windows; what names it to the device is one. */
static bool decides(const struct cli_fact *f, enum any_platform_fact fact)
{
	if (f->fact != fact)
		return false;
	return fact != ANY_FACT_IOMMU || (f->property && (!strcmp(f->property, "iommus") ||
							  !strcmp(f->property, "iommu-map")));
}

const struct cli_fact *cli_why(const struct cli_master *master, enum any_platform_fact fact)
{
	for (size_t i = master->n_facts; i--;)
		if (decides(&master->facts[i], fact))
			return &master->facts[i];
	return NULL;
}

const char *cli_fact_name(enum any_platform_fact fact)
{
	static const char *const names[] = {"memory", "windows", "translated", "coherent", "iommu",
					    "pool",   "cache",	 "limit",      "ignored"};

	return (unsigned)fact < ANY_ARRAY_SIZE(names) ? names[fact] : "other";
}

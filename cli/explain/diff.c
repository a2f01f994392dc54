/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma explain --diff: what a driver's author has to know about board B who knows board A. */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "cli/explain/explain.h"

#define NONE SIZE_MAX

struct diff {
	struct explained a, b;
	size_t *to;   /* of each device of A: the one of B, or NONE */
	bool *taken;  /* devices of B that have a partner */
	size_t equal; /* pairs that do not differ */
	size_t changed;
};

/* The name of the alias that is this path, or NULL. */
static const char *alias_of(const struct cli_board *b, const char *path)
{
	const void *fdt = b->tree.fdt;
	int aliases = fdt_path_offset(fdt, "/aliases"), at;

	if (aliases < 0)
		return NULL;
	fdt_for_each_property_offset(at, fdt, aliases)
	{
		const char *name;
		int len = 0;
		const char *value = fdt_getprop_by_offset(fdt, at, &name, &len);

		if (value && len > 0 && !value[len - 1] && !strcmp(value, path))
			return name;
	}
	return NULL;
}

static bool same_path(const struct diff *d, size_t i, size_t j)
{
	return !strcmp(d->a.masters.list[i]->found.path, d->b.masters.list[j]->found.path);
}

static bool same_alias(const struct diff *d, size_t i, size_t j)
{
	const char *a = alias_of(&d->a.board, d->a.masters.list[i]->found.path);
	const char *b = alias_of(&d->b.board, d->b.masters.list[j]->found.path);

	return a && b && !strcmp(a, b);
}

static bool same_compatible(const struct diff *d, size_t i, size_t j)
{
	const char *a = d->a.masters.list[i]->found.compatible;

	return *a && !strcmp(a, d->b.masters.list[j]->found.compatible);
}

static void match(struct diff *d)
{
	bool (*const by[])(const struct diff *, size_t, size_t) = {same_path, same_alias,
								   same_compatible};

	for (size_t i = 0; i < d->a.masters.n; i++)
		d->to[i] = NONE;
	for (size_t how = 0; how < ANY_ARRAY_SIZE(by); how++)
		for (size_t i = 0; i < d->a.masters.n; i++)
			for (size_t j = 0; j < d->b.masters.n && d->to[i] == NONE; j++)
				if (!d->taken[j] && by[how](d, i, j)) {
					d->to[i] = j;
					d->taken[j] = true;
				}
}

static bool differs(const struct cli_answer *a, const struct cli_answer *b, int line)
{
	return !a->line[line] != !b->line[line] ||
	       (a->line[line] && strcmp(a->line[line], b->line[line]) != 0);
}

static void side(char sign, const char *name, const char *text)
{
	if (!text)
		text = "nothing";
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[512];

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		printf("  %c %-10s", sign, name);
		cli_put_plain(stdout, line);
		putchar('\n');
		text += n + (text[n] == '\n');
		name = "";
	}
}

static void pair_text(const struct diff *d, size_t i)
{
	const struct cli_answer *a = &d->a.answers[i], *b = &d->b.answers[d->to[i]];
	const char *from = d->a.masters.list[i]->found.path;
	const char *to = d->b.masters.list[d->to[i]]->found.path;

	putchar('\n');
	cli_put_plain(stdout, from);
	if (strcmp(from, to) != 0) {
		fputs(" -> ", stdout);
		cli_put_plain(stdout, to);
	}
	putchar('\n');
	for (int line = 0; line < CLI_LINES; line++)
		if (differs(a, b, line)) {
			side('-', cli_line_names[line], a->line[line]);
			side('+', cli_line_names[line], b->line[line]);
		}
}

static void alone_text(char sign, const struct explained *e, size_t i)
{
	printf("\n%c ", sign);
	cli_put_plain(stdout, e->masters.list[i]->found.path);
	printf(" is only in ");
	cli_put_plain(stdout, e->board.argument);
	putchar('\n');
	side(sign, "in words", e->answers[i].line[CLI_LINE_WORDS]);
}

static void text(const struct diff *d)
{
	printf("- ");
	cli_put_plain(stdout, d->a.board.argument);
	printf("  ");
	cli_put_plain(stdout, d->a.board.name);
	printf("\n+ ");
	cli_put_plain(stdout, d->b.board.argument);
	printf("  ");
	cli_put_plain(stdout, d->b.board.name);
	putchar('\n');
	for (size_t i = 0; i < d->a.masters.n; i++)
		if (d->to[i] == NONE)
			alone_text('-', &d->a, i);
		else if (!cli_answer_same(&d->a.answers[i], &d->b.answers[d->to[i]]))
			pair_text(d, i);
	for (size_t j = 0; j < d->b.masters.n; j++)
		if (!d->taken[j])
			alone_text('+', &d->b, j);
	printf("\n%zu devices changed or on one board only, %zu the same\n", d->changed, d->equal);
}

static void pair_json(struct cli_json_writer *w, const struct diff *d, size_t i, size_t j)
{
	const struct cli_answer empty = {{NULL}};
	const struct cli_answer *a = i == NONE ? &empty : &d->a.answers[i];
	const struct cli_answer *b = j == NONE ? &empty : &d->b.answers[j];

	cli_json_open(w, NULL, '{');
	cli_json_text(w, "from", i == NONE ? NULL : d->a.masters.list[i]->found.path);
	cli_json_text(w, "to", j == NONE ? NULL : d->b.masters.list[j]->found.path);
	cli_json_open(w, "changes", '[');
	for (int line = 0; line < CLI_LINES; line++)
		if (differs(a, b, line)) {
			cli_json_open(w, NULL, '{');
			cli_json_text(w, "fact", cli_line_names[line]);
			cli_json_text(w, "from", a->line[line]);
			cli_json_text(w, "to", b->line[line]);
			cli_json_close(w, '}');
		}
	cli_json_close(w, ']');
	cli_json_close(w, '}');
}

static void json(const struct diff *d)
{
	struct cli_json_writer w = {.out = stdout};

	cli_json_open(&w, NULL, '{');
	cli_json_text(&w, "anydma", ANYDMA_VERSION);
	cli_json_text(&w, "from", d->a.board.argument);
	cli_json_text(&w, "to", d->b.board.argument);
	cli_json_count(&w, "same", d->equal);
	cli_json_open(&w, "devices", '[');
	for (size_t i = 0; i < d->a.masters.n; i++)
		if (d->to[i] == NONE || !cli_answer_same(&d->a.answers[i], &d->b.answers[d->to[i]]))
			pair_json(&w, d, i, d->to[i]);
	for (size_t j = 0; j < d->b.masters.n; j++)
		if (!d->taken[j])
			pair_json(&w, d, NONE, j);
	cli_json_close(&w, ']');
	cli_json_close(&w, '}');
}

static int compare(struct diff *d)
{
	d->to = calloc(d->a.masters.n + 1, sizeof(*d->to));
	d->taken = calloc(d->b.masters.n + 1, sizeof(*d->taken));
	if (!d->to || !d->taken) {
		cli_error("explain: out of memory");
		return CLI_USAGE;
	}
	match(d);
	for (size_t i = 0; i < d->a.masters.n; i++)
		d->equal += d->to[i] != NONE &&
			    cli_answer_same(&d->a.answers[i], &d->b.answers[d->to[i]]);
	d->changed = d->a.masters.n - d->equal;
	for (size_t j = 0; j < d->b.masters.n; j++)
		d->changed += !d->taken[j];
	if (d->a.options->json)
		json(d);
	else
		text(d);
	return d->changed ? CLI_FAILED : CLI_OK;
}

int explain_diff(const struct explain *options)
{
	struct diff d = {.to = NULL};
	int status;

	if (explain_open(options, options->files[0], &d.a))
		return CLI_USAGE;
	if (explain_open(options, options->files[1], &d.b)) {
		explain_close(&d.a);
		return CLI_USAGE;
	}
	status = compare(&d);
	free(d.to);
	free(d.taken);
	explain_close(&d.a);
	explain_close(&d.b);
	return status;
}

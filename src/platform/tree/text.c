/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said to the outside: the one line of an error, and why an answer is what it is. */
#include "tree.h"

void any_tree_copy(char *to, size_t size, const char *from, size_t len)
{
	size_t n = 0;

	while (n + 1 < size && n < len && from[n]) {
		to[n] = from[n] < ' ' || from[n] > '~' ? '?' : from[n]; /* one line stays one */
		n++;
	}
	to[n] = 0;
}

static void append(struct any_platform_error *error, const char *text)
{
	size_t n = 0, m = 0;

	while (n < sizeof(error->text) && error->text[n])
		n++;
	while (text[m])
		m++;
	if (n < sizeof(error->text))
		any_tree_copy(error->text + n, sizeof(error->text) - n, text, m);
}

int any_tree_error(const struct tree *t, int err, int node, const char *property, const char *what)
{
	char path[96];

	t->error->text[0] = 0;
	if (node >= 0) {
		if (!any_tree_path(t, node, path, sizeof(path)))
			any_tree_copy(path, sizeof(path), "(deep node)", 11);
		append(t->error, path);
		append(t->error, ": ");
	}
	if (property) {
		append(t->error, property);
		append(t->error, ": ");
	}
	append(t->error, what);
	return err;
}

void any_tree_why(const struct tree *t, enum any_platform_fact fact, int node, const char *property,
		  const char *meaning)
{
	char path[256];

	if (!t->query || !t->query->why)
		return;
	if (node < 0 || !any_tree_path(t, node, path, sizeof(path)))
		any_tree_copy(path, sizeof(path), node < 0 ? "" : "(deep node)", 12);
	t->query->why(t->query->ctx, fact, path, property, meaning);
}

bool any_tree_same(const char *a, const char *b)
{
	if (!a)
		return false;
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

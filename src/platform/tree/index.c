/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where nodes are. libfdt walks from the start of the tree for a parent, a phandle or a path; the
 * index has them in the order of their offsets, so that a parent is a binary search and a phandle
 * one pass over 12 bytes a node. Without an index the same questions go to libfdt.
 */
#include "tree.h"

#include "base/mem.h"

#define NOT_FOUND (-FDT_ERR_NOTFOUND)

uint32_t any_tree_index(const void *fdt, struct any_platform_node *nodes, uint32_t max)
{
	uint32_t above[TREE_DEPTH], n = 0;
	int depth = -1; /* the root takes it to 0 */

	for (int node = fdt_next_node(fdt, -1, &depth); node >= 0 && depth >= 0;
	     node = fdt_next_node(fdt, node, &depth)) {
		if (n == max || depth >= TREE_DEPTH)
			return 0;
		nodes[n].offset = (uint32_t)node;
		nodes[n].parent = depth ? above[depth - 1] : n;
		nodes[n].phandle = fdt_get_phandle(fdt, node);
		above[depth] = n++;
	}
	return n;
}

/* Index of the node at this offset; n_nodes: it is none. */
static uint32_t find(const struct tree *t, int node)
{
	uint32_t low = 0, high = t->n_nodes;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->nodes[middle].offset < (uint32_t)node)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n_nodes && t->nodes[low].offset == (uint32_t)node ? low : t->n_nodes;
}

int any_tree_parent(const struct tree *t, int node)
{
	uint32_t at;

	if (node < 0)
		return node;
	if (!t->n_nodes)
		return fdt_parent_offset(t->fdt, node);
	at = find(t, node);
	if (at == t->n_nodes || t->nodes[at].parent == at)
		return NOT_FOUND;
	return (int)t->nodes[t->nodes[at].parent].offset;
}

int any_tree_by_phandle(const struct tree *t, uint32_t phandle)
{
	if (!phandle || phandle == UINT32_MAX)
		return NOT_FOUND;
	if (!t->n_nodes)
		return fdt_node_offset_by_phandle(t->fdt, phandle);
	for (uint32_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].phandle == phandle)
			return (int)t->nodes[i].offset;
	return NOT_FOUND;
}

/* The first node from index `at` on that is right below `parent`. Nodes are in document order, so
 * the children of one parent end where a node has a parent before it. */
static int child_from(const struct tree *t, uint32_t at, uint32_t parent)
{
	for (; at < t->n_nodes && t->nodes[at].parent >= parent; at++)
		if (t->nodes[at].parent == parent && at != parent)
			return (int)t->nodes[at].offset;
	return NOT_FOUND;
}

int any_tree_first(const struct tree *t, int parent)
{
	uint32_t at;

	if (parent < 0) /* libfdt takes the first child of "no such node" for the root */
		return parent;
	if (!t->n_nodes)
		return fdt_first_subnode(t->fdt, parent);
	at = find(t, parent);
	return at == t->n_nodes ? NOT_FOUND : child_from(t, at + 1, at);
}

int any_tree_next(const struct tree *t, int node)
{
	uint32_t at;

	if (node < 0)
		return node;
	if (!t->n_nodes)
		return fdt_next_subnode(t->fdt, node);
	at = find(t, node);
	return at == t->n_nodes ? NOT_FOUND : child_from(t, at + 1, t->nodes[at].parent);
}

/* As libfdt compares: "soc" is also soc@0, whichever stands first. */
static bool named(const char *own, int have, const char *name, int len)
{
	if (!own || have < len || memcmp(own, name, (size_t)len))
		return false;
	if (!own[len])
		return true;
	for (int i = 0; i < len; i++)
		if (name[i] == '@')
			return false;
	return own[len] == '@';
}

static int child_named(const struct tree *t, int parent, const char *name, int len)
{
	if (!t->n_nodes)
		return parent < 0 ? parent : fdt_subnode_offset_namelen(t->fdt, parent, name, len);
	for (int node = any_tree_first(t, parent); node >= 0; node = any_tree_next(t, node)) {
		int have;
		const char *own = fdt_get_name(t->fdt, node, &have);

		if (named(own, have, name, len))
			return node;
	}
	return NOT_FOUND;
}

int any_tree_top(const struct tree *t, const char *name)
{
	int len = 0;

	while (name[len])
		len++;
	return child_named(t, 0, name, len);
}

static int walk_down(const struct tree *t, const char *path, int len)
{
	int node = 0;

	for (int at = 0; at < len && node >= 0;) {
		int end;

		while (at < len && path[at] == '/')
			at++;
		for (end = at; end < len && path[end] != '/';)
			end++;
		if (end > at)
			node = child_named(t, node, path + at, end - at);
		at = end;
	}
	return node;
}

/*
 * libfdt would follow an alias that names itself until the stack ends, and take one without its
 * final zero at its word.
 */
int any_tree_resolve(const struct tree *t, const char *path, int len)
{
	int n = 0, aliases;

	if (!path || len <= 0 || path[len - 1])
		return NOT_FOUND;
	if (path[0] != '/') {
		aliases = any_tree_top(t, "aliases");
		path = aliases < 0 ? NULL : fdt_getprop(t->fdt, aliases, path, &len);
	}
	if (!path || len <= 0 || path[len - 1] || path[0] != '/')
		return NOT_FOUND;
	while (path[n])
		n++;
	return walk_down(t, path, n);
}

/* Writes "/name" before `end`, from where it returns; 0: no room. */
static size_t prepend(const struct tree *t, int node, char *path, size_t end)
{
	int len;
	const char *name = fdt_get_name(t->fdt, node, &len);

	if (!name || len < 0 || (size_t)len + 1 > end)
		return 0;
	end -= (size_t)len;
	memcpy(path + end, name, (size_t)len);
	path[--end] = '/';
	return end + 1; /* so that 0 means no room */
}

bool any_tree_path(const struct tree *t, int node, char *path, size_t size)
{
	size_t at = size, n;

	if (!t->n_nodes) {
		if (fdt_get_path(t->fdt, node, path, (int)size))
			return false;
		for (n = 0; path[n];)
			n++;
		memset(path + n, 0, size - n); /* equal paths are equal bytes */
		return true;
	}
	if (!size || find(t, node) == t->n_nodes)
		return false;
	path[--at] = 0;
	for (int up; (up = any_tree_parent(t, node)) >= 0; node = up) {
		n = prepend(t, node, path, at);
		if (!n)
			return false;
		at = n - 1;
	}
	if (at == size - 1) {
		if (!at)
			return false;
		path[--at] = '/';
	}
	memmove(path, path + at, size - at);
	memset(path + (size - at), 0, at);
	return true;
}

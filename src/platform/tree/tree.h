/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a tree that may lie: every getter checks lengths, every failure names node and property.
 * Only this folder knows how libfdt finds things; with an index, parents and phandles are looked up
 * there.
 */
#ifndef ANYDMA_PLATFORM_TREE_H
#define ANYDMA_PLATFORM_TREE_H

#include <libfdt.h>

#include <anydma/platform.h>

#define TREE_DEPTH 32 /* levels of nesting followed upwards; deeper is nonsense */

struct tree {
	const void *fdt;
	const struct any_platform_node *nodes; /* the index; NULL: none */
	uint32_t n_nodes;
	struct any_platform_error *error;
	const struct any_platform_query *query; /* who asks; NULL: nobody wants to know why */
};

/* index.c. Offsets of nodes; negative: there is none, and all take "none" as an argument. */
uint32_t any_tree_index(const void *fdt, struct any_platform_node *nodes, uint32_t max);
int any_tree_parent(const struct tree *t, int node);
int any_tree_by_phandle(const struct tree *t, uint32_t phandle);
int any_tree_first(const struct tree *t, int parent);
int any_tree_next(const struct tree *t, int node);
/* The child of the root with this name. */
int any_tree_top(const struct tree *t, const char *name);
/* An absolute path, or an alias that is one; len counts the final zero. */
int any_tree_resolve(const struct tree *t, const char *path, int len);
/* False: it does not fit. */
bool any_tree_path(const struct tree *t, int node, char *path, size_t size);

static inline enum any_platform_reader any_tree_as(const struct tree *t)
{
	return t->query ? t->query->as : ANY_READER_LINUX;
}

/* Safe to hand to libfdt: every tag and length lies inside. */
bool any_tree_is_whole(const void *dtb, size_t size);

/* text.c. Writes "node: property: what" and returns err, for `return any_tree_error(...)`. */
int any_tree_error(const struct tree *t, int err, int node, const char *property, const char *what);
/* This property of this node decided `fact`. */
void any_tree_why(const struct tree *t, enum any_platform_fact fact, int node, const char *property,
		  const char *meaning);
/* A copy of at most `size` bytes, always terminated, of printable characters. */
void any_tree_copy(char *to, size_t size, const char *from, size_t len);
/* Two strings, the first of which may be NULL. */
bool any_tree_same(const char *a, const char *b);

/* NULL: not there. *words is filled with the number of whole cells; a ragged length is an error. */
int any_tree_cells(const struct tree *t, int node, const char *property, const fdt32_t **cells,
		   uint32_t *words);
bool any_tree_has(const struct tree *t, int node, const char *property);
/* The property is this one string. */
bool any_tree_is(const struct tree *t, int node, const char *property, const char *word);
/* One of the strings of `compatible` is this. */
bool any_tree_compatible(const struct tree *t, int node, const char *with);
/* The node does not say in `status` that it is not to be used. */
bool any_tree_enabled(const struct tree *t, int node);
/* The single number of a property, or `missing`. */
int any_tree_u32(const struct tree *t, int node, const char *property, uint32_t missing,
		 uint32_t *out);
int any_tree_u64(const struct tree *t, int node, const char *property, uint64_t missing,
		 uint64_t *out);
/* #address-cells (at most 3) and #size-cells (at most 2) of a node, for its children; where the
 * node does not say, what holds above it, and 1 where nobody does. */
int any_tree_address_cells(const struct tree *t, int node, uint32_t *cells);
int any_tree_size_cells(const struct tree *t, int node, uint32_t *cells);
/* n cells, most significant first; of 3 (PCI) the first is flags and is left out. */
uint64_t any_tree_number(const fdt32_t *cells, uint32_t n);
/* Calls `add` for each range of a property like `reg`, in the cells of `parent`, until one is
 * refused. */
int any_tree_reg(const struct tree *t, int node, const char *property, int parent,
		 struct any_platform *p,
		 int (*add)(const struct tree *t, int node, struct any_platform *p, uint64_t base,
			    uint64_t size));

#endif

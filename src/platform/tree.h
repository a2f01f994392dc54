/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a tree that may lie: every getter checks lengths, every failure names node and property.
 */
#ifndef ANYDMA_PLATFORM_TREE_H
#define ANYDMA_PLATFORM_TREE_H

#include <libfdt.h>

#include <anydma/platform.h>

#define TREE_DEPTH 32 /* levels of nesting followed upwards; deeper is nonsense */

struct tree {
	const void *fdt;
	struct any_platform_error *error;
};

/* Safe to hand to libfdt: every tag and length lies inside. */
bool any_tree_is_whole(const void *dtb, size_t size);
/* Writes "node: property: what" and returns err, for `return any_tree_error(...)`. */
int any_tree_error(const struct tree *t, int err, int node, const char *property, const char *what);
/* A copy of at most `size` bytes, always terminated. */
void any_tree_copy(char *to, size_t size, const char *from, size_t len);

/* NULL: not there. *words is filled with the number of whole cells; a ragged length is an error. */
int any_tree_cells(const struct tree *t, int node, const char *property, const fdt32_t **cells,
		   uint32_t *words);
bool any_tree_has(const struct tree *t, int node, const char *property);
/* The property is this one string. */
bool any_tree_is(const struct tree *t, int node, const char *property, const char *word);
/* Two strings, the first of which may be NULL. */
bool any_tree_same(const char *a, const char *b);
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
/* Calls `add` for each range of `reg`, in the cells of `parent`, until one is refused. */
int any_tree_reg(const struct tree *t, int node, int parent, struct any_platform *p,
		 int (*add)(const struct tree *t, int node, struct any_platform *p, uint64_t base,
			    uint64_t size));
/* The node whose buses this device's DMA goes through first; negative: none. */
int any_tree_dma_parent(const struct tree *t, int node);

/* One file a concern; read.c calls them in this order, and each relies on the ones before. */
int any_platform_read_memory(const struct tree *t, struct any_platform *p);
int any_platform_read_ranges(const struct tree *t, int device, struct any_platform *p);
int any_platform_read_coherent(const struct tree *t, int device, struct any_platform *p);
int any_platform_read_iommu(const struct tree *t, int device, struct any_platform *p);
int any_platform_read_cpus(const struct tree *t, struct any_platform *p);
int any_platform_read_machine(const struct tree *t, int device, struct any_platform *p);
int any_platform_read_pools(const struct tree *t, int device, struct any_platform *p);

/* cpus.c: RISC-V is coherent unless its tree says otherwise. */
bool any_platform_is_riscv(const struct tree *t);

/* reach.c: the device, as it is wired, can address every byte of this memory once it is shared. */
bool any_platform_reaches(const struct any_platform *p, uint64_t base, uint64_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a tree that may lie: every getter checks lengths, every failure names node and property. */
#ifndef ANYDMA_PLATFORM_TREE_H
#define ANYDMA_PLATFORM_TREE_H

#include <libfdt.h>

#include <anydma/platform.h>

#define TREE_DEPTH 32 /* levels of nesting followed upwards; deeper is nonsense */

struct tree {
	const void *fdt;
	struct any_platform_error *error;
};

/* Writes "node: property: what" and returns err, for `return tree_error(...)`. */
int tree_error(const struct tree *t, int err, int node, const char *property, const char *what);
/* A copy of at most `size` bytes, always terminated. */
void tree_copy(char *to, size_t size, const char *from, size_t len);

/* NULL: not there. *words is filled with the number of whole cells; a ragged length is an error. */
int tree_cells(const struct tree *t, int node, const char *property, const fdt32_t **cells,
	       uint32_t *words);
bool tree_has(const struct tree *t, int node, const char *property);
/* The single cell of a property, or `missing`. */
int tree_u32(const struct tree *t, int node, const char *property, uint32_t missing, uint32_t *out);
int tree_u64(const struct tree *t, int node, const char *property, uint64_t missing, uint64_t *out);
/* #address-cells and #size-cells of a node, for its children: 0..3 and 0..2. */
int tree_address_cells(const struct tree *t, int node, uint32_t *cells);
int tree_size_cells(const struct tree *t, int node, uint32_t *cells);
/* n cells, most significant first; of 3 (PCI) the first is flags and is left out. */
uint64_t tree_number(const fdt32_t *cells, uint32_t n);
/* The node whose buses this device's DMA goes through first; negative: none. */
int tree_dma_parent(const struct tree *t, int node);

/* one file a concern */
int platform_read_memory(const struct tree *t, struct any_platform *p);
int platform_read_ranges(const struct tree *t, int device, struct any_platform *p);
int platform_read_coherent(const struct tree *t, int device, struct any_platform *p);
int platform_read_iommu(const struct tree *t, int device, struct any_platform *p);
int platform_read_machine(const struct tree *t, int device, struct any_platform *p);

#endif

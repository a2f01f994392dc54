/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of one answer: one file a concern. */
#ifndef ANYDMA_PLATFORM_READ_H
#define ANYDMA_PLATFORM_READ_H

#include "platform/tree/tree.h"

/* In the order of read.c: each relies on the ones before. */
int any_platform_read_memory(const struct tree *t, struct any_platform *p);
int any_platform_read_ranges(const struct tree *t, int device, struct any_platform *p);
int any_platform_read_coherent(const struct tree *t, int device, struct any_platform *p);
int any_platform_read_iommu(const struct tree *t, int device, struct any_platform *p);
int any_platform_read_cpus(const struct tree *t, struct any_platform *p);
int any_platform_read_machine(const struct tree *t, int device, struct any_platform *p);
int any_platform_read_pools(const struct tree *t, int device, struct any_platform *p);

/* cpus.c: RISC-V is coherent unless its tree says otherwise. */
bool any_platform_is_riscv(const struct tree *t);

/* path/parent.c: the node whose buses this node's DMA goes through first; negative: none. */
int any_path_dma_parent(const struct tree *t, int node);
/* Where the walk for a device starts: its DMA parent, but for a PCI function, or a host bridge that
 * is asked about, the host bridge. */
int any_path_start(const struct tree *t, int device);
bool any_path_is_pci(const struct tree *t, int node);
/* The host bridge above (or at) a PCI node; negative: it is none. */
int any_path_pci_host(const struct tree *t, int node);

/* path/ranges.c: the windows of the first bus from `node` up that has any; none: 1:1, no limit. */
struct any_path_windows {
	struct any_dma_segment *list;
	uint32_t n, max;
	enum any_platform_fact fact; /* what they are windows for */
};
int any_path_windows(const struct tree *t, int node, struct any_path_windows *w);

/* path/unit.c: what the node of an IOMMU says about it. */
int any_path_read_unit(const struct tree *t, int node, int device, struct any_platform *p);

/* path/holes.c: addresses of its aperture that are never to be given out. */
int any_path_read_holes(const struct tree *t, int node, int device, struct any_platform *p);

/* memory/reach.c: the device, as it is wired, can address every byte of this memory once it is
 * shared. */
bool any_platform_reaches(const struct any_platform *p, uint64_t base, uint64_t size);
/* memory/place.c: calls `set` with a place for a region that has only a size. */
int any_platform_place(const struct tree *t, int node, struct any_platform *p,
		       int (*set)(const struct tree *t, int node, struct any_platform *p,
				  uint64_t base, uint64_t size));
/* memory/range.c: [first, last] into a list of ranges that stay apart; false: it is full. */
bool any_ranges_touch(const struct any_platform_range *r, uint64_t first, uint64_t last);
bool any_range_add(struct any_platform_range *list, uint32_t *n, uint32_t max, uint64_t first,
		   uint64_t last);

#endif

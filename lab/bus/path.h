/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stages of the device's way to memory, in the order an access meets them. Each takes an
 * address and gives the next, or reports what is wrong with it and does not return.
 */
#ifndef ANYDMA_LAB_PATH_H
#define ANYDMA_LAB_PATH_H

#include "bus.h"

/* One access under way. */
struct lab_trip {
	struct lab_machine *m;
	struct lab_mapping *map; /* what entitles the device to it */
	uint64_t said;		 /* the address as the device said it */
	uint64_t len, pc;
	uint64_t run;	  /* bytes from here that stay together; at most len */
	bool write, look; /* look: nothing is moved yet */
};

/* Reports against a trip: the access, and the call that mapped what it touches. */
#define LAB_WRONG(t, rule, at, ...)                                                                \
	lab_fail((t)->m, rule, (t)->pc, lab_trace_pc((t)->map->trace), (t)->map->step, at,         \
		 (uint32_t)(t)->len, __VA_ARGS__)

/* reach.c: what the device can put on its wires, and one transfer of it (M6) */
void lab_judge_reach(const struct lab_trip *t, uint64_t bus);
/* bits.c: address bits that route, order or decrypt (M2, M14, M15); gives the bare address */
uint64_t lab_through_attributes(const struct lab_trip *t, uint64_t bus);
uint64_t lab_through_encryption(const struct lab_trip *t, uint64_t bus);
/* translate.c: an IOMMU and the windows behind it (M4, M5) */
uint64_t lab_through_iommu(struct lab_trip *t, uint64_t bus);
bool lab_iommu_translates(const struct lab_machine *m, uint64_t bus);
/* permute.c: frames shuffled within each range of memory (Xen) */
uint64_t lab_permute(const struct lab_machine *m, uint64_t phys); /* CPU frame to bus frame */
uint64_t lab_unpermute(const struct lab_machine *m, uint64_t bus);

/* window.c */
_Noreturn void lab_nowhere(const struct lab_trip *t, uint64_t bus);
uint64_t lab_through_windows(struct lab_trip *t, const struct any_dma_segment *s, uint32_t n,
			     bool miss_identity, uint64_t bus);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a port of this machine does: the cures for its warts (docs/binding.md, the table of
 * defects), and where it has memory. lab/run/port.c puts the platform together.
 */
#ifndef ANYDMA_LAB_PORT_H
#define ANYDMA_LAB_PORT_H

#include "../cache/cache.h"
#include "../mem/mem.h"
#include "../run/run.h"

/* One wish of the DMA API on its way to the machine. A cure may change it, or do something first.
 */
struct lab_port_op {
	struct lab_machine *m;
	enum lab_cache_kind kind;
	unsigned view;
	uint64_t phys, len;
	bool done; /* nothing is left to do */
};

/* cures.c: all of them, in their order */
void lab_port_cure(struct lab_port_op *op);

/* cache.c: for the machine's caches, inner and outer */
extern const struct any_dma_cache_ops lab_port_cache_ops;
/* One operation of the inner cache, cured; of a kind, over a range. */
void lab_port_inner(struct lab_machine *m, enum lab_cache_kind kind, unsigned view, uint64_t phys,
		    uint64_t len);

/* outer.c */
void lab_port_outer(struct lab_machine *m, enum lab_cache_kind kind, uint64_t phys, uint64_t len);
void lab_port_outer_sync(struct lab_machine *m);

/* memory.c */
void lab_port_ram(struct lab_port *port, const struct lab_machine *m);
void lab_port_coherent_memory(struct lab_port *port, const struct lab_machine *m, bool bypass);
struct any_dma_region lab_port_bounce_memory(const struct lab_machine *m);
/* What the operating system left in the caches when it made the pools, and what a port does about
 * it before it uses their uncached alias. */
void lab_port_boot(struct lab_port *port, struct lab_machine *m);

#endif

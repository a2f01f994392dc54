/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Observers of a DMA device. Stackable; the hot path pays only while one is installed (it then has
 * no fast window). Install and remove only while nothing is mapped.
 *
 * `check` reports misuse (conformance C5 and the four checks it says nobody makes); the lab's
 * oracle is another observer.
 */
#ifndef ANYDMA_WATCH_H
#define ANYDMA_WATCH_H

#include <anydma/dma.h>

enum any_dma_op {
	ANY_DMA_OP_MAP,
	ANY_DMA_OP_UNMAP,
	ANY_DMA_OP_SYNC_FOR_DEVICE,
	ANY_DMA_OP_SYNC_FOR_CPU,
	ANY_DMA_OP_MAP_SG, /* one event for the list, and one for each piece inside it, see below */
	ANY_DMA_OP_UNMAP_SG,
	ANY_DMA_OP_SYNC_SG_FOR_DEVICE,
	ANY_DMA_OP_SYNC_SG_FOR_CPU,
	ANY_DMA_OP_MAP_RESOURCE,
	ANY_DMA_OP_ALLOC_COHERENT,
	ANY_DMA_OP_FREE_COHERENT,
	ANY_DMA_OP_DRAIN,
	ANY_DMA_OP_DETACH,
	ANY_DMA_OP_N,
};

/*
 * BEGIN: the arguments as given, before any work. END: after the work; `err` tells. Between the two
 * the library itself touches the memory. An observer's BEGIN answer other than 0 stops the call
 * before it does harm: map returns it, void calls do nothing. An observer that saw BEGIN sees END.
 *
 * A list is one event with `sg` and `n`. Between its BEGIN and END each piece announces itself by a
 * BEGIN and an END of the single operation (its mapping has ANY_DMA_MAP_SG): after the work of map
 * and sync_for_device, before that of unmap and sync_for_cpu. These can not be refused.
 */
enum any_dma_phase { ANY_DMA_BEGIN, ANY_DMA_END };

struct any_dma_event {
	enum any_dma_op op;
	enum any_dma_phase phase;
	struct any_dma_dev *dev;
	/* NULL at BEGIN of map and for coherent memory; at END of a map that failed the untouched
	 * one */
	const struct any_dma_mapping *map;
	const struct any_dma_coherent *mem;
	const struct any_dma_sg *sg;
	unsigned n;		   /* entries of sg */
	void *cpu;		   /* map: the buffer */
	struct any_phys_addr phys; /* map_resource */
	size_t len;		   /* map, alloc: length; sync: length */
	size_t offset;		   /* sync */
	size_t written;		   /* unmap */
	enum any_dma_dir dir;
	bool piece;			     /* of a list */
	int err;			     /* END only */
	const struct any_dma_watch *refused; /* END: who stopped the call, NULL: nobody */
};

struct any_watch_stage;

struct any_dma_watch {
	int (*event)(struct any_dma_watch *watch, const struct any_dma_event *event);
	struct any_dma_watch *next;
	/* ANY_DMA_OP_DRAIN is of no interest: while no observer wants it, a device that needs no
	 * drain pays for none. Others may still be told of it. */
	bool no_drains;
	const struct any_watch_stage *stage; /* by any_dma_watch_add */
};

void any_dma_watch_add(struct any_dma_dev *dev, struct any_dma_watch *watch);
void any_dma_watch_remove(struct any_dma_dev *dev, struct any_dma_watch *watch);

#endif

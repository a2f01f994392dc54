/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Observers of a DMA device. Stackable; the hot path pays only while one is installed (it then has
 * no fast window). Install and remove only while nothing is mapped.
 *
 * `check` reports misuse (conformance C5 and the four checks it says nobody makes); the lab's oracle
 * is another observer.
 */
#ifndef ANYDMA_WATCH_H
#define ANYDMA_WATCH_H

#include <anydma/dma.h>

enum any_dma_op {
	ANY_DMA_OP_MAP,
	ANY_DMA_OP_UNMAP,
	ANY_DMA_OP_SYNC_FOR_DEVICE,
	ANY_DMA_OP_SYNC_FOR_CPU,
	ANY_DMA_OP_MAP_SG,   /* one event for the list; pieces follow as MAP with ANY_DMA_MAP_SG */
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
 * before it does harm: map returns it, void calls do nothing.
 */
enum any_dma_phase { ANY_DMA_BEGIN, ANY_DMA_END };

struct any_dma_event {
	enum any_dma_op op;
	enum any_dma_phase phase;
	struct any_dma_dev *dev;
	const struct any_dma_mapping *map; /* NULL at BEGIN of map and for coherent memory */
	const struct any_dma_coherent *mem;
	const struct any_dma_sg *sg;
	unsigned n;  /* entries of sg */
	void *cpu;   /* map: the buffer */
	size_t len;  /* map, alloc: length; sync: length */
	size_t offset; /* sync */
	size_t written; /* unmap */
	enum any_dma_dir dir;
	int err; /* END only */
};

struct any_dma_watch {
	int (*event)(struct any_dma_watch *watch, const struct any_dma_event *event);
	struct any_dma_watch *next;
};

void any_dma_watch_add(struct any_dma_dev *dev, struct any_dma_watch *watch);
void any_dma_watch_remove(struct any_dma_dev *dev, struct any_dma_watch *watch);

#endif

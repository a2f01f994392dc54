/* SPDX-License-Identifier: BSD-2-Clause */
/* What belongs to one CPU of a machine: its store buffer, its load order, the call it is in. */
#ifndef ANYDMA_LAB_CPU_STATE_H
#define ANYDMA_LAB_CPU_STATE_H

#include <anydma/types.h>

#define LAB_CPUS    2
#define LAB_STORES  1024 /* history of CPU stores to directly visible memory; power of two */
#define LAB_NEWEST  256	 /* power of two */
#define LAB_PENDING 32	 /* of them, not yet visible to devices */
#define LAB_SAVED   64	 /* bytes of one that wait outside the view */

/* A CPU store to memory that devices see directly (coherent bus or uncached alias). */
struct lab_store {
	uint64_t phys, seq, pc, step;
	uint32_t len, epoch;
	uint8_t region, slot; /* slot: in saved[], plus one, while the CPU does not run */
	bool drained, missed; /* missed: a device read found the old value */
};

/* One of them that is not: what is looked for at each access, close together. */
struct lab_pending {
	uint64_t phys, seq;
	uint32_t len, epoch;
};

struct lab_cpu {
	unsigned in_api;	   /* nesting of DMA API calls */
	uint64_t api_from, api_to; /* host range of the mapping the API works on */
	uint8_t api_dir;

	/* stores on their way out */
	uint64_t store_head, store_tail; /* seq of next, of oldest kept */
	uint64_t drained_below;		 /* every store with a smaller seq is visible */
	uint32_t epoch, n_pending;
	uint64_t mmio_fenced, out_drained; /* seqs: ordered before MMIO; through the out ritual */
	uint64_t last_ring_store, last_ring_pc, last_ring_step;
	uint64_t bell_head, bell_fence, bell_pc; /* at its last doorbell */
	/* what the device has observed of them */
	uint64_t dev_seen_seq, dev_seen_pc;
	uint32_t dev_seen_epoch;
	struct lab_store passed_store; /* the last announcing store that a load overtook */
	uint64_t passed_pc;

	/* load order: seqs of device writes */
	uint64_t acquired, cpu_seen, cpu_seen_pc;

	uint32_t irq_off;			 /* nested */
	uint64_t away;				 /* seq of the oldest of saved[] */
	unsigned core;				 /* of machines that maintain locally */
	struct lab_pending pending[LAB_PENDING]; /* oldest first */
	uint64_t newest[LAB_NEWEST]; /* seq + 1 of the last store to 64 bytes, by their number */
	struct lab_store stores[LAB_STORES];
	uint8_t saved[LAB_PENDING][LAB_SAVED]; /* pending bytes, while another CPU runs */
};

/* Who runs next. */
struct lab_turns {
	bool two;	 /* the second CPU was started and is not at its end */
	bool joining;	 /* the first one only waits for it */
	bool hot;	 /* a moment that hurts has just been */
	bool ever;	 /* there was a second CPU in this run */
	uint32_t hold;	 /* an atomic operation is under way */
	uint32_t burst;	 /* chances that the running CPU will not be interrupted at */
	uint64_t chance; /* stream */
};

#endif

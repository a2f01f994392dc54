/* SPDX-License-Identifier: BSD-2-Clause */
/* A user's scenario on a machine: what one run of it holds. */
#ifndef ANYDMA_LAB_SCENARIO_RUN_H
#define ANYDMA_LAB_SCENARIO_RUN_H

#include <anydma/lab/model.h>
#include <anydma/lab/shim.h>

#include "../bus/bus.h"
#include "../bus/device.h"
#include "../run/run.h"

#define LAB_TAKEN  512
#define LAB_CHUNKS 64

/* Memory of the run that ends with it, however the run is left. */
struct lab_kept {
	struct lab_kept *next;
	const void *key; /* of a shim's table */
	max_align_t bytes[];
};

/* any_lab_dma_memory(): the same bytes as the CPU and as the device have them. */
struct lab_chunk {
	uint64_t cpu, bus, size;
	struct any_dma_coherent mem; /* size 0: mapped in place */
	struct any_dma_mapping map;
};

struct lab_heap;

/* The completion that cannot be; len 0: there was none, or it was refused. */
struct lab_bogus {
	uint64_t phys, wrote_pc, wrote_step, seen_pc, seen_step;
	uint32_t len;
	uint8_t bytes[16];
};

struct any_lab {
	struct lab_machine *m;
	struct lab_port *port;
	struct any_dma_dev *dma;
	const struct any_lab_scenario *scenario;

	struct any_lab_model model;
	struct lab_device device;
	bool attached;

	struct {
		uint64_t phys, size;
	} taken[LAB_TAKEN]; /* RAM that is somebody's */
	uint32_t n_taken;
	struct lab_chunk chunks[LAB_CHUNKS];
	uint32_t n_chunks;
	struct lab_kept *kept;
	struct lab_heap *heap;
	struct lab_bogus bogus;
	bool on_stack;

	void (*handler)(void *ctx);
	void *handler_ctx;
	bool in_handler;
	uint64_t operations; /* asked for; 0: none said */
	uint32_t idle;	     /* looks of a polling loop since anything moved */
	uint32_t glances;    /* the same, at memory that no device knows */

	uint64_t rng, model_rng;
};

/* run.c: the whole of it, under the oracle's eyes; 0 or the scenario's error. */
int lab_scenario_run(struct any_lab *lab);
void lab_scenario_end(struct any_lab *lab);

/* Zeroed memory that lives as long as the run, and is no memory of the machine. */
void *lab_scenario_keep(struct any_lab *lab, size_t size);

/* The run cannot go on, and it is nobody's fault: a machine too small for what is asked. */
_Noreturn void lab_scenario_cannot(struct any_lab *lab, const char *fmt, ...) ANY_PRINTF(2, 3);

/* memory.c */
/* Whole pages of RAM that nobody has, taken; does not return without. */
uint64_t lab_take(struct any_lab *lab, size_t size);
/* Taken by the program, or set aside for its device. */
bool lab_is_programs(const struct any_lab *lab, uint64_t phys, uint64_t len);
/* The CPU physical address of a byte, if it is memory of the machine. */
bool lab_phys(const struct lab_machine *m, const volatile void *cpu, uint64_t *phys);
void lab_give_chunks_back(struct any_lab *lab);

/* program.c */
void lab_program_create(struct any_lab *lab);

/* stack.c: runs on the machine's stack; and what a verdict does before and after its longjmp. */
int lab_stack_run(struct any_lab *lab, int (*run)(struct any_lab *lab));
void lab_stack_left(const struct lab_machine *m);
void lab_stack_back(void);

/* crash.c: a driver that dies is a verdict too. */
void lab_crash_arm(void);
void lab_crash_disarm(void);

/* trust.c: at the driver's end, whatever that is */
void lab_judge_trust(struct lab_machine *m);

/* irq.c: between two accesses of the driver */
bool lab_scenario_tick(struct lab_machine *m);

#endif

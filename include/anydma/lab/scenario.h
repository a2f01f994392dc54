/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a driver's author writes: a scenario, which builds what the driver needs, lets it work and
 * checks what came of it; and one line, anydma_lab_main(), which gives the program the command line
 * of `anydma lab`.
 *
 *	static int scenario(struct any_lab *lab)
 *	{
 *		void *regs = any_lab_engine_attach(lab, &config);
 *		struct nic nic;
 *
 *		nic_probe(&nic, regs);
 *		...
 *		ANY_LAB_CHECK(lab, !memcmp(got, sent, n));
 *		return 0;
 *	}
 *	int main(int argc, char **argv)
 *	{
 *		return ANYDMA_LAB_MAIN(argc, argv, scenario);
 *	}
 *
 * The scenario and the driver are compiled with the flags of `pkg-config --cflags anydma-lab`: each
 * of their loads and stores announces itself to the machine. The scenario runs on a CPU of that
 * machine: what it does to memory is judged like the driver's own doings.
 *
 * The heap (malloc, calloc, realloc, aligned_alloc, posix_memalign, free), the stack and the
 * program's writable static data are the machine's memory while a scenario runs, so a driver may
 * try to give any of it to a device. What no device was ever told about costs one look. Static data
 * is as at program start at the beginning of every run.
 *
 * Every function here is called by the scenario, the driver or its shim, on one of the machine's
 * CPUs, unless it says "model": those are called by a device model (anydma/lab/model.h).
 */
#ifndef ANYDMA_LAB_SCENARIO_H
#define ANYDMA_LAB_SCENARIO_H

#include <anydma/dma.h>

#ifdef __cplusplus
extern "C" {
#endif

struct any_lab; /* one run: a machine, a device, a seed */

enum any_lab_scenario_flags {
	/*
	 * The driver works with cache operations and the CPU's addresses, not with mappings: who
	 * owns a byte is inferred from the descriptors that the device reads. Weaker at both ends:
	 * a buffer is the device's from the fetch of its descriptor, not from when it was given, to
	 * when the device is done with it, not to when the driver knows.
	 */
	ANY_LAB_RAW = 1u << 0,
};

struct any_lab_scenario {
	const char *name; /* [a-z0-9-]+ */
	/* 0, or an error: any_error's, or any other number but 0. */
	int (*run)(struct any_lab *lab);
	uint32_t flags;
};

/* The whole program. Returns what main() returns: 0 all passed, 1 a run failed, 2 usage. */
int anydma_lab_main(int argc, char **argv, const struct any_lab_scenario *scenarios, size_t n);

static inline int any_lab_main_of(int argc, char **argv, const char *name,
				  int (*run)(struct any_lab *lab))
{
	const struct any_lab_scenario one = {name, run, 0};

	return anydma_lab_main(argc, argv, &one, 1);
}
#define ANYDMA_LAB_MAIN(argc, argv, function) any_lab_main_of(argc, argv, #function, function)

/* The run that this CPU is in; for shims, whose functions have no place for it. Never NULL while a
 * scenario runs. */
struct any_lab *any_lab_current(void);

/* ---- the device ---------------------------------------------------------------------------- */

/* The device as the DMA API sees it: attached, mask set to what the tree says it drives. */
struct any_dma_dev *any_lab_dma(struct any_lab *lab);

/*
 * Waits until the interrupt arrives, and takes it: time passes, the device works. A scenario that
 * waits for what cannot come is a hang, and reported.
 */
void any_lab_wait(struct any_lab *lab);

/*
 * The driver's interrupt handler: called in any_lab_wait() and between any two accesses of the
 * driver on the first CPU while interrupts are on, never inside itself. NULL: none (the state at
 * start).
 */
void any_lab_on_interrupt(struct any_lab *lab, void (*handler)(void *ctx), void *ctx);
/* Off and on, nested; on at start. */
void any_lab_irq_disable(struct any_lab *lab);
void any_lab_irq_enable(struct any_lab *lab);

/* The driver has refused what a hostile device told it: it returned an error, dropped the entry,
 * stopped the queue. */
void any_lab_refused(struct any_lab *lab);

/* In a loop that polls: the device may work. A loop of plain loads needs no such call. */
void any_lab_relax(struct any_lab *lab);

/* ---- memory -------------------------------------------------------------------------------- */

/*
 * A driver's buffer: whole pages somewhere in RAM, by the seed, often where it hurts (the end of a
 * window, the last of memory), in one of the machine's aliases of it. The caller's until the run is
 * over or it is freed. Does not return NULL: a machine without the memory fails the run.
 */
void *any_lab_alloc(struct any_lab *lab, size_t size);
void any_lab_free(struct any_lab *lab, void *p);

/*
 * Memory that the system has set aside for this device, as firmware and real-time systems do with a
 * linker section: in its reach, with a fixed device address, zeroed, aligned to 4096. Cached on
 * machines with caches, unless `uncached`. Lives as long as the run.
 */
void *any_lab_dma_memory(struct any_lab *lab, size_t size, bool uncached);

/* Where the device finds this byte: of any_lab_dma_memory() what the system knows, of other memory
 * what a board's header computes: the CPU's physical address through the first window that has it.
 */
uint64_t any_lab_bus_address(struct any_lab *lab, const volatile void *cpu);
/* The way back, for memory of any_lab_dma_memory(); NULL for all else. */
void *any_lab_cpu_address(struct any_lab *lab, uint64_t bus);

/* The same bytes through an uncached mapping, as page attributes or a fixed alias give one; p
 * itself where nothing is cached, or where it is no memory of the machine's. */
void *any_lab_uncached_alias(struct any_lab *lab, void *p);

/* ---- CPUs ---------------------------------------------------------------------------------- */

/*
 * Starts `thread` on the machine's second CPU; from now on both run, interleaved by the seed, each
 * with its own store buffer and (where the tree says so) its own cache. One at a time: a second
 * start before the join fails the run.
 */
void any_lab_cpu_start(struct any_lab *lab, void (*thread)(void *ctx), void *ctx);
/* Runs the other CPU to its end; a scenario that starts it joins it. */
void any_lab_cpu_join(struct any_lab *lab);

/*
 * A spin lock, 0 at first, with the barriers that a lock has: they order among CPUs, and not
 * towards a device. It does not turn interrupts off.
 */
void any_lab_lock(uint32_t *lock);
void any_lab_unlock(uint32_t *lock);

/* ---- chance and verdict -------------------------------------------------------------------- */

/* The scenario's own stream: what it draws does not change what the machine does. */
uint64_t any_lab_random(struct any_lab *lab);

/* How many operations a scenario that can do any number of them is to do: `normal`, unless the user
 * said --operations. For long runs: what fails in the millionth lap of a ring. */
uint64_t any_lab_operations(struct any_lab *lab, uint64_t normal);

/* Work done, for the table and for the progress line. */
void any_lab_count(struct any_lab *lab, uint64_t requests, uint64_t bytes);

/* Fails the run (rule "data") at the caller's line. Does not return. */
#define ANY_LAB_CHECK(lab, condition)                                                              \
	((condition) ? (void)0 : any_lab_check_failed(lab, #condition, __FILE__, __LINE__))
ANY_NORETURN void any_lab_check_failed(struct any_lab *lab, const char *text, const char *file,
				       int line);

/*
 * An annotation for the rare true exception: what rule `id` ("L05" or "L05-line-shared") would say
 * between the two calls, it does not say. `reason` is printed with the results, and must not be
 * empty.
 */
void any_lab_allow(struct any_lab *lab, const char *id, const char *reason);
void any_lab_disallow(struct any_lab *lab, const char *id);

#ifdef __cplusplus
}
#endif
#endif

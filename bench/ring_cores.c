/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does a buffer cost on its way through a ring, there and back, with the driver on one core
 * and the device on another: what lines travel, and how often. Both poll. Bare are two queues of
 * one producer and one consumer, one for each way, with nothing checked; the yardstick of the
 * distance is one line that two cores write in turn.
 */
#define _GNU_SOURCE /* sched_getaffinity, pthread_attr_setaffinity_np */
#include "way.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define SPINS 2000u /* then the processor is offered to whoever else wants it */

struct queue { /* of one producer and one consumer: each line has one writer */
	_Alignas(128) _Atomic uint32_t put;
	_Alignas(128) _Atomic uint32_t got;
	_Alignas(128) uint64_t entry[WAY_SIZE];
};

struct lane {
	/* The other core's part: whatever there is, once. Not 0: something went wrong. */
	int (*serve)(struct lane *l);
	int (*run)(struct lane *l, unsigned batch, unsigned total);
	struct way way;
	struct queue there, back;
	_Alignas(128) _Atomic uint32_t ping;
	_Alignas(128) _Atomic uint32_t pong;
};

struct burst {
	struct lane *lane;
	unsigned batch;
};

static _Atomic(struct lane *) wanted, serving;
static _Atomic int trouble;

static void wait_a_little(unsigned *spins)
{
	if (++*spins % SPINS == 0)
		sched_yield();
}

/* ---- a line between two cores ---------------------------------------------------------------- */

static int pong(struct lane *l)
{
	const uint32_t at = atomic_load_explicit(&l->ping, memory_order_acquire);

	if (at != atomic_load_explicit(&l->pong, memory_order_relaxed))
		atomic_store_explicit(&l->pong, at, memory_order_release);
	return 0;
}

static int ping(struct lane *l, unsigned batch, unsigned total)
{
	(void)batch;
	for (unsigned spins = 0; total--;) {
		const uint32_t at = atomic_load_explicit(&l->ping, memory_order_relaxed) + 1;

		atomic_store_explicit(&l->ping, at, memory_order_release);
		while (atomic_load_explicit(&l->pong, memory_order_acquire) != at)
			wait_a_little(&spins);
	}
	return 0;
}

/* ---- two bare queues ------------------------------------------------------------------------- */

static int bare_serve(struct lane *l)
{
	uint32_t got = atomic_load_explicit(&l->there.got, memory_order_relaxed);
	uint32_t put = atomic_load_explicit(&l->back.put, memory_order_relaxed);
	const uint32_t end = atomic_load_explicit(&l->there.put, memory_order_acquire);

	if (got == end)
		return 0;
	for (; got != end; got++, put++) /* never more out than there is room for the way back */
		l->back.entry[put % WAY_SIZE] = l->there.entry[got % WAY_SIZE] + 1;
	atomic_store_explicit(&l->there.got, got, memory_order_release);
	atomic_store_explicit(&l->back.put, put, memory_order_release);
	return 0;
}

static unsigned bare_take(struct lane *l)
{
	const uint32_t from = atomic_load_explicit(&l->back.got, memory_order_relaxed);
	const uint32_t end = atomic_load_explicit(&l->back.put, memory_order_acquire);

	for (uint32_t got = from; got != end; got++)
		bench_use(l->back.entry[got % WAY_SIZE]);
	if (from != end)
		atomic_store_explicit(&l->back.got, end, memory_order_release);
	return end - from;
}

static int bare(struct lane *l, unsigned batch, unsigned total)
{
	unsigned made = 0, back = 0, spins = 0;

	while (back < total) {
		if (made < total && made - back + batch <= WAY_SIZE) {
			uint32_t put = atomic_load_explicit(&l->there.put, memory_order_relaxed);

			for (unsigned k = 0; k < batch; k++, put++)
				l->there.entry[put % WAY_SIZE] = 0x10000 + k * WAY_BUFFER;
			atomic_store_explicit(&l->there.put, put, memory_order_release);
			made += batch;
		}
		back += bare_take(l);
		wait_a_little(&spins);
	}
	return 0;
}

/* ---- the library's ring ---------------------------------------------------------------------- */

static int ring_serve(struct lane *l)
{
	const int err = way_serve(&l->way, false);

	return err == -ANY_EAGAIN ? 0 : err;
}

static int ring(struct lane *l, unsigned batch, unsigned total)
{
	unsigned made = 0, back = 0, spins = 0;

	while (back < total) {
		int err = 0;

		if (made < total && made - back + batch <= WAY_SIZE) {
			err = way_fill(&l->way, batch, false);
			made += batch;
		}
		if (!err)
			err = way_take(&l->way, &back);
		if (err != -ANY_EAGAIN)
			return err;
		if (atomic_load_explicit(&trouble, memory_order_relaxed))
			return atomic_load(&trouble);
		wait_a_little(&spins);
	}
	return 0;
}

/* ---- both cores ------------------------------------------------------------------------------ */

static void *other_core(void *arg)
{
	unsigned spins = 0;

	(void)arg;
	for (;;) {
		struct lane *l = atomic_load_explicit(&wanted, memory_order_acquire);

		if (l != atomic_load_explicit(&serving, memory_order_relaxed))
			atomic_store_explicit(&serving, l, memory_order_release);
		if (l) {
			const int err = l->serve(l);

			if (err)
				atomic_store(&trouble, err);
		}
		wait_a_little(&spins);
	}
	return NULL;
}

static int run(void *arg, unsigned n)
{
	const struct burst *b = arg;
	unsigned spins = 0;

	atomic_store(&wanted, b->lane);
	while (atomic_load(&serving) != b->lane)
		wait_a_little(&spins);
	return b->lane->run(b->lane, b->batch, n * b->batch);
}

/* This thread on one CPU, the other on another; one is enough to prove that it runs. */
static int split_up(void)
{
	cpu_set_t all, one;
	pthread_attr_t attr;
	pthread_t thread;
	unsigned here, there = CPU_SETSIZE;

	if (sched_getaffinity(0, sizeof(all), &all) || sched_getcpu() < 0)
		return -1;
	here = (unsigned)sched_getcpu();
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all) && cpu != here)
			there = cpu;
	if (there == CPU_SETSIZE) {
		fputs("only one CPU: these numbers say nothing\n", stderr);
		there = here;
	}
	CPU_ZERO(&one);
	CPU_SET(here, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return -1;
	CPU_ZERO(&one);
	CPU_SET(there, &one);
	return pthread_attr_init(&attr) || pthread_attr_setaffinity_np(&attr, sizeof(one), &one) ||
	       pthread_create(&thread, &attr, other_core, NULL);
}

#define TRIO(text, count, kind, limit)                                                             \
	{.what = "bare, " text, .run = run, .arg = &(struct burst){&queues, count}, .per = count}, \
		{"split, " text, run, &(struct burst){&split, count}, count, 1, kind, limit},      \
	{                                                                                          \
		"packed, " text, run, &(struct burst){&packed, count}, count, 2, kind, limit       \
	}

int main(int argc, char **argv)
{
	static struct lane line = {.serve = pong, .run = ping},
			   queues = {.serve = bare_serve, .run = bare},
			   split = {.serve = ring_serve, .run = ring},
			   packed = {.serve = ring_serve, .run = ring};
	const struct bench_case cases[] = {
		{.what = "a line to the other core and back",
		 .run = run,
		 .arg = &(struct burst){&line, 1},
		 .per = 1},
		TRIO("batch 1", 1, BENCH_NO_AIM, 0),
		TRIO("batch 8", 8, BENCH_NO_AIM, 0),
		TRIO("batch 32", 32, BENCH_AT_MOST, 14),
		TRIO("batch 64", 64, BENCH_NO_AIM, 0),
	};

	if (way_set_up(&split.way, false) || way_set_up(&packed.way, true) || split_up())
		return EXIT_FAILURE;
	return bench_main("rings: ns per buffer, there and back, on two cores", cases,
			  ANY_ARRAY_SIZE(cases), argc, argv);
}

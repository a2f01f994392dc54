/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measuring on a machine shared with strangers, whose speed comes and goes (docs/performance.md).
 * All cases of a program are sampled in turn, round after round; a case is compared with its bare
 * counterpart of the same round; what is printed is the median over the quarter of the rounds in
 * which the machine was fastest, by a yardstick that is none of the cases.
 */
#ifndef ANYDMA_BENCH_H
#define ANYDMA_BENCH_H

#include <stdbool.h>
#include <stddef.h>

enum bench_aim {
	BENCH_NO_AIM,
	BENCH_AT_MOST, /* ns above the empty loop */
	BENCH_OVER,    /* ns above the bare thing */
	BENCH_TIMES,   /* times the bare thing */
};

struct bench_case {
	const char *what;
	/* Does it `n` times. Not 0: it went wrong, and so does the program. */
	int (*run)(void *arg, unsigned n);
	void *arg;
	unsigned per;  /* items in one time; 0 counts as 1 */
	unsigned bare; /* so many cases further up stands the bare thing; 0: this is one */
	enum bench_aim aim;
	double limit;
};

/*
 * Pins the CPU, measures `n` cases and prints the table. `--smoke` in argv: a few iterations that
 * prove that everything runs. The result is for main: 0 unless something went wrong (a missed aim
 * did not).
 */
int bench_main(const char *title, const struct bench_case *cases, unsigned n, int argc,
	       char **argv);

/* The compiler must have made the value, and knows nothing of memory afterwards. */
static inline void bench_keep(unsigned long value)
{
	__asm__ volatile("" : : "r"(value) : "memory");
}

/* The same without a word about memory: what the compiler holds in registers stays there. */
static inline void bench_use(unsigned long value)
{
	__asm__ volatile("" : : "r"(value));
}

/* A fixed sequence of numbers below `below`, the same in every run. */
void bench_random(unsigned short *number, size_t n, unsigned below);

#endif

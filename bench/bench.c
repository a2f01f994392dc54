/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* sched_setaffinity */
#include "bench.h"

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS	  800u
#define KEPT	  (ROUNDS / 4)
#define SAMPLE_NS 50e3
#define MAX_CASES 64u

struct series {
	double *ns; /* of one item, one a round */
	unsigned n; /* iterations in a sample */
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int empty(void *arg, unsigned n)
{
	(void)arg;
	for (unsigned i = 0; i < n; i++)
		bench_keep(i);
	return 0;
}

/*
 * How fast is the machine just now? A neighbour on the same core takes away execution units and
 * ports, so the yardstick is a loop that uses many of them and waits for nothing.
 */
static int yardstick_loop(void *arg, unsigned n)
{
	static _Alignas(64) unsigned long word[8];

	(void)arg;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < 8; k++)
			*(volatile unsigned long *)&word[k] = i ^ k;
	return 0;
}

static const struct bench_case yardstick = {.what = "yardstick", .run = yardstick_loop};
static const struct bench_case empty_loop = {.what = "empty loop", .run = empty};

/* The whole program on the CPU it is on: no migration between two samples that are compared. */
static void pin(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET((unsigned)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fprintf(stderr, "not pinned: expect more noise\n");
}

static int sample(const struct bench_case *c, unsigned n, double *ns)
{
	double start = now_ns();
	int err = c->run(c->arg, n);

	*ns = now_ns() - start;
	return err;
}

/*
 * Doubles until a sample is long enough, three times in a row: one that was long because somebody
 * else had the CPU would leave samples so short that reading the clock shows.
 */
static int calibrate(const struct bench_case *c, bool smoke, unsigned *n)
{
	unsigned enough;

	for (*n = 4;; *n *= 2) {
		for (enough = 0; enough < 3; enough++) {
			double ns;
			int err = sample(c, *n, &ns);

			if (err)
				return err;
			if (ns < SAMPLE_NS / 2 && !smoke)
				break;
		}
		if (enough == 3)
			return 0;
	}
}

static int one_sample(const struct bench_case *c, struct series *s, unsigned round)
{
	double ns;
	int err = c->run(c->arg, s->n / 8 + 1); /* the caches, after what came before */

	if (!err)
		err = sample(c, s->n, &ns);
	if (!err)
		s->ns[round] = ns / s->n / (c->per ? c->per : 1);
	return err;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *value, unsigned n)
{
	qsort(value, n, sizeof(*value), by_value);
	return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

/* The rounds in which the machine was fast, by the yardstick: nothing compared has a say. */
static unsigned choose(const struct series *yard, unsigned rounds, unsigned *chosen)
{
	const unsigned keep = rounds > KEPT ? KEPT : rounds;
	static double sorted[ROUNDS];
	unsigned n = 0;

	memcpy(sorted, yard->ns, rounds * sizeof(*sorted));
	qsort(sorted, rounds, sizeof(*sorted), by_value);
	for (unsigned r = 0; r < rounds && n < keep; r++)
		if (yard->ns[r] <= sorted[keep - 1])
			chosen[n++] = r;
	return n;
}

/* A case against its bare thing, both without the empty loop, round by round. */
struct verdict {
	double ns, over, times;
};

static double net_of(const struct bench_case *c, const struct series *s, const struct series *loop,
		     unsigned round)
{
	return s->ns[round] - loop->ns[round] / (c->per ? c->per : 1);
}

static struct verdict judge(const struct bench_case *c, const struct series *s,
			    const struct series *loop, const unsigned *chosen, unsigned n)
{
	static double net[KEPT], over[KEPT], times[KEPT];

	for (unsigned i = 0; i < n; i++) {
		double bare = net_of(c - c->bare, s - c->bare, loop, chosen[i]);

		net[i] = net_of(c, s, loop, chosen[i]);
		over[i] = net[i] - bare;
		times[i] = bare > 0 ? net[i] / bare : 0;
	}
	return (struct verdict){median(net, n), median(over, n), median(times, n)};
}

static void print_aim(const struct bench_case *c, const struct verdict *v, bool smoke)
{
	static const char *const form[] = {"-", "<= %.1f ns", "<= bare + %.1f ns",
					   "<= %.1f x bare"};
	const double value[] = {0, v->ns, v->over, v->times};
	char text[32];

	if (c->aim == BENCH_NO_AIM) {
		printf("  -\n");
		return;
	}
	snprintf(text, sizeof(text), form[c->aim], c->limit);
	printf("  %-20s %s\n", text,
	       smoke			   ? "not measured"
	       : value[c->aim] <= c->limit ? "met"
					   : "missed");
}

static void print_case(const struct bench_case *c, const struct verdict *v, bool smoke)
{
	printf("%-44s %9.2f", c->what, v->ns);
	if (c->bare)
		printf(" %+9.2f %6.2fx", v->over, v->times);
	else
		printf(" %9s %7s", "-", "-");
	print_aim(c, v, smoke);
}

struct table {
	const struct bench_case *cases;
	unsigned n;
	struct series series[MAX_CASES], loop, yard;
	double room[MAX_CASES + 2][ROUNDS];
};

static int prepare(struct table *t, bool smoke)
{
	int err = t->n > MAX_CASES;

	t->loop.ns = t->room[MAX_CASES];
	t->yard.ns = t->room[MAX_CASES + 1];
	if (!err)
		err = calibrate(&empty_loop, smoke, &t->loop.n);
	if (!err)
		err = calibrate(&yardstick, smoke, &t->yard.n);
	for (unsigned i = 0; i < t->n && !err; i++) {
		t->series[i].ns = t->room[i];
		err = calibrate(&t->cases[i], smoke, &t->series[i].n);
		if (err)
			fprintf(stderr, "%s fails: %d\n", t->cases[i].what, err);
	}
	return err;
}

static int measure(struct table *t, unsigned rounds)
{
	int err = 0;

	for (unsigned r = 0; r < rounds && !err; r++) {
		err = one_sample(&yardstick, &t->yard, r) || one_sample(&empty_loop, &t->loop, r);
		for (unsigned i = 0; i < t->n && !err; i++)
			err = one_sample(&t->cases[i], &t->series[i], r);
	}
	return err;
}

static void print_table(const char *title, struct table *t, unsigned rounds)
{
	const bool smoke = rounds < ROUNDS;
	unsigned chosen[KEPT], n = choose(&t->yard, rounds, chosen);
	struct verdict v = judge(&yardstick, &t->yard, &t->loop, chosen, n);

	printf("\n%-44s %9s %9s %7s  %s\n", title, "ns", "over", "ratio", "aim");
	for (unsigned i = 0; i < t->n; i++) {
		const struct verdict w = judge(&t->cases[i], &t->series[i], &t->loop, chosen, n);

		print_case(&t->cases[i], &w, smoke);
	}
	printf("yardstick %.2f ns in the rounds kept, %.2f in all\n", v.ns,
	       median(t->yard.ns, rounds));
}

int bench_main(const char *title, const struct bench_case *cases, unsigned n, int argc, char **argv)
{
	static struct table table;
	const bool smoke = argc > 1 && !strcmp(argv[1], "--smoke");
	const unsigned rounds = smoke ? 2 : ROUNDS;
	int err;

	table.cases = cases;
	table.n = n;
	pin();
	err = prepare(&table, smoke);
	if (!err)
		err = measure(&table, rounds);
	if (!err)
		print_table(title, &table, rounds);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

void bench_random(unsigned short *number, size_t n, unsigned below)
{
	uint32_t state = 2018;

	for (size_t i = 0; i < n; i++) {
		state = state * 1664525u + 1013904223u;
		number[i] = (unsigned short)((state >> 16) % below);
	}
}

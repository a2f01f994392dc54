/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does the lab cost: the same driver, from the same source, against the same model, on the
 * bare host and in the lab, on an identity machine and on hostile ones. Each round runs all of
 * them in turn and compares within the round; what is printed is the median of the ratios, and the
 * quarter below and above it. The clock is this process's CPU time: neighbours do not count.
 *
 * With a platform's name: one run there and nothing else, for a profiler.
 */
#define _GNU_SOURCE /* clock_gettime */
#include "bench.h"
#include "lab/work.h"

#include <anydma/lab.h>
#include <anydma/platform.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS	      15u
#define NATIVE_FRAMES 40000u
#define MACHINES      4u

static const struct {
	const char *platform;
	double aim; /* times native, at most */
} machines[MACHINES] = {
	{"x86-pc", 15},
	{"x86-vtd", 25},
	{"arm64-nc", 25},
	{"arm-dma-zones", 25},
};

static double said;

void bench_said(double value)
{
	said = value;
}

double bench_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double bench_resident(void)
{
	unsigned long all = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu %lu", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

/* False, and said why, if the run did not pass. */
static bool in_lab(const char *platform, const struct any_lab_scenario *scenario,
		   struct any_lab_cell *cell)
{
	struct any_lab_config config = {.seed = 1,
					.scenario = scenario,
					.source = -1,
					.target = -1,
					.access_platform = true};

	for (unsigned i = 0; i < any_platform_count; i++)
		if (!strcmp(any_platform_list[i].name, platform)) {
			config.name = platform;
			config.dtb = any_platform_list[i].dtb;
			config.dtb_size = any_platform_list[i].size;
		}
	if (config.dtb && !any_lab_run(&config, cell) && cell->verdict == ANY_LAB_PASS)
		return true;
	fprintf(stderr, "%s: %s\n", platform, config.dtb ? cell->report.text : "no such platform");
	return false;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *what, double *ratio, unsigned n, double ns, double events, double aim,
		  double mib, bool smoke)
{
	qsort(ratio, n, sizeof(*ratio), by_value);
	printf("  %-28s %8.0f ns %5.0f events %7.1fx  (%.1f .. %.1f)  aim %.0fx%s  %5.1f MiB a "
	       "MiB\n",
	       what, ns, events, ratio[n / 2], ratio[n / 4], ratio[n - 1 - n / 4], aim,
	       smoke ? "" : (ratio[n / 2] <= aim ? ": met" : ": MISSED"), mib);
}

int main(int argc, char **argv)
{
	const bool smoke = argc > 1 && !strcmp(argv[1], "--smoke");
	const unsigned rounds = smoke ? 1 : ROUNDS;
	const struct any_lab_scenario work = {"frames", smoke ? bench_smoke : bench_scenario, 0};
	const struct any_lab_scenario memory = {"memory", bench_memory, 0};
	struct any_lab_cell *cell = malloc(sizeof(*cell));
	double ratio[MACHINES][ROUNDS], ns[MACHINES], events[MACHINES], native = 0;

	if (cell && argc > 1 && !smoke) {
		if (!in_lab(argv[1], &work, cell))
			return EXIT_FAILURE;
		printf("%.0f ns a frame\n", said);
		free(cell);
		return EXIT_SUCCESS;
	}
	for (unsigned round = 0; cell && round < rounds; round++) {
		if (bench_native(smoke ? WORK_SMOKE : NATIVE_FRAMES, &native))
			return EXIT_FAILURE;
		native /= smoke ? WORK_SMOKE : NATIVE_FRAMES;
		for (unsigned m = 0; m < MACHINES; m++) {
			if (!in_lab(machines[m].platform, &work, cell))
				return EXIT_FAILURE;
			ns[m] = said;
			events[m] =
				(double)cell->counters.events / (smoke ? WORK_SMOKE : WORK_FRAMES);
			ratio[m][round] = said / native;
		}
	}
	printf("lab: a frame of %u bytes out and in by examples/lab/nic_driver.c: ns, times "
	       "native, "
	       "its quarters; resident memory for memory touched\n  %-28s %8.0f ns\n",
	       WORK_LEN, "native", native);
	for (unsigned m = 0; cell && m < MACHINES; m++) {
		if (!in_lab(machines[m].platform, &memory, cell))
			return EXIT_FAILURE;
		print(machines[m].platform, ratio[m], rounds, ns[m], events[m], machines[m].aim,
		      said / (1 << 20), smoke);
	}
	free(cell);
	return cell ? EXIT_SUCCESS : EXIT_FAILURE;
}

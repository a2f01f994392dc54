/* SPDX-License-Identifier: BSD-2-Clause */
/* The same work on the bare host (native.c, a library of its own) and in the lab (../lab.c). */
#ifndef BENCH_LAB_WORK_H
#define BENCH_LAB_WORK_H

#include <anydma/lab/scenario.h>

#define WORK_LEN 1500u

/* Sends `frames` frames through the card's loopback and receives them. */
int bench_work(struct any_lab *lab, unsigned frames, double *ns);

/* native.c: the same on the host. */
int bench_native(unsigned frames, double *ns);

/* In the lab: scenarios. What they measured, bench_said() was told. */
#define WORK_FRAMES 20000u
#define WORK_SMOKE  50u
int bench_scenario(struct any_lab *lab);
int bench_smoke(struct any_lab *lab);
/* Megabytes that the CPU and the device both touch. */
#define WORK_MIB 16u
int bench_memory(struct any_lab *lab);

/* Not announced: the lab's machines have neither clock nor host memory. */
double bench_clock(void);
double bench_resident(void); /* bytes of this process */
void bench_said(double value);

#endif

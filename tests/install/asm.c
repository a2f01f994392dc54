/* SPDX-License-Identifier: BSD-2-Clause */
/* Each asm statement that is to be reported has the word SEEN on its line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#define LFENCE "lfence"

static inline void fence(void)
{
	__asm__ __volatile__("mfence" ::: "memory"); /* SEEN */
}

static unsigned clock_low(void)
{
	unsigned low, high;

	asm volatile(ANY_LAB_ASM("time, not memory") "rdtsc" : "=a"(low), "=d"(high));
	return low | high;
}

static int all(int x)
{
	asm volatile("" ::: "memory");
	__asm__ __volatile__("" : "+r"(x));
	fence();
	fence();
	asm volatile(LFENCE "\n\tsfence" ::: "memory");		   /* SEEN */
	asm("bswap %0" : "+r"(x));				   /* SEEN */
	__asm__ __volatile("movl %1, %0; nop" : "=r"(x) : "r"(x)); /* SEEN */
	__asm volatile("nop");					   /* SEEN */
	asm goto("testl %0, %0; jne %l[there]" ::"r"(x)::there);   /* SEEN */
	return x;
there:
	return x + (int)(clock_low() & 0);
}

int main(void)
{
	printf("%d\n", all(1));
	return 0;
}

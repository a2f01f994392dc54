/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab's instruction set: what a barrier and a register access become in code that is built for
 * it. Loads and stores announce themselves through the compiler.
 */
#ifndef ANYDMA_LAB_ISA_H
#define ANYDMA_LAB_ISA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whom a barrier orders against (conformance A4.2): other CPUs; devices as the platform orders
 * them; memory against MMIO; everything against everything. */
enum any_lab_barrier {
	ANY_LAB_SMP_WMB,
	ANY_LAB_SMP_RMB,
	ANY_LAB_SMP_MB,
	ANY_LAB_DMA_WMB,
	ANY_LAB_DMA_RMB,
	ANY_LAB_DMA_MB,
	ANY_LAB_MMIO_WMB,
	ANY_LAB_MMIO_RMB,
	ANY_LAB_FULL_MB, /* dsb sy, mb() */
};

void any_lab_barrier(enum any_lab_barrier kind);

/* A register of 1, 2, 4 or 8 bytes. No barrier is implied. */
uint64_t any_lab_mmio_read(const volatile void *reg, unsigned bytes);
void any_lab_mmio_write(volatile void *reg, uint64_t value, unsigned bytes);

#ifdef __cplusplus
}
#endif
#endif

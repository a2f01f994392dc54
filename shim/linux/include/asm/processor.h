/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_ASM_PROCESSOR_H
#define ANYDMA_LINUX_ASM_PROCESSOR_H

/* The device, the other CPU, an interrupt may come between two looks. */
void cpu_relax(void);

#endif

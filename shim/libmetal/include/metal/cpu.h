/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_METAL_CPU_H
#define ANYDMA_METAL_CPU_H

#include <anydma/lab/shim.h>
#include <anydma_metal_words.h>

/* Time passes, and the device works. */
#define metal_cpu_yield() any_lab_relax(any_lab_current())

#endif

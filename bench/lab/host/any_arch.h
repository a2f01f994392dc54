/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's own barriers; its registers are the model's. */
#ifndef BENCH_LAB_ARCH_H
#define BENCH_LAB_ARCH_H

#include <stdint.h>

#define any_mmio_read32	 host_mmio_read32
#define any_mmio_write32 host_mmio_write32
#include BENCH_HOST_ARCH
#undef any_mmio_read32
#undef any_mmio_write32

uint32_t any_mmio_read32(const volatile void *reg);
void any_mmio_write32(volatile void *reg, uint32_t v);

#endif

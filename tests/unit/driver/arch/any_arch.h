/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers answered by the test; the ring's full barriers besides. */
#ifndef ANYDMA_TESTS_DRIVER_ARCH_H
#define ANYDMA_TESTS_DRIVER_ARCH_H

#include "../../transport/arch/any_arch.h"

static inline void any_dma_mb(void)
{
	mock_barrier("dma_mb");
}

static inline void any_smp_mb(void)
{
	mock_barrier("smp_mb");
}

#endif

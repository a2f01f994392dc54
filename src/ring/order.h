/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The barrier class of a ring, chosen at run time (A4.2, OP-1, OP-2): against devices as the
 * platform orders them, or against other CPUs. Every call site names the barrier it pairs with.
 */
#ifndef ANYDMA_RING_ORDER_H
#define ANYDMA_RING_ORDER_H

#include "any_arch.h"

#include <anydma/types.h>

static inline void order_stores(bool platform)
{
	if (platform)
		any_dma_wmb();
	else
		any_smp_wmb();
}

static inline void order_loads(bool platform)
{
	if (platform)
		any_dma_rmb();
	else
		any_smp_rmb();
}

/* Store, then load: the only order that even x86 does not give by itself. */
static inline void order_all(bool platform)
{
	if (platform)
		any_dma_mb();
	else
		any_smp_mb();
}

#endif

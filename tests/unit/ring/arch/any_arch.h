/* SPDX-License-Identifier: BSD-2-Clause */
/* Barriers that tell the test about themselves. */
#ifndef ANYDMA_ARCH_H
#define ANYDMA_ARCH_H

void barrier_seen(const char *name);

static inline void any_smp_wmb(void)
{
	barrier_seen("smp_wmb");
}

static inline void any_smp_rmb(void)
{
	barrier_seen("smp_rmb");
}

static inline void any_smp_mb(void)
{
	barrier_seen("smp_mb");
}

static inline void any_dma_wmb(void)
{
	barrier_seen("dma_wmb");
}

static inline void any_dma_rmb(void)
{
	barrier_seen("dma_rmb");
}

static inline void any_dma_mb(void)
{
	barrier_seen("dma_mb");
}

#endif

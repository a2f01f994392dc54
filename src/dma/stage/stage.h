/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stages share. Who is none of them calls through the objects that bring them. */
#ifndef ANYDMA_DMA_STAGE_STAGE_H
#define ANYDMA_DMA_STAGE_STAGE_H

#include "dma/pipeline.h"

extern const struct any_bounce_stage any_dma_bounce_stage;

/* Bytes of the granules that [at, at + len) touches. */
static inline uint64_t dma_iommu_span(const struct any_dma_iommu *iommu, uint64_t at, uint64_t len)
{
	return any_align_up((at & (iommu->granule - 1)) + len, iommu->granule);
}

#endif

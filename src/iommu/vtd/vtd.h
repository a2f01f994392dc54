/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and structures of VT-d (architecture specification, sections 6, 9 and 11). */
#ifndef ANYDMA_IOMMU_VTD_PRIVATE_H
#define ANYDMA_IOMMU_VTD_PRIVATE_H

#include <anydma/endian.h>
#include <anydma/iommu/vtd.h>

#include "any_arch.h"

#define VTD_VER	   0x00u
#define VTD_CAP	   0x08u
#define VTD_ECAP   0x10u
#define VTD_GCMD   0x18u
#define VTD_GSTS   0x1cu
#define VTD_RTADDR 0x20u
#define VTD_FSTS   0x34u
#define VTD_FECTL  0x38u
#define VTD_PMEN   0x64u
#define VTD_IQH	   0x80u
#define VTD_IQT	   0x88u
#define VTD_IQA	   0x90u
#define VTD_END	   0xb8u

/* GCMD, and in GSTS what became of it. */
#define VTD_TE	  (1u << 31)
#define VTD_SRTP  (1u << 30)
#define VTD_WBF	  (1u << 27)
#define VTD_QIE	  (1u << 26)
#define VTD_STAYS 0x96ffffffu /* of GSTS: what a command must repeat */

#define VTD_RTADDR_MODE (3u << 10)
#define VTD_FECTL_MASK	(1u << 31)
#define VTD_PMEN_ON	(1u << 31)
#define VTD_PMEN_ACTIVE 1u

#define VTD_FSTS_OVERFLOW (1u << 0)
#define VTD_FSTS_PENDING  (1u << 1)
#define VTD_FSTS_QUEUE	  (7u << 4) /* a bad descriptor, a device that did not complete */
#define VTD_GONE	  UINT32_MAX

#define VTD_RECORD_BYTES 16u

static inline bool vtd_cap(const struct any_vtd *u, unsigned bit)
{
	return u->cap >> bit & 1u;
}

#define VTD_CAP_RWBF 4u
#define VTD_CAP_PLMR 5u
#define VTD_CAP_PHMR 6u
#define VTD_CAP_CM   7u
#define VTD_CAP_PSI  39u
#define VTD_CAP_DWD  54u
#define VTD_CAP_DRD  55u

#define VTD_ECAP_C  0x01u
#define VTD_ECAP_QI 0x02u
#define VTD_ECAP_SC 0x80u

static inline uint32_t vtd_read(const struct any_vtd *u, uint32_t reg)
{
	return any_mmio_read32(u->regs + reg);
}

static inline void vtd_write(const struct any_vtd *u, uint32_t reg, uint32_t value)
{
	any_mmio_write32(u->regs + reg, value);
}

static inline uint64_t vtd_read64(const struct any_vtd *u, uint32_t reg)
{
	const uint32_t low = vtd_read(u, reg);

	return low | (uint64_t)vtd_read(u, reg + 4) << 32;
}

static inline void vtd_write64(const struct any_vtd *u, uint32_t reg, uint64_t value)
{
	vtd_write(u, reg, (uint32_t)value);
	vtd_write(u, reg + 4, (uint32_t)(value >> 32));
}

/*
 * Sets or clears a bit of GCMD and waits until GSTS has it; `expect` is what GSTS then says. What
 * it shows in memory was seen to before (any_vtd_seen).
 */
int any_vtd_command(struct any_vtd *u, uint32_t bit, bool on, bool expect);
/* Keeps the first reason. Returns err. */
int any_vtd_fail(struct any_vtd *u, int err, const char *why);

/* ---- queue.c */

#define VTD_GLOBAL 1u /* granularities of both invalidations */
#define VTD_DOMAIN 2u
#define VTD_SINGLE 3u /* a function, or pages */

int any_vtd_queue_on(struct any_vtd *u);
int any_vtd_queue_off(struct any_vtd *u);
void any_vtd_inval_context(struct any_vtd *u, unsigned granularity, uint16_t id,
			   uint16_t requester);
void any_vtd_inval_iotlb(struct any_vtd *u, unsigned granularity, uint16_t id, uint64_t pages);
/* All that was queued is done when it returns 0. */
int any_vtd_wait(struct any_vtd *u);
/* What was written in memory is what the unit sees: its write buffer is pushed out (RWBF). */
int any_vtd_seen(struct any_vtd *u);

/* ---- context.c */

bool any_vtd_attached(const struct any_vtd *u, uint32_t id); /* 0: to any domain */
void any_vtd_give_contexts(struct any_vtd *u);
/* No function reaches anything by this domain any more. */
int any_vtd_close(struct any_vtd_domain *domain);

#endif

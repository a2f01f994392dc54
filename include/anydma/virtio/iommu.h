/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio IOMMU on the wire (5.13). Little-endian. */
#ifndef ANYDMA_VIRTIO_IOMMU_H
#define ANYDMA_VIRTIO_IOMMU_H

#include <anydma/types.h>

#define ANY_VIOMMU_F_INPUT_RANGE   (1ull << 0)
#define ANY_VIOMMU_F_DOMAIN_RANGE  (1ull << 1)
#define ANY_VIOMMU_F_MAP_UNMAP	   (1ull << 2)
#define ANY_VIOMMU_F_BYPASS	   (1ull << 3)
#define ANY_VIOMMU_F_PROBE	   (1ull << 4)
#define ANY_VIOMMU_F_MMIO	   (1ull << 5)
#define ANY_VIOMMU_F_BYPASS_CONFIG (1ull << 6)

enum any_viommu_config { /* offsets */
			 ANY_VIOMMU_CFG_PAGE_SIZE_MASK = 0,
			 ANY_VIOMMU_CFG_INPUT_START = 8,
			 ANY_VIOMMU_CFG_INPUT_END = 16,
			 ANY_VIOMMU_CFG_DOMAIN_START = 24,
			 ANY_VIOMMU_CFG_DOMAIN_END = 28,
			 ANY_VIOMMU_CFG_PROBE_SIZE = 32,
			 ANY_VIOMMU_CFG_BYPASS = 36,
			 ANY_VIOMMU_CFG_BYTES = 40,
};

#define ANY_VIOMMU_REQUESTS 0u /* queues */
#define ANY_VIOMMU_EVENTS   1u

enum any_viommu_type {
	ANY_VIOMMU_T_ATTACH = 1,
	ANY_VIOMMU_T_DETACH = 2,
	ANY_VIOMMU_T_MAP = 3,
	ANY_VIOMMU_T_UNMAP = 4,
	ANY_VIOMMU_T_PROBE = 5,
};

/* A request without its tail: type and three reserved bytes, then what it asks. */
struct any_viommu_attach {
	uint32_t type, domain, endpoint, flags, reserved;
};

struct any_viommu_detach {
	uint32_t type, domain, endpoint, reserved[2];
};

struct any_viommu_map {
	uint32_t type, domain;
	uint64_t start, end; /* inclusive */
	uint64_t phys;
	uint32_t flags;
} __attribute__((packed, aligned(8)));

struct any_viommu_unmap {
	uint32_t type, domain;
	uint64_t start, end;
	uint32_t reserved;
} __attribute__((packed, aligned(8)));

#define ANY_VIOMMU_ATTACH_BYTES 20u
#define ANY_VIOMMU_DETACH_BYTES 20u
#define ANY_VIOMMU_MAP_BYTES	36u
#define ANY_VIOMMU_UNMAP_BYTES	28u
#define ANY_VIOMMU_PROBE_BYTES	72u /* endpoint at 4, the rest reserved */

#define ANY_VIOMMU_ATTACH_BYPASS 1u

#define ANY_VIOMMU_MAP_READ  1u
#define ANY_VIOMMU_MAP_WRITE 2u
#define ANY_VIOMMU_MAP_MMIO  4u

#define ANY_VIOMMU_TAIL_BYTES 4u /* status and three reserved bytes */

enum any_viommu_status {
	ANY_VIOMMU_S_OK = 0,
	ANY_VIOMMU_S_IOERR = 1,
	ANY_VIOMMU_S_UNSUPP = 2,
	ANY_VIOMMU_S_DEVERR = 3,
	ANY_VIOMMU_S_INVAL = 4,
	ANY_VIOMMU_S_RANGE = 5,
	ANY_VIOMMU_S_NOENT = 6,
	ANY_VIOMMU_S_FAULT = 7,
	ANY_VIOMMU_S_NOMEM = 8,
};

/* Properties of a probe: type, length without these four bytes, then as many. */
#define ANY_VIOMMU_P_NONE     0u
#define ANY_VIOMMU_P_RESV_MEM 1u
#define ANY_VIOMMU_P_TYPE     0x0fffu
#define ANY_VIOMMU_RESV_MSI   1u  /* subtype; 0: reserved */
#define ANY_VIOMMU_RESV_BYTES 20u /* subtype at 0, start at 4, end at 12 */

/* A report of the event queue. */
#define ANY_VIOMMU_FAULT_BYTES 24u
enum any_viommu_fault { /* offsets */
			ANY_VIOMMU_FAULT_REASON = 0,
			ANY_VIOMMU_FAULT_FLAGS = 4,
			ANY_VIOMMU_FAULT_ENDPOINT = 8,
			ANY_VIOMMU_FAULT_ADDRESS = 16,
};
#define ANY_VIOMMU_FAULT_READ	     0x001u
#define ANY_VIOMMU_FAULT_WRITE	     0x002u
#define ANY_VIOMMU_FAULT_HAS_ADDRESS 0x100u
#define ANY_VIOMMU_REASON_DOMAIN     1u
#define ANY_VIOMMU_REASON_MAPPING    2u

#endif

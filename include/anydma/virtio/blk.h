/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio block on the wire (5.2). Little-endian. */
#ifndef ANYDMA_VIRTIO_BLK_H
#define ANYDMA_VIRTIO_BLK_H

#include <anydma/types.h>

#define ANY_BLK_F_SIZE_MAX     (1ull << 1)
#define ANY_BLK_F_SEG_MAX      (1ull << 2)
#define ANY_BLK_F_RO	       (1ull << 5)
#define ANY_BLK_F_BLK_SIZE     (1ull << 6)
#define ANY_BLK_F_FLUSH	       (1ull << 9)
#define ANY_BLK_F_TOPOLOGY     (1ull << 10)
#define ANY_BLK_F_CONFIG_WCE   (1ull << 11)
#define ANY_BLK_F_MQ	       (1ull << 12)
#define ANY_BLK_F_DISCARD      (1ull << 13)
#define ANY_BLK_F_WRITE_ZEROES (1ull << 14)

#define ANY_BLK_SECTOR	 512u
#define ANY_BLK_ID_BYTES 20u

enum any_blk_type {
	ANY_BLK_T_IN = 0, /* the driver reads */
	ANY_BLK_T_OUT = 1,
	ANY_BLK_T_FLUSH = 4,
	ANY_BLK_T_GET_ID = 8,
	ANY_BLK_T_DISCARD = 11,
	ANY_BLK_T_WRITE_ZEROES = 13,
};

#define ANY_BLK_S_OK	 0u
#define ANY_BLK_S_IOERR	 1u
#define ANY_BLK_S_UNSUPP 2u

struct any_blk_header { /* device-readable, before the data */
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};

#define ANY_BLK_RANGE_UNMAP 1u /* flags: WRITE_ZEROES may deallocate */

struct any_blk_range { /* data of DISCARD and WRITE_ZEROES */
	uint64_t sector;
	uint32_t sectors;
	uint32_t flags;
};

/* Device configuration, by offset; the fields up to write_zeroes_may_unmap. */
#define ANY_BLK_CFG_CAPACITY		   0u
#define ANY_BLK_CFG_SIZE_MAX		   8u
#define ANY_BLK_CFG_SEG_MAX		   12u
#define ANY_BLK_CFG_BLK_SIZE		   20u
#define ANY_BLK_CFG_PHYSICAL_EXP	   24u /* TOPOLOGY: log2 of blocks in a physical one, */
#define ANY_BLK_CFG_ALIGNMENT_OFFSET	   25u /* where the first of those begins, */
#define ANY_BLK_CFG_MIN_IO		   26u /* what a request should be at least, */
#define ANY_BLK_CFG_OPT_IO		   28u /* and at best; all in blocks of blk_size */
#define ANY_BLK_CFG_WRITEBACK		   32u
#define ANY_BLK_CFG_NUM_QUEUES		   34u
#define ANY_BLK_CFG_MAX_DISCARD_SECTORS	   36u
#define ANY_BLK_CFG_MAX_DISCARD_SEG	   40u
#define ANY_BLK_CFG_DISCARD_ALIGNMENT	   44u
#define ANY_BLK_CFG_MAX_WRITE_ZERO_SECTORS 48u
#define ANY_BLK_CFG_MAX_WRITE_ZERO_SEG	   52u
#define ANY_BLK_CFG_WRITE_ZERO_MAY_UNMAP   56u
#define ANY_BLK_CFG_BYTES		   60u

#endif

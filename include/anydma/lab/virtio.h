/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio devices to try a driver against: the device side of this library behind the registers of
 * virtio-mmio version 2 (virtio 1.x, 4.2.2). The specification is the datasheet; a driver needs
 * nothing of this file.
 *
 * Split rings. VERSION_1 is always offered; the transport bits that can be had are EVENT_IDX (29),
 * ACCESS_PLATFORM (33), ORDER_PLATFORM (36) and RING_RESET (40). The device is hardware on the
 * machine's bus whatever was negotiated: addresses in descriptors are bus addresses, and barriers
 * that order CPUs only do not order against it.
 *
 * One step is one descriptor chain read, one request served or one completion written, and the
 * driver runs between any two. A driver that breaks its ring is reported (L16).
 */
#ifndef ANYDMA_LAB_VIRTIO_H
#define ANYDMA_LAB_VIRTIO_H

#include <anydma/lab/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How the device misbehaves beside enum any_lab_hostile, of which virtio has: LATE, REORDERED
 * (completes chains out of order), PARTIAL (moves a part, then an I/O error), SPURIOUS, AT_ONCE
 * (all is done inside the notification), LINGERS (goes on after a reset until STATUS reads 0),
 * ERRORS (I/O errors), OVERRUN.
 *
 * Each lie is told once until the device is reset, and is declared (any_lab_model_bogus()): a
 * driver refuses it, and its scenario says any_lab_refused(). The request in question may never
 * come back.
 */
enum any_lab_virtio_hostile {
	ANY_LAB_VIRTIO_BAD_ID = 1u << 16,  /* a used id that is no descriptor */
	ANY_LAB_VIRTIO_BAD_LEN = 1u << 17, /* a used length above what was writable */
	ANY_LAB_VIRTIO_TWICE = 1u << 18, /* the same id twice, while another request is out: one is
					   too many, as long as the id is not given again */
	ANY_LAB_VIRTIO_BAD_IDX = 1u << 19, /* used.idx runs ahead of what was ever given */
	ANY_LAB_VIRTIO_NO_CALL = 1u << 20, /* interrupts that do not come */
};

/* Transport bits that can be offered. */
#define ANY_LAB_VIRTIO_EVENT_IDX       (1ull << 29)
#define ANY_LAB_VIRTIO_ACCESS_PLATFORM (1ull << 33)
#define ANY_LAB_VIRTIO_ORDER_PLATFORM  (1ull << 36)
#define ANY_LAB_VIRTIO_RING_RESET      (1ull << 40)

struct any_lab_virtio_config {
	uint64_t features;   /* transport bits offered beside VERSION_1 */
	uint32_t queue_size; /* largest, a power of two up to 128; 0: 128 */
	uint32_t hostile;    /* enum any_lab_hostile, enum any_lab_virtio_hostile */
};

struct any_lab_virtio_blk_config {
	struct any_lab_virtio_config virtio;
	uint32_t sectors;		      /* 0: 64 */
	uint32_t size_max, seg_max, blk_size; /* 0: not offered */
	bool read_only;
};

/* Attaches a block device; the CPU's address of its registers. */
volatile void *any_lab_virtio_blk_attach(struct any_lab *lab,
					 const struct any_lab_virtio_blk_config *config);

/* The disk's own bytes: zeroes at first. False: beyond its end. */
bool any_lab_virtio_blk_get(struct any_lab *lab, uint64_t offset, void *to, size_t len);
bool any_lab_virtio_blk_put(struct any_lab *lab, uint64_t offset, const void *from, size_t len);

/* Transport and device bits that the driver has accepted; 0 before FEATURES_OK. */
uint64_t any_lab_virtio_features(struct any_lab *lab);

#ifdef __cplusplus
}
#endif
#endif

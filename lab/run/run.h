/* SPDX-License-Identifier: BSD-2-Clause */
/* One run: what the driver is told (port), the disk (disk), what is done (workload), the cell (run). */
#ifndef ANYDMA_LAB_RUN_H
#define ANYDMA_LAB_RUN_H

#include <anydma/iova.h>

#include "../bus/bus.h"
#include "../bus/device.h"

#define LAB_BOUNCE_SLOTS   1024
#define LAB_COHERENT_PAGES 4096
#define LAB_DEFERRED	   64
#define LAB_IOVA_RANGES	   256

/* The platform as the driver sees it: built from the tree, or the lie of the bypass. */
struct lab_port {
	struct any_dma_platform plat;
	struct any_dma_region ram[LAB_MAX_RAM * LAB_VIEWS];
	struct any_bounce_pool bounce;
	uint32_t bounce_stack[LAB_BOUNCE_SLOTS];
	struct any_coherent_region coherent;
	uint64_t coherent_bits[LAB_COHERENT_PAGES / 64];
	struct any_dma_iommu iommu;
	struct any_iova iova;
	struct any_iova_range iova_ranges[LAB_IOVA_RANGES];
	struct any_iommu_deferred deferred[LAB_DEFERRED];
};

/* 0, or a negative error with one line in `why`. */
int lab_port_build(struct lab_port *port, struct lab_machine *m, bool bypass, char *why);

/* A place in RAM for one buffer of the driver, with room for a misaligned start and neighbours. */
#define LAB_SLOTS     24u
#define LAB_SLOT_DATA 65536u
#define LAB_SLOT_SIZE (LAB_SLOT_DATA + 4096u)

void lab_place_slots(struct lab_machine *m, const struct lab_port *port, void *slots[LAB_SLOTS]);

/* The disk behind the device: the source image, and in write mode what was written over it. */
struct lab_disk {
	int fd;		/* read from here */
	int target;	/* write mode: and to here; -1: memory */
	uint8_t *memory; /* write mode without a target */
	uint64_t size;
	char error[ANY_LAB_TEXT]; /* the first failure, in one line */
};

/* 0, or a negative error with disk->error filled. */
int lab_disk_open(struct lab_disk *disk, const struct any_lab_config *config);
void lab_disk_close(struct lab_disk *disk);
/* The source image, for the driver's side of a write and for the final comparison. */
int lab_disk_source(struct lab_disk *disk, uint64_t offset, void *to, size_t len);
int lab_disk_read(struct lab_disk *disk, uint64_t offset, void *to, size_t len);
int lab_disk_write(struct lab_disk *disk, uint64_t offset, const void *from, size_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* One run: what the driver is told (port), the disk (disk), what is done (workload), the cell
 * (run). */
#ifndef ANYDMA_LAB_RUN_H
#define ANYDMA_LAB_RUN_H

#include <anydma/blk.h>
#include <anydma/iova.h>
#include <anydma/virtio/mmio.h>

#include "../bus/bus.h"
#include "../bus/device.h"

#define LAB_BOUNCE_SLOTS   1024
#define LAB_COHERENT_PAGES 4096
#define LAB_DEFERRED	   64
#define LAB_IOVA_RANGES	   256

/* The platform as the driver sees it: built from the tree, or the lie of the bypass. */
struct lab_port {
	struct any_dma_platform plat;
	struct any_dma_ops ops;
	struct any_dma_region ram[2 * LAB_MAX_RAM * LAB_VIEWS + 1]; /* one: a program's statics */
	struct any_bounce_pool bounce;
	uint32_t bounce_stack[LAB_BOUNCE_SLOTS];
	struct any_coherent_region coherent;
	uint64_t coherent_bits[LAB_COHERENT_PAGES / 64];
	struct any_dma_iommu iommu;
	struct any_iova iova;
	struct any_iova_range iova_ranges[LAB_IOVA_RANGES];
	struct any_iommu_deferred deferred[LAB_DEFERRED];
};

/* Reads the tree, its name and its warts; an error leaves one line in cell->report.text. */
int lab_describe_tree(const void *dtb, size_t size, const char *device, struct any_platform *plat,
		      struct any_lab_cell *cell);

/* 0, or a negative error with one line in `why`. */
int lab_port_build(struct lab_port *port, struct lab_machine *m, bool bypass, char *why);

/* The parts of it that act on the machine, seen code: rituals, the IOMMU, the bus. */
void lab_port_drain(void *ctx, enum any_dma_dir dir);
int lab_port_iommu(struct lab_port *port, struct lab_machine *m);
void lab_port_bus(struct lab_port *port, struct lab_machine *m);
extern const struct any_iommu_ops lab_iommu_ops; /* ctx: the machine */

/* A place in RAM for one buffer of the driver, with room for a misaligned start and neighbours. */
#define LAB_SLOTS     24u
#define LAB_SLOT_DATA 65536u
#define LAB_SLOT_SIZE (LAB_SLOT_DATA + 4096u)

void lab_place_slots(struct lab_machine *m, void *slots[LAB_SLOTS]);

/* The disk behind the device: the source image, and in write mode what was written over it. */
struct lab_disk {
	int fd;		 /* read from here */
	int target;	 /* write mode: and to here; -1: memory */
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

#define LAB_QUEUE      128u
#define LAB_BLK_QUEUES 2u

#define LAB_MODEL_QUEUES 4u

/* A virtio device as a model of this machine (model.c), and what is behind it. */
struct lab_model {
	struct any_virtio_device *virtio;
	struct any_space space;
	struct lab_device device;
	struct lab_machine *machine;
	struct any_virtio_mmio_device mmio;
	struct any_virtio_queue_registers queues[LAB_MODEL_QUEUES];
	bool polling;
	/* a disk (model_blk.c) */
	struct any_blk_device blk;
	struct any_blk_backend backend;
	struct any_virtio_device_queue blk_queues[LAB_BLK_QUEUES];
	struct any_ring_piece pieces[LAB_BLK_QUEUES][LAB_QUEUE];
	struct any_packed_held held[LAB_BLK_QUEUES][LAB_QUEUE];
	struct lab_disk *disk;
	/* a network (net/) */
	struct lab_wire *wire; /* freed with the run */
	void *small;	       /* a small device (small/); freed with the run */
};

int lab_model_blk(struct lab_model *d, struct lab_machine *m, struct lab_disk *disk,
		  const struct any_lab_config *config);
int lab_model_net(struct lab_model *d, struct lab_machine *m, const struct any_lab_config *config);

/* For them: a cleared model and the features its rings are to have; its registers, once it is made.
 */
uint64_t lab_model_features(struct lab_model *d, struct lab_machine *m,
			    const struct any_lab_config *config);
void lab_model_connect(struct lab_model *d, struct lab_machine *m, struct any_virtio_device *virtio,
		       bool (*step)(void *ctx));

/* What the driver is asked to do, and what it read. Seen code. */
struct lab_work {
	struct lab_machine *machine;
	struct lab_disk *disk;
	struct any_dma_dev *dma;
	void *slots[LAB_SLOTS];
	uint8_t *result;  /* disk->size bytes: what came back */
	uint8_t *staging; /* LAB_SLOT_DATA */
	bool write, two_queues, indirect;
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
	const char *why; /* for an error: static text */
	uint64_t done;
	void *state; /* freed by whoever called, since a verdict leaves by longjmp */
};

/* 0, or the driver's error; everything mapped and allocated is given back then too. */
int lab_work_run(struct lab_work *w);
/* The same for a network: frames out, and the same frames in. */
int lab_work_net(struct lab_work *w);

/* One cell with a plan, or a memory of what happened (core/chance.h); tape may be NULL. */
int lab_run_taped(const struct any_lab_config *config, struct lab_tape *tape,
		  struct any_lab_cell *cell);

#endif

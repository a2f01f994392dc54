/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio devices as models: registers (regs.c), the queues and their misbehaviour (queue.c), and a
 * file for each type of device, which serves a chain. Rings are read and written by src/ring, seen
 * by the machine like a driver.
 */
#ifndef ANYDMA_LAB_DEVICE_VIRTIO_H
#define ANYDMA_LAB_DEVICE_VIRTIO_H

#include <anydma/lab/virtio.h>
#include <anydma/virtio/mmio.h>

#include "../unit.h"

#define LAB_VIRTIO_QUEUES 4u
#define LAB_VIRTIO_SIZE	  128u
#define LAB_VIRTIO_SLOTS  4u /* chains in hand, at most */

/* A chain that the device has read and not yet returned. */
struct lab_virtio_slot {
	struct any_ring_chain chain;
	struct any_ring_piece piece[LAB_VIRTIO_SIZE];
	uint16_t desc[LAB_VIRTIO_SIZE]; /* where in the table each piece is */
	uint32_t queue, written;
	bool busy, served;
};

struct lab_virtio {
	struct lab_unit u;
	struct any_virtio_device *dev;
	/* The device type's; false: an address was not the driver's. */
	bool (*serve)(struct lab_virtio *v, const struct any_ring_chain *chain, uint32_t *written);
	struct any_space space;
	struct any_virtio_mmio_device mmio;
	struct any_virtio_queue_registers queues[LAB_VIRTIO_QUEUES];
	uint32_t turn;
	struct lab_virtio_slot slot[LAB_VIRTIO_SLOTS];
	bool polling[LAB_VIRTIO_QUEUES]; /* kicks are off */
	bool lied;
};

/* regs.c. `dev` is initialised over v->space; its queues have at most LAB_VIRTIO_SIZE entries. */
volatile void *lab_virtio_attach(struct any_lab *lab, struct lab_virtio *v,
				 struct any_virtio_device *dev,
				 const struct any_lab_virtio_config *config);
struct lab_virtio *lab_virtio_of(struct any_lab *lab);
uint32_t lab_virtio_queue_size(const struct any_lab_virtio_config *config);

/* queue.c */
void lab_virtio_space(struct any_lab *lab, struct any_space *space);
/* Tells the lab where the rings are. */
void lab_virtio_declare(struct lab_virtio *v);
/* One piece of work, if there is any. */
bool lab_virtio_work(struct lab_virtio *v);
bool lab_virtio_in_hand(const struct lab_virtio *v);
/* Lets go of everything. */
void lab_virtio_drop(struct lab_virtio *v);

#endif

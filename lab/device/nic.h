/* SPDX-License-Identifier: BSD-2-Clause */
/* The network card: registers (nic.c), its two rings (nic_ring.c), the wire (nic_wire.c). Its
 * datasheet is anydma/lab/engine.h. */
#ifndef ANYDMA_LAB_NIC_MODEL_H
#define ANYDMA_LAB_NIC_MODEL_H

#include "unit.h"

#define LAB_NIC_FRAMES 64u
#define LAB_NIC_MTU    16384u

/* Frames in the card's own memory, oldest first. */
struct lab_frames {
	uint32_t first, n;
	uint32_t len[LAB_NIC_FRAMES];
	uint8_t *bytes[LAB_NIC_FRAMES]; /* mtu bytes each, made when first needed */
};

/* The descriptor that a ring is busy with. */
struct lab_nic_work {
	bool active, fails;
	uint32_t ahead, len, flags, limit, done;
	uint64_t desc, address;
};

struct lab_nic_ring {
	uint64_t base;
	uint32_t size, head, tail;
	uint32_t ahead; /* bit n: the descriptor n after head is done already */
	bool enabled, looks;
	struct lab_nic_work now;
};

struct lab_nic {
	struct lab_unit u;
	struct any_lab_nic_config config;
	struct lab_nic_ring ring[2];
	uint64_t block;
	uint32_t ctrl, turn, packets[2], dropped;
	struct lab_frames in, out; /* received, waiting for a buffer; sent */
	uint8_t *frame;		   /* being sent: what has been read of it */
	uint32_t frame_len;
	bool frame_bad;
};

/* nic_ring.c: one piece of work of the ring, if it has any */
bool lab_nic_has_work(const struct lab_nic *n, uint32_t ring);
void lab_nic_work(struct lab_nic *n, uint32_t ring);
/* Tells the lab where the rings are. */
void lab_nic_declare(struct lab_nic *n);

/* nic_wire.c */
/* Where the next frame goes; NULL: no room. */
uint8_t *lab_nic_push(struct lab_nic *n, struct lab_frames *f, uint32_t len);
void lab_nic_pop(struct lab_frames *f);
/* The frame is complete. */
void lab_nic_send(struct lab_nic *n);
struct lab_nic *lab_nic_of(struct any_lab *lab);

#endif

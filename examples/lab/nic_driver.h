/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver for the network card of anydma/lab/engine.h, by OWN bit: as it would be for real. */
#ifndef NIC_DRIVER_H
#define NIC_DRIVER_H

#include <anydma/dma.h>

#define NIC_RING 32u

struct nic_desc; /* the card's */

struct nic_ring {
	struct any_dma_coherent mem;
	struct any_dma_mapping map[NIC_RING];
	uint32_t next, oldest, used; /* next to give, oldest given, how many are given */
};

struct nic {
	struct any_dma_dev *dma;
	volatile uint8_t *regs;
	struct nic_ring tx, rx;
	uint32_t room; /* bytes in each receive buffer */
};

int nic_open(struct nic *nic, struct any_dma_dev *dma, volatile void *regs, uint32_t room);
/* Waits until the card is still; what it had is the caller's again. */
void nic_close(struct nic *nic);

/* Gives a frame to send. ENOMEM: the ring is full, until nic_sent() has taken some back. */
int nic_send(struct nic *nic, void *frame, uint32_t len);
/* Takes back what has been sent: the oldest frame, NULL: none. */
void *nic_sent(struct nic *nic, bool *good);
/* Gives a receive buffer; takes one back: NULL: none, otherwise *len bytes in it, 0: damaged. */
int nic_give(struct nic *nic, void *buffer);
void *nic_receive(struct nic *nic, uint32_t *len);
/* In the interrupt handler, before looking: what comes later interrupts again. */
void nic_acknowledge(struct nic *nic);

#endif

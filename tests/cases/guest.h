/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring of model.h seen from the other side: the lab's device is a guest's driver, and the code
 * under test is a VMM's or a vhost target's, which waits for kicks and calls back. The rules of
 * order are the same, the two indices change places.
 *
 * The guest gives two requests and waits for both. It wants no calls while it works; before it
 * sleeps it turns them on and looks again.
 */
#ifndef ANYDMA_TESTS_CASES_GUEST_H
#define ANYDMA_TESTS_CASES_GUEST_H

#include "model.h"

#define GUEST_BATCH 2u

/* What both share; addresses in descriptors count from its beginning, as guest-physical ones do. */
struct guest_memory {
	struct vring ring;
	uint8_t data[VQ_SIZE][VQ_BUF];
};

struct guest {
	struct any_lab *lab;
	uint64_t base;
	uint32_t total, batch; /* batch: still to be given */
	uint16_t given, taken;
	bool live, quiet, wrong; /* wrong: an element that it has no request for */
};

#define GUEST_AT(g, member) ((g)->base + offsetof(struct guest_memory, member))

static inline void guest_set_quiet(struct guest *g, bool quiet)
{
	uint16_t flags = quiet ? VQ_QUIET : 0;

	g->quiet = quiet;
	any_lab_bus_write(g->lab, GUEST_AT(g, ring.avail.flags), &flags, sizeof(flags));
	any_dma_mb(); /* reads push writes */
}

static inline uint16_t guest_word(struct guest *g, uint64_t bus)
{
	uint16_t word;

	any_lab_bus_read(g->lab, bus, &word, sizeof(word));
	return word;
}

/* Request n: VQ_BUF bytes of n * 7. */
static inline void guest_give(struct guest *g)
{
	uint16_t slot = g->given % VQ_SIZE;
	uint64_t data = offsetof(struct guest_memory, data) + slot * VQ_BUF;
	struct vring_desc desc = {.addr = data, .len = VQ_BUF};
	uint8_t bytes[VQ_BUF];

	memset(bytes, g->given * 7, sizeof(bytes));
	any_lab_bus_write(g->lab, g->base + data, bytes, sizeof(bytes));
	any_lab_bus_write(g->lab, GUEST_AT(g, ring.desc) + slot * sizeof(desc), &desc,
			  sizeof(desc));
	any_lab_bus_write(g->lab, GUEST_AT(g, ring.avail.ring) + slot * 2u, &slot, sizeof(slot));
	g->given++;
	any_lab_bus_write(g->lab, GUEST_AT(g, ring.avail.idx), &g->given, sizeof(g->given));
	any_lab_interrupt(g->lab); /* the kick */
}

static inline bool guest_take(struct guest *g)
{
	uint16_t slot = g->taken % VQ_SIZE;
	struct vring_elem elem;

	if (guest_word(g, GUEST_AT(g, ring.used.idx)) == g->taken)
		return false;
	if (!g->quiet)
		guest_set_quiet(g, true);
	any_lab_bus_read(g->lab, GUEST_AT(g, ring.used.ring) + slot * sizeof(elem), &elem,
			 sizeof(elem));
	g->wrong |= elem.id != slot;
	g->taken++;
	return true;
}

static inline bool guest_step(void *ctx)
{
	struct guest *g = ctx;

	if (!g->live)
		return false;
	if (g->given == g->taken && g->given < g->total)
		g->batch = GUEST_BATCH;
	if (g->batch) {
		g->batch--;
		guest_give(g);
		return true;
	}
	if (guest_take(g))
		return true;
	if (!g->quiet)
		return false;
	guest_set_quiet(g, false);
	return true; /* looks again */
}

static inline void guest_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct guest *g = ctx;

	(void)bytes;
	if (offset == offsetof(struct vq_regs, queue_lo))
		g->base = value;
	else if (offset == offsetof(struct vq_regs, queue_hi))
		g->base |= value << 32;
	if (offset != offsetof(struct vq_regs, status))
		return;
	g->live = value;
	if (!g->live) {
		any_lab_model_shares(g->lab, g->base, 0);
		return;
	}
	any_lab_model_shares(g->lab, g->base, sizeof(struct guest_memory));
	any_lab_model_polled(g->lab, GUEST_AT(g, ring.avail), 4);
	any_lab_model_announced(g->lab, GUEST_AT(g, ring.used.idx), 2);
}

static inline uint64_t guest_read(void *ctx, uint32_t offset, unsigned bytes)
{
	const struct guest *g = ctx;

	(void)bytes;
	return offset == offsetof(struct vq_regs, status) && g->live;
}

/* ---- the VMM's side */

struct vmm {
	struct any_lab *lab;
	struct any_dma_dev *dma;
	volatile struct vq_regs *regs; /* notify: calls the guest */
	struct any_dma_coherent shared;
	volatile struct guest_memory *mem;
	struct guest *guest;
	uint16_t next_avail, next_used;
};

static inline int vmm_open(struct vmm *vmm, struct any_lab *lab, uint32_t requests)
{
	struct guest *g = any_lab_keep(lab, sizeof(*g));
	const struct any_lab_model model = {
		.read = guest_read,
		.write = guest_write,
		.step = guest_step,
		.ctx = g,
		.doorbell = offsetof(struct vq_regs, notify),
		.doorbell_size = 4,
	};
	int err;

	*g = (struct guest){.lab = lab, .total = requests};
	*vmm = (struct vmm){.lab = lab, .dma = any_lab_dma(lab), .guest = g};
	vmm->regs = any_lab_attach(lab, &model);
	err = any_dma_alloc_coherent(vmm->dma, sizeof(*vmm->mem), &vmm->shared);
	if (err)
		return err;
	vmm->mem = vmm->shared.cpu;
	any_mmio_write32(&vmm->regs->queue_lo, (uint32_t)vmm->shared.addr.raw);
	any_mmio_write32(&vmm->regs->queue_hi, (uint32_t)(vmm->shared.addr.raw >> 32));
	any_mmio_write32(&vmm->regs->status, 1);
	return 0;
}

static inline void vmm_close(struct vmm *vmm)
{
	any_mmio_write32(&vmm->regs->status, 0);
	(void)any_mmio_read32(&vmm->regs->status);
	any_dma_free_coherent(vmm->dma, &vmm->shared);
}

/* Waits for a kick, until there is a request. */
static inline void vmm_wait(struct vmm *vmm)
{
	for (;;) {
		any_dma_drain(vmm->dma, ANY_DMA_FROM_DEVICE);
		if (vmm->mem->ring.avail.idx != vmm->next_avail)
			return;
		any_lab_wait(vmm->lab);
		(void)any_mmio_read32(&vmm->regs->isr);
	}
}

static inline void vmm_acquire(void)
{
	any_dma_rmb(); /* partner: the guest writes the index last */
}

/* The head of the next chain; its bytes are counted. */
static inline uint16_t vmm_pop(struct vmm *vmm, uint32_t *sum)
{
	uint16_t head = vmm->mem->ring.avail.ring[vmm->next_avail++ % VQ_SIZE] % VQ_SIZE;

	*sum += vmm->mem->data[head][0];
	return head;
}

static inline void vmm_call(struct vmm *vmm)
{
	any_dma_mb(); /* partner: the guest turns calls on, then looks again */
	if (vmm->mem->ring.avail.flags & VQ_QUIET)
		return;
	any_mmio_wmb(); /* partner: the guest's look after the call */
	any_mmio_write32(&vmm->regs->notify, 0);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cases of split rings share: a virtio-like device with one queue, and the right form of
 * each step of its driver; a case has its own text where its bug is. Words are in the CPU's order.
 *
 * The device turns notifications off while it works; before it sleeps it turns them on and looks
 * again. A buffer it may write it fills with (uint8_t)(n * 7) for the n-th, as far as there is
 * input.
 */
#ifndef ANYDMA_TESTS_CASES_MODEL_H
#define ANYDMA_TESTS_CASES_MODEL_H

#include <stdlib.h>
#include <string.h>

#include <anydma/lab.h>

#include "any_arch.h"
#include "case.h"

#define VQ_SIZE	 8u
#define VQ_WRITE 2u /* flags of a descriptor: the device writes */
#define VQ_QUIET 1u /* flags of a ring: do not notify, do not interrupt */
#define VQ_BUF	 64u

struct vring {
	struct vring_desc {
		uint64_t addr;
		uint32_t len;
		uint16_t flags, next;
	} desc[VQ_SIZE];
	struct {
		uint16_t flags, idx, ring[VQ_SIZE], used_event;
	} avail;
	struct {
		uint16_t flags, idx;
		struct vring_elem {
			uint32_t id, len;
		} ring[VQ_SIZE];
		uint16_t avail_event;
	} used;
};

struct vq_regs {
	uint32_t queue_lo, queue_hi;
	uint32_t status; /* 1: go. 0: reset; reads as 0 when the device has left memory alone */
	uint32_t notify; /* doorbell */
	uint32_t isr;	 /* reading it pushes what the device wrote */
};

struct vq_config {
	bool event_idx; /* interrupts when used_event is passed, else unless QUIET */
	bool bogus_id, bogus_len;
	bool lingers; /* works on for a while after reset */
};

struct vq_model {
	struct any_lab *lab;
	struct vq_config config;
	uint64_t queue;
	uint32_t status, linger, input, filled;
	uint16_t next, used;
	bool quiet, stopping;
	uint64_t read_sum; /* of the first bytes of the buffers it read */
};

#define VQ_AT(d, member) ((d)->queue + offsetof(struct vring, member))

static inline uint16_t vq_word(struct vq_model *d, uint64_t bus)
{
	uint16_t word;

	any_lab_bus_read(d->lab, bus, &word, sizeof(word));
	return word;
}

static inline void vq_set_quiet(struct vq_model *d, bool quiet)
{
	uint16_t flags = quiet ? VQ_QUIET : 0;

	d->quiet = quiet;
	any_lab_bus_write(d->lab, VQ_AT(d, used.flags), &flags, sizeof(flags));
}

static inline void vq_complete(struct vq_model *d, uint16_t head, uint32_t len)
{
	uint64_t at = VQ_AT(d, used.ring) + d->used % VQ_SIZE * sizeof(struct vring_elem);
	bool lies = (d->config.bogus_id || d->config.bogus_len) && d->used == 2;
	struct vring_elem elem = {head, len};

	if (lies && d->config.bogus_id)
		elem.id = 0x100;
	if (lies && d->config.bogus_len)
		elem.len = 0x7000000;
	any_lab_bus_write(d->lab, at, &elem, sizeof(elem));
	if (lies)
		any_lab_model_bogus(d->lab, at + (d->config.bogus_id ? 0 : 4), 4);
	d->used++;
	any_lab_bus_write(d->lab, VQ_AT(d, used.idx), &d->used, sizeof(d->used));
	any_dma_mb();
	if (d->config.event_idx ? vq_word(d, VQ_AT(d, avail.used_event)) == (uint16_t)(d->used - 1)
				: !(vq_word(d, VQ_AT(d, avail.flags)) & VQ_QUIET))
		any_lab_interrupt(d->lab);
}

/* False: no input for it yet. */
static inline bool vq_chain(struct vq_model *d)
{
	uint16_t head = vq_word(d, VQ_AT(d, avail.ring) + d->next % VQ_SIZE * 2u) % VQ_SIZE;
	struct vring_desc desc;
	uint8_t bytes[VQ_BUF];

	any_lab_bus_read(d->lab, VQ_AT(d, desc) + head * sizeof(desc), &desc, sizeof(desc));
	if (desc.len > sizeof(bytes))
		desc.len = sizeof(bytes);
	if (desc.flags & VQ_WRITE && d->filled == d->input)
		return false;
	if (!d->quiet)
		vq_set_quiet(d, true);
	if (desc.flags & VQ_WRITE) {
		memset(bytes, (int)(d->filled++ * 7), sizeof(bytes));
		any_lab_bus_write(d->lab, desc.addr, bytes, desc.len);
	} else {
		any_lab_bus_read(d->lab, desc.addr, bytes, desc.len);
		d->read_sum += bytes[0];
	}
	d->next++;
	vq_complete(d, head, desc.flags & VQ_WRITE ? desc.len : 0);
	return true;
}

static inline bool vq_step(void *ctx)
{
	struct vq_model *d = ctx;
	bool did = false;

	if (!d->status)
		return false;
	if (!d->stopping || d->linger) {
		did = vq_word(d, VQ_AT(d, avail.idx)) != d->next && vq_chain(d);
		if (!did && d->quiet) {
			vq_set_quiet(d, false);
			any_dma_mb(); /* a bus master's reads push its writes */
			did = true;   /* looks again */
		}
	}
	if (d->stopping && (!did || !d->linger--)) {
		any_lab_model_shares(d->lab, d->queue, 0);
		d->status = 0;
	}
	return did;
}

static inline uint64_t vq_read(void *ctx, uint32_t offset, unsigned bytes)
{
	const struct vq_model *d = ctx;

	(void)bytes;
	return offset == offsetof(struct vq_regs, status) ? d->status : 0;
}

static inline void vq_status(struct vq_model *d, uint32_t status)
{
	if (!status) {
		d->stopping = d->status;
		d->linger = d->config.lingers ? 1 + (uint32_t)any_lab_model_random(d->lab) % 4 : 0;
		return;
	}
	d->status = status;
	any_lab_model_shares(d->lab, d->queue, sizeof(struct vring));
	any_lab_model_polled(d->lab, VQ_AT(d, used), 4);
	any_lab_model_announced(d->lab, VQ_AT(d, avail.idx), 2);
}

static inline void vq_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct vq_model *d = ctx;

	(void)bytes;
	if (offset == offsetof(struct vq_regs, queue_lo))
		d->queue = value;
	else if (offset == offsetof(struct vq_regs, queue_hi))
		d->queue |= value << 32;
	else if (offset == offsetof(struct vq_regs, status))
		vq_status(d, (uint32_t)value);
}

/* ---- the driver's side */

struct vq {
	struct any_lab *lab;
	struct any_dma_dev *dma;
	volatile struct vq_regs *regs;
	struct any_dma_coherent mem;
	volatile struct vring *ring;
	struct vq_model *device;
	uint16_t avail, used; /* what was published, what was taken */
};

/* Input for so many more buffers has come. */
static inline void vq_input(struct vq *vq, uint32_t n)
{
	vq->device->input += n;
	any_lab_model_wake(vq->lab);
}

static inline int vq_open(struct vq *vq, struct any_lab *lab, const struct vq_config *config)
{
	struct vq_model *d = any_lab_keep(lab, sizeof(*d));
	const struct any_lab_model model = {
		.read = vq_read,
		.write = vq_write,
		.step = vq_step,
		.ctx = d,
		.doorbell = offsetof(struct vq_regs, notify),
		.doorbell_size = 4,
	};
	int err;

	*d = (struct vq_model){.lab = lab, .config = *config};
	*vq = (struct vq){.lab = lab, .dma = any_lab_dma(lab), .device = d};
	vq->regs = any_lab_attach(lab, &model);
	err = any_dma_alloc_coherent(vq->dma, sizeof(struct vring), &vq->mem);
	if (err)
		return err;
	vq->ring = vq->mem.cpu;
	any_mmio_write32(&vq->regs->queue_lo, (uint32_t)vq->mem.addr.raw);
	any_mmio_write32(&vq->regs->queue_hi, (uint32_t)(vq->mem.addr.raw >> 32));
	any_mmio_write32(&vq->regs->status, 1);
	return 0;
}

static inline void vq_reset(struct vq *vq)
{
	any_mmio_write32(&vq->regs->status, 0);
	while (any_mmio_read32(&vq->regs->status))
		any_lab_relax(vq->lab);
}

static inline void vq_close(struct vq *vq)
{
	vq_reset(vq);
	any_dma_free_coherent(vq->dma, &vq->mem);
}

/* Everything but the index. */
static inline void vq_put(struct vq *vq, uint16_t head, uint64_t addr, uint32_t len, uint16_t flags)
{
	volatile struct vring_desc *desc = &vq->ring->desc[head];

	desc->addr = addr;
	desc->len = len;
	desc->flags = flags;
	vq->ring->avail.ring[vq->avail % VQ_SIZE] = head;
}

static inline void vq_publish(struct vq *vq)
{
	any_dma_wmb(); /* partner: the device reads the index, then the rest */
	vq->ring->avail.idx = ++vq->avail;
	any_dma_drain(vq->dma, ANY_DMA_TO_DEVICE);
}

static inline void vq_notify(struct vq *vq)
{
	any_mmio_wmb(); /* partner: the device's look after the doorbell */
	any_mmio_write32(&vq->regs->notify, 0);
}

static inline void vq_kick(struct vq *vq)
{
	any_dma_mb(); /* partner: the device writes the flags, then reads the index again */
	if (!(vq->ring->used.flags & VQ_QUIET))
		vq_notify(vq);
}

static inline bool vq_has_used(struct vq *vq)
{
	any_dma_drain(vq->dma, ANY_DMA_FROM_DEVICE);
	if (vq->ring->used.idx == vq->used)
		return false;
	any_dma_rmb(); /* partner: the device writes the index last */
	return true;
}

/* Until an element is there. */
static inline void vq_wait(struct vq *vq)
{
	while (!vq_has_used(vq)) {
		any_lab_wait(vq->lab);
		(void)any_mmio_read32(&vq->regs->isr);
	}
}

#endif

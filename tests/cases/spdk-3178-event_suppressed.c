/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spdk/spdk #3178: the vhost target stores the used index and looks whether the guest wants a call,
 * with no full barrier between, and I/O hangs. The load of the flags may be done before the store
 * is visible: the guest turns calls on, does not see the index, and sleeps. (acrn-hypervisor #2733
 * is the same.)
 */
#include "guest.h"

#define REQUESTS 40u

static ANY_NOINLINE bool event_is_suppressed(struct vmm *vmm, bool fixed)
{
	if (fixed)
		any_dma_mb(); /* partner: the guest turns calls on, then looks again */
	return vmm->mem->ring.avail.flags & VQ_QUIET; /* BUG: may be older than the index */
}

static void used_ring_enqueue(struct vmm *vmm, uint16_t head)
{
	volatile struct vring_elem *elem = &vmm->mem->ring.used.ring[vmm->next_used % VQ_SIZE];

	elem->id = head;
	elem->len = 0;
	any_dma_wmb(); /* partner: the guest reads the index, then the element */
	vmm->mem->ring.used.idx = ++vmm->next_used;
	any_dma_drain(vmm->dma, ANY_DMA_TO_DEVICE);
}

static void used_signal(struct vmm *vmm, bool fixed)
{
	if (event_is_suppressed(vmm, fixed))
		return;
	any_mmio_wmb(); /* partner: the guest's look after the call */
	any_mmio_write32(&vmm->regs->notify, 0);
}

static int run(struct any_lab *lab, bool fixed)
{
	uint32_t sum = 0;
	struct vmm vmm;
	int err = vmm_open(&vmm, lab, REQUESTS);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	for (uint32_t i = 0; i < REQUESTS; i++) {
		vmm_wait(&vmm);
		vmm_acquire();
		used_ring_enqueue(&vmm, vmm_pop(&vmm, &sum));
		used_signal(&vmm, fixed);
	}
	vmm_close(&vmm);
	return 0;
}

ANY_CASE(spdk_event, run, .name = "spdk-3178-event_suppressed", .issue = "spdk/spdk #3178",
	 .bug = "a vhost target reads the guest's flags before its used index is visible",
	 .rule = ANY_LAB_FULL_ORDER, .platform = "x86-pc");

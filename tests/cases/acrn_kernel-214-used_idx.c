/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * projectacrn/acrn-kernel #214: the in-kernel backend of virtio wrote a used element and the index
 * that announces it with no barrier between. The guest may see the index first, and then takes the
 * element that lay there before.
 */
#include "guest.h"

#define REQUESTS 12u

static ANY_NOINLINE void vq_relchain(struct vmm *vmm, uint16_t head, bool fixed)
{
	volatile struct vring_elem *elem = &vmm->mem->ring.used.ring[vmm->next_used % VQ_SIZE];

	elem->id = head; /* BUG: nothing orders it before the index */
	elem->len = 0;	 /* BUG */
	if (fixed)
		any_dma_wmb(); /* partner: the guest reads the index, then the element */
	vmm->mem->ring.used.idx = ++vmm->next_used;
	any_dma_drain(vmm->dma, ANY_DMA_TO_DEVICE);
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
		vq_relchain(&vmm, vmm_pop(&vmm, &sum), fixed);
		vmm_call(&vmm);
	}
	ANY_LAB_CHECK(lab, !vmm.guest->wrong);
	vmm_close(&vmm);
	return 0;
}

ANY_CASE(acrn_used_idx, run, .name = "acrn_kernel-214-used_idx",
	 .issue = "projectacrn/acrn-kernel #214",
	 .bug = "a used index is stored with no barrier behind its element",
	 .rule = ANY_LAB_STORE_ORDER, .platform = "arm64-nc");

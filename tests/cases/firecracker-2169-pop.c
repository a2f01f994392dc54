/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firecracker-microvm/firecracker #2169: pop() reads the index of the available ring, and then the
 * entry, the descriptor and the data that the index announces, with nothing between. On Arm the
 * later loads may be done first: the device works on what was there before.
 */
#include "guest.h"

#define REQUESTS 12u

static ANY_NOINLINE uint16_t pop(struct vmm *vmm, uint32_t *sum, bool fixed)
{
	volatile struct guest_memory *mem = vmm->mem;
	uint16_t head;

	if (fixed)
		vmm_acquire();
	head = mem->ring.avail.ring[vmm->next_avail % VQ_SIZE] % VQ_SIZE; /* BUG: may be early */
	*sum += mem->data[head][0];
	vmm->next_avail++;
	return head;
}

static void add_used(struct vmm *vmm, uint16_t head)
{
	vmm->mem->ring.used.ring[vmm->next_used % VQ_SIZE].id = head;
	vmm->mem->ring.used.ring[vmm->next_used % VQ_SIZE].len = 0;
	any_dma_wmb(); /* partner: the guest reads the index, then the element */
	vmm->mem->ring.used.idx = ++vmm->next_used;
	any_dma_drain(vmm->dma, ANY_DMA_TO_DEVICE);
}

static int run(struct any_lab *lab, bool fixed)
{
	uint32_t sum = 0, want = 0;
	struct vmm vmm;
	int err = vmm_open(&vmm, lab, REQUESTS);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	for (uint32_t i = 0; i < REQUESTS; i++) {
		vmm_wait(&vmm);
		add_used(&vmm, pop(&vmm, &sum, fixed));
		vmm_call(&vmm);
		want += (uint8_t)(i * 7);
	}
	ANY_LAB_CHECK(lab, sum == want);
	vmm_close(&vmm);
	return 0;
}

ANY_CASE(firecracker_pop, run, .name = "firecracker-2169-pop",
	 .issue = "firecracker-microvm/firecracker #2169",
	 .bug = "a VMM reads what the available index announces without a load barrier",
	 .rule = ANY_LAB_LOAD_ORDER, .platform = "arm64-nc");

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * au-ts/sddf #369, #642: network drivers order the fields of a descriptor with C's own fences. On
 * arm64 those are a dmb of the inner shareable domain: they order CPUs among each other, and a
 * device is not in that domain. It may find the ownership bit before the address.
 */
#include <anydma/endian.h>
#include <anydma/lab/engine.h>

#include "any_arch.h"
#include "case.h"

#include <string.h>

#define RING   4u
#define LEN    100u
#define FRAMES 12u

struct ethernet {
	struct any_lab *lab;
	struct any_dma_dev *dma;
	volatile uint8_t *regs;
	struct any_dma_coherent ring;
	uint32_t tail;
};

/* atomic_thread_fence(memory_order_release), as arm64 has it. */
static inline void thread_memory_release(void)
{
	any_smp_wmb();
}

static ANY_NOINLINE void update_ring_slot(struct ethernet *eth, uint64_t io, uint32_t len,
					  uint32_t stat, bool fixed)
{
	volatile struct any_lab_nic_desc *d = eth->ring.cpu;

	d += eth->tail % RING;
	d->address = any_cpu_to_le64(io); /* BUG: nothing orders these for the device */
	d->len = any_cpu_to_le32(len);	  /* BUG */
	if (fixed)
		any_dma_wmb(); /* partner: the device reads the rest after the bit */
	else
		thread_memory_release();
	d->flags = any_cpu_to_le32(stat);
}

static bool is_sent(struct ethernet *eth)
{
	volatile struct any_lab_nic_desc *d = eth->ring.cpu;

	any_dma_drain(eth->dma, ANY_DMA_FROM_DEVICE);
	if (any_le32_to_cpu(d[eth->tail % RING].flags) & ANY_LAB_NIC_OWN)
		return false;
	any_dma_rmb(); /* partner: what the card wrote before it gave the descriptor back */
	return true;
}

static int tx_provide(struct ethernet *eth, uint8_t *frame, bool fixed)
{
	struct any_dma_mapping map;
	int err = any_dma_map(eth->dma, frame, LEN, ANY_DMA_TO_DEVICE, &map);

	if (err)
		return err;
	update_ring_slot(eth, map.addr.raw, LEN, ANY_LAB_NIC_OWN | ANY_LAB_NIC_EOP, fixed);
	any_dma_drain(eth->dma, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the card's look after the doorbell */
	any_mmio_write32(eth->regs + ANY_LAB_NIC_TX_DOORBELL, 0);
	while (!is_sent(eth))
		any_lab_relax(eth->lab);
	any_dma_unmap(eth->dma, &map);
	eth->tail++;
	return 0;
}

static int eth_setup(struct ethernet *eth)
{
	volatile uint8_t *tx = eth->regs + ANY_LAB_NIC_RING(ANY_LAB_NIC_TX);
	int err = any_dma_alloc_coherent(eth->dma, RING * sizeof(struct any_lab_nic_desc),
					 &eth->ring);

	if (err)
		return err;
	any_mmio_write32(tx + ANY_LAB_NIC_RING_LO, (uint32_t)eth->ring.addr.raw);
	any_mmio_write32(tx + ANY_LAB_NIC_RING_HI, (uint32_t)(eth->ring.addr.raw >> 32));
	any_mmio_write32(tx + ANY_LAB_NIC_RING_SIZE, RING);
	any_mmio_write32(eth->regs + ANY_LAB_NIC_CTRL, ANY_LAB_NIC_TX_ENABLE);
	return 0;
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct any_lab_nic_config config = {.hostile = ANY_LAB_LATE};
	struct ethernet eth = {.lab = lab, .dma = any_lab_dma(lab)};
	uint8_t *frame = any_lab_alloc(lab, LEN);
	int err;

	eth.regs = any_lab_nic_attach(lab, &config);
	err = eth_setup(&eth);
	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	for (unsigned i = 0; i < FRAMES && !err; i++) {
		memset(frame, (int)i, LEN);
		err = tx_provide(&eth, frame, fixed);
	}
	any_mmio_write32(eth.regs + ANY_LAB_NIC_CTRL, ANY_LAB_NIC_RESET);
	while (any_mmio_read32(eth.regs + ANY_LAB_NIC_STATUS) & ANY_LAB_NIC_BUSY)
		any_lab_relax(lab);
	any_dma_free_coherent(eth.dma, &eth.ring);
	return err;
}

ANY_CASE(sddf_fence, run, .name = "sddf-369-c11_fence", .issue = "au-ts/sddf #369, #642",
	 .bug = "a CPU's fence between a descriptor and its ownership bit",
	 .rule = ANY_LAB_STORE_ORDER, .platform = "arm64-nc");

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tianocore/edk2 #9640: the network driver of IntelUndiPkg never calls PciIo's Map() and Unmap();
 * it gives the card the CPU's address of a frame. That works on PC-like machines without an IOMMU
 * (the buggy form passes on x86-pc), and on no machine where the bus has other addresses or the
 * CPU's caches are not snooped.
 */
#include <anydma/endian.h>
#include <anydma/lab/engine.h>

#include "any_arch.h"
#include "case.h"

#include <string.h>

#define RING   4u
#define LEN    128u
#define FRAMES 6u

struct adapter {
	struct any_lab *lab;
	struct any_dma_dev *pci_io;
	volatile uint8_t *regs;
	struct any_dma_coherent ring;
	uint32_t tail;
};

/* UEFI maps memory one to one: what the CPU has in a pointer is the physical address. */
static uint64_t pointer_value(struct adapter *a, const void *p)
{
	const struct any_dma_region *region;
	struct any_phys_addr phys = any_phys((uintptr_t)p);

	if (any_dma_virt_to_phys(a->pci_io->plat, p, 1, &phys, &region))
		return (uintptr_t)p;
	return phys.raw;
}

static ANY_NOINLINE void give(struct adapter *a, uint64_t address)
{
	volatile struct any_lab_nic_desc *d = a->ring.cpu;

	d += a->tail % RING;
	d->address = any_cpu_to_le64(address);
	d->len = any_cpu_to_le32(LEN);
	any_dma_wmb(); /* partner: the card reads the rest after the bit */
	d->flags = any_cpu_to_le32(ANY_LAB_NIC_OWN | ANY_LAB_NIC_EOP);
	any_dma_drain(a->pci_io, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the card's look after the doorbell */
	any_mmio_write32(a->regs + ANY_LAB_NIC_TX_DOORBELL, 0); /* BUG: for what nobody mapped */
}

static void wait_sent(struct adapter *a)
{
	volatile struct any_lab_nic_desc *d = a->ring.cpu;

	do {
		any_lab_relax(a->lab);
		any_dma_drain(a->pci_io, ANY_DMA_FROM_DEVICE);
	} while (any_le32_to_cpu(d[a->tail % RING].flags) & ANY_LAB_NIC_OWN);
	any_dma_rmb(); /* partner: what the card wrote before it gave the descriptor back */
	a->tail++;
}

static int transmit(struct adapter *a, uint8_t *frame, uint8_t value, bool fixed)
{
	struct any_dma_mapping map;
	int err;

	memset(frame, value, LEN);
	if (!fixed) {
		give(a, pointer_value(a, frame));
		wait_sent(a);
		return 0;
	}
	err = any_dma_map(a->pci_io, frame, LEN, ANY_DMA_TO_DEVICE, &map);
	if (err)
		return err;
	give(a, map.addr.raw);
	wait_sent(a);
	any_dma_unmap(a->pci_io, &map);
	return 0;
}

static int start(struct adapter *a)
{
	volatile uint8_t *tx = a->regs + ANY_LAB_NIC_RING(ANY_LAB_NIC_TX);
	int err =
		any_dma_alloc_coherent(a->pci_io, RING * sizeof(struct any_lab_nic_desc), &a->ring);

	if (err)
		return err;
	any_mmio_write32(tx + ANY_LAB_NIC_RING_LO, (uint32_t)a->ring.addr.raw);
	any_mmio_write32(tx + ANY_LAB_NIC_RING_HI, (uint32_t)(a->ring.addr.raw >> 32));
	any_mmio_write32(tx + ANY_LAB_NIC_RING_SIZE, RING);
	any_mmio_write32(a->regs + ANY_LAB_NIC_CTRL, ANY_LAB_NIC_TX_ENABLE);
	return 0;
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct any_lab_nic_config config = {.hostile = ANY_LAB_LATE};
	struct adapter a = {.lab = lab, .pci_io = any_lab_dma(lab)};
	uint8_t *frame = any_lab_alloc(lab, LEN), got[LEN];
	int err;

	a.regs = any_lab_nic_attach(lab, &config);
	err = start(&a);
	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	for (uint8_t i = 0; i < FRAMES && !err; i++) {
		err = transmit(&a, frame, i, fixed);
		ANY_LAB_CHECK(lab, err || (any_lab_nic_sent(lab, got, LEN) == LEN && got[0] == i));
	}
	any_mmio_write32(a.regs + ANY_LAB_NIC_CTRL, ANY_LAB_NIC_RESET);
	while (any_mmio_read32(a.regs + ANY_LAB_NIC_STATUS) & ANY_LAB_NIC_BUSY)
		any_lab_relax(lab);
	any_dma_free_coherent(a.pci_io, &a.ring);
	return err;
}

ANY_CASE(edk2_no_map, run, .name = "edk2-9640-no_map", .issue = "tianocore/edk2 #9640",
	 .bug = "the CPU's address is given to the card, nothing is mapped",
	 .rule = ANY_LAB_OUTSIDE, .platform = "bmips-7425-pcie");

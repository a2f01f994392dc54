/* SPDX-License-Identifier: BSD-2-Clause */
#include "nic_driver.h"

#include <anydma/endian.h>
#include <anydma/lab/engine.h> /* the card's registers and bits */

#include "any_arch.h"

static struct any_lab_nic_desc *desc(const struct nic_ring *r, uint32_t i)
{
	return (struct any_lab_nic_desc *)r->mem.cpu + i;
}

static void set_ring(struct nic *nic, const struct nic_ring *r, uint32_t which)
{
	volatile uint8_t *regs = nic->regs + ANY_LAB_NIC_RING(which);

	any_mmio_write32(regs + ANY_LAB_NIC_RING_LO, (uint32_t)r->mem.addr.raw);
	any_mmio_write32(regs + ANY_LAB_NIC_RING_HI, (uint32_t)(r->mem.addr.raw >> 32));
	any_mmio_write32(regs + ANY_LAB_NIC_RING_SIZE, NIC_RING);
}

int nic_open(struct nic *nic, struct any_dma_dev *dma, volatile void *regs, uint32_t room)
{
	const size_t size = NIC_RING * sizeof(struct any_lab_nic_desc);
	int err;

	*nic = (struct nic){.dma = dma, .regs = regs, .room = room};
	if (any_mmio_read32(nic->regs + ANY_LAB_NIC_ID) != ANY_LAB_NIC_MAGIC)
		return -ANY_ENODEV;
	err = any_dma_alloc_coherent(dma, size, &nic->tx.mem);
	if (err)
		return err;
	err = any_dma_alloc_coherent(dma, size, &nic->rx.mem);
	if (err) {
		any_dma_free_coherent(dma, &nic->tx.mem);
		return err;
	}
	set_ring(nic, &nic->tx, ANY_LAB_NIC_TX);
	set_ring(nic, &nic->rx, ANY_LAB_NIC_RX);
	any_mmio_write32(nic->regs + ANY_LAB_NIC_INT_ENABLE,
			 ANY_LAB_NIC_INT_TX | ANY_LAB_NIC_INT_RX);
	any_mmio_write32(nic->regs + ANY_LAB_NIC_CTRL,
			 ANY_LAB_NIC_TX_ENABLE | ANY_LAB_NIC_RX_ENABLE | ANY_LAB_NIC_LOOPBACK);
	return 0;
}

static void close_ring(struct nic *nic, struct nic_ring *r)
{
	for (; r->used; r->used--, r->oldest = (r->oldest + 1) % NIC_RING)
		any_dma_unmap(nic->dma, &r->map[r->oldest]);
	any_dma_free_coherent(nic->dma, &r->mem);
}

void nic_close(struct nic *nic)
{
	any_mmio_write32(nic->regs + ANY_LAB_NIC_CTRL, ANY_LAB_NIC_RESET);
	while (any_mmio_read32(nic->regs + ANY_LAB_NIC_STATUS) & ANY_LAB_NIC_BUSY)
		any_cpu_relax();
	close_ring(nic, &nic->tx);
	close_ring(nic, &nic->rx);
}

static int give(struct nic *nic, struct nic_ring *r, void *buf, uint32_t len, enum any_dma_dir dir,
		uint32_t flags)
{
	struct any_lab_nic_desc *d = desc(r, r->next);
	int err = r->used == NIC_RING ? -ANY_ENOMEM
				      : any_dma_map(nic->dma, buf, len, dir, &r->map[r->next]);

	if (err)
		return err;
	d->address = any_cpu_to_le64(r->map[r->next].addr.raw);
	d->len = any_cpu_to_le32(len);
	any_dma_wmb(); /* partner: the card reads the descriptor once it has seen OWN */
	any_store_le32(&d->flags, flags | ANY_LAB_NIC_OWN);
	r->next = (r->next + 1) % NIC_RING;
	r->used++;
	any_dma_drain(nic->dma, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the card looks at the ring after the doorbell */
	any_mmio_write32(
		nic->regs + (r == &nic->tx ? ANY_LAB_NIC_TX_DOORBELL : ANY_LAB_NIC_RX_DOORBELL), 1);
	return 0;
}

/* The oldest, if the card is done with it: its flags, else 0. */
static uint32_t take(struct nic *nic, struct nic_ring *r)
{
	uint32_t flags;

	any_dma_drain(nic->dma, ANY_DMA_FROM_DEVICE);
	flags = r->used ? any_load_le32(&desc(r, r->oldest)->flags) : ANY_LAB_NIC_OWN;
	if (flags & ANY_LAB_NIC_OWN)
		return 0;
	any_dma_rmb(); /* partner: the card writes the length and the frame, then OWN */
	return flags | ANY_LAB_NIC_EOP;
}

static void *took(struct nic *nic, struct nic_ring *r, uint32_t written)
{
	struct any_dma_mapping *map = &r->map[r->oldest];
	void *buf = map->cpu;

	any_dma_unmap_written(nic->dma, map, written);
	r->oldest = (r->oldest + 1) % NIC_RING;
	r->used--;
	return buf;
}

int nic_send(struct nic *nic, void *frame, uint32_t len)
{
	return give(nic, &nic->tx, frame, len, ANY_DMA_TO_DEVICE,
		    ANY_LAB_NIC_EOP | ANY_LAB_NIC_IRQ);
}

void *nic_sent(struct nic *nic, bool *good)
{
	uint32_t flags = take(nic, &nic->tx);

	*good = !(flags & ANY_LAB_NIC_ERR);
	return flags ? took(nic, &nic->tx, 0) : NULL;
}

int nic_give(struct nic *nic, void *buffer)
{
	return give(nic, &nic->rx, buffer, nic->room, ANY_DMA_FROM_DEVICE, 0);
}

void *nic_receive(struct nic *nic, uint32_t *len)
{
	uint32_t flags = take(nic, &nic->rx);

	if (!flags)
		return NULL;
	*len = any_load_le32(&desc(&nic->rx, nic->rx.oldest)->len);
	if (*len > nic->room || flags & ANY_LAB_NIC_ERR)
		*len = 0; /* what the card says is not to be believed */
	return took(nic, &nic->rx, *len);
}

void nic_acknowledge(struct nic *nic)
{
	any_mmio_write32(nic->regs + ANY_LAB_NIC_INT_STATUS,
			 any_mmio_read32(nic->regs + ANY_LAB_NIC_INT_STATUS));
	/* A cause that came between the two is cleared with it: push what it speaks of. */
	(void)any_mmio_read32(nic->regs + ANY_LAB_NIC_INT_STATUS);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network card's driver as Linux has hundreds: two rings in coherent memory, streaming buffers,
 * an interrupt. Nothing in it knows of the lab; the card's datasheet is anydma/lab/engine.h.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>

#include <anydma/lab/engine.h>

#include "nic.h"

#define RING	 16u
#define BUF	 1536u
#define COPY_MAX 256u /* shorter frames are copied, and their buffer stays where it is */

struct desc {
	__le64 address;
	__le32 len;
	__le32 flags;
};

struct slot {
	void *buf;
	dma_addr_t dma;
	u32 len;
};

struct ring {
	struct desc *desc;
	dma_addr_t dma;
	struct slot slots[RING];
	unsigned int head, tail; /* tail: the next to come back; free-running */
};

struct nic {
	struct device *dev;
	char __iomem *regs;
	struct nic_ops ops;
	spinlock_t lock;
	struct ring tx, rx;
	int irq;
};

static void nic_write(struct nic *nic, u32 reg, u32 value)
{
	writel(value, nic->regs + reg);
}

static u32 nic_read(struct nic *nic, u32 reg)
{
	return readl(nic->regs + reg);
}

/* The card's from here on. */
static void give(struct ring *ring, unsigned int i, dma_addr_t dma, u32 len, u32 flags)
{
	struct desc *d = &ring->desc[i % RING];

	d->address = cpu_to_le64(dma);
	d->len = cpu_to_le32(len);
	dma_wmb(); /* the descriptor is whole before it is given */
	WRITE_ONCE(d->flags, cpu_to_le32(flags | ANY_LAB_NIC_OWN));
}

static bool is_back(const struct ring *ring, unsigned int i)
{
	if (le32_to_cpu(READ_ONCE(ring->desc[i % RING].flags)) & ANY_LAB_NIC_OWN)
		return false;
	dma_rmb(); /* what the card wrote before it gave the descriptor back */
	return true;
}

/* ---- receive */

static int rx_fill(struct nic *nic, unsigned int i)
{
	struct slot *s = &nic->rx.slots[i % RING];
	void *buf = kmalloc(BUF, GFP_ATOMIC);
	dma_addr_t dma;

	if (!buf)
		return -ENOMEM;
	dma = dma_map_single(nic->dev, buf, BUF, DMA_FROM_DEVICE);
	if (dma_mapping_error(nic->dev, dma)) {
		kfree(buf);
		return -ENOMEM;
	}
	s->buf = buf;
	s->dma = dma;
	return 0;
}

/* Passes the frame up; true if the slot's buffer can be given to the card again as it is. */
static void rx_one(struct nic *nic, unsigned int i, u32 len)
{
	struct slot *s = &nic->rx.slots[i % RING], old = *s;

	if (len <= COPY_MAX || rx_fill(nic, i)) {
		dma_sync_single_for_cpu(nic->dev, s->dma, len, DMA_FROM_DEVICE);
		nic->ops.received(nic->ops.ctx, s->buf, len);
		dma_sync_single_for_device(nic->dev, s->dma, len, DMA_FROM_DEVICE);
		return;
	}
	dma_unmap_single(nic->dev, old.dma, BUF, DMA_FROM_DEVICE);
	nic->ops.received(nic->ops.ctx, old.buf, len);
	kfree(old.buf);
}

static void rx_clean(struct nic *nic)
{
	struct ring *rx = &nic->rx;
	unsigned int done = 0;

	while (done < RING && is_back(rx, rx->tail)) {
		const struct desc *d = &rx->desc[rx->tail % RING];
		u32 len = le32_to_cpu(READ_ONCE(d->len)), flags = le32_to_cpu(READ_ONCE(d->flags));

		if (len && len <= BUF && !(flags & ANY_LAB_NIC_ERR))
			rx_one(nic, rx->tail, len);
		give(rx, rx->tail, rx->slots[rx->tail % RING].dma, BUF, 0);
		rx->tail++;
		done++;
	}
	if (done)
		nic_write(nic, ANY_LAB_NIC_RX_DOORBELL, 0);
}

/* ---- transmit */

static void tx_clean(struct nic *nic)
{
	struct ring *tx = &nic->tx;

	while (tx->tail != tx->head && is_back(tx, tx->tail)) {
		struct slot *s = &tx->slots[tx->tail % RING];

		dma_unmap_single(nic->dev, s->dma, s->len, DMA_TO_DEVICE);
		nic->ops.sent(nic->ops.ctx, s->buf);
		s->buf = NULL;
		tx->tail++;
	}
}

int nic_xmit(struct platform_device *pdev, void *frame, unsigned int len)
{
	struct nic *nic = platform_get_drvdata(pdev);
	struct ring *tx = &nic->tx;
	unsigned long flags;
	dma_addr_t dma;

	spin_lock_irqsave(&nic->lock, flags);
	if (tx->head - tx->tail == RING) {
		spin_unlock_irqrestore(&nic->lock, flags);
		return -EBUSY;
	}
	dma = dma_map_single(nic->dev, frame, len, DMA_TO_DEVICE);
	if (dma_mapping_error(nic->dev, dma)) {
		spin_unlock_irqrestore(&nic->lock, flags);
		return -ENOMEM;
	}
	tx->slots[tx->head % RING] = (struct slot){frame, dma, len};
	give(tx, tx->head, dma, len, ANY_LAB_NIC_EOP | ANY_LAB_NIC_IRQ);
	tx->head++;
	nic_write(nic, ANY_LAB_NIC_TX_DOORBELL, 0);
	spin_unlock_irqrestore(&nic->lock, flags);
	return 0;
}

static irqreturn_t nic_interrupt(int irq, void *data)
{
	struct nic *nic = data;
	u32 causes = nic_read(nic, ANY_LAB_NIC_INT_STATUS);

	(void)irq;
	if (!causes)
		return IRQ_NONE;
	nic_write(nic, ANY_LAB_NIC_INT_STATUS, causes);
	/* A cause that came between the two goes with it: what it speaks of must be in memory. */
	nic_read(nic, ANY_LAB_NIC_INT_STATUS);
	spin_lock(&nic->lock);
	tx_clean(nic);
	rx_clean(nic);
	spin_unlock(&nic->lock);
	return IRQ_HANDLED;
}

/* ---- coming and going */

static int ring_alloc(struct nic *nic, struct ring *ring)
{
	ring->desc =
		dmam_alloc_coherent(nic->dev, RING * sizeof(*ring->desc), &ring->dma, GFP_KERNEL);
	return ring->desc ? 0 : -ENOMEM;
}

static void ring_start(struct nic *nic, const struct ring *ring, unsigned int r)
{
	nic_write(nic, ANY_LAB_NIC_RING(r) + ANY_LAB_NIC_RING_LO, lower_32_bits(ring->dma));
	nic_write(nic, ANY_LAB_NIC_RING(r) + ANY_LAB_NIC_RING_HI, upper_32_bits(ring->dma));
	nic_write(nic, ANY_LAB_NIC_RING(r) + ANY_LAB_NIC_RING_SIZE, RING);
}

static void rx_free(struct nic *nic)
{
	for (unsigned int i = 0; i < RING; i++) {
		struct slot *s = &nic->rx.slots[i];

		if (!s->buf)
			continue;
		dma_unmap_single(nic->dev, s->dma, BUF, DMA_FROM_DEVICE);
		kfree(s->buf);
		s->buf = NULL;
	}
}

static int nic_start(struct nic *nic, bool loopback)
{
	for (unsigned int i = 0; i < RING; i++) {
		int err = rx_fill(nic, i);

		if (err) {
			rx_free(nic);
			return err;
		}
		give(&nic->rx, i, nic->rx.slots[i].dma, BUF, 0);
	}
	ring_start(nic, &nic->tx, ANY_LAB_NIC_TX);
	ring_start(nic, &nic->rx, ANY_LAB_NIC_RX);
	nic_write(nic, ANY_LAB_NIC_INT_ENABLE, ANY_LAB_NIC_INT_TX | ANY_LAB_NIC_INT_RX);
	nic_write(nic, ANY_LAB_NIC_CTRL,
		  ANY_LAB_NIC_TX_ENABLE | ANY_LAB_NIC_RX_ENABLE |
			  (loopback ? ANY_LAB_NIC_LOOPBACK : 0));
	nic_write(nic, ANY_LAB_NIC_RX_DOORBELL, 0);
	return 0;
}

int nic_probe(struct platform_device *pdev, const struct nic_ops *ops, bool loopback)
{
	struct device *dev = &pdev->dev;
	struct nic *nic = devm_kzalloc(dev, sizeof(*nic), GFP_KERNEL);
	int err;

	if (!nic)
		return -ENOMEM;
	nic->dev = dev;
	nic->ops = *ops;
	spin_lock_init(&nic->lock);
	platform_set_drvdata(pdev, nic);
	nic->regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(nic->regs))
		return (int)PTR_ERR(nic->regs);
	if (nic_read(nic, ANY_LAB_NIC_ID) != ANY_LAB_NIC_MAGIC)
		return -ENODEV;
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	err = ring_alloc(nic, &nic->tx);
	if (!err)
		err = ring_alloc(nic, &nic->rx);
	if (err)
		return err;
	nic->irq = platform_get_irq(pdev, 0);
	err = request_irq((unsigned int)nic->irq, nic_interrupt, 0, "nic", nic);
	if (err)
		return err;
	err = nic_start(nic, loopback);
	if (err)
		free_irq((unsigned int)nic->irq, nic);
	return err;
}

/* After RESET the card may go on for a while: memory is taken back when it says it is quiet. */
void nic_remove(struct platform_device *pdev)
{
	struct nic *nic = platform_get_drvdata(pdev);
	u32 status;

	nic_write(nic, ANY_LAB_NIC_INT_ENABLE, 0);
	free_irq((unsigned int)nic->irq, nic);
	nic_write(nic, ANY_LAB_NIC_CTRL, ANY_LAB_NIC_RESET);
	if (readl_poll_timeout(nic->regs + ANY_LAB_NIC_STATUS, status, !(status & ANY_LAB_NIC_BUSY),
			       10, 1000000))
		dev_err(nic->dev, "the card does not stop\n");
	for (; nic->tx.tail != nic->tx.head; nic->tx.tail++) {
		struct slot *s = &nic->tx.slots[nic->tx.tail % RING];

		dma_unmap_single(nic->dev, s->dma, s->len, DMA_TO_DEVICE);
		nic->ops.sent(nic->ops.ctx, s->buf);
	}
	rx_free(nic);
}

MODULE_LICENSE("BSD");

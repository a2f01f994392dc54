/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwfinger/rtl8192ee #3: the driver maps buffers that it never unmaps, until after a day the bounce
 * pool is full. (In the relative rtl8190p #1 a user counted 250 000 maps and 20 000 unmaps.) Here
 * as there: a received frame is handed up, its place gets a new buffer and a new mapping, and the
 * old mapping is synced, which is enough to read the frame, and forgotten.
 */
#include "linux.h"

#define RING   4u
#define BUF    512u
#define FRAMES 10u

struct rx_slot {
	u8 *skb;
	dma_addr_t mapping;
};

struct rtl_priv {
	struct engine pci; /* its FIFO is the air */
	struct rx_slot rx[RING];
};

static int rx_fill(struct rtl_priv *priv, struct rx_slot *slot)
{
	struct device *dev = priv->pci.dev;

	slot->skb = kmalloc(BUF, GFP_ATOMIC);
	if (!slot->skb)
		return -ENOMEM;
	slot->mapping = dma_map_single(dev, slot->skb, BUF, DMA_FROM_DEVICE); /* BUG: for ever */
	if (!dma_mapping_error(dev, slot->mapping))
		return 0;
	kfree(slot->skb);
	slot->skb = NULL;
	return -ENOMEM;
}

/* Gives the frame away, and its buffer with it. */
static int rx_one(struct rtl_priv *priv, struct rx_slot *slot, u8 **frame, bool fixed)
{
	struct rx_slot old = *slot;
	int err;

	engine_start(&priv->pci, ANY_LAB_ENGINE_FROM_FIFO, 0, slot->mapping, BUF);
	err = engine_finish(&priv->pci);
	if (err)
		return err;
	if (fixed)
		dma_unmap_single(priv->pci.dev, old.mapping, BUF, DMA_FROM_DEVICE);
	else
		dma_sync_single_for_cpu(priv->pci.dev, old.mapping, BUF, DMA_FROM_DEVICE);
	*frame = old.skb;
	slot->skb = NULL;
	return rx_fill(priv, slot);
}

static void free_rx_ring(struct rtl_priv *priv)
{
	for (unsigned int i = 0; i < RING; i++) {
		struct rx_slot *slot = &priv->rx[i];

		if (!slot->skb)
			continue;
		dma_unmap_single(priv->pci.dev, slot->mapping, BUF, DMA_FROM_DEVICE);
		kfree(slot->skb);
	}
}

static int run(struct any_lab *lab, bool fixed)
{
	struct rtl_priv priv = {.rx = {{NULL, 0}}};
	int err = engine_probe(&priv.pci, lab, 0);

	for (unsigned int i = 0; i < RING && !err; i++)
		err = rx_fill(&priv, &priv.rx[i]);
	for (unsigned int n = 0; n < FRAMES && !err; n++) {
		u8 *frame = NULL;

		err = rx_one(&priv, &priv.rx[n % RING], &frame, fixed);
		ANY_LAB_CHECK(lab, !frame || frame[0] == (u8)(n * BUF * 7));
		kfree(frame);
	}
	free_rx_ring(&priv);
	return err;
}

ANY_CASE(lwfinger_rtl8192ee, run, .name = "lwfinger-3-rtl8192ee_leak",
	 .issue = "lwfinger/rtl8192ee #3",
	 .bug = "receive buffers are replaced and never unmapped: the bounce pool fills",
	 .rule = ANY_LAB_FREED, .platform = "x86-sev-guest");

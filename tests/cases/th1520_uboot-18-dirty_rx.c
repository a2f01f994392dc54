/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * revyos/th1520-vendor-uboot #18: the designware driver invalidates a receive buffer after the DMA,
 * and gives it back without a word to the cache. The network stack has built its ARP reply in that
 * buffer: dirty lines, which come out on top of the next frame. That board's invalidate wrote them
 * back every time, which is how it was found; an eviction does too, whatever invalidate does.
 */
#include <asm/cache.h>
#include <asm/io.h>
#include <cpu_func.h>
#include <linux/delay.h>
#include <phys2bus.h>

#include <string.h>

#include <anydma/lab/engine.h>

#include "case.h"

#define BUFSIZE 256u
#define FRAMES	8u

#define CH(regs, at) ((char *)(regs) + ANY_LAB_ENGINE_CH(0) + (at))

struct dw_eth_dev {
	void *regs; /* an engine, whose FIFO is the wire */
	u8 *rxbuf;
};

static void rx_start(struct dw_eth_dev *priv)
{
	phys_addr_t bus = dev_phys_to_bus(NULL, virt_to_phys(priv->rxbuf));

	writel((u32)bus, CH(priv->regs, ANY_LAB_ENGINE_CH_DST_LO));
	writel((u32)(bus >> 32), CH(priv->regs, ANY_LAB_ENGINE_CH_DST_HI));
	writel(BUFSIZE, CH(priv->regs, ANY_LAB_ENGINE_CH_LEN));
	writel(1, (char *)priv->regs + ANY_LAB_ENGINE_DOORBELL(0));
}

static int eth_recv(struct dw_eth_dev *priv, u8 **packet)
{
	unsigned long start = (unsigned long)priv->rxbuf;
	u32 status;

	do {
		udelay(1);
		status = readl(CH(priv->regs, ANY_LAB_ENGINE_CH_STATUS));
	} while (!(status & ANY_LAB_ENGINE_CH_DONE));
	invalidate_dcache_range(start, start + BUFSIZE);
	*packet = priv->rxbuf;
	return (int)BUFSIZE;
}

static void free_pkt(struct dw_eth_dev *priv, bool fixed)
{
	unsigned long start = (unsigned long)priv->rxbuf;

	if (fixed)
		invalidate_dcache_range(start, start + BUFSIZE);
	rx_start(priv);
}

/* The reply is made of the request. */
static __attribute__((noinline)) void arp_receive(u8 *packet)
{
	for (unsigned int i = 0; i < 6; i++) {
		packet[i] = packet[6 + i];
		packet[6 + i] = 0x02; /* BUG: dirty when the buffer goes back */
	}
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct any_lab_engine_config config = {.hostile = ANY_LAB_LATE};
	struct dw_eth_dev priv = {
		.regs = (void *)(uintptr_t)any_lab_engine_attach(lab, &config),
		.rxbuf = any_lab_dma_memory(lab, BUFSIZE, false),
	};
	unsigned long start = (unsigned long)priv.rxbuf;

	writel(ANY_LAB_ENGINE_ENABLE, (char *)priv.regs + ANY_LAB_ENGINE_CTRL);
	writel(ANY_LAB_ENGINE_MODE_DIRECT | ANY_LAB_ENGINE_MODE_KIND(ANY_LAB_ENGINE_FROM_FIFO),
	       CH(priv.regs, ANY_LAB_ENGINE_CH_MODE));
	flush_dcache_range(start, start + BUFSIZE);
	rx_start(&priv);
	for (unsigned int n = 0; n < FRAMES; n++) {
		u8 *packet;

		eth_recv(&priv, &packet);
		ANY_LAB_CHECK(lab, packet[20] == (u8)((n * BUFSIZE + 20) * 7));
		arp_receive(packet);
		if (n + 1 < FRAMES)
			free_pkt(&priv, fixed);
	}
	return 0;
}

ANY_CASE(th1520_uboot, run, .name = "th1520_uboot-18-dirty_rx",
	 .issue = "revyos/th1520-vendor-uboot #18",
	 .bug = "a receive buffer goes back to the device with the stack's dirty lines",
	 .rule = ANY_LAB_DIRTY_UNDER_DMA, .flags = ANY_LAB_RAW, .platform = "rv-thead");

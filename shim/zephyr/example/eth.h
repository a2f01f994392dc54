/* SPDX-License-Identifier: BSD-2-Clause */
/* An Ethernet driver for the card of <anydma/lab/engine.h>: rings uncached, buffers cached. */
#ifndef ETH_H
#define ETH_H

#include <anydma/lab/engine.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/sys/byteorder.h>
#include <zephyr/sys/sys_io.h>

#define ETH_RING 4U
#define ETH_BUF	 ROUND_UP(1518U, CONFIG_DCACHE_LINE_SIZE)

/* What a driver forgets; ETH_GOOD in the example. */
enum eth_bug {
	ETH_GOOD,
	ETH_NO_CLEAN,
	ETH_INVD_FOR_FLUSH,
	ETH_NO_INVD_BEFORE,
	ETH_NO_INVD_AFTER,
	ETH_NO_BARRIER,
	ETH_INVD_ALL,
};

struct eth {
	mm_reg_t base;
	struct any_lab_nic_desc *tx, *rx;
	uint8_t *tx_buf, *rx_buf;
	uint32_t tx_at, rx_at;
	enum eth_bug bug;
};

static inline void eth_ring(struct eth *e, uint32_t r, void *ring)
{
	uint64_t bus = k_mem_phys_addr(ring);
	mm_reg_t at = e->base + ANY_LAB_NIC_RING(r);

	sys_write32((uint32_t)bus, at + ANY_LAB_NIC_RING_LO);
	sys_write32((uint32_t)(bus >> 32), at + ANY_LAB_NIC_RING_HI);
	sys_write32(ETH_RING, at + ANY_LAB_NIC_RING_SIZE);
}

/* The buffer is the card's again: nothing of it may be dirty, and OWN is stored last. */
static inline void eth_arm(struct eth *e, uint32_t i)
{
	uint8_t *buf = e->rx_buf + i * ETH_BUF;

	if (e->bug != ETH_NO_INVD_BEFORE)
		sys_cache_data_invd_range(buf, ETH_BUF); /* before */
	e->rx[i].address = sys_cpu_to_le64(k_mem_phys_addr(buf));
	e->rx[i].len = sys_cpu_to_le32(ETH_BUF);
	barrier_dmem_fence_full();
	e->rx[i].flags = sys_cpu_to_le32(ANY_LAB_NIC_OWN);
	barrier_dsync_fence_full();
	sys_write32(1, e->base + ANY_LAB_NIC_RX_DOORBELL);
}

static inline void eth_init(struct eth *e, volatile void *regs, enum eth_bug bug)
{
	memset(e, 0, sizeof(*e));
	e->base = (mm_reg_t)regs;
	e->bug = bug;
	e->tx = anydma_zephyr_nocache_memory(ETH_RING * sizeof(*e->tx));
	e->rx = anydma_zephyr_nocache_memory(ETH_RING * sizeof(*e->rx));
	e->tx_buf = anydma_zephyr_dma_memory(ETH_RING * ETH_BUF);
	e->rx_buf = anydma_zephyr_dma_memory(ETH_RING * ETH_BUF);
	eth_ring(e, ANY_LAB_NIC_TX, e->tx);
	eth_ring(e, ANY_LAB_NIC_RX, e->rx);
	sys_write32(ANY_LAB_NIC_TX_ENABLE | ANY_LAB_NIC_RX_ENABLE | ANY_LAB_NIC_LOOPBACK,
		    e->base + ANY_LAB_NIC_CTRL);
	for (uint32_t i = 0; i < ETH_RING; i++)
		eth_arm(e, i);
}

static inline void eth_send(struct eth *e, const uint8_t *frame, uint32_t len)
{
	uint32_t i = e->tx_at++ % ETH_RING;
	uint8_t *buf = e->tx_buf + i * ETH_BUF;
	volatile struct any_lab_nic_desc *d = &e->tx[i];

	while (sys_le32_to_cpu(d->flags) & ANY_LAB_NIC_OWN)
		k_yield();
	barrier_dmem_fence_full();
	memcpy(buf, frame, len); /* the fill */
	if (e->bug == ETH_INVD_FOR_FLUSH)
		sys_cache_data_invd_range(buf, len); /* wrong operation */
	else if (e->bug != ETH_NO_CLEAN)
		sys_cache_data_flush_range(buf, len);
	d->address = sys_cpu_to_le64(k_mem_phys_addr(buf));
	d->len = sys_cpu_to_le32(len);
	barrier_dmem_fence_full();
	d->flags = sys_cpu_to_le32(ANY_LAB_NIC_OWN | ANY_LAB_NIC_EOP);
	if (e->bug != ETH_NO_BARRIER)
		barrier_dsync_fence_full();
	sys_write32(1, e->base + ANY_LAB_NIC_TX_DOORBELL); /* the doorbell */
}

/* Waits for a frame; its length. */
static inline uint32_t eth_receive(struct eth *e, uint8_t *to)
{
	uint32_t i = e->rx_at++ % ETH_RING, len;
	volatile struct any_lab_nic_desc *d = &e->rx[i];
	uint8_t *buf = e->rx_buf + i * ETH_BUF;

	while (sys_le32_to_cpu(d->flags) & ANY_LAB_NIC_OWN)
		k_yield();
	barrier_dmem_fence_full();
	len = sys_le32_to_cpu(d->len);
	if (e->bug == ETH_INVD_ALL)
		sys_cache_data_invd_all(); /* all of it */
	else if (e->bug != ETH_NO_INVD_AFTER)
		sys_cache_data_invd_range(buf, ETH_BUF);
	memcpy(to, buf, len); /* the use */
	memset(buf, 0, 16);   /* the stack's mark */
	eth_arm(e, i);
	return len;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The network card's model in each of its forms, by a driver that believes nothing. */
#include "any_arch.h"
#include "scenes.h"

#include <anydma/endian.h>
#include <anydma/lab/engine.h>

#include <string.h>

#define RING   8u
#define ROOM   700u
#define FRAMES 10u

enum forget { NOTHING, WMB, RMB, STILL, CHECK };

struct card {
	struct any_lab *lab;
	struct any_dma_dev *dma;
	volatile uint8_t *regs;
	struct any_lab_nic_config config;
	struct any_dma_coherent mem; /* both rings and the status block */
	uint32_t next[2];
	bool given[2];
	uint8_t *frame[2];
	struct any_dma_mapping map[2];
	enum forget forget;
};

static uint32_t word(const struct card *c, uint32_t v)
{
	return c->config.flags & ANY_LAB_BIG_ENDIAN ? any_be32_to_cpu(v) : any_le32_to_cpu(v);
}

static struct any_lab_nic_desc *desc(const struct card *c, uint32_t r)
{
	return (void *)((uint8_t *)c->mem.cpu + (r * RING + c->next[r] % RING) * c->config.stride);
}

static size_t block(const struct card *c)
{
	return (2 * RING * c->config.stride + 63) & ~63u;
}

static void set_address(const struct card *c, uint32_t lo, uint64_t bus)
{
	any_mmio_write32(c->regs + lo, (uint32_t)bus);
	any_mmio_write32(c->regs + lo + 4, (uint32_t)(bus >> 32));
}

static int card_open(struct card *c)
{
	int err = any_dma_alloc_coherent(c->dma, block(c) + 64, &c->mem);

	for (uint32_t r = 0; r < 2 && !err; r++) {
		set_address(c, ANY_LAB_NIC_RING(r) + ANY_LAB_NIC_RING_LO,
			    c->mem.addr.raw + r * RING * c->config.stride);
		any_mmio_write32(c->regs + ANY_LAB_NIC_RING(r) + ANY_LAB_NIC_RING_SIZE, RING);
		c->frame[r] = any_lab_alloc(c->lab, ROOM);
	}
	if (err)
		return err;
	set_address(c, ANY_LAB_NIC_BLOCK_LO, c->mem.addr.raw + block(c));
	any_mmio_write32(c->regs + ANY_LAB_NIC_INT_ENABLE, ANY_LAB_NIC_INT_TX | ANY_LAB_NIC_INT_RX);
	any_mmio_write32(c->regs + ANY_LAB_NIC_CTRL,
			 ANY_LAB_NIC_TX_ENABLE | ANY_LAB_NIC_RX_ENABLE | ANY_LAB_NIC_LOOPBACK);
	return 0;
}

static void card_close(struct card *c)
{
	any_mmio_write32(c->regs + ANY_LAB_NIC_CTRL, ANY_LAB_NIC_RESET);
	while (c->forget != STILL &&
	       any_mmio_read32(c->regs + ANY_LAB_NIC_STATUS) & ANY_LAB_NIC_BUSY)
		any_lab_relax(c->lab);
	any_dma_rmb(); /* partner: what the card wrote before it was still */
	for (uint32_t r = 0; r < 2; r++)
		if (c->given[r])
			any_dma_unmap(c->dma, &c->map[r]);
	if (c->forget == STILL)
		for (uint32_t i = 0; i < 20; i++)
			any_lab_relax(c->lab);
	any_dma_free_coherent(c->dma, &c->mem);
}

static ANY_NOINLINE int give(struct card *c, uint32_t r, uint32_t len)
{
	struct any_lab_nic_desc *d = desc(c, r);
	int err = any_dma_map(c->dma, c->frame[r], len,
			      r == ANY_LAB_NIC_TX ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE,
			      &c->map[r]);
	uint64_t bus = c->map[r].addr.raw;

	if (err)
		return err;
	c->given[r] = true;
	d->address = c->config.flags & ANY_LAB_BIG_ENDIAN ? __builtin_bswap64(any_cpu_to_le64(bus))
							  : any_cpu_to_le64(bus);
	d->len = word(c, len);
	if (c->forget != WMB)
		any_dma_wmb(); /* partner: the card reads the rest after OWN */
	*(volatile uint32_t *)&d->flags = word(
		c, ANY_LAB_NIC_EOP | ANY_LAB_NIC_IRQ | (c->config.by_index ? 0 : ANY_LAB_NIC_OWN));
	any_dma_drain(c->dma, ANY_DMA_TO_DEVICE);
	any_mmio_wmb(); /* partner: the card's look after the doorbell */
	any_mmio_write32(c->regs + ANY_LAB_NIC_TX_DOORBELL + 4 * r, (c->next[r] + 1) % RING);
	return 0;
}

/* 1: it is, 0: not yet; or an error: one descriptor is out, so only two indices can be. */
static int is_done(struct card *c, uint32_t r)
{
	uint32_t now = c->next[r] % RING, head;

	any_dma_drain(c->dma, ANY_DMA_FROM_DEVICE);
	if (!c->config.by_index)
		return !(word(c, *(volatile uint32_t *)&desc(c, r)->flags) & ANY_LAB_NIC_OWN);
	head = word(c, *((volatile uint32_t *)((uint8_t *)c->mem.cpu + block(c)) + r));
	if (head != now && head != (now + 1) % RING)
		return -ANY_EPROTO;
	return head != now;
}

/* Bytes that arrived or went; 0: it failed; or an error. */
static ANY_NOINLINE int finish(struct card *c, uint32_t r)
{
	struct any_lab_nic_desc *d = desc(c, r);
	uint32_t len, flags;
	int done;

	while ((done = is_done(c, r)) == 0) {
		any_lab_wait(c->lab);
		any_mmio_write32(c->regs + ANY_LAB_NIC_INT_STATUS,
				 any_mmio_read32(c->regs + ANY_LAB_NIC_INT_STATUS));
	}
	if (done < 0)
		return done;
	if (c->forget != RMB)
		any_dma_rmb(); /* partner: the card's writes before the one that says done */
	len = word(c, d->len);
	flags = word(c, d->flags);
	any_dma_unmap(c->dma, &c->map[r]);
	c->given[r] = false;
	c->next[r]++;
	if (c->forget != CHECK && len > ROOM)
		return 0;
	return flags & ANY_LAB_NIC_ERR ? 0 : (int)len;
}

static int exchange(struct card *c, uint8_t number)
{
	uint32_t len = 60 + number * 61u % (ROOM - 60);
	int err = 0, got = 0;

	while (got <= 0) {
		if (!c->given[ANY_LAB_NIC_RX])
			err = give(c, ANY_LAB_NIC_RX, ROOM);
		memset(c->frame[ANY_LAB_NIC_TX], number + 1, len);
		err = err ? err : give(c, ANY_LAB_NIC_TX, len);
		got = err ? err : finish(c, ANY_LAB_NIC_TX);
		if (got > 0)
			got = finish(c, ANY_LAB_NIC_RX);
		if (got < 0)
			return got;
	}
	ANY_LAB_CHECK(c->lab, (uint32_t)got == len);
	ANY_LAB_CHECK(c->lab,
		      c->frame[ANY_LAB_NIC_RX][0] == number + 1 &&
			      !memcmp(c->frame[ANY_LAB_NIC_RX], c->frame[ANY_LAB_NIC_TX], len));
	any_lab_count(c->lab, 1, len);
	return 0;
}

static int card(struct any_lab *lab, const struct any_lab_nic_config *config, enum forget forget)
{
	struct card c = {.lab = lab, .dma = any_lab_dma(lab), .config = *config, .forget = forget};
	int err;

	c.regs = any_lab_nic_attach(lab, config);
	ANY_LAB_CHECK(lab, any_mmio_read32(c.regs) == ANY_LAB_NIC_MAGIC);
	err = card_open(&c);
	if (err == -ANY_ENOTSUP)
		return 0; /* the machine has no coherent memory */
	for (uint8_t i = 0; i < FRAMES && !err; i++)
		err = exchange(&c, i);
	if (!err) { /* reset with a buffer out, and frames on their way to it */
		err = give(&c, ANY_LAB_NIC_RX, ROOM);
		for (uint8_t i = 0; i < 4; i++)
			(void)any_lab_nic_inject(lab, c.frame[ANY_LAB_NIC_TX], ROOM);
		any_lab_relax(lab);
	}
	card_close(&c);
	return err == -ANY_EPROTO && config->hostile & ANY_LAB_BOGUS ? 0 : err;
}

#define FAIR (ANY_LAB_UNKIND)
#define CARD(name, forgets, ...)                                                                   \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		const struct any_lab_nic_config config = {__VA_ARGS__};                            \
		return card(lab, &config, forgets);                                                \
	}
CARD(by_own, NOTHING, .stride = 16)
CARD(by_own_unkind, NOTHING, .stride = 16, .hostile = FAIR)
CARD(by_own_big, NOTHING, .stride = 40, .flags = ANY_LAB_BIG_ENDIAN, .hostile = ANY_LAB_LATE)
CARD(by_index, NOTHING, .stride = 64, .by_index = true)
CARD(by_index_unkind, NOTHING, .stride = 24, .by_index = true, .burst = 100, .hostile = FAIR)
CARD(by_index_big, NOTHING, .stride = 16, .by_index = true, .flags = ANY_LAB_BIG_ENDIAN)
CARD(bogus, NOTHING, .stride = 16, .hostile = ANY_LAB_BOGUS)
CARD(bogus_index, NOTHING, .stride = 16, .by_index = true, .hostile = ANY_LAB_BOGUS)
CARD(bogus_trusted, CHECK, .stride = 16, .hostile = ANY_LAB_BOGUS)
CARD(overrun, NOTHING, .stride = 16, .hostile = ANY_LAB_OVERRUN)
CARD(no_wmb, WMB, .stride = 16)
CARD(no_rmb, RMB, .stride = 16)
CARD(no_wait, STILL, .stride = 16, .burst = 16, .hostile = ANY_LAB_LINGERS)

const struct scene scenes_card[] = {
	SCENE("card-by-own", by_own, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("card-by-own-unkind", by_own_unkind, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("card-by-own-big", by_own_big, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("card-by-index", by_index, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("card-by-index-unkind", by_index_unkind, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("card-by-index-big", by_index_big, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("card-bogus", bogus, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("card-bogus-index", bogus_index, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("card-bogus-trusted", bogus_trusted, 0, ANY_LAB_DATA, NULL, "x86-pc"),
	SCENE("card-overrun", overrun, 0, ANY_LAB_OUTSIDE, NULL, "x86-pc"),
	SCENE("card-no-wmb", no_wmb, 0, ANY_LAB_STORE_ORDER, NULL, "x86-pc"),
	SCENE("card-no-rmb", no_rmb, 0, ANY_LAB_LOAD_ORDER, "finish", "x86-pc"),
	SCENE("card-no-wait", no_wait, 0, ANY_LAB_AFTER_UNMAP, NULL, "x86-pc"),
};
const size_t n_scenes_card = ANY_ARRAY_SIZE(scenes_card);

/* SPDX-License-Identifier: BSD-2-Clause */
/* The network card's registers, and whose turn it is. */
#include "nic.h"

#define LINGER	 8u	 /* accesses after a reset, at most */
#define AT_ONCE	 100000u /* steps inside a doorbell write, at most */
#define RING_MIN 2u
#define RING_MAX 1024u

static struct lab_nic_ring *ring_at(struct lab_nic *n, uint32_t offset)
{
	uint32_t r = (offset - ANY_LAB_NIC_RING(0)) / 0x40;

	return offset >= ANY_LAB_NIC_RING(0) && r < 2 ? &n->ring[r] : NULL;
}

static bool busy(const struct lab_nic *n)
{
	return n->u.lingers || n->ring[0].now.active || n->ring[1].now.active;
}

static uint32_t ring_read(const struct lab_nic_ring *r, uint32_t offset)
{
	switch (offset & 0x3f) {
	case ANY_LAB_NIC_RING_LO:
		return (uint32_t)r->base;
	case ANY_LAB_NIC_RING_HI:
		return (uint32_t)(r->base >> 32);
	case ANY_LAB_NIC_RING_SIZE:
		return r->size;
	case ANY_LAB_NIC_RING_HEAD:
		return r->head;
	default:
		return 0;
	}
}

static uint32_t counter(const struct lab_nic *n, uint32_t offset)
{
	switch (offset) {
	case ANY_LAB_NIC_TX_PACKETS:
		return n->packets[ANY_LAB_NIC_TX];
	case ANY_LAB_NIC_RX_PACKETS:
		return n->packets[ANY_LAB_NIC_RX];
	case ANY_LAB_NIC_RX_DROPPED:
		return n->dropped;
	default:
		return 0;
	}
}

static uint32_t read32(void *ctx, uint32_t offset)
{
	struct lab_nic *n = ctx;

	if (ring_at(n, offset))
		return ring_read(ring_at(n, offset), offset);
	switch (offset) {
	case ANY_LAB_NIC_ID:
		return ANY_LAB_NIC_MAGIC;
	case ANY_LAB_NIC_CAPS:
		return (n->config.by_index ? 1u : 0u) | n->config.stride << 8 | n->config.mtu << 16;
	case ANY_LAB_NIC_CTRL:
		return n->ctrl;
	case ANY_LAB_NIC_STATUS:
		return busy(n) ? ANY_LAB_NIC_BUSY : 0;
	case ANY_LAB_NIC_INT_STATUS:
		return n->u.int_status;
	case ANY_LAB_NIC_INT_ENABLE:
		return n->u.int_enable;
	default:
		return counter(n, offset);
	}
}

static uint64_t reg_read(void *ctx, uint32_t offset, unsigned bytes)
{
	return lab_unit_read(read32, ctx, offset, bytes);
}

static void ring_write(struct lab_nic_ring *r, uint32_t offset, uint32_t value)
{
	uint32_t at = offset & 0x3f;

	if (r->enabled)
		return; /* not under its feet */
	if (at == ANY_LAB_NIC_RING_LO || at == ANY_LAB_NIC_RING_HI)
		lab_unit_half(&r->base, at == ANY_LAB_NIC_RING_HI, value);
	else if (at == ANY_LAB_NIC_RING_SIZE)
		r->size = value > RING_MAX ? RING_MAX : value;
}

static bool step(void *ctx);

static void doorbell(struct lab_nic *n, struct lab_nic_ring *r, uint32_t value)
{
	if (!r->enabled || n->u.lingers)
		return;
	if (n->config.by_index)
		r->tail = value % r->size;
	r->looks = true;
	for (uint32_t i = 0; n->u.hostile & ANY_LAB_AT_ONCE && i < AT_ONCE && step(n);)
		i++;
}

/* Power-on. What came from the wire, or went out, is not forgotten: it is the world's. */
static void stop(struct lab_nic *n)
{
	n->ring[0] = n->ring[1] = (struct lab_nic_ring){0};
	n->block = 0;
	n->packets[0] = n->packets[1] = n->dropped = n->ctrl = n->frame_len = 0;
	n->frame_bad = false;
	n->u.int_status = n->u.int_enable = n->u.lingers = n->u.late = 0;
	any_lab_model_shares(n->u.lab, 0, 0);
}

static void control(struct lab_nic *n, uint32_t value)
{
	if (value & ANY_LAB_NIC_RESET) {
		if (busy(n) && n->u.hostile & ANY_LAB_LINGERS) {
			n->u.int_enable = 0;
			n->u.lingers = 1 + lab_unit_below(&n->u, LINGER);
		} else {
			stop(n);
		}
		return;
	}
	n->ctrl = value & (ANY_LAB_NIC_TX_ENABLE | ANY_LAB_NIC_RX_ENABLE | ANY_LAB_NIC_LOOPBACK);
	for (uint32_t r = 0; r < 2; r++)
		n->ring[r].enabled =
			n->ctrl & ANY_LAB_NIC_TX_ENABLE << r && n->ring[r].size >= RING_MIN;
	lab_nic_declare(n);
}

static void write32(void *ctx, uint32_t offset, uint32_t v)
{
	struct lab_nic *n = ctx;

	if (ring_at(n, offset)) {
		ring_write(ring_at(n, offset), offset, v);
		return;
	}
	switch (offset) {
	case ANY_LAB_NIC_CTRL:
		control(n, v);
		break;
	case ANY_LAB_NIC_INT_STATUS:
		lab_unit_clear(&n->u, v);
		break;
	case ANY_LAB_NIC_INT_ENABLE:
		lab_unit_enable(&n->u, v);
		break;
	case ANY_LAB_NIC_BLOCK_LO:
	case ANY_LAB_NIC_BLOCK_HI:
		lab_unit_half(&n->block, offset == ANY_LAB_NIC_BLOCK_HI, v);
		break;
	case ANY_LAB_NIC_TX_DOORBELL:
	case ANY_LAB_NIC_RX_DOORBELL:
		doorbell(n, &n->ring[(offset - ANY_LAB_NIC_TX_DOORBELL) / 4], v);
		break;
	}
}

static void reg_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	lab_unit_write(write32, ctx, offset, value, bytes);
}

/* One piece of work: a descriptor fetched, a burst moved, or a descriptor returned. */
static bool step(void *ctx)
{
	struct lab_nic *n = ctx;
	uint32_t r = n->turn ^ 1u;

	if (!lab_nic_has_work(n, r))
		r ^= 1u;
	if (n->u.lingers && (--n->u.lingers == 0 || !lab_nic_has_work(n, r))) {
		stop(n);
		return true;
	}
	if (!lab_nic_has_work(n, r))
		return false;
	n->turn = r;
	if (!lab_unit_late(&n->u))
		lab_nic_work(n, r);
	return true;
}

struct lab_nic *lab_nic_of(struct any_lab *lab)
{
	const struct any_lab_model *model = any_lab_attached(lab);

	return model && model->step == step ? model->ctx : NULL;
}

static uint32_t between(uint32_t value, uint32_t normal, uint32_t least, uint32_t most)
{
	uint32_t v = value ? value : normal;

	return v < least ? least : v > most ? most : v;
}

volatile void *any_lab_nic_attach(struct any_lab *lab, const struct any_lab_nic_config *config)
{
	struct lab_nic *n = any_lab_keep(lab, sizeof(*n));
	struct any_lab_model model = {.read = reg_read,
				      .write = reg_write,
				      .step = step,
				      .ctx = n,
				      .doorbell = ANY_LAB_NIC_TX_DOORBELL,
				      .doorbell_size = 8};

	n->config = *config;
	n->config.mtu = between(config->mtu, 1518, 64, LAB_NIC_MTU);
	n->config.stride = between(config->stride & ~7u, 16, 16, 64);
	n->u = (struct lab_unit){.lab = lab,
				 .flags = config->flags,
				 .hostile = config->hostile,
				 .burst =
					 between(config->burst, LAB_UNIT_BURST, 1, LAB_UNIT_BURST)};
	n->frame = any_lab_keep(lab, n->config.mtu);
	return any_lab_attach(lab, &model);
}

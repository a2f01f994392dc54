/* SPDX-License-Identifier: BSD-2-Clause */
/* The network card's rings: descriptors taken, frames read and written, descriptors returned. */
#include "nic.h"
#include "../core/machine.h"

#define FLAGS offsetof(struct any_lab_nic_desc, flags)

/* ---- what the driver and the card share */

void lab_nic_declare(struct lab_nic *n)
{
	struct any_lab *lab = n->u.lab;
	bool by_index = n->config.by_index;

	any_lab_model_shares(lab, 0, 0);
	if (by_index) {
		any_lab_model_announced(lab, 0, 0);
		any_lab_model_shares(lab, n->block, sizeof(struct any_lab_nic_block));
		any_lab_model_polled(lab, n->block, 8);
	}
	for (uint32_t i = 0; i < 2; i++) {
		const struct lab_nic_ring *r = &n->ring[i];

		if (!r->enabled)
			continue;
		any_lab_model_shares(lab, r->base, (size_t)r->size * n->config.stride);
		if (by_index)
			continue;
		any_lab_model_polled_each(lab, r->base + FLAGS, 4, n->config.stride, r->size);
		any_lab_model_announced_each(lab, r->base + FLAGS, 4, n->config.stride, r->size);
	}
}

/* ---- a descriptor is taken */

static uint64_t place(const struct lab_nic *n, const struct lab_nic_ring *r, uint32_t ahead)
{
	return r->base + (uint64_t)((r->head + ahead) % r->size) * n->config.stride;
}

static bool owned(struct lab_nic *n, const struct lab_nic_ring *r, uint32_t ahead)
{
	uint32_t flags;

	if (ahead >= r->size)
		return false;
	any_lab_bus_read(n->u.lab, place(n, r, ahead) + FLAGS, &flags, sizeof(flags));
	return lab_unit_32(&n->u, flags) & ANY_LAB_NIC_OWN;
}

/* A card may put a frame into a later buffer first; what it sends, it sends in order. */
static uint32_t choose(struct lab_nic *n, const struct lab_nic_ring *r, bool receives)
{
	uint32_t wish = 0, ahead = 0;

	if (receives && !n->config.by_index && lab_unit_may(&n->u, ANY_LAB_REORDERED, 2))
		wish = 1 + lab_unit_below(&n->u, LAB_UNIT_AHEAD - 1);
	while (ahead < wish && owned(n, r, ahead) && owned(n, r, ahead + 1))
		ahead++;
	return r->ahead & 1u << ahead ? 0 : ahead;
}

static void limit(struct lab_nic *n, struct lab_nic_work *w, bool receives)
{
	uint32_t frame = receives ? n->in.len[n->in.first] : w->len;

	w->limit = frame;
	if (!receives && w->len > n->config.mtu - n->frame_len) {
		w->fails = true;
		w->limit = 0;
	}
	if (w->limit && receives && lab_unit_may(&n->u, ANY_LAB_PARTIAL, 4)) {
		w->fails = true;
		w->limit = 1 + lab_unit_below(&n->u, frame);
	}
	if (lab_unit_may(&n->u, ANY_LAB_ERRORS, 8)) {
		w->fails = true;
		w->limit = w->limit ? lab_unit_below(&n->u, w->limit) : 0;
	}
}

static void drop(struct lab_nic *n)
{
	n->dropped++;
	lab_nic_pop(&n->in);
	lab_unit_cause(&n->u, ANY_LAB_NIC_INT_DROPPED);
}

static void begin(struct lab_nic *n, struct lab_nic_ring *r, bool receives)
{
	struct lab_nic_work *w = &r->now;
	struct any_lab_nic_desc d;

	*w = (struct lab_nic_work){.ahead = choose(n, r, receives)};
	w->desc = place(n, r, w->ahead);
	any_lab_bus_read(n->u.lab, w->desc, &d, sizeof(d));
	w->address = lab_unit_64(&n->u, d.address);
	w->len = lab_unit_32(&n->u, d.len);
	w->flags = lab_unit_32(&n->u, d.flags);
	if (!n->config.by_index && !(w->flags & ANY_LAB_NIC_OWN)) {
		r->looks = false;
		return;
	}
	if (receives && n->in.len[n->in.first] > w->len) {
		drop(n);
		return;
	}
	limit(n, w, receives);
	any_lab_model_takes(n->u.lab, w->address, w->len,
			    receives ? ANY_DMA_FROM_DEVICE : ANY_DMA_TO_DEVICE);
	w->active = true;
}

/* ---- its bytes move */

static void move(struct lab_nic *n, struct lab_nic_work *w, bool receives)
{
	uint32_t part = w->limit - w->done < n->u.burst ? w->limit - w->done : n->u.burst;

	if (receives)
		any_lab_bus_write(n->u.lab, w->address + w->done,
				  n->in.bytes[n->in.first] + w->done, part);
	else
		any_lab_bus_read(n->u.lab, w->address + w->done, n->frame + n->frame_len, part);
	n->frame_len += receives ? 0 : part;
	w->done += part;
}

/* ---- and it is returned */

static void advance(struct lab_nic_ring *r, uint32_t ahead)
{
	r->ahead |= 1u << ahead;
	while (r->ahead & 1u) {
		r->ahead >>= 1;
		r->head = (r->head + 1) % r->size;
	}
}

static void write_back(struct lab_nic *n, const struct lab_nic_work *w, bool receives)
{
	uint32_t keep = w->flags & ~(ANY_LAB_NIC_OWN | ANY_LAB_NIC_ERR), len = w->done;

	if (receives) {
		if (lab_unit_may(&n->u, ANY_LAB_BOGUS, 4))
			len = w->len + 1 + lab_unit_below(&n->u, 1u << 16);
		lab_unit_put(&n->u, w->desc + offsetof(struct any_lab_nic_desc, len), len);
		keep |= ANY_LAB_NIC_EOP;
	}
	if (receives || !n->config.by_index || w->fails)
		lab_unit_put(&n->u, w->desc + FLAGS, keep | (w->fails ? ANY_LAB_NIC_ERR : 0));
}

static void tell_head(struct lab_nic *n, uint32_t ring)
{
	const struct lab_nic_ring *r = &n->ring[ring];
	uint32_t head = r->head;

	if (!n->config.by_index)
		return;
	if (lab_unit_may(&n->u, ANY_LAB_BOGUS, 4))
		head = lab_unit_below(&n->u, 2 * r->size);
	lab_unit_put(&n->u, n->block + 4ull * ring, head);
}

static void end(struct lab_nic *n, uint32_t ring)
{
	struct lab_nic_ring *r = &n->ring[ring];
	struct lab_nic_work *w = &r->now;
	bool receives = ring == ANY_LAB_NIC_RX;

	if (receives)
		lab_unit_overrun(&n->u, w->address + w->len);
	write_back(n, w, receives);
	advance(r, w->ahead);
	tell_head(n, ring);
	any_lab_model_returns(n->u.lab, w->address, w->len);
	w->active = false;
	if (receives) {
		lab_nic_pop(&n->in);
		n->packets[ring]++;
	} else {
		n->frame_bad |= w->fails;
		if (w->flags & ANY_LAB_NIC_EOP)
			lab_nic_send(n);
	}
	if (receives || w->flags & ANY_LAB_NIC_IRQ)
		lab_unit_cause(&n->u, receives ? ANY_LAB_NIC_INT_RX : ANY_LAB_NIC_INT_TX);
}

/* ---- */

bool lab_nic_has_work(const struct lab_nic *n, uint32_t ring)
{
	const struct lab_nic_ring *r = &n->ring[ring];

	if (r->now.active)
		return true;
	if (!r->enabled || !r->looks || (n->config.by_index && r->head == r->tail))
		return false;
	if (ring == ANY_LAB_NIC_RX)
		return n->in.n;
	return !(n->ctrl & ANY_LAB_NIC_LOOPBACK) || n->in.n < LAB_NIC_FRAMES;
}

void lab_nic_work(struct lab_nic *n, uint32_t ring)
{
	struct lab_nic_work *w = &n->ring[ring].now;
	bool receives = ring == ANY_LAB_NIC_RX;

	if (!w->active)
		begin(n, &n->ring[ring], receives);
	else if (w->done < w->limit)
		move(n, w, receives);
	else
		end(n, ring);
}

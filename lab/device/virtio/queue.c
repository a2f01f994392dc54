/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtio device's queues: chains taken, served, returned, and lied about. */
#include "virtio.h"
#include "../../bus/bus.h"
#include "../../scenario/scenario.h"

/* ---- the device's way to memory */

static int resolve(void *ctx, struct any_dma_addr addr, uint64_t len, enum any_dma_dir dir,
		   struct any_space_span *span)
{
	struct any_lab *lab = ctx;
	uint64_t contiguous = 0;
	uint64_t phys = lab_bus_resolve(lab->m, addr.raw, len, dir == ANY_DMA_FROM_DEVICE,
					lab_caller_pc(), &contiguous);

	span->cpu = lab_ptr(lab->m, LAB_DRAM, phys);
	span->len = contiguous;
	return 0;
}

static const struct any_space_ops space_ops = {resolve};

void lab_virtio_space(struct any_lab *lab, struct any_space *space)
{
	any_space_init_ops(space, &space_ops, lab);
}

/* used.flags, used.idx and avail_event are words a driver polls; avail.idx announces all else. */
static void declare(struct any_lab *lab, const struct any_virtio_device_queue *q)
{
	any_lab_model_shares(lab, q->desc.raw, any_vring_desc_bytes(q->size));
	any_lab_model_shares(lab, q->avail.raw, any_vring_avail_bytes(q->size));
	any_lab_model_shares(lab, q->used.raw, any_vring_used_bytes(q->size));
	any_lab_model_polled(lab, q->used.raw, 4);
	any_lab_model_polled(lab, q->used.raw + 4 + 8ull * q->size, 2);
	any_lab_model_announced(lab, q->avail.raw + 2, 2);
}

void lab_virtio_declare(struct lab_virtio *v)
{
	any_lab_model_shares(v->u.lab, 0, 0);
	for (uint32_t i = 0; i < v->dev->n_queues; i++)
		if (v->dev->queues[i].ready)
			declare(v->u.lab, &v->dev->queues[i]);
}

/* ---- who owns what: payload, and the descriptors that say where it is (VG-ST-14) */

static void own(struct lab_virtio *v, const struct lab_virtio_slot *s, bool takes)
{
	const struct any_ring_chain *c = &s->chain;
	uint64_t table = v->dev->queues[s->queue].desc.raw;
	struct any_lab *lab = v->u.lab;

	for (uint32_t i = 0; i < c->n_out + c->n_in; i++) {
		uint64_t desc = table + 16ull * s->desc[i];

		if (takes) {
			any_lab_model_takes(lab, desc, 16, ANY_DMA_TO_DEVICE);
			any_lab_model_takes(lab, s->piece[i].addr, s->piece[i].len,
					    i < c->n_out ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE);
		} else {
			any_lab_model_returns(lab, desc, 16);
			any_lab_model_returns(lab, s->piece[i].addr, s->piece[i].len);
		}
	}
}

static struct lab_virtio_slot *slot(struct lab_virtio *v, bool busy, uint32_t from)
{
	for (uint32_t i = 0; i < LAB_VIRTIO_SLOTS; i++) {
		struct lab_virtio_slot *s = &v->slot[(from + i) % LAB_VIRTIO_SLOTS];

		if (s->busy == busy)
			return s;
	}
	return NULL;
}

static uint32_t in_hand(const struct lab_virtio *v)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < LAB_VIRTIO_SLOTS; i++)
		n += v->slot[i].busy;
	return n;
}

bool lab_virtio_in_hand(const struct lab_virtio *v)
{
	return in_hand(v);
}

void lab_virtio_drop(struct lab_virtio *v)
{
	for (uint32_t i = 0; i < LAB_VIRTIO_SLOTS; i++)
		if (v->slot[i].busy) {
			own(v, &v->slot[i], false);
			v->slot[i].busy = false;
		}
}

/* ---- one chain is taken */

/* The links again, as they were when the chain was read a moment ago: a look that is no access. */
static void note_descriptors(const struct lab_virtio *v, struct lab_virtio_slot *s)
{
	const struct any_ring_device *ring = &v->dev->queues[s->queue].ring;
	uint16_t at = s->chain.head;

	for (uint32_t i = 0; i < s->chain.n_out + s->chain.n_in; i++) {
		struct any_vring_desc d;

		s->desc[i] = at % (uint16_t)ring->size;
		lab_copy(&d, &ring->desc[s->desc[i]], sizeof(d));
		at = any_load_le16(&d.next);
	}
}

static bool take(struct lab_virtio *v, uint32_t queue)
{
	struct lab_virtio_slot *s = slot(v, false, 0);
	struct any_ring_chain chain;

	if (any_virtio_device_take(v->dev, queue, &chain)) {
		v->dev->queues[queue].kicked = false; /* until the next notification */
		return false;
	}
	s->chain = chain;
	s->chain.piece = s->piece;
	lab_copy(s->piece, chain.piece, (chain.n_out + chain.n_in) * sizeof(*s->piece));
	s->queue = queue;
	s->written = 0;
	s->busy = true;
	s->served = false;
	note_descriptors(v, s);
	own(v, s, true);
	return true;
}

/* ---- and returned */

static uint64_t entry(const struct any_virtio_device_queue *q, uint32_t ahead)
{
	return q->used.raw + 4 + 8ull * ((q->ring.used_idx + ahead) & (q->size - 1));
}

/* What was published beyond the truth is taken back, from the device's own books only. */
static void run_ahead(struct lab_virtio *v, uint32_t queue, uint32_t n)
{
	struct any_ring_device *ring = &v->dev->queues[queue].ring;

	ring->used_idx += n;
	any_virtio_device_publish(v->dev, queue);
	ring->used_idx -= n;
	ring->published = ring->used_idx;
}

/* In the place of another chain, which never comes back. */
static void use_twice(struct lab_virtio *v, const struct lab_virtio_slot *s,
		      struct lab_virtio_slot *other)
{
	own(v, other, false);
	other->busy = false;
	any_virtio_device_use(v->dev, s->queue, s->chain.head, s->written);
	any_virtio_device_use(v->dev, s->queue, s->chain.head, s->written);
}

static bool tells(struct lab_virtio *v, uint32_t lie)
{
	v->lied = !v->lied && lab_unit_may(&v->u, lie, 4);
	return v->lied;
}

/* The next entry, or the index, is none that a driver may believe. False: the truth, this time. */
static bool lie(struct lab_virtio *v, const struct lab_virtio_slot *s)
{
	struct any_virtio_device_queue *q = &v->dev->queues[s->queue];
	struct lab_virtio_slot *other = slot(v, true, 0);
	uint16_t head = s->chain.head;
	uint64_t at = entry(q, 0), second = entry(q, 1);
	uint32_t far = 1 + lab_unit_below(&v->u, 1000);

	if (v->lied)
		return false;
	if (tells(v, ANY_LAB_VIRTIO_BAD_ID)) {
		any_virtio_device_use(v->dev, s->queue, (uint16_t)(q->size + far), s->written);
		any_lab_model_bogus(v->u.lab, at, 4);
	} else if (tells(v, ANY_LAB_VIRTIO_BAD_LEN)) {
		any_virtio_device_use(v->dev, s->queue, head, (uint32_t)s->chain.in_len + far);
		any_lab_model_bogus(v->u.lab, at + 4, 4);
	} else if (other && other->queue == s->queue && tells(v, ANY_LAB_VIRTIO_TWICE)) {
		use_twice(v, s, other);
		any_lab_model_bogus(v->u.lab, second, 4);
	} else if (tells(v, ANY_LAB_VIRTIO_BAD_IDX)) {
		any_virtio_device_use(v->dev, s->queue, head, s->written);
		run_ahead(v, s->queue, q->size + far);
		any_lab_model_bogus(v->u.lab, q->used.raw + 2, 2);
	}
	any_virtio_device_publish(v->dev, s->queue);
	return v->lied;
}

static void complete(struct lab_virtio *v, struct lab_virtio_slot *s)
{
	const struct any_ring_chain *c = &s->chain;

	if (c->n_in) {
		const struct any_ring_piece *last = &s->piece[c->n_out + c->n_in - 1];

		lab_unit_overrun(&v->u, last->addr + last->len);
	}
	own(v, s, false);
	s->busy = false;
	if (lie(v, s))
		return;
	any_virtio_device_use(v->dev, s->queue, c->head, s->written);
	any_virtio_device_publish(v->dev, s->queue);
}

static void serve(struct lab_virtio *v, struct lab_virtio_slot *s)
{
	s->served = true;
	if (!v->serve(v, &s->chain, &s->written))
		any_virtio_device_fail(v->dev, "a request lies outside the device's memory");
}

/* ---- whose turn it is */

static bool kicked(const struct lab_virtio *v)
{
	for (uint32_t i = 0; i < v->dev->n_queues; i++)
		if (v->dev->queues[i].kicked)
			return true;
	return false;
}

static bool take_any(struct lab_virtio *v)
{
	uint32_t most =
		v->u.hostile & (ANY_LAB_REORDERED | ANY_LAB_VIRTIO_TWICE) ? LAB_VIRTIO_SLOTS : 1;

	for (uint32_t i = 0; in_hand(v) < most && i < v->dev->n_queues; i++) {
		v->turn = (v->turn + 1) % v->dev->n_queues;
		if (v->dev->queues[v->turn].kicked && take(v, v->turn))
			return true;
	}
	return false;
}

/* While it has work it polls, often with kicks off. */
static void poll(struct lab_virtio *v, uint32_t queue)
{
	bool off = lab_unit_below(&v->u, 2);

	if (v->polling[queue])
		return;
	if (off)
		any_virtio_device_disable_kick(v->dev, queue);
	v->polling[queue] = off || v->dev->queues[queue].ring.event_idx;
}

/* Before it sleeps it turns them on and looks again. */
static bool sleepless(struct lab_virtio *v)
{
	bool more = false;

	for (uint32_t i = 0; i < v->dev->n_queues; i++)
		if (v->polling[i]) {
			v->polling[i] = false;
			v->dev->queues[i].kicked = any_virtio_device_enable_kick(v->dev, i);
			more |= v->dev->queues[i].kicked;
		}
	return more;
}

bool lab_virtio_work(struct lab_virtio *v)
{
	struct lab_virtio_slot *s;

	if (!(v->dev->status & ANY_VIRTIO_STATUS_DRIVER_OK))
		return false;
	v->space.epoch++; /* no pointer outlives its translation */
	if ((kicked(v) || in_hand(v)) && lab_unit_late(&v->u))
		return true;
	if (!v->u.lingers && take_any(v))
		return true;
	s = slot(v, true,
		 v->u.hostile & ANY_LAB_REORDERED ? lab_unit_below(&v->u, LAB_VIRTIO_SLOTS) : 0);
	if (!s)
		return sleepless(v);
	if (!s->served) {
		serve(v, s);
	} else {
		complete(v, s);
		poll(v, s->queue);
	}
	return true;
}

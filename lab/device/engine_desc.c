/* SPDX-License-Identifier: BSD-2-Clause */
/* The DMA engine's descriptors: which is next, what it says, what is written back. */
#include "engine.h"

#define LEN_MAX (16u << 20)

/* ---- what the driver and the engine share */

static void declare(struct lab_engine *e, const struct lab_channel *c)
{
	struct any_lab *lab = e->u.lab;

	if (c->mode & ANY_LAB_ENGINE_MODE_STATUS_WORD) {
		any_lab_model_shares(lab, c->status_word, 4);
		any_lab_model_polled(lab, c->status_word, 4);
	}
	if (lab_channel_mode(c) != ANY_LAB_ENGINE_MODE_RING || !c->ring_size)
		return;
	any_lab_model_shares(lab, c->desc, (size_t)c->ring_size * e->config.stride);
	if (!lab_channel_by_own(c))
		return;
	any_lab_model_polled_each(lab, c->desc, 4, e->config.stride, c->ring_size);
	any_lab_model_announced_each(lab, c->desc, 4, e->config.stride, c->ring_size);
}

/* Descriptors in a list are given by the doorbell and the engine's until they are written back;
 * those of a ring belong to both. */
void lab_engine_declare(struct lab_engine *e)
{
	if (e->declared)
		return;
	e->declared = true;
	any_lab_model_shares(e->u.lab, 0, 0);
	any_lab_model_announced(e->u.lab, 0, 0);
	for (uint32_t c = 0; c < e->config.channels; c++)
		declare(e, &e->ch[c]);
}

/* ---- which is next */

static uint64_t ring_place(const struct lab_engine *e, const struct lab_channel *c, uint32_t ahead)
{
	return c->desc + (uint64_t)((c->head_place + ahead) % c->ring_size) * e->config.stride;
}

static bool owned(struct lab_engine *e, const struct lab_channel *c, uint32_t ahead)
{
	uint32_t control;

	if (ahead >= c->ring_size)
		return false;
	any_lab_bus_read(e->u.lab, ring_place(e, c, ahead), &control, sizeof(control));
	return lab_unit_32(&e->u, control) & ANY_LAB_ENGINE_OWN;
}

/* How far after HEAD: 0, unless the engine takes another first. */
static uint32_t choose(struct lab_engine *e, struct lab_channel *c)
{
	uint32_t wish = 0, ahead = 0;

	if (lab_channel_by_own(c) && lab_unit_may(&e->u, ANY_LAB_REORDERED, 2))
		wish = 1 + lab_unit_below(&e->u, LAB_UNIT_AHEAD - 1);
	while (ahead < wish && owned(e, c, ahead) && owned(e, c, ahead + 1))
		ahead++;
	return c->ahead & 1u << ahead ? 0 : ahead;
}

/* ---- what it says */

static void fetch(struct lab_engine *e, struct lab_transfer *t)
{
	struct any_lab_engine_desc d = {0};
	bool is_short = e->config.stride == sizeof(struct any_lab_engine_short);

	any_lab_bus_read(e->u.lab, t->desc, &d, is_short ? 16 : sizeof(d));
	t->control = lab_unit_32(&e->u, d.control);
	t->len = lab_unit_32(&e->u, d.len);
	t->kind = t->control & 3u;
	t->source = lab_unit_64(&e->u, d.source);
	t->destination = is_short ? t->source : lab_unit_64(&e->u, d.destination);
	t->next = is_short ? t->desc + e->config.stride : lab_unit_64(&e->u, d.next);
	t->fails = is_short && t->kind == ANY_LAB_ENGINE_COPY;
}

static void take(struct lab_engine *e, const struct lab_transfer *t, bool list)
{
	struct any_lab *lab = e->u.lab;

	if (list)
		any_lab_model_takes(lab, t->desc, e->config.stride, ANY_DMA_BOTH);
	if (!t->limit)
		return;
	if (t->kind != ANY_LAB_ENGINE_FROM_FIFO)
		any_lab_model_takes(lab, t->source, t->len, ANY_DMA_TO_DEVICE);
	if (t->kind != ANY_LAB_ENGINE_TO_FIFO)
		any_lab_model_takes(lab, t->destination, t->len, ANY_DMA_FROM_DEVICE);
}

static void give_back(struct lab_engine *e, const struct lab_transfer *t, bool list)
{
	struct any_lab *lab = e->u.lab;

	if (t->kind != ANY_LAB_ENGINE_FROM_FIFO)
		any_lab_model_returns(lab, t->source, t->len);
	if (t->kind != ANY_LAB_ENGINE_TO_FIFO)
		any_lab_model_returns(lab, t->destination, t->len);
	if (list)
		any_lab_model_returns(lab, t->desc, e->config.stride);
}

static void limit(struct lab_engine *e, struct lab_transfer *t)
{
	t->fails = t->fails || t->kind > ANY_LAB_ENGINE_FROM_FIFO || !t->len || t->len > LEN_MAX;
	t->limit = t->fails ? 0 : t->len;
	if (t->fails)
		return;
	if (lab_unit_may(&e->u, ANY_LAB_PARTIAL, 4))
		t->limit = 1 + lab_unit_below(&e->u, t->len);
	if (lab_unit_may(&e->u, ANY_LAB_ERRORS, 8)) {
		t->fails = true;
		t->limit = lab_unit_below(&e->u, t->len);
	}
}

static void idle(struct lab_channel *c)
{
	c->running = false;
	c->status = (c->status & ~ANY_LAB_ENGINE_CH_BUSY) | ANY_LAB_ENGINE_CH_DONE;
}

/* False: there is nothing to do. */
static bool find(struct lab_engine *e, struct lab_channel *c, struct lab_transfer *t)
{
	switch (lab_channel_mode(c)) {
	case ANY_LAB_ENGINE_MODE_DIRECT:
		t->kind = c->mode >> 4 & 3u;
		t->control = ANY_LAB_ENGINE_IRQ | ANY_LAB_ENGINE_LAST;
		t->len = c->len;
		t->source = c->source;
		t->destination = c->destination;
		return true;
	case ANY_LAB_ENGINE_MODE_LIST:
		t->desc = c->at;
		break;
	case ANY_LAB_ENGINE_MODE_RING:
		if (!c->ring_size || (c->mode & ANY_LAB_ENGINE_MODE_BY_INDEX && c->head == c->tail))
			return false;
		t->ahead = choose(e, c);
		t->desc = ring_place(e, c, t->ahead);
		break;
	default:
		return false;
	}
	fetch(e, t);
	return !lab_channel_by_own(c) || t->control & ANY_LAB_ENGINE_OWN;
}

void lab_engine_begin(struct lab_engine *e, struct lab_channel *c)
{
	struct lab_transfer *t = &c->now;

	*t = (struct lab_transfer){0};
	if (!find(e, c, t)) {
		idle(c);
		return;
	}
	limit(e, t);
	take(e, t, lab_channel_mode(c) == ANY_LAB_ENGINE_MODE_LIST);
	t->active = true;
}

/* ---- what is written back */

static void write_back(struct lab_engine *e, const struct lab_transfer *t)
{
	uint32_t control = t->control & ~(ANY_LAB_ENGINE_OWN | ANY_LAB_ENGINE_ERR);
	uint32_t len = t->done;

	if (lab_unit_may(&e->u, ANY_LAB_BOGUS, 4))
		len = t->len + 1 + lab_unit_below(&e->u, 1u << 16);
	lab_unit_put(&e->u, t->desc + offsetof(struct any_lab_engine_desc, len), len);
	lab_unit_put(&e->u, t->desc, control | (t->fails ? ANY_LAB_ENGINE_ERR : 0));
}

static void advance(struct lab_channel *c, uint32_t ahead)
{
	c->ahead |= 1u << ahead;
	while (c->ahead & 1u) {
		c->ahead >>= 1;
		c->head++;
		c->head_place = (c->head_place + 1) % c->ring_size;
	}
}

static void tell(struct lab_engine *e, struct lab_channel *c, const struct lab_transfer *t)
{
	uint32_t causes = 0, completed = ++c->completed;

	if (lab_unit_may(&e->u, ANY_LAB_BOGUS, 4))
		completed += 1 + lab_unit_below(&e->u, 1u << 16);
	if (c->mode & ANY_LAB_ENGINE_MODE_STATUS_WORD)
		lab_unit_put(&e->u, c->status_word, completed);
	if (t->control & ANY_LAB_ENGINE_IRQ)
		causes |= ANY_LAB_ENGINE_INT_DONE(c->number);
	if (t->fails) {
		c->status |= ANY_LAB_ENGINE_CH_ERROR;
		causes |= ANY_LAB_ENGINE_INT_ERROR(c->number);
	}
	if (causes)
		lab_unit_cause(&e->u, causes);
}

void lab_engine_complete(struct lab_engine *e, struct lab_channel *c)
{
	struct lab_transfer *t = &c->now;
	uint32_t mode = lab_channel_mode(c);

	if (t->kind != ANY_LAB_ENGINE_TO_FIFO && t->done)
		lab_unit_overrun(&e->u, t->destination + t->len);
	if (mode != ANY_LAB_ENGINE_MODE_DIRECT)
		write_back(e, t);
	give_back(e, t, mode == ANY_LAB_ENGINE_MODE_LIST);
	t->active = false;
	c->count = t->done;
	if (mode == ANY_LAB_ENGINE_MODE_RING)
		advance(c, t->ahead);
	c->at = t->next;
	if (mode != ANY_LAB_ENGINE_MODE_RING && t->control & ANY_LAB_ENGINE_LAST)
		idle(c);
	tell(e, c, t);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The DMA engine's registers, and whose turn it is. */
#include "engine.h"

#define LINGER	 8u	 /* accesses after a reset, at most */
#define AT_ONCE	 100000u /* steps inside a doorbell write, at most */
#define RING_MAX 1024u

static struct lab_channel *channel(struct lab_engine *e, uint32_t offset)
{
	uint32_t c = (offset - ANY_LAB_ENGINE_CH(0)) / 0x40;

	return offset >= ANY_LAB_ENGINE_CH(0) && c < e->config.channels ? &e->ch[c] : NULL;
}

static bool busy(const struct lab_engine *e)
{
	for (uint32_t c = 0; c < e->config.channels; c++)
		if (e->ch[c].running)
			return true;
	return e->u.lingers;
}

static uint32_t channel_read(const struct lab_channel *c, uint32_t offset)
{
	switch (offset & 0x3f) {
	case ANY_LAB_ENGINE_CH_MODE:
		return c->mode;
	case ANY_LAB_ENGINE_CH_STATUS:
		return c->status;
	case ANY_LAB_ENGINE_CH_DESC_LO:
		return (uint32_t)c->desc;
	case ANY_LAB_ENGINE_CH_DESC_HI:
		return (uint32_t)(c->desc >> 32);
	case ANY_LAB_ENGINE_CH_RING_SIZE:
		return c->ring_size;
	case ANY_LAB_ENGINE_CH_HEAD:
		return c->head;
	case ANY_LAB_ENGINE_CH_LEN:
		return c->len;
	case ANY_LAB_ENGINE_CH_COUNT:
		return c->count;
	default:
		return 0;
	}
}

static uint32_t read32(void *ctx, uint32_t offset)
{
	struct lab_engine *e = ctx;
	const struct lab_channel *c = channel(e, offset);

	if (c)
		return channel_read(c, offset);
	switch (offset) {
	case ANY_LAB_ENGINE_ID:
		return ANY_LAB_ENGINE_MAGIC;
	case ANY_LAB_ENGINE_CAPS:
		return e->config.channels | e->config.stride << 8;
	case ANY_LAB_ENGINE_CTRL:
		return e->ctrl;
	case ANY_LAB_ENGINE_STATUS:
		return busy(e) ? ANY_LAB_ENGINE_BUSY : 0;
	case ANY_LAB_ENGINE_INT_STATUS:
		return e->u.int_status;
	case ANY_LAB_ENGINE_INT_ENABLE:
		return e->u.int_enable;
	default:
		return 0;
	}
}

static uint64_t reg_read(void *ctx, uint32_t offset, unsigned bytes)
{
	return lab_unit_read(read32, ctx, offset, bytes);
}

static void channel_write(struct lab_channel *c, uint32_t offset, uint32_t value)
{
	switch (offset & 0x3f) {
	case ANY_LAB_ENGINE_CH_MODE:
		c->mode = value;
		c->head = c->tail = 0;
		c->head_place = 0;
		c->ahead = c->completed = 0;
		break;
	case ANY_LAB_ENGINE_CH_DESC_LO:
	case ANY_LAB_ENGINE_CH_DESC_HI:
		lab_unit_half(&c->desc, offset & 4u, value);
		break;
	case ANY_LAB_ENGINE_CH_RING_SIZE:
		c->ring_size = value > RING_MAX ? RING_MAX : value;
		break;
	case ANY_LAB_ENGINE_CH_STATUS_LO:
	case ANY_LAB_ENGINE_CH_STATUS_HI:
		lab_unit_half(&c->status_word, offset & 4u, value);
		break;
	case ANY_LAB_ENGINE_CH_SRC_LO:
	case ANY_LAB_ENGINE_CH_SRC_HI:
		lab_unit_half(&c->source, offset & 4u, value);
		break;
	case ANY_LAB_ENGINE_CH_DST_LO:
	case ANY_LAB_ENGINE_CH_DST_HI:
		lab_unit_half(&c->destination, offset & 4u, value);
		break;
	case ANY_LAB_ENGINE_CH_LEN:
		c->len = value;
		break;
	}
}

static bool step(void *ctx);

static void doorbell(struct lab_engine *e, struct lab_channel *c, uint32_t value)
{
	if (!(e->ctrl & ANY_LAB_ENGINE_ENABLE) || e->u.lingers)
		return;
	if (c->running && lab_channel_mode(c) != ANY_LAB_ENGINE_MODE_RING)
		return; /* one list, one transfer at a time */
	lab_engine_declare(e);
	c->tail = (uint16_t)value;
	c->at = c->desc;
	c->status = ANY_LAB_ENGINE_CH_BUSY;
	c->running = true;
	for (uint32_t n = 0; e->u.hostile & ANY_LAB_AT_ONCE && n < AT_ONCE && step(e);)
		n++;
}

/* Power-on, but for the bytes that a stubborn engine still has under way. */
static void stop(struct lab_engine *e)
{
	for (uint32_t i = 0; i < e->config.channels; i++) {
		struct lab_channel *c = &e->ch[i];

		c->running = c->now.active = false;
		c->mode = c->status = c->ring_size = c->len = c->count = c->completed = 0;
		c->desc = c->status_word = c->source = c->destination = 0;
		c->head = c->tail = 0;
		c->head_place = 0;
		c->ahead = 0;
	}
	e->u.int_status = e->u.int_enable = e->u.lingers = e->u.late = e->ctrl = 0;
	e->declared = false;
	any_lab_model_shares(e->u.lab, 0, 0);
}

static void reset(struct lab_engine *e)
{
	if (busy(e) && e->u.hostile & ANY_LAB_LINGERS) {
		e->u.int_enable = 0;
		e->u.lingers = 1 + lab_unit_below(&e->u, LINGER);
	} else {
		stop(e);
	}
}

static void write32(void *ctx, uint32_t offset, uint32_t v)
{
	struct lab_engine *e = ctx;
	struct lab_channel *c = channel(e, offset);
	uint32_t n = (offset - ANY_LAB_ENGINE_DOORBELL(0)) / 4;

	if (c) {
		e->declared = false;
		channel_write(c, offset, v);
	} else if (offset >= ANY_LAB_ENGINE_DOORBELL(0) && n < e->config.channels) {
		doorbell(e, &e->ch[n], v);
	} else if (offset == ANY_LAB_ENGINE_CTRL && v & ANY_LAB_ENGINE_RESET) {
		reset(e);
	} else if (offset == ANY_LAB_ENGINE_CTRL) {
		e->ctrl = v & ANY_LAB_ENGINE_ENABLE;
	} else if (offset == ANY_LAB_ENGINE_INT_STATUS) {
		lab_unit_clear(&e->u, v);
	} else if (offset == ANY_LAB_ENGINE_INT_ENABLE) {
		lab_unit_enable(&e->u, v);
	}
}

static void reg_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	lab_unit_write(write32, ctx, offset, value, bytes);
}

static struct lab_channel *next(struct lab_engine *e)
{
	for (uint32_t i = 0; i < e->config.channels; i++) {
		struct lab_channel *c = &e->ch[(e->turn + i) % e->config.channels];

		if (c->running) {
			e->turn = (c->number + 1) % e->config.channels;
			return c;
		}
	}
	return NULL;
}

/* One piece of work: a descriptor fetched, a burst moved, or a transfer completed. */
static bool step(void *ctx)
{
	struct lab_engine *e = ctx;
	struct lab_channel *c = next(e);

	if (e->u.lingers && (!c || --e->u.lingers == 0)) {
		stop(e);
		return true;
	}
	if (!c)
		return false;
	if (lab_unit_late(&e->u))
		return true;
	if (!c->now.active)
		lab_engine_begin(e, c);
	else if (c->now.done < c->now.limit)
		lab_engine_move(e, c);
	else
		lab_engine_complete(e, c);
	return true;
}

const struct lab_engine *lab_engine_of(struct any_lab *lab)
{
	const struct any_lab_model *model = any_lab_attached(lab);

	return model && model->step == step ? model->ctx : NULL;
}

static uint32_t between(uint32_t value, uint32_t normal, uint32_t least, uint32_t most)
{
	uint32_t v = value ? value : normal;

	return v < least ? least : v > most ? most : v;
}

volatile void *any_lab_engine_attach(struct any_lab *lab,
				     const struct any_lab_engine_config *config)
{
	struct lab_engine *e = any_lab_keep(lab, sizeof(*e));
	struct any_lab_model model = {.read = reg_read,
				      .write = reg_write,
				      .step = step,
				      .ctx = e,
				      .doorbell = ANY_LAB_ENGINE_DOORBELL(0),
				      .doorbell_size = 4 * ANY_LAB_ENGINE_CHANNELS};

	e->config = *config;
	e->config.channels = between(config->channels, 1, 1, ANY_LAB_ENGINE_CHANNELS);
	e->config.stride = config->stride == 16 ? 16 : between(config->stride & ~7u, 32, 32, 64);
	e->u = (struct lab_unit){.lab = lab,
				 .flags = config->flags,
				 .hostile = config->hostile,
				 .burst =
					 between(config->burst, LAB_UNIT_BURST, 1, LAB_UNIT_BURST)};
	for (uint32_t c = 0; c < e->config.channels; c++)
		e->ch[c].number = c;
	return any_lab_attach(lab, &model);
}

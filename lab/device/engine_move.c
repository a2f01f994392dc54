/* SPDX-License-Identifier: BSD-2-Clause */
/* The DMA engine moves bytes; and what is behind its FIFOs. */
#include "engine.h"
#include "../core/machine.h"

static uint8_t produced(const struct lab_engine *e, uint32_t channel, uint64_t n)
{
	return e->config.produce ? e->config.produce(e->config.ctx, channel, n)
				 : (uint8_t)(n * 7 + channel);
}

/* Kept whole, for the scenario to look at. */
static void feed(struct lab_engine *e, struct lab_channel *c, const uint8_t *bytes, uint32_t n)
{
	while (n) {
		struct lab_fed *f = c->last;
		uint32_t part;

		if (!f || f->used == LAB_ENGINE_CHUNK) {
			f = any_lab_keep(e->u.lab, sizeof(*f));
			*(c->last ? &c->last->next : &c->first) = f;
			c->last = f;
		}
		part = n < LAB_ENGINE_CHUNK - f->used ? n : LAB_ENGINE_CHUNK - f->used;
		lab_copy(f->bytes + f->used, bytes, part);
		f->used += part;
		c->fed += part;
		bytes += part;
		n -= part;
	}
}

void lab_engine_move(struct lab_engine *e, struct lab_channel *c)
{
	struct lab_transfer *t = &c->now;
	uint8_t bytes[LAB_UNIT_BURST];
	uint32_t n = t->limit - t->done < e->u.burst ? t->limit - t->done : e->u.burst;

	if (t->kind != ANY_LAB_ENGINE_FROM_FIFO)
		any_lab_bus_read(e->u.lab, t->source + t->done, bytes, n);
	else
		for (uint32_t i = 0; i < n; i++)
			bytes[i] = produced(e, c->number, c->given++);
	if (t->kind != ANY_LAB_ENGINE_TO_FIFO)
		any_lab_bus_write(e->u.lab, t->destination + t->done, bytes, n);
	else
		feed(e, c, bytes, n);
	t->done += n;
}

size_t any_lab_engine_consumed(struct any_lab *lab, uint32_t channel, size_t from, void *to,
			       size_t len)
{
	const struct lab_engine *e = lab_engine_of(lab);
	const struct lab_fed *f = e && channel < e->config.channels ? e->ch[channel].first : NULL;
	uint64_t all = f ? e->ch[channel].fed : 0, at = 0;
	size_t n = from >= all ? 0 : len < all - from ? len : (size_t)(all - from), done = 0;

	if (!to)
		return (size_t)all;
	for (; f && done < n; at += f->used, f = f->next) {
		uint64_t skip = from + done - at;
		size_t part = skip < f->used ? (size_t)(f->used - skip) : 0;

		part = part < n - done ? part : n - done;
		if (part)
			lab_unit_to_scenario((uint8_t *)to + done, f->bytes + skip, part);
		done += part;
	}
	return done;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The adversary knows which moments hurt: a word was published and what it announces is not out, a
 * line was cleaned and may come back, the bell is ringing and the device is quick. It takes one in
 * two of them and leaves the rest to chance, so that nothing is out of reach.
 *
 * It has two tempers, one a seed. What is evicted or drained in time hides who forgot to clean or
 * to order; so one holds all of it back, the device too, until the driver looks. The other lets out
 * the newest first: what announces before what is announced.
 */
#include "../bus/bus.h"
#include "../bus/device.h"
#include "../mem/misfortune.h"

#define NEWEST 0xffffffu /* which: found when the time has come */

static uint32_t newest_line(const struct lab_machine *m)
{
	uint32_t n = lab_n_dirty(m), back = n < 64 ? n : 64;

	for (uint32_t i = 1; i <= back; i++) {
		uint64_t line = lab_dirty(m, n - i)->line;

		if (line + m->line > m->cache.at && line < m->cache.to)
			return n - i;
	}
	return n ? n - 1 : 0;
}

uint32_t lab_adversary_wish(const struct lab_machine *m, uint32_t wish)
{
	uint32_t n;

	if (wish / 16 != NEWEST)
		return wish;
	switch (wish % 16) {
	case LAB_MISHAP_EVICT:
		return LAB_MISHAP(LAB_MISHAP_EVICT, newest_line(m));
	case LAB_MISHAP_DRAIN:
		n = lab_drainable(m);
		return LAB_MISHAP(LAB_MISHAP_DRAIN, n ? n - 1 : 0);
	default:
		n = (uint32_t)(m->write_head - m->delivered);
		return LAB_MISHAP(LAB_MISHAP_DELIVER, n ? n - 1 : 0);
	}
}

static void wish(struct lab_machine *m, enum lab_mishap_kind kind, uint32_t which)
{
	if (m->chance.n_wishes < ANY_ARRAY_SIZE(m->chance.wishes))
		m->chance.wishes[m->chance.n_wishes++] = LAB_MISHAP(kind, which);
	lab_set_fuse(m, 1);
}

void lab_adversary(struct lab_machine *m, enum lab_hot hot)
{
	if (m->calm || m->master == LAB_DEVICE || lab_draw(&m->chance.mishap) % 2)
		return;
	m->chance.n_wishes = 0;
	switch (hot) {
	case LAB_HOT_PUBLISH:
		if (m->chance.holds_back)
			break;
		wish(m, LAB_MISHAP_DRAIN, NEWEST);
		wish(m, LAB_MISHAP_DEVICE, 0);
		break;
	case LAB_HOT_LOOK:
		wish(m, LAB_MISHAP_DEVICE, 0);
		if (!m->chance.holds_back)
			wish(m, LAB_MISHAP_DELIVER, NEWEST);
		break;
	case LAB_HOT_MAINTAINED:
		wish(m, LAB_MISHAP_FILL, (uint32_t)(lab_draw(&m->chance.mishap) % 2));
		break;
	case LAB_HOT_BELL:
		if (!m->chance.holds_back)
			wish(m, LAB_MISHAP_EVICT, NEWEST);
		break;
	case LAB_HOT_RUNG:
		wish(m, LAB_MISHAP_POSTED, 0);
		wish(m, LAB_MISHAP_DEVICE, 0);
		if (!m->chance.holds_back)
			wish(m, LAB_MISHAP_EVICT, NEWEST);
		break;
	}
}

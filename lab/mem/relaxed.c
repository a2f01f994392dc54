/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device writes that may pass one another (M14). Judged by what the bus promises, not by what this
 * run returned: having seen a write that pushes nothing, the CPU knows nothing of those before it,
 * barrier or not. An address with the ordering attribute, an interrupt, a read of a register push.
 */
#include "mem.h"

bool lab_write_pushes(const struct lab_machine *m, uint64_t phys)
{
	for (uint32_t i = 0; m->relaxed && i < m->n_mappings; i++) {
		const struct lab_mapping *map = &m->mappings[i];

		if (map->coherent && phys - map->phys < map->len)
			return map->ordered;
	}
	return !m->relaxed;
}

static const struct lab_write *newest(const struct lab_machine *m, uint64_t phys, uint32_t len)
{
	uint64_t stop = m->pushed + 1 > m->write_tail ? m->pushed + 1 : m->write_tail;

	for (uint64_t s = m->delivered; s > stop; s--) {
		const struct lab_write *w = &m->writes[(s - 1) % LAB_WRITES];

		if (w->phys < phys + len && phys < w->phys + w->len)
			return w;
	}
	return NULL;
}

void lab_relaxed_observe(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	const struct lab_write *w = newest(m, phys, len);

	if (!w)
		return;
	if (w->pushes) {
		m->pushed = w->seq;
	} else if (lab_polled(m, phys, len)) {
		if (w->seq > m->loose_seen) {
			m->loose_seen = w->seq;
			m->loose_pc = pc;
		}
	} else if (w->seq < m->loose_seen) {
		lab_found(
			m, ANY_LAB_RELAXED, pc, m->loose_pc, 0, phys, len,
			"The CPU saw the word that announces these %u bytes, but on this bus that "
			"word may pass them: nothing pushed them to memory.",
			len);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* One event of the log where events are most frequent: log.c says what it is. */
#ifndef ANYDMA_LAB_EVENT_H
#define ANYDMA_LAB_EVENT_H

#include "machine.h"

extern const char __executable_start[];

/* Apart, so that the ordinary event saves no registers for it. */
void lab_log_tell(struct lab_machine *m, const struct lab_event *ev);

static inline uint8_t lab_event_master(const struct lab_machine *m)
{
	return (uint8_t)(m->master == LAB_CPU && m->cpu != m->cpus ? LAB_CPU1 : m->master);
}

static inline void lab_log(struct lab_machine *m, enum lab_event_kind kind, unsigned region,
			   uint64_t phys, uint32_t len, uint64_t pc)
{
	const uint64_t rel = pc ? pc - (uint64_t)(uintptr_t)__executable_start : 0;
	struct lab_event *ev = &m->recent[m->step % LAB_RECENT];
	uint64_t h = m->hash ^ phys;

	*ev = (struct lab_event){.step = m->step,
				 .phys = phys,
				 .pc = rel,
				 .len = len,
				 .kind = (uint8_t)kind,
				 .region = (uint8_t)region,
				 .master = lab_event_master(m)};
	h = (h ^ (uint64_t)kind << 56 ^ (uint64_t)region << 48 ^ (uint64_t)ev->master << 40 ^ len) *
	    0x9fb21c651e98df25ull;
	h = (h ^ (h >> 29) ^ rel) * 0x9fb21c651e98df25ull;
	m->hash = h ^ (h >> 31);
	m->step++;
	if (ANY_UNLIKELY(m->n_sinks))
		lab_log_tell(m, ev);
}

#endif

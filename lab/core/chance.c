/* SPDX-License-Identifier: BSD-2-Clause */
/* The streams of chance, and the count of ticks that a plan's misfortunes are told by. */
#include "machine.h"

void lab_chance_init(struct lab_machine *m, uint64_t seed)
{
	uint64_t root = seed * 0xd1342543de82ef95ull + 0x2545f4914f6cdd1dull;

	m->rng = root;
	m->chance.device = lab_draw(&root) ^ 0x510e527fade682d1ull;
	m->chance.mishap = lab_draw(&root) ^ 0x9b05688c2b3e6c1full;
	m->turns.chance = lab_draw(&root) ^ 0x3c6ef372fe94f82bull;
	m->chance.due = m->fuse = 1;
}

bool lab_set_fuse_by_plan(struct lab_machine *m)
{
	const struct lab_tape *tape = m->chance.tape;
	uint64_t now = lab_ticks(m), wait = UINT32_MAX;

	if (!tape || !tape->plan)
		return false;
	for (uint32_t i = tape->next; i < tape->n_plan; i++) {
		if (tape->plan[i].tick < now)
			continue;
		if (tape->plan[i].tick - now < wait)
			wait = tape->plan[i].tick - now + 1;
		break;
	}
	if (tape->options && tape->next == tape->n_plan && now < tape->until)
		wait = 1;
	lab_set_fuse(m, (uint32_t)wait);
	return true;
}

void lab_chance_begin(struct lab_machine *m)
{
	m->chance.due = m->fuse;
	lab_set_fuse_by_plan(m);
}

static uint32_t planned(struct lab_machine *m, struct lab_tape *tape, uint64_t tick, uint32_t n)
{
	uint32_t value = 0;

	while (tape->next < tape->n_plan && tape->plan[tape->next].tick < tick)
		tape->next++;
	if (tape->next < tape->n_plan && tape->plan[tape->next].tick == tick)
		value = tape->plan[tape->next++].what % n;
	else if (tape->options && tape->next == tape->n_plan && tick < tape->until && !m->calm)
		for (uint32_t i = 1; i < n; i++)
			lab_list_add(tape->options, tick, i);
	lab_set_fuse_by_plan(m);
	return value;
}

static uint32_t decide(struct lab_machine *m, uint32_t n, uint32_t value)
{
	struct lab_tape *tape = m->chance.tape;
	uint64_t tick = lab_ticks(m);

	m->chance.due++; /* a choice is a tick of its own */
	if (tape && tape->plan)
		return planned(m, tape, tick, n);
	if (value && tape && tape->record)
		lab_list_add(tape->record, tick, value);
	return value;
}

uint32_t lab_choice(struct lab_machine *m, uint32_t n)
{
	if (n < 2)
		return 0;
	return decide(m, n, (uint32_t)(lab_draw(&m->chance.mishap) % n));
}

bool lab_happens(struct lab_machine *m, uint32_t n)
{
	return decide(m, 2, (lab_draw(&m->chance.mishap) >> 32) * n >> 32 == 0);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* When the CPUs change places: now and then, in bursts, and when it hurts. */
#include "cpu.h"
#include "../mem/misfortune.h"

static uint32_t burst(struct lab_machine *m)
{
	uint64_t r = lab_draw(&m->turns.chance);

	switch (r % 4) {
	case 0:
		return 0;
	case 1:
		return 1 + (uint32_t)(r >> 32) % 32;
	default:
		return 1 + (uint32_t)(r >> 32) % 4;
	}
}

/* A burst ends where it hurts, or half of them would never be seen from outside. */
void lab_cpu_turn(struct lab_machine *m, uint64_t tick)
{
	bool hot = m->turns.hot;

	m->turns.hot = false;
	if (m->turns.burst && !hot) {
		m->turns.burst--;
		return;
	}
	m->turns.burst = burst(m);
	lab_strike(m, tick, LAB_MISHAP(LAB_MISHAP_SWITCH, 0));
}

void lab_cpu_hot(struct lab_machine *m)
{
	if (m->calm || m->master != LAB_CPU || (m->chance.tape && m->chance.tape->plan) ||
	    lab_draw(&m->turns.chance) % 4)
		return;
	m->turns.hot = true;
	lab_set_fuse(m, 1);
}

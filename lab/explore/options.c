/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that could happen now and would change something. */
#include "../bus/bus.h"
#include "../bus/device.h"
#include "../cpu/cpu.h"
#include "../mem/misfortune.h"

static void evictions(const struct lab_machine *m, uint64_t tick, struct lab_list *options)
{
	for (uint32_t i = 0; !m->coherent && i < lab_n_dirty(m); i++) {
		const struct lab_dirty *d = lab_dirty(m, i);

		if (d->view == LAB_LOWER || lab_line(m, d->view, d->line)->valid)
			lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_EVICT, i));
	}
}

static void fills(const struct lab_machine *m, uint64_t tick, struct lab_list *options)
{
	if (m->coherent || !m->speculates)
		return;
	for (uint32_t i = 0; i < 2; i++)
		if (lab_may_fill(m, i))
			lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_FILL, i));
	for (uint32_t i = 0; i < m->n_mappings; i++) {
		uint64_t lines = (m->mappings[i].len + m->line - 1) >> m->line_shift;

		for (uint32_t k = 0; k < lines; k++) {
			uint32_t which = 2 + i + k * m->n_mappings;

			if (lab_may_fill(m, which))
				lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_FILL, which));
		}
	}
}

void lab_options(const struct lab_machine *m, uint64_t tick, struct lab_list *options)
{
	const struct lab_device *dev = m->device;

	evictions(m, tick, options);
	fills(m, tick, options);
	for (uint32_t i = 0, n = lab_drainable(m); i < n; i++)
		lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_DRAIN, i));
	for (uint32_t i = 0; i < m->write_head - m->delivered; i++)
		lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_DELIVER, i));
	if (dev && dev->awake)
		lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_DEVICE, 0));
	if (dev && dev->n_posted)
		lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_POSTED, 0));
	if (lab_cache_may_misfortune(m))
		lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_WART, 0));
	if (lab_cpu_may_switch(m))
		lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_SWITCH, 0));
	if (m->lab && lab_may_interrupt(m))
		lab_list_add(options, tick, LAB_MISHAP(LAB_MISHAP_INTERRUPT, 0));
}

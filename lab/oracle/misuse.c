/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that are wrong in themselves: which bytes they are about, and who had them before. */
#include <stdarg.h>

#include "oracle.h"
#include "../scenario/program.h"

/* What lies there now, or was unmapped there last, is what the caller may have meant. */
void lab_not_mapped(struct lab_machine *m, uint64_t bus, const char *fmt, ...)
{
	const struct lab_mapping *live = lab_mapping_by_bus(m, bus, 1);
	const struct lab_mapping *map = live ? live : lab_mapping_gone(m, bus, 1);
	uint64_t trace[LAB_TRACE], before = 0;
	char text[ANY_LAB_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	lab_trace(trace);
	if (map)
		before = lab_trace_pc(live ? map->trace : map->end);
	lab_fail(m, ANY_LAB_DOUBLE_UNMAP, lab_trace_pc(trace), before,
		 !map	? 0
		 : live ? map->step
			: map->ended,
		 map ? map->phys : 0, map && map->phys ? (uint32_t)map->len : 0, "%s", text);
}

/* Text and constants are no memory of the machine: about them there is nothing to draw. */
void lab_misuse(struct lab_machine *m, const volatile void *cpu, size_t len, const char *text)
{
	uint64_t at = lab_home(m, (uint64_t)(uintptr_t)cpu), trace[LAB_TRACE];
	bool ours =
		len && at - LAB_BASE < LAB_SPAN && (at - LAB_BASE) >> LAB_MACHINE_SHIFT == m->id;

	lab_trace(trace);
	lab_fail(m, ANY_LAB_MISUSE, lab_trace_pc(trace), 0, 0, ours ? lab_phys_of(at) : 0,
		 ours ? (uint32_t)len : 0, "%s", text);
}

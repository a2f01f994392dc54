/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event log: a rolling hash always, text when asked. Nothing in it depends on where the program
 * or its heap was loaded, so the same binary and seed give the same bytes.
 */
#include "event.h"

static const char *const kinds[] = {
	[LAB_EV_LOAD] = "load",
	[LAB_EV_STORE] = "store",
	[LAB_EV_BARRIER] = "barrier",
	[LAB_EV_MMIO_READ] = "mmio-read",
	[LAB_EV_MMIO_WRITE] = "mmio-write",
	[LAB_EV_CLEAN] = "clean",
	[LAB_EV_INVAL] = "inval",
	[LAB_EV_CACHE_SYNC] = "cache-sync",
	[LAB_EV_MAP] = "map",
	[LAB_EV_UNMAP] = "unmap",
	[LAB_EV_SYNC] = "sync",
	[LAB_EV_EVICT] = "evict",
	[LAB_EV_FILL] = "fill",
	[LAB_EV_DRAIN] = "drain",
	[LAB_EV_DELIVER] = "deliver",
	[LAB_EV_DEVICE] = "device-runs",
	[LAB_EV_INTERRUPT] = "interrupt",
	[LAB_EV_IOMMU] = "iommu",
	[LAB_EV_ALLOC] = "alloc",
	[LAB_EV_FREE] = "free",
	[LAB_EV_RELAX] = "relax",
	[LAB_EV_SWITCH] = "switch",
	[LAB_EV_TAKE] = "take",
	[LAB_EV_RETURN] = "return",
};

static const char *const regions[16] = {
	[LAB_VIEW0] = "cpu",	[LAB_VIEW1] = "cpu'",	     [LAB_VIEW2] = "cpu''",
	[LAB_VIEW3] = "cpu'''", [LAB_UNCACHED] = "uncached", [LAB_DRAM] = "dram",
	[LAB_MMIO] = "mmio",
};

static const char *const masters[] = {
	[LAB_CPU] = "driver", [LAB_DEVICE] = "device", [LAB_CPU1] = "cpu 1"};

const char *lab_event_name(const struct lab_event *ev)
{
	return kinds[ev->kind];
}

void lab_event_text(const struct lab_event *ev, char *text, size_t size)
{
	const char *region = regions[ev->region & 15] ? regions[ev->region & 15] : "-";

	snprintf(text, size, "%8llu %-6s %-11s %-8s 0x%010llx +%-5u pc+0x%llx",
		 (unsigned long long)ev->step, masters[ev->master], kinds[ev->kind], region,
		 (unsigned long long)ev->phys, ev->len, (unsigned long long)ev->pc);
}

void lab_log_tell(struct lab_machine *m, const struct lab_event *ev)
{
	for (uint32_t i = 0; i < m->n_sinks; i++)
		m->sinks[i].event(&m->sinks[i], m, ev);
}

void lab_log_event(struct lab_machine *m, enum lab_event_kind kind, unsigned region, uint64_t phys,
		   uint32_t len, uint64_t pc)
{
	lab_log(m, kind, region, phys, len, pc);
}

void lab_log_aside(struct lab_machine *m, enum lab_event_kind kind, uint64_t phys, uint64_t len,
		   uint64_t pc)
{
	struct lab_event ev = {
		.step = m->step,
		.phys = phys,
		.pc = pc ? pc - (uint64_t)(uintptr_t)__executable_start : 0,
		.len = (uint32_t)len,
		.kind = (uint8_t)kind,
		.region = LAB_DRAM,
		.master = LAB_DEVICE,
	};

	lab_log_tell(m, &ev);
}

const void *lab_program_start(void)
{
	return __executable_start;
}

static void write_line(struct lab_sink *sink, const struct lab_machine *m,
		       const struct lab_event *ev)
{
	char text[160];

	(void)m;
	lab_event_text(ev, text, sizeof(text));
	fprintf(sink->file, "%s\n", text);
}

bool lab_log_open(struct lab_sink *sink, const char *path)
{
	*sink = (struct lab_sink){.file = fopen(path, "w"), .event = write_line};
	return sink->file;
}

bool lab_sink_close(struct lab_sink *sink, const struct lab_machine *m,
		    const struct any_lab_cell *cell)
{
	if (sink->end)
		sink->end(sink, m, cell);
	return !sink->file || !fclose(sink->file);
}

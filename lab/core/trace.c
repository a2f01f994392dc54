/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run as Chrome's trace-event JSON (an array of events, which Perfetto and chrome://tracing
 * read): one track for each CPU, the device, the bus, the caches; mappings as spans from map to
 * unmap; doorbells as flows to the device that hears them. Time is the number of the event.
 */
#include "machine.h"
#include "../bus/device.h"

void *__real_realloc(void *p, size_t size);
void __real_free(void *p);

enum { CPU0 = 1, CPU1, DEVICE, BUS, CACHES, MAPPINGS, TRACKS };

static const char *const tracks[TRACKS] = {
	[CPU0] = "CPU 0", [CPU1] = "CPU 1",    [DEVICE] = "device",
	[BUS] = "bus",	  [CACHES] = "caches", [MAPPINGS] = "mappings",
};

static void put_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			fprintf(f, "\\u%04x", c);
		else
			fputc(c, f);
	}
}

static void begin(struct lab_sink *s, const char *ph, uint64_t ts, int tid, const char *name)
{
	fprintf(s->file, ",\n{\"ph\":\"%s\",\"ts\":%llu,\"pid\":1,\"tid\":%d,\"name\":\"", ph,
		(unsigned long long)ts, tid);
	put_text(s->file, name);
	fputc('"', s->file);
}

static int track(const struct lab_event *ev)
{
	switch (ev->kind) {
	case LAB_EV_CLEAN:
	case LAB_EV_INVAL:
	case LAB_EV_CACHE_SYNC:
	case LAB_EV_EVICT:
	case LAB_EV_FILL:
		return CACHES;
	case LAB_EV_DRAIN:
	case LAB_EV_DELIVER:
	case LAB_EV_IOMMU:
		return BUS;
	case LAB_EV_DEVICE:
	case LAB_EV_INTERRUPT:
		return DEVICE;
	default:
		return ev->master == LAB_DEVICE ? DEVICE : ev->master == LAB_CPU1 ? CPU1 : CPU0;
	}
}

static void span_begins(struct lab_sink *s, const struct lab_event *ev, const char *name)
{
	if (s->n_open == s->room) {
		uint32_t room = s->room ? 2 * s->room : 64;
		struct lab_span *open = __real_realloc(s->open, room * sizeof(*open));

		if (!open)
			return;
		s->open = open;
		s->room = room;
	}
	s->open[s->n_open++] = (struct lab_span){ev->phys, ev->len, ++s->ids};
	begin(s, "b", ev->step, MAPPINGS, name);
	fprintf(s->file,
		",\"cat\":\"mapping\",\"id\":%u,\"args\":{\"phys\":\"0x%llx\",\"bytes\":%u}}",
		s->ids, (unsigned long long)ev->phys, ev->len);
}

static void close_span(struct lab_sink *s, uint32_t i, uint64_t ts, const char *name)
{
	begin(s, "e", ts, MAPPINGS, name);
	fprintf(s->file, ",\"cat\":\"mapping\",\"id\":%u}", s->open[i].id);
	s->open[i] = s->open[--s->n_open];
}

static void span_ends(struct lab_sink *s, const struct lab_event *ev, const char *name)
{
	for (uint32_t i = s->n_open; i-- > 0;)
		if (s->open[i].phys == ev->phys && s->open[i].len == ev->len) {
			close_span(s, i, ev->step, name);
			return;
		}
}

static void flow(struct lab_sink *s, const struct lab_machine *m, const struct lab_event *ev)
{
	if (ev->kind == LAB_EV_MMIO_WRITE && m->device &&
	    lab_is_doorbell(m->device, (uint32_t)ev->phys)) {
		s->rung = ++s->ids;
		begin(s, "i", ev->step, track(ev), "doorbell");
		fputs(",\"s\":\"t\"}", s->file);
		begin(s, "s", ev->step, track(ev), "doorbell");
		fprintf(s->file, ",\"cat\":\"doorbell\",\"id\":%u}", s->rung);
	} else if (ev->kind == LAB_EV_DEVICE && s->rung) {
		begin(s, "f", ev->step, DEVICE, "doorbell");
		fprintf(s->file, ",\"cat\":\"doorbell\",\"bp\":\"e\",\"id\":%u}", s->rung);
		s->rung = 0;
	} else if (ev->kind == LAB_EV_INTERRUPT) {
		begin(s, "i", ev->step, DEVICE, "interrupt raised");
		fputs(",\"s\":\"p\"}", s->file);
	}
}

static void on_event(struct lab_sink *s, const struct lab_machine *m, const struct lab_event *ev)
{
	begin(s, "X", ev->step, track(ev), lab_event_name(ev));
	fprintf(s->file, ",\"dur\":1,\"args\":{\"at\":\"0x%llx\",\"bytes\":%u,\"pc\":\"+0x%llx\"}}",
		(unsigned long long)ev->phys, ev->len, (unsigned long long)ev->pc);
	flow(s, m, ev);
	if (ev->kind == LAB_EV_MAP)
		span_begins(s, ev, "mapping");
	else if (ev->kind == LAB_EV_ALLOC)
		span_begins(s, ev, "coherent memory");
	else if (ev->kind == LAB_EV_UNMAP)
		span_ends(s, ev, "mapping");
	else if (ev->kind == LAB_EV_FREE)
		span_ends(s, ev, "coherent memory");
}

/* What is open is closed where the run ends; the finding is an instant that crosses all tracks. */
static void at_end(struct lab_sink *s, const struct lab_machine *m, const struct any_lab_cell *cell)
{
	while (s->n_open)
		close_span(s, s->n_open - 1, m->step, "still mapped");
	if (cell->verdict == ANY_LAB_FAIL) {
		const struct any_lab_report *r = &cell->report;

		begin(s, "i", r->step, DEVICE, any_lab_rules[r->rule].id);
		fputs(",\"s\":\"g\",\"cat\":\"finding\",\"args\":{\"text\":\"", s->file);
		put_text(s->file, r->text);
		fputs("\",\"at\":\"", s->file);
		put_text(s->file, r->at.file);
		fprintf(s->file, ":%u\"}}", r->at.line);
	}
	fputs("\n]\n", s->file);
	__real_free(s->open);
}

bool lab_trace_open(struct lab_sink *sink, const char *path)
{
	*sink = (struct lab_sink){.file = fopen(path, "w"), .event = on_event, .end = at_end};
	if (!sink->file)
		return false;
	fputs("[\n{\"ph\":\"M\",\"ts\":0,\"pid\":1,\"tid\":0,\"name\":\"process_name\",\"args\":"
	      "{\"name\":\"anydma lab\"}}",
	      sink->file);
	for (int i = 1; i < TRACKS; i++) {
		begin(sink, "M", 0, i, "thread_name");
		fprintf(sink->file, ",\"args\":{\"name\":\"%s\"}}", tracks[i]);
	}
	return true;
}

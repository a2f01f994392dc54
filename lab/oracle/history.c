/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What became of some bytes, in order: who stored, cleaned, mapped, read or wrote them. Only a run
 * that is made again for a report keeps it, so other runs pay nothing for it.
 */
#include "history.h"
#include "../core/machine.h"

/* NULL: says nothing about who has the bytes. */
static const char *const by_cpu[] = {
	[LAB_EV_LOAD] = "loaded by the CPU",
	[LAB_EV_STORE] = "stored by the CPU",
	[LAB_EV_CLEAN] = "cleaned",
	[LAB_EV_INVAL] = "invalidated",
	[LAB_EV_MAP] = "mapped for the device",
	[LAB_EV_UNMAP] = "unmapped",
	[LAB_EV_SYNC] = "synced for the CPU",
	[LAB_EV_EVICT] = "line evicted from a cache",
	[LAB_EV_FILL] = "line filled by speculation",
	[LAB_EV_DELIVER] = "the device's write became visible",
	[LAB_EV_ALLOC] = "allocated for both sides",
	[LAB_EV_FREE] = "given back by the driver",
	[LAB_EV_TAKE] = "taken by the device: it read the address",
	[LAB_EV_RETURN] = "given back by the device",

};

static bool by_device(const struct lab_event *ev)
{
	return ev->master == LAB_DEVICE && (ev->kind == LAB_EV_LOAD || ev->kind == LAB_EV_STORE);
}

static const char *words(const struct lab_event *ev)
{
	if (by_device(ev))
		return ev->kind == LAB_EV_LOAD ? "read by the device" : "written by the device";
	if (ev->kind == LAB_EV_SYNC && ev->region == LAB_DRAM)
		return "synced for the device";
	return by_cpu[ev->kind];
}

/* Cache operations work on whole lines, whatever range they were given. */
static bool concerns(const struct lab_history *h, const struct lab_machine *m,
		     const struct lab_event *ev)
{
	bool lines = ev->kind == LAB_EV_CLEAN || ev->kind == LAB_EV_INVAL;
	uint64_t mask = lines ? m->line - 1 : 0;

	return words(ev) && (ev->phys & ~mask) < h->phys + h->len &&
	       h->phys < ((ev->phys + ev->len + mask) & ~mask);
}

/* The machine's own doing has no line, and nobody's call is under way that it could be put to. */
static bool has_caller(const struct lab_event *ev)
{
	return ev->kind != LAB_EV_EVICT && ev->kind != LAB_EV_FILL && ev->kind != LAB_EV_DELIVER &&
	       ev->kind != LAB_EV_TAKE && ev->kind != LAB_EV_RETURN && ev->master != LAB_DEVICE;
}

static bool alike(const struct lab_event *a, const struct lab_event *b)
{
	return a->kind == b->kind && a->master == b->master && a->pc == b->pc &&
	       a->region == b->region;
}

/* The entry that this event repeats: the last one, or one with only loads since, as of a loop that
 * polls. NULL: it is news. */
static struct lab_past *repeated(struct lab_history *h, const struct lab_event *ev)
{
	for (uint64_t i = h->n; i > 0 && i + LAB_PAST > h->n; i--) {
		struct lab_past *p = &h->past[(i - 1) % LAB_PAST];

		if (alike(&p->ev, ev))
			return i == h->n || ev->kind == LAB_EV_LOAD ? p : NULL;
		if (p->ev.kind != LAB_EV_LOAD || p->ev.master != ev->master)
			return NULL;
	}
	return NULL;
}

static void on_event(struct lab_sink *sink, const struct lab_machine *m, const struct lab_event *ev)
{
	struct lab_history *h = sink->ctx;
	struct lab_past *p;

	if (!concerns(h, m, ev))
		return;
	p = repeated(h, ev);
	if (!p) {
		p = &h->past[h->n++ % LAB_PAST];
		p->times = 0;
		memset(p->trace, 0, sizeof(p->trace));
		if (has_caller(ev))
			lab_trace(p->trace);
	}
	p->ev = *ev;
	p->times++;
}

void lab_history_open(struct lab_sink *sink, struct lab_history *h)
{
	*sink = (struct lab_sink){.event = on_event, .ctx = h};
}

/* ---- told */

static void tell(const struct lab_past *p, struct any_lab_site *site)
{
	const struct lab_event *ev = &p->ev;
	uint64_t base = (uint64_t)(uintptr_t)lab_program_start();

	memset(site, 0, sizeof(*site));
	if (ev->pc && (by_device(ev) || !p->trace[0] || !lab_source_is_passed_on(base + ev->pc)))
		lab_source(base + ev->pc, site);
	else if (p->trace[0])
		lab_source(lab_trace_pc(p->trace), site);
	if (!site->line) /* a name alone is the lab's own */
		memset(site, 0, sizeof(*site));
	site->step = ev->step;
	snprintf(site->what, sizeof(site->what), "%s%s%s", words(ev),
		 ev->region == LAB_UNCACHED && !by_device(ev) ? ", not cached" : "",
		 ev->master == LAB_CPU1 ? ", CPU 1" : "");
	if (p->times > 1)
		snprintf(site->what + strlen(site->what), 32, " (%llu times)",
			 (unsigned long long)p->times);
}

static bool gives(const struct lab_event *ev)
{
	return ev->kind == LAB_EV_MAP || ev->kind == LAB_EV_ALLOC || ev->kind == LAB_EV_TAKE;
}

/* The newest ones; and before them how the device came to these bytes, if that is longer ago. */
void lab_history_tell(const struct lab_history *h, struct any_lab_report *r)
{
	uint64_t oldest = h->n > LAB_PAST ? h->n - LAB_PAST : 0;
	uint64_t from = h->n - oldest > ANY_LAB_HISTORY ? h->n - ANY_LAB_HISTORY : oldest;
	uint64_t given = h->n;

	r->n_history = 0;
	while (given > oldest && !gives(&h->past[(given - 1) % LAB_PAST].ev))
		given--;
	if (given > oldest && given - 1 < from) {
		tell(&h->past[(given - 1) % LAB_PAST], &r->history[r->n_history++]);
		from++;
	}
	for (; from < h->n; from++)
		tell(&h->past[from % LAB_PAST], &r->history[r->n_history++]);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bus numbers, and windows of bridges: what firmware does. On the way down a bridge passes every
 * bus from its own on, and what is behind it takes addresses from the start of its parent's room;
 * on the way up both are closed behind the last that was given.
 */
#include "bus.h"

#include "base/bits.h"

#define BAR0	      0x10u
#define BARS	      6u
#define BARS_BRIDGE   2u
#define MEMORY	      0x20u /* base and limit: the upper 12 of 32 bits each */
#define PREFETCH      0x24u
#define PREFETCH_HIGH 0x28u /* base, then limit */
#define ADDRESS	      0xfff0fff0u
#define KIND	      0xfu
#define KIND_WIDE     0x1u
#define CLOSED	      0x0000fff0u /* its base lies behind its limit */
#define NUMBERS	      0x00ffffffu
#define PASSED	      0x00ffff00u /* the primary may be hard-wired, and nothing goes by it */
#define CLASS	      0x0au
#define CLASS_HOST    0x0600u
#define MIB	      (1ull << 20)
#define TOP	      (UINT64_MAX >> 1) /* so that what comes behind a window has an address too */

struct enumeration {
	const struct any_pci_host *host;
	uint8_t given; /* the last bus that has its number */
	int err;
};

/* Prefetchable BARs are tried in their own window first; the other takes what is left. */
enum { PREF, MEM };

/* What is behind a bridge gets from its parent; NULL: that kind is closed. */
struct passage {
	struct any_pci_window *from[2];
	struct any_pci_window room[2];
	uint64_t start[2];
	bool wide; /* prefetchable addresses of 64 bits */
};

struct one {
	const struct any_pci_host *host;
	uint32_t function;
};

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	const struct one *fn = ctx;

	return pci_get(fn->host, fn->function, offset, width);
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	const struct one *fn = ctx;

	pci_put(fn->host, fn->function, offset, width, value);
}

static const struct any_pci_ops one_ops = {config_read, config_write, NULL};

static void fail(struct enumeration *e, int err)
{
	if (!e->err)
		e->err = err;
}

/* ---- numbers */

/* The timer beside them stays. */
static void put_buses(const struct any_pci_host *host, uint32_t function, uint32_t buses)
{
	const uint32_t timer = pci_get(host, function, PCI_BUSES, 4) & ~NUMBERS;

	pci_put(host, function, PCI_BUSES, 4, timer | buses);
}

static bool set_buses(const struct any_pci_host *host, uint32_t function, uint8_t secondary,
		      uint8_t last)
{
	const uint32_t buses = function >> 8 | (uint32_t)secondary << 8 | (uint32_t)last << 16;

	put_buses(host, function, buses);
	return !((pci_get(host, function, PCI_BUSES, 4) ^ buses) & PASSED);
}

/* Nothing is behind it any more; its number stays given, lest the bridge has not heard. */
static void shut(struct enumeration *e, uint32_t function, int why)
{
	pci_put(e->host, function, PCI_COMMAND, 2, 0);
	put_buses(e->host, function, 0);
	fail(e, why);
}

/* ---- before anything is given: what an earlier run left must not answer for others */

/*
 * On the root bus the machine may be using what has an address; behind a bridge an address means
 * nothing yet.
 */
static void unset(const struct any_pci_host *host, uint32_t function, bool root)
{
	const uint32_t type = pci_get(host, function, PCI_HEADER, 1) & PCI_HEADER_TYPE;
	const unsigned bars = root ? 0 : type == 0 ? BARS : type == 1 ? BARS_BRIDGE : 0;

	if (type == 1 || bars)
		pci_put(host, function, PCI_COMMAND, 2, 0);
	for (unsigned i = 0; i < bars; i++)
		pci_put(host, function, BAR0 + 4 * i, 4, 0);
	if (type == 1)
		put_buses(host, function, 0);
}

static void assign(struct enumeration *e, uint32_t function, struct any_pci_window *windows,
		   unsigned n)
{
	struct one one = {e->host, function};
	const struct any_pci_function fn = {&one_ops, &one};
	int err;

	/* How a host bridge sees memory is no device's BAR, whatever it looks like. */
	if (pci_get(e->host, function, CLASS, 2) == CLASS_HOST)
		return;
	err = any_pci_assign(&fn, windows, n);
	if (err)
		fail(e, err);
}

/* ---- windows */

/* What of a window a bridge can pass: whole MiB, and not address 0. False: nothing. */
static bool whole(const struct any_pci_window *w, bool wide, struct any_pci_window *room)
{
	const uint64_t end = any_min_u64(w->end, wide ? TOP : UINT32_MAX);

	if (w->next > end)
		return false;
	room->next = any_align_up(any_max_u64(w->next, 1), MIB);
	room->end = any_align_down(end + 1, MIB) - 1;
	return end >= MIB && room->next < room->end;
}

/* The roomiest, for memory one that takes everything and for prefetchable BARs any other. */
static void choose(struct passage *p, int kind, bool wide, struct any_pci_window *windows,
		   unsigned n)
{
	struct any_pci_window room;

	p->room[kind] = (struct any_pci_window){1, 0, kind == PREF};
	for (unsigned i = 0; i < n; i++) {
		if (&windows[i] == p->from[MEM] || (kind == MEM && windows[i].prefetchable) ||
		    !whole(&windows[i], wide, &room))
			continue;
		if (p->from[kind] && room.end - room.next <= p->room[kind].end - p->room[kind].next)
			continue;
		p->from[kind] = &windows[i];
		p->room[kind].next = p->start[kind] = room.next;
		p->room[kind].end = room.end;
	}
}

/* A bridge need not have the prefetchable window, nor 64 bits in it. */
static void prepare(const struct any_pci_host *host, uint32_t function, struct passage *p,
		    struct any_pci_window *windows, unsigned n)
{
	uint32_t kind;

	*p = (struct passage){.wide = false};
	pci_put(host, function, PREFETCH, 4, ADDRESS);
	kind = pci_get(host, function, PREFETCH, 4);
	p->wide = (kind & KIND) == KIND_WIDE;
	choose(p, MEM, false, windows, n);
	choose(p, PREF, p->wide, windows, kind & ADDRESS ? n : 0);
}

/* The register's value for what was given out, and that is gone from the parent's. */
static uint32_t settle(struct passage *p, int kind, uint64_t *limit)
{
	*limit = 0;
	if (!p->from[kind] || p->room[kind].next == p->start[kind])
		return CLOSED;
	*limit = any_align_up(p->room[kind].next, MIB) - 1;
	p->from[kind]->next = *limit + 1;
	return (uint32_t)(p->start[kind] >> 16 & 0xfff0u) | (uint32_t)(*limit & 0xfff00000u);
}

static bool keeps(const struct any_pci_host *host, uint32_t function, uint32_t offset,
		  uint32_t value, uint32_t mask)
{
	pci_put(host, function, offset, 4, value);
	return (pci_get(host, function, offset, 4) & mask) == value;
}

static bool open_windows(const struct any_pci_host *host, uint32_t function, struct passage *p)
{
	uint64_t limit;
	const uint32_t memory = settle(p, MEM, &limit), prefetch = settle(p, PREF, &limit);

	bool good = keeps(host, function, MEMORY, memory, ADDRESS);

	if (p->wide) {
		good &= keeps(host, function, PREFETCH_HIGH, (uint32_t)(p->start[PREF] >> 32),
			      UINT32_MAX);
		good &= keeps(host, function, PREFETCH_HIGH + 4, (uint32_t)(limit >> 32),
			      UINT32_MAX);
	}
	if (!keeps(host, function, PREFETCH, prefetch, ADDRESS))
		good &= prefetch == CLOSED; /* as one that has none */
	return good;
}

/* ---- down and up again */

static void scan(struct enumeration *e, const struct pci_bus *bus, struct any_pci_window *windows,
		 unsigned n);

static void bridge(struct enumeration *e, const struct pci_bus *bus, uint32_t function,
		   struct any_pci_window *windows, unsigned n)
{
	const enum pci_port port = any_pci_port_of(e->host, function);
	struct pci_bus below = {
		.number = (uint8_t)(e->given + 1),
		.last = bus->last,
		.single = port == PCI_PORT_ROOT || port == PCI_PORT_DOWNSTREAM,
		.depth = bus->depth + 1,
	};
	struct passage p;

	if (bus->depth == ANY_PCI_DEPTH || e->given == e->host->last) {
		fail(e, -ANY_ENOSPC);
		return;
	}
	e->given = below.number;
	if (!set_buses(e->host, function, below.number, below.last)) {
		shut(e, function, -ANY_EPROTO);
		return;
	}
	prepare(e->host, function, &p, windows, n);
	scan(e, &below, p.room, ANY_ARRAY_SIZE(p.room));
	if (!open_windows(e->host, function, &p) ||
	    !set_buses(e->host, function, below.number, e->given))
		shut(e, function, -ANY_EPROTO);
}

static void scan(struct enumeration *e, const struct pci_bus *bus, struct any_pci_window *windows,
		 unsigned n)
{
	const struct any_pci_host *host = e->host;

	for (unsigned i = any_pci_next(host, bus, 0); i < PCI_FUNCTIONS;
	     i = any_pci_next(host, bus, i + 1))
		unset(host, (uint32_t)bus->number << 8 | i, !bus->depth);
	for (unsigned i = any_pci_next(host, bus, 0); i < PCI_FUNCTIONS;
	     i = any_pci_next(host, bus, i + 1)) {
		const uint32_t function = (uint32_t)bus->number << 8 | i;

		assign(e, function, windows, n);
		if ((pci_get(host, function, PCI_HEADER, 1) & PCI_HEADER_TYPE) == 1)
			bridge(e, bus, function, windows, n);
	}
}

int any_pci_enumerate(const struct any_pci_host *host, struct any_pci_window *windows, unsigned n)
{
	struct enumeration e = {.host = host, .given = host->first};
	const struct pci_bus root = {.number = host->first, .last = host->last};

	scan(&e, &root, windows, n);
	return e.err;
}

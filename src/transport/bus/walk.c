/* SPDX-License-Identifier: BSD-2-Clause */
/* The way down to each function, by the numbers that bridges have. */
#include "bus.h"

struct walk {
	const struct any_pci_host *host;
	int (*found)(void *ctx, const struct any_pci_place *place);
	void *ctx;
	struct any_pci_place place; /* of the function at hand */
	uint32_t seen[8];	    /* buses */
	bool lied;
};

/* No bus is entered twice, whatever bridges say: that ends it. */
static bool enter(struct walk *w, uint8_t bus)
{
	uint32_t *word = &w->seen[bus / 32];
	const uint32_t bit = 1u << bus % 32;

	if (*word & bit)
		return false;
	*word |= bit;
	return true;
}

/*
 * The bus behind a bridge: further down than this one (which has been entered), inside what this
 * one's bridge passes, and nobody's yet. False: there is none to be had. Numbers of 0 are those of
 * a bridge nobody has set up.
 */
static bool behind(struct walk *w, const struct pci_bus *bus, uint16_t function,
		   struct pci_bus *below)
{
	const uint32_t buses = pci_get(w->host, function, PCI_BUSES, 4);
	const uint8_t secondary = (uint8_t)(buses >> 8), last = (uint8_t)(buses >> 16);

	if (!secondary && !last)
		return false;
	if (secondary < bus->number || last < secondary || last > bus->last ||
	    bus->depth == ANY_PCI_DEPTH || !enter(w, secondary)) {
		w->lied = true;
		return false;
	}
	*below = (struct pci_bus){.number = secondary, .last = last, .depth = bus->depth + 1};
	return true;
}

/* The bridge nearest to the host that puts an id of its own in the place of others'. */
static void alias(struct any_pci_place *place, enum pci_port port, uint16_t function,
		  uint8_t secondary)
{
	if (place->aliased)
		return;
	place->aliased =
		port == PCI_PORT_TO_PCI || port == PCI_PORT_FROM_PCI || port == PCI_PORT_NONE;
	place->requester = function;
	if (port == PCI_PORT_TO_PCI)
		place->requester = (uint16_t)((uint32_t)secondary << 8);
}

static int scan(struct walk *w, const struct pci_bus *bus);

static int bridge(struct walk *w, const struct pci_bus *bus, uint16_t function)
{
	const struct any_pci_place above = w->place;
	struct pci_bus below;
	enum pci_port port;
	uint32_t command;
	int err;

	if (!behind(w, bus, function, &below))
		return 0;
	port = any_pci_port_of(w->host, function);
	below.single = port == PCI_PORT_ROOT || port == PCI_PORT_DOWNSTREAM;
	alias(&w->place, port, function, below.number);
	w->place.path[w->place.n_path++] = function;
	command = pci_get(w->host, function, PCI_COMMAND, 2);
	pci_put(w->host, function, PCI_COMMAND, 2,
		command | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	err = scan(w, &below);
	w->place = above;
	return err;
}

static int function(struct walk *w, uint16_t number)
{
	struct any_pci_place place = w->place;

	place.function = number;
	if (!place.aliased)
		place.requester = number;
	return w->found(w->ctx, &place);
}

static int scan(struct walk *w, const struct pci_bus *bus)
{
	int err = 0;

	for (unsigned n = any_pci_next(w->host, bus, 0); n < PCI_FUNCTIONS && !err;
	     n = any_pci_next(w->host, bus, n + 1)) {
		const uint16_t number = (uint16_t)((uint32_t)bus->number << 8 | n);
		const uint32_t type = pci_get(w->host, number, PCI_HEADER, 1) & PCI_HEADER_TYPE;

		if (type == 1)
			err = bridge(w, bus, number);
		else if (!type)
			err = function(w, number);
	}
	return err;
}

int any_pci_walk(const struct any_pci_host *host,
		 int (*found)(void *ctx, const struct any_pci_place *place), void *ctx)
{
	struct walk w = {.host = host, .found = found, .ctx = ctx};
	const struct pci_bus root = {.number = host->first, .last = host->last};
	int err;

	(void)enter(&w, root.number);
	err = scan(&w, &root);
	return err ? err : w.lied ? -ANY_EPROTO : 0;
}

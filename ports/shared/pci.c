/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions of a PCI host bridge that are virtio devices: found, placed, and driven. */
#include <anydma/virtio/pci_bus.h>

#include "arch/width.h"
#include "port.h"

#define DEVICES 8u /* virtio devices of an image, at most */

struct function {
	const struct port_pci *host;
	uint32_t number;
};

static uint32_t host_read(void *ctx, uint32_t function, uint32_t offset, unsigned width)
{
	const struct port_pci *host = ctx;

	return host->read(host, function, offset, width);
}

static void host_write(void *ctx, uint32_t function, uint32_t offset, unsigned width,
		       uint32_t value)
{
	const struct port_pci *host = ctx;

	host->write(host, function, offset, width, value);
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	const struct function *f = ctx;

	return f->host->read(f->host, f->number, offset, width);
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	const struct function *f = ctx;

	f->host->write(f->host, f->number, offset, width, value);
}

static volatile void *map(void *ctx, uint64_t bus, uint64_t size)
{
	const struct function *f = ctx;

	for (unsigned i = 0; i < f->host->n_ranges; i++) {
		const struct port_pci_range *r = &f->host->ranges[i];

		if (bus - r->bus < r->size && size <= r->size - (bus - r->bus))
			return port->map(r->cpu + (bus - r->bus), size);
	}
	return NULL;
}

static const struct any_pci_ops ops = {config_read, config_write, map};

static char *text(char *to, const char *from)
{
	while (*from)
		*to++ = *from++;
	*to = 0;
	return to;
}

static char *byte(char *to, uint32_t value)
{
	*to++ = "0123456789abcdef"[value >> 4 & 15u];
	*to++ = "0123456789abcdef"[value & 15u];
	return to;
}

static void name_of(char *name, const struct function *f)
{
	char *end = text(name, f->host->node ? f->host->node : "pci");
	const uint32_t device = f->number >> 3 & 31u;

	*end++ = ' ';
	end = byte(end, f->number >> 8);
	*end++ = ':';
	end = byte(end, device);
	*end++ = '.';
	*end++ = (char)('0' + (f->number & 7u));
	*end = 0;
}

static uint32_t stream_of(const struct port_pci *host, uint32_t requester)
{
	for (unsigned i = 0; i < host->n_streams; i++) {
		const struct port_pci_streams *s = &host->streams[i];

		if (requester - s->first < s->count)
			return s->stream + (requester - s->first);
	}
	return requester;
}

struct scan {
	const struct any_platform_tree *tree;
	const struct port_pci *host;
};

/* Called by any_pci_walk. */
static int drive(void *ctx, const struct any_pci_place *at)
{
	static struct {
		char name[ANY_PLATFORM_TEXT + 12];
		struct function function;
		struct any_virtio_pci pci;
		struct any_virtio_transport transport;
	} devices[DEVICES], *d; /* an IOMMU is used until the end */
	static unsigned n;
	const struct scan *scan = ctx;
	struct function f = {scan->host, at->function};
	struct any_pci_function fn = {.ops = &ops};
	struct port_place place = {scan->tree, scan->host->node, .pci = at};
	const char *why;
	int err;

	if ((config_read(&f, 0, 4) & 0xffffu) != 0x1af4u || n == DEVICES)
		return 0;
	d = &devices[n++];
	d->function = f;
	fn.ctx = &d->function;
	name_of(d->name, &f);
	place.name = d->name;
	place.requester = stream_of(scan->host, at->requester);
	err = any_virtio_pci_init(&d->pci, &d->transport, &fn, &why);
	if (!port_ok(!err, "%s: its structures are found: %s", d->name,
		     err ? why : any_strerror(0)))
		return 0;
	port_calls_of(&d->pci);
	port_device_found(&place, &d->transport);
	port_calls_of(NULL);
	return 0;
}

/* Everything gets its number and address; ranges the CPU does not have are not given out. */
static void enumerate(const struct any_pci_host *buses, const struct port_pci *host)
{
	struct any_pci_window windows[ANY_ARRAY_SIZE(host->ranges)];
	unsigned n = 0;
	int err;

	for (unsigned i = 0; i < host->n_ranges; i++) {
		const struct port_pci_range *r = &host->ranges[i];

		if (!port->map(r->cpu, r->size))
			continue;
		/* Address 0 says that a BAR has none. */
		windows[n++] = (struct any_pci_window){r->bus ? r->bus : 4096,
						       r->bus + (r->size - 1), r->prefetchable};
	}
	err = any_pci_enumerate(buses, windows, n);
	port_ok(!err, "%s: buses, BARs and bridges are given their numbers: %s",
		host->node ? host->node : "pci", any_strerror(err));
}

void port_pci_scan(const struct any_platform_tree *tree, const struct port_pci *host)
{
	struct port_pci own = *host;
	struct scan scan = {tree, host};
	const struct any_pci_host buses = {host_read, host_write, &own, 0, host->last};
	int err;

	if (host->assign)
		enumerate(&buses, host);
	err = any_pci_walk(&buses, drive, &scan);
	port_ok(!err, "%s: every bus is seen: %s", host->node ? host->node : "pci",
		any_strerror(err));
}

/* ---- ECAM: 4 KiB for each function */

static volatile uint8_t *ecam(const struct port_pci *host, uint32_t function, uint32_t offset)
{
	return host->ecam + ((uint64_t)function << 12) + offset;
}

uint32_t port_pci_ecam_read(const struct port_pci *host, uint32_t function, uint32_t offset,
			    unsigned width)
{
	return any_mmio_read(ecam(host, function, offset), width);
}

void port_pci_ecam_write(const struct port_pci *host, uint32_t function, uint32_t offset,
			 unsigned width, uint32_t value)
{
	any_mmio_write(ecam(host, function, offset), width, value);
}

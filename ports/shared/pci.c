/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions of a PCI host bridge that are virtio devices: found, placed, and driven. */
#include <anydma/virtio/pci.h>

#include "arch/width.h"
#include "port.h"

#define FUNCTIONS 256u /* of the first bus: QEMU puts devices there */
#define HEADER	  0x0eu
#define MULTI	  0x80u
#define DEVICES	  8u /* virtio devices of an image, at most */

struct function {
	const struct port_pci *host;
	uint32_t number;
};

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

static void name_of(char *name, const struct function *f)
{
	char *end = text(name, f->host->node ? f->host->node : "pci");
	const uint32_t device = f->number >> 3 & 31u;

	*end++ = ' ';
	*end++ = "0123456789abcdef"[device >> 4];
	*end++ = "0123456789abcdef"[device & 15u];
	*end++ = '.';
	*end++ = (char)('0' + (f->number & 7u));
	*end = 0;
}

static uint32_t stream_of(const struct function *f)
{
	for (unsigned i = 0; i < f->host->n_streams; i++) {
		const struct port_pci_streams *s = &f->host->streams[i];

		if (f->number - s->first < s->count)
			return s->stream + (f->number - s->first);
	}
	return f->number;
}

static void drive(const struct any_platform_tree *tree, struct function *f,
		  struct any_pci_window *windows)
{
	static struct {
		char name[ANY_PLATFORM_TEXT + 8];
		struct function function;
		struct any_virtio_pci pci;
		struct any_virtio_transport transport;
	} devices[DEVICES], *d; /* an IOMMU is used until the end */
	static unsigned n;
	struct any_pci_function fn = {.ops = &ops};
	struct port_place place = {tree, f->host->node, .requester = stream_of(f)};
	const char *why;
	int err;

	if ((config_read(f, 0, 4) & 0xffffu) != 0x1af4u || n == DEVICES)
		return;
	d = &devices[n++];
	d->function = *f;
	fn.ctx = &d->function;
	name_of(d->name, f);
	place.name = d->name;
	err = f->host->assign ? any_pci_assign(&fn, windows, f->host->n_ranges) : 0;
	if (!port_ok(!err, "%s: its BARs have addresses: %s", d->name, any_strerror(err)))
		return;
	err = any_virtio_pci_init(&d->pci, &d->transport, &fn, &why);
	if (!port_ok(!err, "%s: its structures are found: %s", d->name,
		     err ? why : any_strerror(0)))
		return;
	port_calls_of(&d->pci);
	port_device_found(&place, &d->transport);
	port_calls_of(NULL);
}

void port_pci_scan(const struct any_platform_tree *tree, const struct port_pci *host)
{
	struct any_pci_window windows[ANY_ARRAY_SIZE(host->ranges)];
	struct function f = {.host = host};

	for (unsigned i = 0; i < host->n_ranges; i++) {
		const struct port_pci_range *r = &host->ranges[i];

		/* Address 0 says that a BAR has none. */
		windows[i] = (struct any_pci_window){r->bus ? r->bus : 4096, r->bus + (r->size - 1),
						     r->prefetchable};
	}
	for (; f.number < FUNCTIONS; f.number++) {
		if (config_read(&f, 0, 4) != UINT32_MAX)
			drive(tree, &f, windows);
		if (!(f.number & 7u) && !(config_read(&f, HEADER, 1) & MULTI))
			f.number |= 7u;
	}
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a board gives to the images' common part, and what that gives to the bodies: one file in
 * ports/body for each type of device.
 *
 * A board starts the CPU, turns its caches on where it has any, fills `struct port` and calls
 * port_main, which finds every virtio device, runs the bodies on it, prints TAP and turns the
 * machine off.
 */
#ifndef ANYDMA_PORT_H
#define ANYDMA_PORT_H

#include <anydma/dma.h>
#include <anydma/platform.h>
#include <anydma/virtio.h>

/* A PCI host bridge. Functions are named by bus << 8 | device << 3 | function. */
struct port_pci {
	uint32_t (*read)(const struct port_pci *host, uint32_t function, uint32_t offset,
			 unsigned width);
	void (*write)(const struct port_pci *host, uint32_t function, uint32_t offset,
		      unsigned width, uint32_t value);
	volatile uint8_t *ecam; /* for port_pci_ecam_read, _write */
	struct port_pci_range {
		uint64_t bus, cpu, size;
		bool prefetchable;
	} ranges[4];
	unsigned n_ranges;
	bool assign;	  /* no firmware gave the BARs addresses */
	const char *node; /* of the tree; NULL: the board has none */
};

struct port {
	const char *name;
	const void *dtb; /* aligned to 8; NULL: the board has none */
	size_t dtb_size;
	/* RAM that all buffers come from, by a cached address. */
	struct any_dma_region heap;
	/* RAM by an address that bypasses the caches: coherent memory of a bus that does not snoop.
	 */
	struct any_dma_region uncached;
	/* The same RAM by a cached address: coherent memory of a bus that snoops. */
	void *coherent;
	const struct port_pci *pci; /* NULL: host bridges are in the tree, if there are any */
	const struct any_dma_cache_ops *cache;
	uint32_t line; /* the largest cache line, bytes */
	void (*drain)(void *ctx, enum any_dma_dir dir);
	volatile void *(*map)(uint64_t phys, uint64_t size); /* registers */
	void (*put)(char c);
	void (*off)(void) ANY_NORETURN;
};

extern const struct port *port; /* of this image, once port_main is entered */

_Noreturn void port_main(const struct port *board);

/* ---- tap.c: %s %c %d %u %x %llu %llx */

void port_say(const char *format, ...) ANY_PRINTF(1, 2);
/* One line of TAP, `ok` or `not ok`; returns `good`. */
bool port_ok(bool good, const char *format, ...) ANY_PRINTF(2, 3);
_Noreturn void port_done(void); /* the plan, then off */
_Noreturn void port_panic(const char *why);

/* ---- heap.c: taken, never given back but all at once */

void *port_alloc(size_t size, size_t align);
void port_alloc_reset(void);

/* ---- dma.c: one device's path to memory */

/* Whether the bus snoops is taken from the tree, or the worst is assumed: every cache operation is
 * done, and coherent memory is uncached. */
enum port_reading {
	PORT_AS_IT_IS,
	PORT_WITHOUT_SNOOPING,
	PORT_READINGS,
};
extern const char *const port_reading_names[PORT_READINGS];

struct port_path {
	struct any_dma_platform plat;
	struct any_dma_dev dev;
	struct any_dma_ops ops;
	struct any_dma_region ram[2];
	struct any_coherent_region coherent;
	struct any_bounce_pool pool;
};
/* `node`: the device's path in the tree; NULL: the board has none, and nothing stands between. */
int port_path_init(struct port_path *path, const struct any_platform_tree *tree, const char *node,
		   enum port_reading reading);

/* ---- bodies */

struct port_device {
	const struct any_virtio_transport *transport;
	struct any_dma_dev *dma;
	const char *name; /* of this place, for what is printed */
	enum port_reading reading;
};
/*
 * What any_virtio_begin must answer for a device without ACCESS_PLATFORM on a bus that does more
 * than nothing (AP-2). True: that was it, and there is nothing more to try.
 */
bool port_refused(const struct port_device *device, int err);

struct port_body {
	uint32_t device_id;
	void (*run)(const struct port_device *device);
};
extern const struct port_body *const port_bodies[]; /* ports/body/list.h; ends with NULL */

/* A device found by a bus (mmio.c, ...): every reading of it, by the body of its type. */
void port_device_found(const struct any_platform_tree *tree, const char *node, const char *where,
		       const struct any_virtio_transport *transport);

/* ---- calls.c: do they arrive? */

struct any_virtio_pci;
void port_calls_of(struct any_virtio_pci *pci); /* the device at hand; NULL: not on PCI */
/* What the body is to drive, and the verdict once it has. */
const struct any_virtio_transport *port_calls_begin(const struct port_device *device);
void port_calls_end(const struct port_device *device);

/* ---- buses */

/* ports/tree, or ports/treeless where no libfdt is to be had */
void port_tree_search(void);
int port_tree_facts(const struct any_platform_tree *tree, const char *node,
		    struct any_dma_facts *facts);

/* pci.c */
void port_pci_scan(const struct any_platform_tree *tree, const struct port_pci *host);
uint32_t port_pci_ecam_read(const struct port_pci *host, uint32_t function, uint32_t offset,
			    unsigned width);
void port_pci_ecam_write(const struct port_pci *host, uint32_t function, uint32_t offset,
			 unsigned width, uint32_t value);

/* ---- patterns both the host and the image know (ports/host/pattern.py) */

void port_pattern(void *to, size_t len, uint64_t seed, uint64_t offset);
/* The first byte that is not as it should be, or len. */
size_t port_pattern_differs(const void *at, size_t len, uint64_t seed, uint64_t offset);

#endif

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
#include <anydma/iommu.h>
#include <anydma/iova.h>
#include <anydma/platform.h>
#include <anydma/virtio.h>

/* A PCI host bridge. Functions are named as in any_pci_host. */
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
	/* What an IOMMU knows functions by (iommu-map); none: by their numbers. */
	struct port_pci_streams {
		uint32_t first, stream, count;
	} streams[4];
	unsigned n_streams;
	uint8_t last;	  /* bus that can be reached; the first is 0 */
	bool assign;	  /* no firmware gave BARs, buses and bridges their numbers */
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
	uint64_t rsdp;		    /* ACPI's root pointer; 0: none. It says how pci is reached */
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
void port_alloc_keep(void); /* what was taken so far stays for good */

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
	struct any_dma_iommu iommu;
	struct any_iova iova;
	struct any_iova_range ranges[16];
};

/* A device as its bus knows it. */
struct any_pci_place;
struct port_place {
	const struct any_platform_tree *tree;
	const char
		*node; /* its path in the tree; NULL: there is none, and nothing stands between */
	const char *name;		 /* for what is printed */
	uint32_t requester;		 /* what an IOMMU knows it by */
	const struct any_pci_place *pci; /* NULL: it is on another bus */
};
int port_path_init(struct port_path *path, const struct port_place *place,
		   enum port_reading reading);

/* ---- ports/iommu: the machine's IOMMU; paths made once it is found go through it */

struct port_iommu {
	const char *name;
	/* A domain for this device alone: ops, ctx and granule; holes out of `iova`. */
	int (*attach)(uint32_t requester, struct any_dma_iommu *iommu, struct any_iova *iova);
	int (*fault)(struct any_iommu_fault *fault); /* EAGAIN: none */
};
extern const struct port_iommu *port_iommu; /* NULL: none (yet) */
/* Attached to nothing, or to its domain again, which keeps its mappings. NULL: not to be tried. */
extern int (*port_iommu_block)(uint32_t requester, bool blocked);

#define PORT_IOVA      0x10000000ull /* the address space a device gets */
#define PORT_IOVA_SIZE 0x10000000ull

/* One was found in the tree (NAME.c; ports/tree/iommu.c has the list). */
void port_smmu_found(const char *node, uint64_t base, uint64_t size);
void port_riscv_iommu_found(const char *node, uint64_t base, uint64_t size);
/* A virtio IOMMU was found (virtio_iommu.c). */
void port_viommu_found(const struct port_place *place,
		       const struct any_virtio_transport *transport);
/* A function is behind a VT-d unit with these registers (vtd.c); `answer` stays. */
struct any_acpi_answer;
int port_vtd_found(const struct any_acpi_answer *answer, volatile void *regs);

/* ---- bodies */

struct port_device {
	const struct any_virtio_transport *transport;
	struct any_dma_dev *dma;
	const struct port_place *place;
	const char *name; /* the place's */
	enum port_reading reading;
};
/* A read of memory nobody mapped: the IOMMU must stop it, and say so. */
void port_fault_check(const struct port_device *device);
/*
 * What any_virtio_begin must answer for a device without ACCESS_PLATFORM on a bus that does more
 * than nothing (AP-2). True: that was it, and there is nothing more to try.
 */
bool port_refused(const struct port_device *device, int err);

struct port_body {
	uint32_t device_id;
	bool faults; /* it reads what lies in its first queue as soon as it is kicked */
	void (*run)(const struct port_device *device);
};
extern const struct port_body *const port_bodies[]; /* ports/body/list.h; ends with NULL */

/* A device found by a bus: every reading of it, by the body of its type. `transport` stays. */
void port_device_found(const struct port_place *place,
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

/* acpi.c: the board's pci through what MCFG says; a function's facts by DMAR and its kin */
void port_acpi_search(void);
int port_acpi_facts(const struct any_pci_place *place, struct any_dma_facts *facts);

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

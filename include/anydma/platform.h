/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Platforms are data: from a flattened devicetree to what one device needs to know, and to what the
 * lab needs to build the machine. The tree is a file from outside: nothing in it is trusted.
 *
 * Standard properties are read as Linux reads them (dma-ranges up the DMA parents, nearest
 * dma-coherent, iommus, iommu-map, restricted-dma-pool). What no binding covers is in the node
 * /anydma (docs/binding.md).
 */
#ifndef ANYDMA_PLATFORM_H
#define ANYDMA_PLATFORM_H

#include <anydma/dma_ops.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_PLATFORM_RANGES   16
#define ANY_PLATFORM_RESERVED 64
#define ANY_PLATFORM_SEGMENTS 32
#define ANY_PLATFORM_HOLES    32
#define ANY_PLATFORM_ALIASES  4
#define ANY_PLATFORM_TEXT     160

struct any_platform_range {
	uint64_t base, size; /* not empty, does not wrap */
};

/* How a buffer between CPU and device is emptied. What differs is cost and hazard, not effect. */
enum any_ritual {
	ANY_RITUAL_NONE,
	ANY_RITUAL_INSTRUCTION,	    /* CP15 drain write buffer, sfence */
	ANY_RITUAL_MMIO_WRITE_POLL, /* mvebu, mstar, PL310 */
	ANY_RITUAL_MMIO_READ,	    /* Spider, TIOCP */
	ANY_RITUAL_UNCACHED_READ,   /* IP28, generic MIPS */
	ANY_RITUAL_STORE,	    /* a store to a strongly-ordered alias of memory (OMAP4) */
	ANY_RITUAL_FLAG, /* the bridge writes a word of memory when it is done (SPARC64, SN2) */
	ANY_RITUAL_HELPER_DMA, /* another engine's transfer pushes it (Armada 375 Z1) */
	ANY_RITUAL_FORBIDDEN,  /* there is one, and the machine hangs if it is used (hazard 9) */
};

/* What maintenance of this machine cannot do, or does besides (hazard 6). */
#define ANY_MAINT_INVAL_KEEPS_DIRTY                                                                \
	0x01u			      /* an invalidated line may still be written back (80200) */
#define ANY_MAINT_INVAL_CLEANS	0x02u /* there is no invalidate without write-back (SiFive) */
#define ANY_MAINT_WHOLE		0x04u /* the whole cache or nothing (ColdFire) */
#define ANY_MAINT_LOCAL		0x08u /* lines in other cores stay (11MPCore) */
#define ANY_MAINT_PREFIX	0x10u /* dropped unless an uncached load precedes it (R4600 2.0) */
#define ANY_MAINT_END_INCLUSIVE 0x20u /* the end address is part of the range (Feroceon) */
#define ANY_MAINT_EDGES                                                                            \
	0x40u /* lines next to the range are fetched again before it ends (BMIPS5000) */

/* A piece of RAM under another address. */
struct any_platform_alias {
	uint64_t base, alias, size;
};

/* The CPU's side of the path (M9, M10, M11, M16). */
struct any_platform_cache {
	uint32_t line;	      /* bytes; at least facts.line; 0: not known */
	uint32_t n_views;     /* CPU aliases of RAM; more than 1: virtually tagged caches */
	uint32_t maintenance; /* ANY_MAINT_* */
	bool speculates;
	bool speculates_dirty; /* a squashed store may leave a dirty line (R10000, hazard 7) */
	bool write_through;
	bool read_ahead; /* a buffer below the caches keeps lines it prefetched until the drain from
			    the device (RAC) */
	/* A second level, maintained by its own operations: first after the inner one on the way
	 * out, before it on the way in. */
	uint32_t outer_line; /* 0: none */
	uint32_t n_outer_keys;
	struct any_platform_alias outer_keys[ANY_PLATFORM_ALIASES]; /* the address its operations
								       want (Kona); none: phys */
	struct any_platform_range snooped;  /* the bus snoops here, though not elsewhere; size 0:
					       nowhere */
	struct any_platform_alias uncached; /* RAM under a CPU physical address that bypasses the
					       caches; size 0: by page attribute */
};

struct any_platform_iommu {
	bool present;
	bool caching_mode; /* remembers that there was no translation */
	bool write_buffer; /* table updates reach the walker only after a flush of its write buffer
			    */
	bool deferred;	   /* the operating system's choice: batch invalidations */
	bool partial;	   /* what the bus windows reach goes around it */
	bool tables_noncoherent; /* the walker does not snoop the CPU's caches */
	bool inval_posted; /* an invalidation waits in a posted buffer until something is read back
			    */
	uint64_t granule;
	uint64_t base, size; /* aperture: whole granules, cut to what the bus windows let through */
	uint64_t colour, guard; /* as in struct any_dma_iommu; 0: none */
	uint32_t stream_id;
	uint32_t n_holes;
	struct any_platform_range holes[ANY_PLATFORM_HOLES]; /* IOVAs never to give out: gaps
								between windows, outbound windows,
								doorbells of interrupts */
	uint32_t n_out;
	struct any_dma_segment out[ANY_PLATFORM_RANGES]; /* between the IOMMU and memory */
};

/* The truth about the machine that no binding covers. The driver never sees it. */
struct any_platform_machine {
	struct any_platform_cache cache;
	enum any_ritual drain_to_device, drain_from_device;
	bool posted_mmio;    /* a register write arrives when something is read from there */
	bool relaxed_order;  /* device writes pass one another, but for addresses with order_bits */
	uint64_t order_bits; /* attribute in the bus address: wait for what came before */
	uint32_t permutation; /* seed of the scramble of page frames; 0: none (Xen) */
	uint32_t master_bits; /* address bits the device drives; 0: 64 */
	uint64_t boundary;    /* the device wraps inside these low bits; 0: never (8237) */
	uint32_t max_segment, min_align; /* bytes, mask; 0: no limit */
	/*
	 * Where the operating system puts them; size 0: none. Inside RAM and, without an IOMMU,
	 * within the device's reach. A restricted pool is the bounce pool, and the coherent memory
	 * where nothing else is named.
	 */
	uint64_t bounce_base, bounce_size, coherent_base, coherent_size;
	struct any_platform_iommu iommu;
};

/* Caller's. Holds its own segment table: do not copy. */
struct any_platform {
	char name[64];
	char device[ANY_PLATFORM_TEXT]; /* full path */
	struct any_dma_facts facts;	/* facts.segments points to `segments` */
	struct any_dma_segment segments[ANY_PLATFORM_SEGMENTS];
	uint32_t n_ram, n_reserved;
	struct any_platform_range ram[ANY_PLATFORM_RANGES];	   /* apart */
	struct any_platform_range reserved[ANY_PLATFORM_RESERVED]; /* apart, in no order */
	struct any_platform_machine machine;
};

struct any_platform_error {
	char text[ANY_PLATFORM_TEXT]; /* one line: node, property, what is wrong */
};

/* Which part of the answer a property decided. */
enum any_platform_fact {
	ANY_FACT_MEMORY,     /* RAM, reserved regions */
	ANY_FACT_WINDOWS,    /* where the walk for dma-ranges stopped, or found nothing */
	ANY_FACT_TRANSLATED, /* a bus above that a window was translated through */
	ANY_FACT_COHERENT,
	ANY_FACT_IOMMU,	  /* iommus, iommu-map, the unit, its aperture */
	ANY_FACT_POOL,	  /* restricted and coherent pools */
	ANY_FACT_CACHE,	  /* lines, rituals: the CPU's side */
	ANY_FACT_LIMIT,	  /* masks, bits, boundaries */
	ANY_FACT_IGNORED, /* said, and without effect: untranslatable window, disabled IOMMU */
};

/*
 * One node of the index: the caller's memory, 12 bytes a node. Looking up parents and phandles in a
 * flattened tree costs a walk from its start; with an index it costs a search.
 */
struct any_platform_node {
	uint32_t offset; /* of the node in the structure block; ascending */
	uint32_t parent; /* index of its parent; the root's is its own */
	uint32_t phandle;
};

/* A tree that was found whole, and what may be asked of it. The caller's; fields are the library's.
 */
struct any_platform_tree {
	const void *fdt;
	const struct any_platform_node *nodes;
	uint32_t n_nodes; /* 0: no index, everything works, slowly */
};

/*
 * Checks the blob (aligned to 8 bytes) and builds the index in `nodes`; with max = 0, or a tree of
 * more than `max` nodes, there is none. EINVAL: not a whole flattened devicetree.
 */
ANY_MUST_CHECK int any_platform_open(struct any_platform_tree *tree, const void *dtb, size_t size,
				     struct any_platform_node *nodes, uint32_t max,
				     struct any_platform_error *error);

/* Whose reading of the bindings: they differ (platforms.md, section 4). */
enum any_platform_reader {
	ANY_READER_LINUX,
	ANY_READER_U_BOOT, /* first dma-ranges entry only; an address outside it goes out 1:1 */
};

struct any_platform_query {
	const char *device; /* full path or alias; NULL: the one /chosen's anydma,device names */
	enum any_platform_reader as;
	/* Called for each property that decided something. property NULL: the node's place. NULL:
	 * nobody wants to know. path is good during the call only. */
	void (*why)(void *ctx, enum any_platform_fact fact, const char *path, const char *property,
		    const char *meaning);
	void *ctx;
};

/*
 * The facts of one device. EINVAL: the tree is damaged or contradicts itself; ENOENT: no such
 * device; ENODEV: it, or its bus, is disabled; ENOSPC: more windows or ranges than fit. On failure
 * *out is untouched and error->text says why.
 */
ANY_MUST_CHECK int any_platform_ask(const struct any_platform_tree *tree,
				    const struct any_platform_query *query,
				    struct any_platform *out, struct any_platform_error *error);

/* any_platform_open without an index, and any_platform_ask as Linux reads: for one device. */
ANY_MUST_CHECK int any_platform_read(const void *dtb, size_t size, const char *device,
				     struct any_platform *out, struct any_platform_error *error);

/* The device, as it is wired, can address every byte of this memory once it is shared. size is not
 * 0, and the range does not wrap. Behind an IOMMU: always, the tables bring it anywhere. */
bool any_platform_reaches(const struct any_platform *plat, uint64_t base, uint64_t size);

/* How a node was found to be a bus master. */
enum any_platform_master_by {
	ANY_MASTER_PROPERTY, /* iommus, dma-coherent, memory-region, #dma-cells, dma-mem, ... */
	ANY_MASTER_NAME,   /* its generic name: ethernet, mmc, usb, ... (Devicetree Spec. 2.2.2) */
	ANY_MASTER_BRIDGE, /* a PCI host: masters for everything behind it */
	ANY_MASTER_CHOSEN, /* anydma,device */
};

struct any_platform_master {
	int offset; /* of the node; where the next search goes on */
	enum any_platform_master_by by;
	char path[ANY_PLATFORM_TEXT];
	char compatible[64]; /* first string, or empty */
};

/*
 * The enabled nodes that can master a bus, in the order of the tree. Start with offset -1. False:
 * no more. A node whose path does not fit is passed over.
 *
 * No binding says who masters; the first of these that holds counts:
 * - a PCI host (device_type "pci" not below another) is a bridge; asked about it, the answer is for
 *   a function right behind it. Root ports and switches are not listed, their functions are, by
 *   the rules below;
 * - it has iommus, iommu-map, dma-coherent or dma-noncoherent of its own; #dma-cells (unless it is
 *   a router, with dma-masters); memory-region and reg; or an interconnect named dma-mem;
 * - its name without address and number is one of a table (src/platform/master.c) of things that
 *   move data, it has reg and, not on PCI, compatible, and its bus has sizes: what sits on USB,
 *   SDIO, I2C or SPI is behind a master, not one;
 * - /chosen's anydma,device names it.
 * Never: IOMMUs, CPUs, memory, simple-bus and its kin, and what is below aliases, chosen, cpus,
 * reserved-memory, thermal-zones or a disabled node.
 */
bool any_platform_next_master(const struct any_platform_tree *tree,
			      struct any_platform_master *master);

/* The catalogue, built from platforms/list. */
struct any_platform_entry {
	const char *name;
	const char *group; /* the folder: an architecture */
	const unsigned char *dtb;
	size_t size;
};
extern const struct any_platform_entry any_platform_list[];
extern const unsigned any_platform_count;
extern const unsigned any_platform_first; /* of them, from the start: the ones of the first hour,
					     which the lab runs unless told otherwise */

#ifdef __cplusplus
}
#endif
#endif

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
#define ANY_PLATFORM_TEXT     160

struct any_platform_range {
	uint64_t base, size; /* not empty, does not wrap */
};

/* How a buffer between CPU and device is emptied. What differs is cost and hazard, not effect. */
enum any_ritual {
	ANY_RITUAL_NONE,
	ANY_RITUAL_INSTRUCTION,	    /* CP15 drain write buffer */
	ANY_RITUAL_MMIO_WRITE_POLL, /* mvebu, mstar */
	ANY_RITUAL_MMIO_READ,	    /* Spider, TIOCP */
	ANY_RITUAL_UNCACHED_READ,   /* IP28, generic MIPS */
};

struct any_platform_iommu {
	bool present;
	bool caching_mode; /* remembers that there was no translation */
	bool write_buffer; /* table updates reach the walker only after a flush of its write buffer
			    */
	bool deferred;	   /* the operating system's choice: batch invalidations */
	uint64_t granule;
	uint64_t base, size; /* aperture: whole granules, cut to what the bus windows let through */
	uint32_t stream_id;
};

/* The truth about the machine that no binding covers. The driver never sees it. */
struct any_platform_machine {
	uint32_t line;	  /* cache line, bytes; at least facts.line */
	uint32_t n_views; /* CPU aliases of RAM; more than 1: virtually tagged caches */
	bool speculates;
	enum any_ritual drain_to_device, drain_from_device;
	uint32_t master_bits; /* address bits the device drives; 0: 64 */
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

/*
 * device: a full path or an alias, or NULL for the one /chosen's anydma,device names. EINVAL: the
 * tree is damaged or contradicts itself; ENOENT: no such device; ENODEV: it, or its bus, is
 * disabled; ENOSPC: more windows or ranges than fit. On failure *out is untouched and error->text
 * says why. The blob must be aligned to 8 bytes.
 */
ANY_MUST_CHECK int any_platform_read(const void *dtb, size_t size, const char *device,
				     struct any_platform *out, struct any_platform_error *error);

/* The catalogue, built from platforms/list. */
struct any_platform_entry {
	const char *name;
	const unsigned char *dtb;
	size_t size;
};
extern const struct any_platform_entry any_platform_list[];
extern const unsigned any_platform_count;

#ifdef __cplusplus
}
#endif
#endif

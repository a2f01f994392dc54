/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Platforms as data: from a flattened devicetree to the facts of one device's path to memory. The
 * same code in the lab, the command line and on bare metal; needs libfdt, no allocation.
 *
 * Standard properties are read as Linux reads them (platforms.md, section 4). What no binding covers
 * comes from the anydma,* properties of docs/binding.md.
 *
 * The tree is not trusted: every length, count, address and phandle is checked, and a tree that makes
 * no sense gives one clear line, never a crash.
 */
#ifndef ANYDMA_PLATFORM_H
#define ANYDMA_PLATFORM_H

#include <anydma/dma_ops.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_PLATFORM_SEGMENTS 32 /* windows of one bus; more is ENOSPC */
#define ANY_PLATFORM_RAM      16
#define ANY_PLATFORM_RESERVED 64
#define ANY_PLATFORM_NAME     64
#define ANY_PLATFORM_TEXT     192

struct any_platform_range {
	uint64_t base, size; /* never wraps, size never 0 */
};

/* How a buffer between CPU and device is emptied: what starts it, what says that it is done. */
enum any_ritual {
	ANY_RITUAL_NONE,	    /* there is no such buffer */
	ANY_RITUAL_MMIO_WRITE_POLL, /* write a register, read until a bit changes */
	ANY_RITUAL_MMIO_READ,	    /* read a register of the bridge */
	ANY_RITUAL_UNCACHED_READ,   /* read memory past the cache */
	ANY_RITUAL_INSTRUCTION,	    /* one CPU instruction */
};

enum any_cache_kind {
	ANY_CACHE_PIPT,
	ANY_CACHE_VIPT,
	ANY_CACHE_VIVT, /* maintenance acts only through the address that filled the line */
	ANY_CACHE_NONE, /* every access goes to memory */
};

/* The hardware as the lab builds it. Whatever a driver may know of it is in the facts. */
struct any_platform_machine {
	enum any_cache_kind cache;
	uint32_t line;	  /* largest data cache line, outer caches included, bytes, power of two */
	bool write_through;
	bool speculates;  /* the CPU may refill clean lines at any time */
	bool outer_cache; /* another cache stands behind the first */
	uint32_t n_views; /* CPU aliases of all RAM: 1, more on VIVT machines */
	uint32_t master_bits; /* address lines the device drives, 1..64 */
	enum any_ritual drain_to_device, drain_from_device;
	/* Where the operating system has its pools: RAM the device reaches; size 0: none. */
	uint64_t bounce_base, bounce_size;
	uint64_t coherent_base, coherent_size;
	struct {
		bool present;
		bool caching_mode; /* remembers "nothing here": map needs an invalidation too */
		bool write_buffer; /* table updates are visible after a write-buffer flush only */
		bool deferred;	   /* the OS invalidates in batches */
		uint32_t id;	   /* the device's stream or requester id at the IOMMU */
		uint64_t granule;
		uint64_t base, size; /* usable I/O virtual addresses: one run, granule-aligned */
	} iommu;
};

/*
 * One device's platform. `name` and facts.segments point into the structure: pass it by pointer,
 * don't copy it. It keeps nothing of the tree.
 */
struct any_platform {
	const char *name; /* the tree's model, or its first compatible */
	struct any_dma_facts facts;
	struct any_dma_segment segments[ANY_PLATFORM_SEGMENTS];
	uint32_t n_ram, n_reserved; /* sorted by address; RAM ranges do not touch */
	struct any_platform_range ram[ANY_PLATFORM_RAM];
	struct any_platform_range reserved[ANY_PLATFORM_RESERVED]; /* not for drivers' buffers */
	struct any_platform_machine machine;
	char name_text[ANY_PLATFORM_NAME];
};

/* One line: "/soc/pcie@7d500000: dma-ranges: entry 2 wraps around the address space". */
struct any_platform_error {
	char text[ANY_PLATFORM_TEXT];
};

/*
 * Reads the path of `device` (a path or an alias; NULL: what /chosen's anydma,device names) from a
 * flattened tree of `size` bytes, aligned to 8. Stack: about 4 KiB. On an error *out is untouched and
 * *err says which node, which property, what. EINVAL: not a tree, or a tree that contradicts itself;
 * ENOENT: no such device; ENODEV: the device is disabled; ENOSPC: more windows, memory or reservations
 * than the structure holds; ENOTSUP: a form this reader does not know.
 */
ANY_MUST_CHECK int any_platform_read(const void *dtb, size_t size, const char *device,
				     struct any_platform *out, struct any_platform_error *err);

/* The catalogue (platforms/list): trees compiled in. Part of the hosted programs, not of src/. */
struct any_platform_entry {
	const char *name;
	const unsigned char *dtb; /* aligned to 8 */
	size_t size;
};
extern const struct any_platform_entry any_platform_list[];
extern const unsigned any_platform_count;

#ifdef __cplusplus
}
#endif
#endif

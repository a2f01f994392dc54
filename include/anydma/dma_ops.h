/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a platform tells the DMA API: facts (data), memory (regions), and the few operations that
 * only it can do. A port fills one `struct any_dma_platform` per device (or per bus: devices whose
 * facts are equal may share it) from a devicetree (platform.h) or by hand.
 *
 * Two devices of one machine may have different facts for the same memory: different offsets,
 * different coherence (platforms.md, section 8, hazard 4). Nothing here is global.
 */
#ifndef ANYDMA_DMA_OPS_H
#define ANYDMA_DMA_OPS_H

#include <anydma/types.h>

struct any_iova;
struct any_dma_watch;
/*
 * What serves a pool, an IOMMU, an observer comes with it: who never makes one does not link its
 * code. The library's; any_bounce_pool_init and any_dma_watch_add set theirs.
 */
struct any_bus_stage;
struct any_limits_stage;
struct any_bounce_stage;
struct any_iommu_stage;
extern const struct any_iommu_stage any_dma_iommu_stage;

/* RAM as the CPU reaches it. Two regions with the same phys are two aliases (VIVT, uncached). */
struct any_dma_region {
	void *cpu;
	struct any_phys_addr phys;
	uint64_t size;
	uint32_t flags; /* ANY_REGION_* */
};

#define ANY_REGION_SHARED   0x1u /* pages already shared with the host (SEV and its kin) */
#define ANY_REGION_UNCACHED 0x2u /* the CPU's accesses bypass its caches */
#define ANY_REGION_SNOOPED                                                                         \
	0x4u /* the bus snoops here, though not elsewhere (M11: ARC's aperture, a tile's home) */

/* One window of the bus: CPU physical -> bus. First match wins (M1). Holes are absences. */
struct any_dma_segment {
	struct any_phys_addr phys;
	struct any_dma_addr dma;
	uint64_t size;
};

/* Facts: pure data, computed from a devicetree or written down. All zero = an identity PC. */
struct any_dma_facts {
	const struct any_dma_segment *segments; /* n_segments = 0: identity */
	uint32_t n_segments;
	bool miss_identity; /* an address in no segment goes out 1:1 (BCM3384), else nowhere */
	bool coherent;	    /* the bus snoops the CPU's caches */
	bool speculates; /* the CPU may refill clean lines at any time: invalidate again after DMA
			  */
	bool virtual_cache; /* VIVT: maintenance acts only through the address that filled */
	bool shared_only;   /* the device reaches only ANY_REGION_SHARED memory (SEV guest) */
	bool bounce_always; /* restricted pool: every streaming map bounces */
	bool untrusted;	    /* isolate sub-granule buffers behind an IOMMU by bouncing */
	bool no_coherent;   /* the machine has no coherent memory */
	uint32_t line;	    /* largest cache line in the path, bytes, power of two; 0 or 1: none */
	uint32_t drains;    /* enum any_dma_dir bits that ops->drain must serve */
	uint64_t dma_min, dma_max; /* inclusive bus limits; dma_max 0 means no limit */
	uint64_t
		dma_forbidden; /* an address with any of these bits set is out of reach (SA-1111) */
	uint64_t private_bits; /* ORed into the bus address of private memory (SME) */
	uint64_t shared_bits;  /* ORed into the bus address of shared memory (CCA) */
	/*
	 * Routing and ordering attributes in the bus address of coherent memory (M14: SGI's barrier
	 * bit makes a completion record wait for the data before it).
	 */
	uint64_t coherent_bits;
	/*
	 * Bits that the bridge adds to what the device says (ALi M5451: bit 31). Every bus address
	 * has them; what the driver is given has not.
	 */
	uint64_t implied_bits;
};

/*
 * Cache maintenance by CPU address over [va, va + len). phys is the same memory for the machines
 * that maintain by it. Operations may complete late: `sync` is the batch barrier (a DSB), called
 * once per API call. clean = write back, keep; inval = drop without writing back.
 */
struct any_dma_cache_ops {
	void (*clean)(void *ctx, void *va, struct any_phys_addr phys, size_t len);
	void (*inval)(void *ctx, void *va, struct any_phys_addr phys, size_t len);
	void (*clean_inval)(void *ctx, void *va, struct any_phys_addr phys, size_t len);
	void (*sync)(void *ctx);
};

/* An IOMMU as the mapping pipeline drives it. Addresses and lengths are multiples of granule. */
#define ANY_IOMMU_READ	0x1u /* the device may read */
#define ANY_IOMMU_WRITE 0x2u
#define ANY_IOMMU_MMIO	0x4u
#define ANY_IOMMU_COHERENT                                                                         \
	0x8u /* coherent memory: not through a streaming buffer (SPARC64), consistent PTE */

struct any_iommu_ops {
	/* ENOMEM: tables are full; nothing was mapped. */
	int (*map)(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
		   unsigned prot);
	/* Remove the tables' entries. Stale translations may live until inval + sync. */
	void (*unmap)(void *ctx, struct any_dma_addr iova, uint64_t len);
	/* After map: make the entries visible to the walker (caching mode, write-buffer flush). */
	void (*map_sync)(void *ctx, struct any_dma_addr iova, uint64_t len); /* NULL: not needed */
	/* Queue an invalidation of one range; (0, 0) means everything. Complete after sync. */
	void (*inval)(void *ctx, struct any_dma_addr iova, uint64_t len);
	void (*sync)(void *ctx);
};

/* IOVA ranges freed but not yet invalidated (deferred mode). Caller-owned ring of `size`. */
struct any_iommu_deferred {
	struct any_dma_addr iova;
	uint64_t len;
};

struct any_dma_iommu {
	const struct any_iommu_stage *stage; /* &any_dma_iommu_stage */
	const struct any_iommu_ops *ops;
	void *ctx;
	struct any_iova *iova; /* the device's address space */
	uint64_t granule;      /* bytes, power of two */
	/*
	 * Strict (size 0): unmap returns when the device can no longer reach the memory. Deferred:
	 * freed ranges wait here and are invalidated together when the ring is full; an IOVA is
	 * never reused before. Untrusted devices and coherent memory are always strict.
	 */
	struct any_iommu_deferred *deferred;
	uint32_t deferred_size, deferred_used; /* used: the library's */
	/*
	 * Windows between the IOMMU and memory (M3: MediaTek's 4 GiB mode, dma-ranges above the
	 * IOMMU): what the tables must say to reach `phys`. 0: what the CPU says. The address bits
	 * of private and shared memory come on top, in the tables and not in the IOVA (AMD-Vi).
	 */
	const struct any_dma_segment *out;
	uint32_t n_out;
	/*
	 * An IOVA and its physical address agree in all bits below this power of two (M4: virtually
	 * indexed caches that snoop by colour). 0: granule.
	 */
	uint64_t colour;
	/*
	 * Bytes after a mapping that the bus reads ahead (Alpha): entries for them point to the
	 * granule at guard_page, which the caller fills with nothing of interest. 0: none.
	 */
	uint64_t guard;
	struct any_phys_addr guard_page;
	/*
	 * Partial (GART, Alpha): what the device's windows reach goes around the IOMMU; only what
	 * would have to bounce for its reach is mapped.
	 */
	bool partial;
};

/*
 * Bounce pool: resident memory that the device reaches and, where it matters, is shared. Split into
 * at most ANY_BOUNCE_CLASSES size classes; a slot is taken and given back in constant time. `stack`
 * holds one uint32_t per slot of all classes together. One pool may serve several devices of one
 * caller; if several callers share it, `lock`/`unlock` must guard it. At most 4 GiB.
 */
#define ANY_BOUNCE_CLASSES 4

struct any_bounce_class {
	uint32_t slot; /* bytes, power of two, ascending between classes */
	uint32_t count;
	/* run-time, owned by the pool */
	uint32_t free, base; /* free slots; first entry in `stack` */
	uint64_t offset;     /* of slot 0 in the region */
};

/* Why a buffer could not be given to the device where it lies. */
enum any_bounce_reason {
	ANY_BOUNCE_NONE,
	ANY_BOUNCE_ALWAYS, /* restricted pool: this device sees nothing else */
	ANY_BOUNCE_SHARED, /* private memory of an encrypted guest */
	ANY_BOUNCE_LINE, /* would share cache lines with its neighbours on a bus without snooping */
	ANY_BOUNCE_GRANULE, /* would show an untrusted device its neighbours */
	ANY_BOUNCE_REACH,   /* below, above or between what the device can address */
	ANY_BOUNCE_SPLIT,   /* crosses the border of two banks */
	ANY_BOUNCE_LIMIT,   /* crosses the device's boundary, or has not the alignment it keeps */
	ANY_BOUNCE_REASONS,
};

struct any_bounce_counters {
	uint64_t maps, bytes_in, bytes_out, dry; /* dry: maps refused because no slot was free */
	uint64_t reasons[ANY_BOUNCE_REASONS];
	uint32_t live, peak;
};

struct any_bounce_pool {
	struct any_dma_region mem;
	struct any_bounce_class classes[ANY_BOUNCE_CLASSES];
	uint32_t n_classes;
	uint32_t *stack;
	struct any_bounce_counters counters;
	void (*lock)(void *ctx), (*unlock)(void *ctx); /* NULL: one caller */
	void *lock_ctx;
	const struct any_bounce_stage *stage; /* by any_bounce_pool_init */
};

/*
 * Lays the classes (slot and count filled by the caller) out in `mem`, largest first, so that each
 * slot is aligned to its size as far as `mem` is. The pool starts with every slot zeroed. EINVAL:
 * slots not ascending powers of two, or more than fits. stack: sum of counts.
 */
ANY_MUST_CHECK int any_bounce_pool_init(struct any_bounce_pool *pool,
					const struct any_dma_region *mem,
					const struct any_bounce_class *classes, uint32_t n,
					uint32_t *stack);

/* Coherent memory of the machine: one region and one bit per page for its allocator. */
#define ANY_COHERENT_PAGE 4096u

struct any_coherent_region {
	struct any_dma_region mem; /* cpu is an uncached alias on a non-coherent machine */
	uint64_t *bitmap; /* (size / ANY_COHERENT_PAGE + 63) / 64 words, caller's, zeroed */
	uint32_t pages_used;
};

struct any_dma_ops {
	const struct any_dma_cache_ops *cache; /* NULL on a coherent machine */
	/* dir is one bit of facts->drains at a time. */
	void (*drain)(void *ctx, enum any_dma_dir dir);
	/*
	 * Where windows cannot say it (M4: Xen's machine frames): the bus address of phys and how
	 * many of the `len` bytes follow it in one run. False: out of reach. NULL: facts.segments.
	 * With it facts.segments is not looked at; bits and limits still hold.
	 */
	bool (*translate)(void *ctx, struct any_phys_addr phys, uint64_t len,
			  struct any_dma_addr *addr, uint64_t *run);
};

/* Everything about one device's path to memory. Must outlive the devices attached to it. */
struct any_dma_platform {
	const char *name;
	struct any_dma_facts facts;
	const struct any_dma_region
		*ram; /* all RAM drivers may map, every alias, first match wins */
	uint32_t n_ram;
	const struct any_dma_ops *ops;
	void *ctx;			      /* for ops and ops->cache */
	struct any_bounce_pool *bounce;	      /* NULL: nothing can bounce */
	struct any_coherent_region *coherent; /* NULL: no coherent memory */
	struct any_dma_iommu *iommu;	      /* NULL: none in the path */
};

/* Which stages have work, computed at attach (dev->stages). */
#define ANY_STAGE_CACHE	  0x01u /* the bus does not snoop, and there are lines */
#define ANY_STAGE_SHARED  0x02u /* memory that is not shared bounces */
#define ANY_STAGE_ALWAYS  0x04u /* everything bounces */
#define ANY_STAGE_IOMMU	  0x08u
#define ANY_STAGE_PAD	  0x10u /* behind an IOMMU and untrusted: whole granules are the device's */
#define ANY_STAGE_POOL	  0x20u /* one run of bus addresses reaches the whole pool: pool_dma */
#define ANY_STAGE_PLAIN	  0x40u /* one window at most and no address bits: dev->plain */
#define ANY_STAGE_PARTIAL 0x80u /* an IOMMU, not ANY_STAGE_IOMMU: only for what is out of reach */
#define ANY_STAGE_TABLES  0x100u /* what its tables say is not what the CPU says */
#define ANY_STAGE_LIMITS  0x200u /* boundary, longest transfer, alignment: of single mappings */

struct any_dma_stats {
	uint64_t maps, unmaps, lines_cleaned, lines_invalidated, iommu_maps, iommu_invals, drains;
};

/* Bus addresses that are physical ones moved: [phys, phys + span] is at dma. */
struct any_dma_window {
	uint64_t phys, dma, span; /* span: bytes - 1 */
};

/* A device attached to its platform. The caller's memory; fields are the library's. */
struct any_dma_dev {
	uintptr_t fast_base, fast_span; /* CPU window that needs an add only; span 0: none */
	uint64_t fast_dma;
	uint32_t drains; /* enum any_dma_dir bits */
	uint32_t stages; /* ANY_STAGE_* */
	const struct any_dma_platform *plat;
	struct any_dma_watch *watch;	       /* first observer, NULL: none */
	const struct any_bus_stage *bus;       /* NULL: by any_dma_attach_plain */
	const struct any_limits_stage *limits; /* with ANY_STAGE_LIMITS */
	uint64_t pool_dma;		       /* bus address of the pool's first byte */
	struct any_dma_window plain;	       /* with ANY_STAGE_PLAIN: what is in reach */
	uint64_t mask, coherent_mask;
	/* Streaming: facts and mask together, inclusive, with the bits a bridge implies. */
	uint64_t reach_min, reach_max;
	uint64_t boundary; /* mask: a segment never crosses (addr | boundary) + 1 */
	uint32_t max_segment, min_align;
	uint32_t max_single; /* bytes of one mapping; UINT32_MAX: nobody set a maximum */
	struct any_dma_stats stats;
};

/*
 * The translation stage, for devices that need an address without a mapping: the bus address of
 * `phys`, and how many of the `len` bytes follow it without a gap. `contiguous` NULL: all or
 * ERANGE. ERANGE: the first byte is out of reach.
 */
ANY_MUST_CHECK int any_dma_translate(const struct any_dma_dev *dev, struct any_phys_addr phys,
				     uint64_t len, bool shared, struct any_dma_addr *addr,
				     uint64_t *contiguous);
/* CPU pointer -> physical through plat->ram. EFAULT: none of it, or it runs off the region. */
ANY_MUST_CHECK int any_dma_virt_to_phys(const struct any_dma_platform *plat, const void *va,
					uint64_t len, struct any_phys_addr *phys,
					const struct any_dma_region **region);

#endif

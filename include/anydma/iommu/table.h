/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables that an IOMMU walks: one walk, and what an entry looks like as data. For those who drive
 * an IOMMU; who maps memory uses dma.h.
 *
 * Taking away has two steps. any_iommu_table_unmap clears entries; tables that this emptied are set
 * aside, because a walker may still have their addresses in its caches. When the caller has
 * invalidated, and waited for that, any_iommu_table_reclaim gives them back.
 */
#ifndef ANYDMA_IOMMU_TABLE_H
#define ANYDMA_IOMMU_TABLE_H

#include <anydma/dma_ops.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- memory: a fixed number of 4 KiB pages, the caller's */

#define ANY_IOMMU_PAGE	    4096u
#define ANY_IOMMU_PAGES_MAX 65534u

/* One for each page, not in memory that an IOMMU sees. */
struct any_iommu_page {
	uint16_t next; /* page + 1 of the same list; 0: none */
	uint16_t live; /* entries of this table that are not empty */
};

/*
 * The caller fills the first part. Coherent memory (struct any_dma_coherent: cpu, addr, and no
 * cache) or any other with the operations that bring it past the CPU's caches.
 */
struct any_iommu_pages {
	void *cpu;
	struct any_dma_addr addr;  /* as the IOMMU fetches; a multiple of a page */
	struct any_phys_addr phys; /* only with `cache` */
	uint32_t count;
	struct any_iommu_page *page;	       /* `count` of them */
	const struct any_dma_cache_ops *cache; /* NULL: the IOMMU sees what the CPU wrote */
	void *ctx;			       /* for cache */
	/* The library's. */
	uint32_t used, peak; /* pages */
	uint32_t fresh;	     /* from here on none was ever taken */
	uint16_t free;	     /* page + 1; 0: none */
};

/* EINVAL: no pages, too many, or not where pages are. */
ANY_MUST_CHECK int any_iommu_pages_init(struct any_iommu_pages *pages);
/*
 * `n` neighbours, a power of two, aligned to their size, zeroed, and seen so. NULL: full. One page
 * may be given back; more than one are neighbours only while they were never taken before.
 */
void *any_iommu_pages_take(struct any_iommu_pages *pages, uint32_t n);
void any_iommu_pages_give(struct any_iommu_pages *pages, void *page);
/* Of anything in them. */
struct any_dma_addr any_iommu_pages_addr(const struct any_iommu_pages *pages, const void *at);
/* The page at this address; NULL: it is not one of these. */
void *any_iommu_pages_at(const struct any_iommu_pages *pages, struct any_dma_addr addr);
/* What the CPU wrote is on its way to the IOMMU; arrived after sync, which also orders. */
void any_iommu_pages_clean(const struct any_iommu_pages *pages, void *at, size_t len);
void any_iommu_pages_sync(const struct any_iommu_pages *pages);
/* What the IOMMU wrote is what the CPU reads next. */
void any_iommu_pages_inval(const struct any_iommu_pages *pages, void *at, size_t len);

/* ---- formats */

#define ANY_IOMMU_LEVELS     5u
#define ANY_IOMMU_INDEX_BITS 9u /* of every level but the root */

/* Level 0 is the last. Entries are 64 bits, little-endian; an empty one is 0. */
struct any_iommu_table_format {
	const char *name;
	uint8_t levels;
	uint8_t root_bits;  /* more than ANY_IOMMU_INDEX_BITS: several pages stand for the root */
	uint8_t input_bits; /* addresses that can be said; above: not mapped */
	uint8_t output_bits;
	uint8_t leaves;	  /* bit n: an entry of level n may be a leaf */
	uint8_t shift;	  /* an entry holds the address shifted right by this */
	uint64_t address; /* the bits of an entry that hold it */
	uint64_t present; /* any of these bits: an entry */
	uint64_t kind;	  /* above level 0, in these bits as in `table`: a pointer, else a leaf */
	uint64_t table;
	uint64_t leaf[ANY_IOMMU_LEVELS];
	uint64_t access[4]; /* by ANY_IOMMU_READ | ANY_IOMMU_WRITE; a format may have no way to say
			       write alone */
	/* What kind of memory: snooped, not snooped, registers. */
	uint64_t snooped, unsnooped, mmio;
};

/* A back end copies one and cuts it to what its registers say. */
extern const struct any_iommu_table_format any_iommu_arm_s1;	 /* VMSAv8-64, 39 bits */
extern const struct any_iommu_table_format any_iommu_arm_s2;	 /* the same as stage 2 */
extern const struct any_iommu_table_format any_iommu_vtd_second; /* VT-d, second level, 48 bits */
extern const struct any_iommu_table_format any_iommu_riscv_sv39;
extern const struct any_iommu_table_format any_iommu_riscv_sv48;

/* ---- tables */

struct any_iommu_table {
	const struct any_iommu_table_format *format;
	struct any_iommu_pages *pages;
	bool snooped; /* the device's accesses see the CPU's caches */
	/*
	 * Arm's rule: between a block and what takes its place nothing may be cached. Called when a
	 * part of a block is unmapped, and must wait; the rest of the block faults meanwhile. NULL:
	 * the format does without.
	 */
	void (*inval)(void *ctx, struct any_dma_addr iova, uint64_t len);
	void *ctx;
	/* The library's. */
	uint64_t *root;
	uint16_t gone; /* page + 1 of the tables set aside */
};

/* EINVAL: a format that cannot be; ENOMEM: no page for the root. */
ANY_MUST_CHECK int any_iommu_table_init(struct any_iommu_table *table);
/* All pages, at once: the caller has seen to it that nothing walks here any more. */
void any_iommu_table_fini(struct any_iommu_table *table);
/* What the IOMMU is told. */
struct any_dma_addr any_iommu_table_root(const struct any_iommu_table *table);

/*
 * Whole pages. When it returns, a walker finds them. On failure nothing was mapped (ops->map):
 * ENOMEM: no page for a table; EBUSY: something is mapped there; ERANGE: more bits than the format
 * has; EINVAL: not whole pages, or no access; EPROTO: something else wrote in the tables.
 */
ANY_MUST_CHECK int any_iommu_table_map(struct any_iommu_table *table, struct any_dma_addr iova,
				       struct any_phys_addr phys, uint64_t len, unsigned prot);
/*
 * Clears; what is not mapped is passed over. Then: invalidate, wait, reclaim. Of a block of which a
 * part stays, the rest is entered again in smaller ones: ENOMEM if there is no page for them, and
 * from that block on everything is as before. ERANGE, EINVAL, EPROTO: as for map.
 */
ANY_MUST_CHECK int any_iommu_table_unmap(struct any_iommu_table *table, struct any_dma_addr iova,
					 uint64_t len);
/* The caller's invalidation of all that was unmapped is complete. */
void any_iommu_table_reclaim(struct any_iommu_table *table);

/* What the tables say of one address. */
struct any_iommu_walk {
	struct any_phys_addr phys; /* of this very address */
	uint64_t size;		   /* of the leaf it is in */
	uint64_t entry;
	unsigned access; /* ANY_IOMMU_READ, ANY_IOMMU_WRITE */
	unsigned level;
};
/* ENOENT: nothing is there; `entry` and `level` say where the walk ended. */
ANY_MUST_CHECK int any_iommu_table_walk(const struct any_iommu_table *table,
					struct any_dma_addr iova, struct any_iommu_walk *walk);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The misuse checker: an observer that knows every live mapping and allocation of a device and says
 * which rule of the contract a call breaks. For the lab, for test builds, and for real hardware.
 *
 *	static struct any_check_entry entries[1024];
 *	any_dma_check_init(&check, entries, 1024, report, ctx);
 *	any_dma_watch_add(dev, &check.watch);
 *
 * Rules have the numbers of conformance C5. Those without a counterpart here are not in the list:
 * the compiler makes them impossible (8: every result is looked at), or the library does (19, 20:
 * it splits), or there is nothing of the kind (12, 16, 17, 23, 27).
 *
 * A call that would do harm (touch what is not mapped, run past the end) is refused if `refuse` is
 * set; the report comes either way. Not reentrant: one checker per caller, any number of devices.
 */
#ifndef ANYDMA_CHECK_H
#define ANYDMA_CHECK_H

#include <anydma/watch.h>

#ifdef __cplusplus
extern "C" {
#endif

enum any_check_rule {
	ANY_CHECK_UNMAP_FAILED = 1,  /* unmap of a mapping that any_dma_map refused to make */
	ANY_CHECK_UNMAP_UNKNOWN = 2, /* unmap or free of what is not mapped, or no longer */
	ANY_CHECK_UNMAP_SIZE = 3,
	ANY_CHECK_UNMAP_KIND = 4, /* a piece of a list unmapped alone, a mapping as a list, ... */
	ANY_CHECK_FREE_CPU = 5,	  /* coherent memory freed with another CPU address */
	ANY_CHECK_SG_UNMAP_COUNT = 6,
	ANY_CHECK_UNMAP_DIR = 7,
	ANY_CHECK_MAP_STACK = 9,
	ANY_CHECK_MAP_TEXT = 10,
	ANY_CHECK_MAP_NOT_RAM = 11, /* no memory the platform knows */
	ANY_CHECK_SYNC_UNKNOWN = 13,
	ANY_CHECK_SYNC_BEYOND = 14,
	ANY_CHECK_SYNC_DIR = 15, /* the mapping's direction was changed since map */
	ANY_CHECK_SG_SYNC_COUNT = 18,
	ANY_CHECK_OVERLAP = 21, /* shares bytes with a live mapping, and one of both is written */
	ANY_CHECK_OVERLAP_MANY = 22, /* the same bytes mapped more than 7 times: a leak */
	ANY_CHECK_FULL = 24,	     /* no entry left: the checker has turned itself off */
	ANY_CHECK_DETACH_LIVE = 25,
	ANY_CHECK_RESOURCE_RAM = 26,
	/* what no debug layer checks, as far as an observer can */
	ANY_CHECK_CPU_TOUCH = 28,    /* a TO_DEVICE buffer changed while the device owned it */
	ANY_CHECK_DEVICE_WROTE = 29, /* a TO_DEVICE slot changed while the device had it */
	ANY_CHECK_WRITTEN = 30,	     /* the device claims to have written more than was mapped */
	ANY_CHECK_ARGUMENT = 31,     /* no length, no direction (DA-08) */
	ANY_CHECK_RULES,
};

enum any_check_kind {
	ANY_CHECK_SINGLE = 1,
	ANY_CHECK_SG,
	ANY_CHECK_RESOURCE,
	ANY_CHECK_COHERENT,
};

/* One live mapping, piece of a list, or allocation. The checker's. */
struct any_check_entry {
	const struct any_dma_dev *dev;
	uint64_t addr, len;
	uintptr_t cpu;
	uint64_t sum;	  /* of the bytes the device only reads */
	const void *list; /* SG: the list's first element */
	uint32_t list_n;
	uint32_t head,
		next; /* hash chains: head of chain i is in entry i; 0: end, else index + 1 */
	uint8_t kind, dir, flags;
	bool lent; /* sync_for_cpu was called: the CPU may change it */
};

struct any_check_report {
	enum any_check_rule rule;
	const char *text; /* static: the rule in words */
	const struct any_dma_event *event;
	const struct any_check_entry *entry; /* the mapping it is about, NULL: none */
};

/* Memory no buffer may lie in: stacks, code, constants. */
struct any_check_section {
	const void *start;
	size_t size;
	enum any_check_rule rule; /* ANY_CHECK_MAP_STACK or _TEXT */
};

struct any_dma_check {
	struct any_dma_watch watch;
	/* the caller's, may be changed any time */
	void (*report)(void *ctx, const struct any_check_report *report);
	void *ctx;
	const struct any_check_section *sections;
	uint32_t n_sections;
	bool refuse; /* answer harmful calls with EINVAL */
	bool sums;   /* look at the bytes: rules 28 and 29. Costs a pass over every TO_DEVICE buffer
		      */
	/* the checker's */
	bool off;
	uint32_t size, used, peak;
	uint64_t reports;
	struct any_check_entry *entries;
	const struct any_dma_mapping *failed; /* what the last map that failed was to fill */
};

/* size: how many can be live at once. Entries are the caller's memory. EINVAL: none. */
ANY_MUST_CHECK int
any_dma_check_init(struct any_dma_check *check, struct any_check_entry *entries, uint32_t size,
		   void (*report)(void *ctx, const struct any_check_report *report), void *ctx);

#ifdef __cplusplus
}
#endif
#endif

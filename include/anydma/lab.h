/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab: executable models of real platforms that run real driver code and find the first wrong
 * DMA event. Hosted (Linux), one thread, one PRNG, virtual time. A run is (driver, machine, device,
 * seed) and the same four give the same event log, byte for byte.
 *
 * This header is what the command line and users' scenarios see. Every structure here is plain
 * data: a cell's result may be written through a pipe.
 */
#ifndef ANYDMA_LAB_H
#define ANYDMA_LAB_H

#include <anydma/lab/model.h>
#include <anydma/lab/scenario.h>
#include <anydma/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_LAB_TEXT	  200
#define ANY_LAB_LINES	  6 /* cache lines (or address rows) in a picture */
#define ANY_LAB_WARTS	  96
#define ANY_LAB_SITUATION 320
#define ANY_LAB_DEVICE	  160
#define ANY_LAB_PLAN	  160 /* a word that says how a run was found */
#define ANY_LAB_EVENTS	  24  /* last events before the failure */
#define ANY_LAB_HISTORY	  8   /* last things done to the bytes in question */

/* What the oracle can find. The list (id, title, rule, fix) is any_lab_rules[]. */
enum any_lab_rule {
	ANY_LAB_OK,
	/* coherency */
	ANY_LAB_DIRTY_READ,	 /* device reads bytes whose newest value is still in a CPU cache */
	ANY_LAB_STALE_READ,	 /* CPU reads a line older than what the device wrote */
	ANY_LAB_DIRTY_UNDER_DMA, /* device writes under a dirty line: write-back will destroy it */
	ANY_LAB_LOST_WRITE,	 /* invalidate drops bytes the CPU wrote */
	ANY_LAB_LINE_SHARED,	 /* neighbour's bytes share a line with device-owned bytes */
	ANY_LAB_WRONG_ALIAS,	 /* maintenance by another address than the one that filled */
	ANY_LAB_LATE_WRITE_BACK, /* an invalidated dirty line may still be written back */
	ANY_LAB_ALIAS,		 /* one alias of the memory cached, another not */
	ANY_LAB_SQUASHED_STORE,	 /* streaming DMA into memory the CPU may dirty by speculation */
	/* ownership */
	ANY_LAB_CPU_TOUCH,    /* CPU touches a mapped buffer without sync_for_cpu */
	ANY_LAB_AFTER_UNMAP,  /* device touches memory after unmap */
	ANY_LAB_OUTSIDE,      /* device access outside every mapping */
	ANY_LAB_DIRECTION,    /* device access against the mapping's direction */
	ANY_LAB_DOUBLE_UNMAP, /* unmap or sync of what is not mapped */
	ANY_LAB_LEAK,	      /* mapped or allocated at the end */
	ANY_LAB_FREED,	      /* freed while the device owns it */
	ANY_LAB_BAD_MEMORY,   /* memory that is not for devices: stack, text, ... */
	ANY_LAB_MISUSE,	      /* API contract broken: wrong length, list, free, ... (C5) */
	/* addresses */
	ANY_LAB_UNREACHABLE,  /* bus address in no window: master abort */
	ANY_LAB_WRONG_WINDOW, /* a CPU physical address was used where a bus address belongs */
	ANY_LAB_LIMIT,	      /* above (or below) what the device can address: truncated */
	ANY_LAB_IOMMU_FAULT,  /* no translation, or no permission */
	ANY_LAB_STALE_IOTLB,  /* translation used after unmap, or table update not yet visible */
	ANY_LAB_ENCRYPTED,    /* device touches a private page, or without the encryption bit */
	ANY_LAB_ATTRIBUTE,    /* an address bit that routes or orders is missing, or too many */
	ANY_LAB_TABLE,	      /* the IOMMU's tables name other memory, or none */
	ANY_LAB_COLOUR,	      /* the bus snoops by colour, and IOVA and memory differ in it */
	ANY_LAB_HOLE,	      /* an IOVA that is the bridge's own: doorbell, other device */
	ANY_LAB_GRANULE,      /* an untrusted device sees what shares a granule with a buffer */
	/* order and drains */
	ANY_LAB_STORE_ORDER, /* published before the data it announces: no store barrier */
	ANY_LAB_LOAD_ORDER,  /* read before the index that announces it: no load barrier */
	ANY_LAB_FULL_ORDER,  /* store then load passed each other: no full barrier (lost kick) */
	ANY_LAB_DOORBELL,    /* doorbell rung before the ring update was visible */
	ANY_LAB_DRAIN_OUT,   /* host-to-device buffer not drained */
	ANY_LAB_DRAIN_IN,    /* device-to-host buffer not drained */
	ANY_LAB_DEADLOCK,    /* a ritual that must not be used was (hazard 9) */
	ANY_LAB_RELAXED,     /* a completion record may have passed its payload */
	/* protocol and end results */
	ANY_LAB_TRUSTED,      /* driver used a completion it should have refused */
	ANY_LAB_DATA,	      /* bytes differ at the end and no rule above saw why */
	ANY_LAB_HANG,	      /* nothing can make progress */
	ANY_LAB_REFUSED,      /* driver refused the device (expected without ACCESS_PLATFORM) */
	ANY_LAB_DRIVER_ERROR, /* driver returned an error */
	ANY_LAB_CRASH,	      /* the run died: a signal */
	ANY_LAB_RULES,
};

/* What a machine must have for a rule to be broken on it, not only somewhere. */
enum any_lab_needs {
	ANY_LAB_NEEDS_NOTHING, /* wrong everywhere: at the latest the compiler breaks it */
	ANY_LAB_NEEDS_CACHE,   /* a cache that the bus does not snoop */
	ANY_LAB_NEEDS_MOVES,   /* such a cache, a copy or a translation: no flat coherent machine */
};

struct any_lab_rule_text {
	enum any_lab_rule rule;
	const char *id;	   /* "L01-dirty-read" */
	const char *title; /* a few words */
	const char *why;   /* the rule in words, with its conformance id */
	const char *fix;   /* what mends it; in braces what the driver's API has a word for */
	const char
		*where; /* one catalogue platform where it breaks; empty: wherever it was found */
	enum any_lab_needs needs;
};
extern const struct any_lab_rule_text any_lab_rules[ANY_LAB_RULES];

/* One access or call, resolved to source. */
struct any_lab_site {
	char what[ANY_LAB_TEXT]; /* "driver stored 64 bytes", "device read 512 bytes" */
	char function[64];
	char file[96]; /* relative to the source root */
	uint32_t line;
	uint64_t step; /* event number */
};

/* One row of the picture: a cache line, or for address faults a range of bus addresses. */
struct any_lab_line {
	uint64_t phys;	/* CPU physical address of byte 0 (address pictures: bus address) */
	uint64_t span;	/* address pictures: bytes of this range; 0: the one address */
	uint32_t bytes; /* line size, at most 128; 0 in address pictures */
	char label[48]; /* "view 0, valid, dirty" */
	/* one letter a byte: . clean  D dirty in cache  S stale in cache  P pending store
	 * W device wrote  X the offending bytes  - not present */
	char state[129];
};

struct any_lab_report {
	enum any_lab_rule rule;
	uint64_t step;
	char text[2 * ANY_LAB_TEXT];   /* what happened, one or two sentences */
	struct any_lab_site at;	       /* the wrong event */
	struct any_lab_site before;    /* the access it conflicts with; what[0] = 0: none */
	char mapping[ANY_LAB_TEXT];    /* "map of 512 bytes FROM_DEVICE at phys 0x.. bus 0x..
					  (blk.c:88)" */
	char fix[2 * ANY_LAB_TEXT];    /* what mends it, in the words of the driver's API */
	char cause[ANY_LAB_TEXT];      /* the platform's wart that bites here, in words */
	char replay[2 * ANY_LAB_TEXT]; /* a command line that replays it */
	char plan[ANY_LAB_PLAN];       /* to be given with the seed; empty: the seed alone */
	char needs[ANY_LAB_TEXT];      /* which misfortunes it takes: "none"; empty: nobody tried */
	uint64_t phys;		       /* the bytes in question, by CPU physical address */
	uint32_t len;		       /* 0: it is about no bytes of memory */
	uint32_t n_history;
	struct any_lab_site history[ANY_LAB_HISTORY]; /* what was done to them, oldest first */
	uint32_t n_lines;
	struct any_lab_line lines[ANY_LAB_LINES];
	uint32_t n_events;
	char events[ANY_LAB_EVENTS][ANY_LAB_TEXT / 2]; /* last events, oldest first */
};

struct any_lab_counters {
	uint64_t requests, bytes; /* moved by the driver */
	uint64_t maps, bounced_bytes, lines_cleaned, lines_invalidated, iommu_maps, drains;
	uint64_t events; /* loads, stores, barriers, MMIO and bus events */
	uint64_t evictions, fills, reorders, kicks, interrupts;
};

enum any_lab_verdict {
	ANY_LAB_PASS,
	ANY_LAB_FAIL,	 /* the oracle found something: report */
	ANY_LAB_BAD_RUN, /* the run could not be made: error text in report.text */
};

/* Does chance prefer the moments that hurt? Not with a plan, which leaves nothing to it. */
enum any_lab_adversary {
	ANY_LAB_BY_SEED, /* odd seeds do, even ones do not */
	ANY_LAB_PLAIN,
	ANY_LAB_ADVERSARY,
};

bool any_lab_adversarial(enum any_lab_adversary adversary, uint64_t seed);

/* Which rules count. */
enum any_lab_strict {
	ANY_LAB_STRICT_ALL,	 /* every rule on every machine */
	ANY_LAB_STRICT_BOARD,	 /* what can go wrong on the machine it runs on */
	ANY_LAB_STRICT_COHERENT, /* a target that always snoops: no rule that needs a cache */
};

#define ANY_LAB_SUPPRESSIONS 32

/* The rare true exception, for a driver that cannot say any_lab_allow(). */
struct any_lab_suppression {
	enum any_lab_rule rule;
	uint32_t line;		   /* in its file */
	char place[128];	   /* FILE:LINE or FUNCTION, of the event or the one before */
	char reason[ANY_LAB_TEXT]; /* never empty */
};

/* Reads "RULE PLACE REASON" a line, # for comments: how many, or an error and why. */
ANY_MUST_CHECK int any_lab_suppressions(const char *text, size_t size,
					struct any_lab_suppression *list, uint32_t max,
					char why[ANY_LAB_TEXT]);

/* What to run. */
struct any_lab_config {
	const void *dtb; /* the platform, flattened; the lab reads, never writes */
	size_t dtb_size;
	const char *name;   /* for reports; NULL: from the tree */
	const char *device; /* full path or alias; NULL: anydma,device, else a good choice */
	uint64_t seed;
	const char *plan; /* [A-Za-z][A-Za-z0-9._+-]*, of a report; NULL: the seed alone */
	const struct any_lab_scenario *scenario; /* NULL: the virtio block driver and an image, */
	bool net;				 /* or the network driver and no image */
	const char *small;			 /* or a small device's: "rng", "console" */
	bool bypass;		 /* the driver is told it is on an identity PC: virtio as of 2018 */
	bool access_platform;	 /* device offers bits 33 and 36 (the normal case: true) */
	bool packed, event_idx;	 /* and bits 34, 29 */
	bool two_queues;	 /* of the block device, and the driver uses both */
	bool indirect, in_order; /* of it: bits 28, whose tables its driver uses, and 35 */
	bool write;		 /* write the source through the driver first, then read back */
	bool keep_image;	 /* write: leave what the device wrote in `target` */
	int source;		 /* descriptor of the disk image, read only, >= 0 */
	int target;		 /* write mode: descriptor of the device's own medium; -1: memory */
	uint64_t limit;		 /* bytes to move; 0 = whole image */
	uint64_t operations;	 /* of a scenario that asks; 0: as many as it thinks right */
	enum any_lab_adversary adversary;
	enum any_lab_strict strict;
	const struct any_lab_suppression *suppress;
	uint32_t n_suppress; /* at most ANY_LAB_SUPPRESSIONS */
	const char *log;     /* file for the event log, NULL: none */
	const char *trace;   /* file for a trace-event JSON, NULL: none */
	void (*progress)(void *ctx, uint64_t done, uint64_t total); /* NULL: none */
	void *progress_ctx;
};

/* What came out. Plain data. */
struct any_lab_cell {
	enum any_lab_verdict verdict;
	char platform[64];
	char device[ANY_LAB_DEVICE];	   /* its full path */
	char situation[ANY_LAB_SITUATION]; /* its facts in a line: equal lines, equal facts */
	char warts[ANY_LAB_WARTS];	   /* "offset, limit, bounce" */
	bool bypass, identity; /* identity: flat and coherent, so bypass is expected to pass */
	bool adversary;	       /* chance preferred the moments that hurt */
	uint32_t allowed;      /* findings that were allowed, and by which line of the list */
	uint32_t suppressed[ANY_LAB_SUPPRESSIONS];
	uint64_t seed;
	struct any_lab_counters counters;
	double seconds;	    /* wall time: shown, never part of a verdict */
	uint64_t log_hash;  /* of the event log */
	uint8_t sha256[32]; /* of what the driver read back */
	struct any_lab_report report;
};

/*
 * Runs one cell. 0 with *cell filled (whatever the verdict), or a negative error for a
 * configuration that makes no sense (bad tree: cell->report.text says what in one line).
 */
ANY_MUST_CHECK int any_lab_run(const struct any_lab_config *config, struct any_lab_cell *cell);

/*
 * Shortens what a failed run needs: its misfortunes are left out, halves first and then one by one,
 * as long as the same rule is found at the same line. The cell becomes that of the shortest run,
 * its report's `plan` and `needs` say what is left. It costs at most max_runs runs
 * (ANY_LAB_SHRINK_RUNS is a good number), each about as long as the one that failed. An error if
 * the cell is no failure, or the run does not fail again.
 */
#define ANY_LAB_SHRINK_RUNS 200
ANY_MUST_CHECK int any_lab_shrink(const struct any_lab_config *config, struct any_lab_cell *cell,
				  uint32_t max_runs);

/*
 * Fills the history of a failed cell's report: the run is made once more, by the report's plan or
 * its seed, with a memory for the bytes in question. An error if it does not fail again.
 */
ANY_MUST_CHECK int any_lab_history(const struct any_lab_config *config, struct any_lab_cell *cell);

/*
 * All schedules of a small program: every plan of at most max_misfortunes within the first
 * max_ticks events (accesses of the CPU and choices of the machine), every kind at every place
 * where it changes something, each run once. May be shared: process `part` of `parts` does its own.
 * And interrupted: pause() is asked before each plan's first misfortune; with the same struct it
 * goes on later. Start from zeroes.
 */
struct any_lab_exhaust {
	uint32_t max_misfortunes;
	uint64_t max_ticks;
	uint32_t part, parts;				    /* 0, 0: alone */
	bool (*pause)(void *ctx, uint32_t at, uint32_t of); /* NULL: never */
	void *ctx;
	/* what came of it */
	uint64_t schedules; /* run so far, by this part */
	uint64_t allowed;   /* findings of all of them, and by which line of the list */
	uint64_t suppressed[ANY_LAB_SUPPRESSIONS];
	uint64_t longest; /* events of the longest run */
	uint32_t next;
	bool done; /* all of them passed */
};
/* Stops at the first failure, which is in the cell, plan and all. */
ANY_MUST_CHECK int any_lab_exhaust(const struct any_lab_config *config, struct any_lab_exhaust *e,
				   struct any_lab_cell *cell);
/* "812 schedules: all with at most 2 misfortunes in 60 events" */
void any_lab_exhaust_text(const struct any_lab_exhaust *e, char *text, size_t size);

/* The device, its warts in a word each, whether it sees an identity machine; no run. */
ANY_MUST_CHECK int any_lab_describe(const void *dtb, size_t size, const char *device,
				    struct any_lab_cell *cell);

/*
 * The full path of the device that is meant: by a path, an alias, or the last part of a path (with
 * or without its address) where only one has it; NULL: anydma,device, else a good choice among the
 * bus masters. On failure one line in `why`, with what lies near.
 */
ANY_MUST_CHECK int any_lab_device(const void *dtb, size_t size, const char *wanted, char *path,
				  size_t path_size, char why[ANY_LAB_TEXT]);

#ifdef __cplusplus
}
#endif
#endif

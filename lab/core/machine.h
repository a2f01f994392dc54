/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine under the driver: memory as each party sees it.
 *
 * DRAM is what devices see. Each CPU alias of it is a *view*: host memory at a fixed address
 * holding the CPU's program-order truth, plus what the machine knows of each line. The host address
 * of any byte says which machine, which region and which byte of its memory it is:
 *
 *	LAB_BASE | machine << 42 | region << 38 | place
 *
 * Memory may lie anywhere in 64 bits (a node of Loongson-3 has its own at 2^44): a place counts
 * through the machine's banks, one after the other with a gap between, so that what runs off one
 * does not arrive in the next. The banks are few and the last one is tried first.
 *
 * Fixed addresses also keep address-space randomisation out of the event log.
 */
#ifndef ANYDMA_LAB_MACHINE_H
#define ANYDMA_LAB_MACHINE_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <anydma/lab.h>
#include <anydma/platform.h>
#include <anydma/watch.h>

#include "../cache/state.h"
#include "../cpu/state.h"
#include "chance.h"
#include "trace.h"

#define LAB_BASE	  0x200000000000ull
#define LAB_MACHINE_SHIFT 42
#define LAB_REGION_SHIFT  38
#define LAB_MACHINES	  8
#define LAB_SPAN	  ((uint64_t)LAB_MACHINES << LAB_MACHINE_SHIFT)
#define LAB_PLACE_MASK	  ((1ull << LAB_REGION_SHIFT) - 1)

enum lab_region {
	LAB_VIEW0, /* CPU views; VIVT machines have several */
	LAB_VIEW1,
	LAB_VIEW2,
	LAB_VIEW3,
	LAB_UNCACHED, /* CPU alias that bypasses the caches: coherent memory of non-coherent
			 machines */
	LAB_DRAM,     /* what devices see */
	LAB_LOWER,    /* below the views: outer cache, read-ahead buffer */
	LAB_MMIO,
	LAB_META0,		 /* struct lab_line of view 0.. */
	LAB_OWN = LAB_META0 + 4, /* one byte per 64 of RAM: LAB_OWN_* */
	LAB_LOWER_META,		 /* struct lab_line of it */
};

#define LAB_VIEWS	 4
#define LAB_OWN_READ	 0x1u  /* some byte here is mapped: the device may read it */
#define LAB_OWN_WRITE	 0x2u  /* ... may write it */
#define LAB_OWN_RING	 0x4u  /* coherent memory */
#define LAB_OWN_GONE	 0x20u /* coherent memory that was given back */
#define LAB_OWN_UNCACHED 0x10u /* stored to through the uncached alias, and lines may be older */
#define LAB_MAX_RAM	 ANY_PLATFORM_RANGES
#define LAB_WRITES	 512 /* history of device writes; power of two */
#define LAB_OLD_BYTES	 (1u << 20)
#define LAB_MAPPINGS	 1024
#define LAB_GONE	 256
#define LAB_RECENT	 512
#define LAB_LOST	 64
#define LAB_TRACE	 8 /* call sites kept: a shim and the library lie above the driver */

/* A device write and, until it is delivered, the bytes the CPU still sees. */
struct lab_write {
	uint64_t phys, seq, pc, step;
	uint32_t len;
	uint32_t old; /* offset in old_bytes; valid while undelivered */
	bool pushes;  /* what came before it is in memory when it is */
};

/* A live streaming mapping or coherent allocation, as the oracle knows it. */
struct lab_mapping {
	uint64_t cpu, phys, bus, len;	 /* cpu: host address of the driver's buffer */
	uint64_t trace[LAB_TRACE], step; /* who mapped: call sites, innermost first */
	uint64_t end[LAB_TRACE], ended;	 /* who unmapped */
	uint8_t dir, flags;
	bool live, coherent, lent_all;
	bool ring;     /* coherent: both sides use it at the same time */
	bool inferred; /* nobody said so: the device was seen to take it */
	bool lend;     /* a shim said so: the bus address is the driver's own doing */
	bool in_place; /* set aside by mapping it */
	bool ordered;  /* the device says its address with the ordering attribute */
	uint32_t n_lent;
	struct {
		uint32_t from, to;
	} lent[8]; /* parts the CPU has back through sync_for_cpu */
};

/* A plain store to a register, announced and not yet there; bytes 0: none. */
struct lab_plain {
	uint32_t offset, bytes;
	uint64_t pc;
};

/* CPU stores that an invalidate of their own range dropped. */
struct lab_lost {
	uint64_t base, bytes[2], pc, store_pc, step;
};

struct lab_event {
	uint64_t step, phys, pc;
	uint32_t len;
	uint8_t kind, region, master;
};

enum lab_event_kind {
	LAB_EV_LOAD,
	LAB_EV_STORE,
	LAB_EV_BARRIER,
	LAB_EV_MMIO_READ,
	LAB_EV_MMIO_WRITE,
	LAB_EV_CLEAN,
	LAB_EV_INVAL,
	LAB_EV_CACHE_SYNC,
	LAB_EV_MAP,
	LAB_EV_UNMAP,
	LAB_EV_SYNC,
	LAB_EV_EVICT,
	LAB_EV_FILL,
	LAB_EV_DRAIN,
	LAB_EV_DELIVER,
	LAB_EV_DEVICE,
	LAB_EV_INTERRUPT,
	LAB_EV_IOMMU,
	LAB_EV_ALLOC,
	LAB_EV_FREE,
	LAB_EV_RELAX,
	LAB_EV_SWITCH,
	/* not counted: they follow from other events */
	LAB_EV_TAKE,
	LAB_EV_RETURN,
};

enum lab_master { LAB_CPU, LAB_DEVICE, LAB_CPU1 /* in the log only */ };

struct lab_ram {
	uint64_t base, size;
};

/* Words of `size` bytes, `stride` apart: one in each descriptor of a ring, or a single one. */
struct lab_words {
	uint64_t base, size, stride, count;
	bool wish; /* says when to be told: an old one costs nothing */
};

/* One range of RAM. Ascending by place; place and base agree below LAB_BANK_GAP. */
struct lab_bank {
	uint64_t base, size, place;
};
#define LAB_BANK_GAP (2ull << 20)

/* A drain under way (bus/ritual.c). */
struct lab_ritual {
	uint32_t busy, helper_len; /* looks that still say so; what the other engine is to move */
};

enum lab_out { LAB_OUT_NONE, LAB_OUT_VERDICT, LAB_OUT_CANNOT, LAB_OUT_ALLOWED };

struct lab_iommu;
struct lab_device;
struct any_lab;
struct lab_program;

struct lab_machine {
	/* What every event looks at, close together: the rest is far too much for a cache. */
	unsigned id;
	enum lab_master master;
	bool armed;			     /* out is valid */
	bool coherent, speculates, hardware; /* hardware: only platform barriers order against it */
	bool irq_pushes;		     /* an interrupt arrives after the writes before it */
	bool relaxed;			     /* device writes may pass one another now (M14) */
	bool trusts;			     /* a completion that cannot be is out */
	bool raw, infers; /* a raw driver (oracle/infer.c); infers: the device says what it takes */
	bool calm;	  /* no misfortune: set-up, tear-down, reporting */
	uint32_t fuse;	  /* events until the next misfortune */
	uint32_t n_lost, n_sinks, line, line_shift;
	struct lab_plain plain;
	struct lab_bank *hot; /* the bank used last; points to last_bank */
	struct lab_bank last_bank;
	struct lab_cpu *cpu; /* the one that runs */
	uint64_t step, hash;
	/* seqs of device writes; delivered: all below are visible */
	uint64_t write_head, write_tail, delivered;
	uint64_t in_drained, irq_raised, irq_taken;
	uint32_t n_mappings, n_gone, n_lent, last_hit, n_polled, n_announcing;
	struct lab_program *program; /* NULL: the driver's memory is native but for its buffers */
	struct any_lab *lab;	     /* the user's scenario; NULL: the block driver's workload */
	struct lab_device *device;
	struct lab_turns turns;
	struct lab_chance chance;
	struct any_lab_counters count;

	const struct any_platform *plat;
	unsigned n_ram, n_views;
	struct lab_bank ram[LAB_MAX_RAM];
	struct lab_cache cache;
	uint64_t rng;		    /* the workload's stream */
	bool allows[ANY_LAB_RULES]; /* any_lab_allow() */
	enum any_lab_strict strict;
	bool identity; /* flat and coherent: nothing copies or translates */
	const struct any_lab_suppression *suppress;
	uint32_t n_suppress, n_allowed, suppressed[ANY_LAB_SUPPRESSIONS];

	struct lab_cpu cpus[LAB_CPUS];
	bool clean_waits;	  /* cleaned bytes may wait in the host-to-device buffer */
	struct lab_store cleaned; /* what was cleaned last: where, by whom, when */
	uint64_t doorbell_step;	  /* of the last one */

	/* device writes on their way in */
	struct lab_write writes[LAB_WRITES];
	uint64_t pushed;	       /* all writes up to this one have been pushed to memory */
	uint64_t loose_seen, loose_pc; /* the last write the CPU saw that pushed nothing */
	struct lab_ritual rituals[2];  /* towards the device, from it */
	uint8_t *old_bytes;
	uint32_t old_used;

	/* Recently dirtied lines, for eviction: a queue, the newest at its head. Some are clean
	 * again, some there twice. */
	uint32_t dirty_head, dirty_tail;
	struct lab_dirty {
		uint64_t line;
		uint8_t view;
	} dirty[LAB_DIRTY_LIST];
	uint16_t cleaning_n;
	struct lab_dirty cleaning[LAB_DIRTY_LIST];

	struct lab_mapping mappings[LAB_MAPPINGS], gone[LAB_GONE];
	bool own_lines; /* buffers are judged as if none were copied away for its lines */
	bool bypass;	/* the driver was told it is on an identity PC */
	struct any_dma_watch watch;

	/* words of device memory that the driver polls: indices, suppression flags (from the model)
	 */
	struct lab_words polled[16];
	/* words of driver memory that announce others to the device; none known: any may; one
	 * of no bytes: a doorbell announces all */
	struct lab_words announcing[16];

	/* a raw driver: what is inferred (oracle/infer.c) */
	uint64_t inval_from, inval_to; /* the range of the invalidate at hand */
	uint64_t doorbell_pc;	       /* of the last one */
	struct lab_lost lost[LAB_LOST];
	struct lab_mapping anywhere; /* entitles the device to what no mapping covers */

	struct lab_iommu *iommu;
	const struct any_dma_platform *port; /* what the driver was told */

	struct lab_event recent[LAB_RECENT];
	struct lab_sink sinks[3]; /* log, trace, history */
	struct any_lab_report *report;
	jmp_buf out; /* a verdict leaves by it, with LAB_OUT_* */
};

extern struct lab_machine *lab_current; /* whose CPU is executing */
extern struct lab_machine *lab_machines[LAB_MACHINES];

/* ---- addresses ------------------------------------------------------------------------------- */

/* The host address of byte `offset` of a region. */
static inline uint64_t lab_raw(const struct lab_machine *m, unsigned region, uint64_t offset)
{
	return LAB_BASE | (uint64_t)m->id << LAB_MACHINE_SHIFT |
	       (uint64_t)region << LAB_REGION_SHIFT | offset;
}

/* The slow half of the two below: finds the bank and makes it the hot one. */
uint64_t lab_find_place(const struct lab_machine *m, uint64_t phys);
uint64_t lab_find_phys(const struct lab_machine *m, uint64_t place);

/* Physical -> place. What is no memory has a place where nothing is mapped. */
static inline uint64_t lab_place(const struct lab_machine *m, uint64_t phys)
{
	const struct lab_bank *b = m->hot;

	if (ANY_LIKELY(phys - b->base < b->size))
		return b->place + (phys - b->base);
	return lab_find_place(m, phys);
}

/* A byte of memory by its physical address, or a register by its offset. */
static inline uint64_t lab_host(const struct lab_machine *m, unsigned region, uint64_t phys)
{
	return lab_raw(m, region, region < LAB_MMIO ? lab_place(m, phys) : phys);
}

static inline void *lab_ptr(const struct lab_machine *m, unsigned region, uint64_t phys)
{
	return (void *)(uintptr_t)lab_host(m, region, phys);
}

static inline unsigned lab_region_of(uint64_t host)
{
	return (unsigned)(host >> LAB_REGION_SHIFT) & 15u;
}

/* Of an address in a view or in DRAM; the end of a bank is past its last byte. Anything else: the
 * bits themselves (a register's offset). */
static inline uint64_t lab_phys_of(uint64_t host)
{
	const struct lab_machine *m = host - LAB_BASE < LAB_SPAN
					      ? lab_machines[(host - LAB_BASE) >> LAB_MACHINE_SHIFT]
					      : NULL;
	uint64_t place = host & LAB_PLACE_MASK;

	if (!m || lab_region_of(host) >= LAB_MMIO)
		return place;
	if (ANY_LIKELY(place - m->hot->place < m->hot->size))
		return m->hot->base + (place - m->hot->place);
	return lab_find_phys(m, place);
}

/* May the CPU hold a line of this memory that the bus does not snoop? */
static inline bool lab_caches(const struct lab_machine *m, uint64_t phys)
{
	return !m->coherent && phys - m->cache.snooped_base >= m->cache.snooped_size;
}

/* Snooped memory and the uncached alias: devices see these stores without a cache. */
static inline bool lab_is_direct(const struct lab_machine *m, unsigned region, uint64_t phys)
{
	return region == LAB_UNCACHED || (region < LAB_VIEWS && !lab_caches(m, phys));
}

static inline struct lab_line *lab_line(const struct lab_machine *m, unsigned view, uint64_t phys)
{
	return (struct lab_line *)(uintptr_t)lab_raw(m, LAB_META0 + view,
						     (lab_place(m, phys) >> m->line_shift) *
							     sizeof(struct lab_line));
}

/* Of the 64 bytes around phys; those of the next are next to it, as far as the bank goes. */
static inline uint8_t *lab_own(const struct lab_machine *m, uint64_t phys)
{
	return (uint8_t *)(uintptr_t)lab_raw(m, LAB_OWN, lab_place(m, phys) >> 6);
}

/* Does [phys, phys + len) lie in one of the words? */
static inline bool lab_in_words(const struct lab_words *w, uint64_t phys, uint64_t len)
{
	uint64_t at = phys - w->base;

	return at < w->stride * w->count && at % w->stride + len <= w->size;
}

bool lab_is_ram(const struct lab_machine *m, uint64_t phys, uint64_t len);

/* Of the recently dirtied lines, from the oldest on. */
static inline uint32_t lab_n_dirty(const struct lab_machine *m)
{
	return m->dirty_head - m->dirty_tail;
}

static inline struct lab_dirty *lab_dirty(const struct lab_machine *m, uint32_t which)
{
	return (struct lab_dirty *)&m->dirty[(m->dirty_tail + which) % LAB_DIRTY_LIST];
}

/* The bytes of [phys, phys + len) that fall into the line of `size` bytes at `base`, as a mask. */
static inline void lab_mask_of(uint32_t size, uint64_t base, uint64_t phys, uint64_t len,
			       uint64_t mask[2])
{
	uint64_t from = phys > base ? phys - base : 0;
	uint64_t to = phys + len - base < size ? phys + len - base : size;

	for (unsigned w = 0; w < 2; w++) {
		uint64_t a = from > 64u * w ? from - 64u * w : 0;
		uint64_t b = to > 64u * w ? to - 64u * w : 0;

		b = b > 64 ? 64 : b;
		mask[w] = a >= b ? 0 : (b - a == 64 ? ~0ull : ((1ull << (b - a)) - 1) << a);
	}
}

static inline void lab_mask(const struct lab_machine *m, uint64_t base, uint64_t phys, uint64_t len,
			    uint64_t mask[2])
{
	lab_mask_of(m->line, base, phys, len, mask);
}

static inline bool lab_hits(const uint64_t a[2], const uint64_t b[2])
{
	return (a[0] & b[0]) || (a[1] & b[1]);
}

/* Copies that are the machine's own and therefore no event: the linker wraps memcpy (libc/mem.c).
 */
void *__real_memcpy(void *to, const void *from, size_t n);

static inline void lab_copy(void *to, const void *from, size_t n)
{
	__real_memcpy(to, from, n);
}

/* The same where most copies are of a word. */
static inline void lab_copy_word(void *to, const void *from, size_t n)
{
	switch (n) {
	case 1:
		__builtin_memcpy(to, from, 1);
		break;
	case 2:
		__builtin_memcpy(to, from, 2);
		break;
	case 4:
		__builtin_memcpy(to, from, 4);
		break;
	case 8:
		__builtin_memcpy(to, from, 8);
		break;
	default:
		__real_memcpy(to, from, n);
		break;
	}
}

/* ---- chance ---------------------------------------------------------------------------------- */

/* Ticks so far. */
static inline uint64_t lab_ticks(const struct lab_machine *m)
{
	return m->chance.due - m->fuse;
}

/* The next misfortune is due after so many ticks. */
static inline void lab_set_fuse(struct lab_machine *m, uint32_t ticks)
{
	m->chance.due = lab_ticks(m) + ticks;
	m->fuse = ticks;
}

/* The workload's stream, and the device model's; the machine's is lab_choice() and lab_happens().
 */
static inline uint64_t lab_random(struct lab_machine *m)
{
	return lab_draw(&m->rng);
}

static inline uint64_t lab_device_random(struct lab_machine *m)
{
	return lab_draw(&m->chance.device);
}

/* True once in n: the workload's. */
static inline bool lab_chance(struct lab_machine *m, uint32_t n)
{
	return (lab_random(m) >> 32) * n >> 32 == 0;
}

/* ---- core ------------------------------------------------------------------------------------ */

/* Builds the machine; NULL with one line in `why` (ANY_LAB_TEXT) if it cannot. */
struct lab_machine *lab_machine_create(const struct any_platform *plat, uint64_t seed, char *why);
void lab_machine_destroy(struct lab_machine *m);

void lab_log_event(struct lab_machine *m, enum lab_event_kind kind, unsigned region, uint64_t phys,
		   uint32_t len, uint64_t pc);
/* Told to files and histories only; no part of the hash, and no event of its own. */
void lab_log_aside(struct lab_machine *m, enum lab_event_kind kind, uint64_t phys, uint64_t len,
		   uint64_t pc);
const char *lab_event_name(const struct lab_event *ev);
void lab_event_text(const struct lab_event *ev, char *text, size_t size);

/* The oracle speaks: fills the report and leaves the run. `before_pc` 0: no second site. */
_Noreturn void lab_fail(struct lab_machine *m, enum any_lab_rule rule, uint64_t pc,
			uint64_t before_pc, uint64_t before_step, uint64_t phys, uint32_t len,
			const char *fmt, ...) ANY_PRINTF(8, 9);
/* The same where the machine can go on: returns if it is allowed here (core/allow.c). */
void lab_found(struct lab_machine *m, enum any_lab_rule rule, uint64_t pc, uint64_t before_pc,
	       uint64_t before_step, uint64_t phys, uint32_t len, const char *fmt, ...)
	ANY_PRINTF(8, 9);
bool lab_is_allowed(struct lab_machine *m, enum any_lab_rule rule, uint64_t pc, uint64_t before_pc);
void lab_allow(struct lab_machine *m, const char *id, const char *reason);
void lab_disallow(struct lab_machine *m, const char *id);
void lab_source(uint64_t pc, struct any_lab_site *site);
/* Does the code there only pass a wish on, as the library and the shims do? */
bool lab_source_is_passed_on(uint64_t pc);
/* Where events count their program counters from. */
const void *lab_program_start(void);
/* The same for the event at hand: if pc only passes a wish on, or has no line, who wished. */
void lab_source_of_event(uint64_t pc, struct any_lab_site *site);
/* The innermost call sites of lab-built code, and the first of them outside the DMA library. */
void lab_trace(uint64_t trace[LAB_TRACE]);
uint64_t lab_trace_pc(const uint64_t trace[LAB_TRACE]);
uint64_t lab_caller_pc(void); /* the innermost one */
void lab_stack_reset(void);   /* before a run: the last one may have left by longjmp */

#endif

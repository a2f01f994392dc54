/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VT-d unit at its registers, written from the architecture specification alone. What the CPU
 * writes reaches it late: by a clean and a sync where it does not snoop, by a barrier where it
 * does, and past its write buffer only when that is flushed. It remembers contexts, pointers to
 * last-level tables and translations until it is told to forget them; in caching mode what is
 * absent, too. A command is carried out a few looks after it was given, a queue when somebody looks
 * whether it failed.
 */
#ifndef ANYDMA_TESTS_VTD_UNIT_H
#define ANYDMA_TESTS_VTD_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/iommu/vtd.h>

#define PAGES	96u
#define BYTES	(PAGES * 4096u)
#define BASE	0x7f000000ull /* of the pages, as the unit fetches */
#define REGS	0x1000u
#define RECORDS 3u
#define RECORD	0x220u

#define CAP_RWBF (1ull << 4)
#define CAP_PMR	 (1ull << 5)
#define CAP_CM	 (1ull << 7)
#define CAP_39	 (2ull << 8 | 38ull << 16)
#define CAP_48	 (6ull << 8 | 47ull << 16)
#define CAP_PSI	 (1ull << 39 | 9ull << 48)
#define CAP_BIG	 (3ull << 34)
#define CAP_REST (2ull | (uint64_t)(RECORD / 16) << 24 | (uint64_t)(RECORDS - 1) << 40)
#define CAP_ALL	 (CAP_48 | CAP_PSI | CAP_BIG | CAP_REST | 3ull << 54)
#define ECAP_C	 1ull
#define ECAP_QI	 2ull
#define ECAP_SC	 0x80ull

#define TE   (1u << 31)
#define SRTP (1u << 30)
#define WBF  (1u << 27)
#define QIE  (1u << 26)
#define IRE  (1u << 25)

enum kind { IS_CONTEXT, IS_TABLE, IS_LEAF };
struct memory {
	bool valid;
	enum kind kind;
	uint32_t sid, did;
	uint64_t at;	   /* of the table's or leaf's address */
	uint64_t size;	   /* what it speaks of */
	uint64_t value[2]; /* the entry; 0: remembered as absent */
};

struct unit {
	uint64_t cap, ecap, rtaddr, root, iqa;
	uint32_t gsts, pmen, fsts, fectl, iqh, iqt, command, countdown, version;
	uint32_t record[RECORDS][4], next;
	uint32_t mute;	 /* commands that are never carried out */
	uint32_t vanish; /* reads until every register is all ones; 0: never */
	uint32_t truth;	 /* reads that are answered honestly, where */
	uint32_t lies;	 /* is not 0: then, some that are not */
	bool stuck;	 /* the queue is not looked at */
	bool commanded;
	bool unfenced; /* contexts were invalidated, and no wait came since */
	/* Barriers between an entry's parts, before it is valid and after it was. */
	unsigned prepared, retired;
	unsigned loads; /* barriers after the word that ends a wait */
	unsigned writes, flushes, waits, contexts, iotlbs, singles, wholes;
	uint8_t *ram, *stage, *buffer, *view;
	struct memory memory[64];
	unsigned victim;
	char log[256]; /* what the queue asked for, and commands, in their order */
};
extern struct unit unit;

void unit_init(uint64_t cap, uint64_t ecap);
void unit_fini(void);
/* A device's access. 0 and `phys`; else the reason it was stopped for, which is on record. */
uint32_t unit_access(uint32_t sid, uint64_t iova, unsigned access, uint64_t *phys);
bool unit_pending(void); /* a record is filled */
extern const struct any_dma_cache_ops unit_cache;

/* ---- what tests have in common */

#define ECAP(c) (ECAP_QI | (c))

struct rig {
	struct any_vtd vtd;
	struct any_iommu_pages pages;
	struct any_iommu_page page[PAGES];
};

static inline void rig_init(struct rig *r, uint64_t cap, uint64_t ecap)
{
	unit_init(cap, ecap);
	memset(r, 0, sizeof(*r));
	r->pages = (struct any_iommu_pages){
		.cpu = unit.ram,
		.addr = any_dma(BASE),
		.phys = any_phys(BASE),
		.count = PAGES,
		.page = r->page,
		.cache = &unit_cache,
	};
}

static inline int rig_start(struct rig *r)
{
	static uint8_t regs[REGS];

	return any_vtd_init(&r->vtd, regs, sizeof(regs), &r->pages);
}

#endif

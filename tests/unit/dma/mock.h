/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine small enough to look at: 1 MiB of memory, its bounce pool and coherent memory at the
 * bottom, cache operations that move bytes between what the CPU sees and what devices see, an IOMMU
 * that is a table, and a log of everything the library asked the platform to do.
 */
#ifndef MOCK_H
#define MOCK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/dma.h>
#include <anydma/iova.h>
#include <anydma/watch.h>

#define RAM_PHYS     0x80000000ull
#define RAM_SIZE     0x100000u
#define POOL_AT	     0u
#define POOL_SIZE    0x40000u
#define COH_AT	     0x40000u
#define COH_SIZE     0x20000u
#define BUF_AT	     0x60000u /* here drivers' memory begins */
#define LINE	     64u
#define GRANULE	     4096u
#define IOVA_BASE    0x10000000ull
#define IOVA_SIZE    0x400000u
#define DEFERRED     8u
#define PAGE	     4096u
#define SCATTER_BUS  0x40000000ull
#define SCATTER_HOLE 0x8000u /* of the drivers' memory: the page that is not on the bus */

/* The pool's classes: 2 x 64 KiB, 8 x 4 KiB, 16 x 256 B; slots of the last are below a granule. */
#define SLOTS_SMALL 16u
#define SLOTS_MID   8u
#define SLOTS_LARGE 2u

enum mock_op {
	MOCK_CLEAN,
	MOCK_INVAL,
	MOCK_SYNC,
	MOCK_DRAIN_OUT,
	MOCK_DRAIN_IN,
	MOCK_MAP,
	MOCK_MAP_SYNC,
	MOCK_UNMAP,
	MOCK_IOTLB_INVAL,
	MOCK_IOTLB_SYNC,
	MOCK_OPS,
};

struct mock_log {
	enum mock_op op;
	uint64_t at, len;
	unsigned char byte; /* of the buffer under test, as the CPU sees it at that moment */
};

#define MOCK_POOL     1u
#define MOCK_COHERENT 2u
#define MOCK_IOMMU    4u
#define MOCK_DEFERRED 8u
#define MOCK_SCATTER  16u /* a page map in place of windows */
#define MOCK_ALL      (MOCK_POOL | MOCK_COHERENT)

struct mock {
	unsigned char *view, *dram; /* the same memory where the bus snoops */
	struct any_dma_facts facts;
	struct any_dma_platform plat;
	struct any_dma_ops ops;
	struct any_dma_region ram;
	struct any_bounce_pool pool;
	struct any_coherent_region coherent;
	struct any_dma_iommu iommu;
	struct any_iova iova;
	struct any_iova_range ranges[32];
	struct any_iommu_deferred deferred[DEFERRED];
	uint64_t bitmap[1];
	uint32_t stack[SLOTS_SMALL + SLOTS_MID + SLOTS_LARGE];
	struct any_dma_dev dev;
	/* the IOMMU: what its tables say, and what it may still have cached */
	struct {
		uint64_t phys;
		unsigned prot;
		bool present, stale;
	} table[IOVA_SIZE / GRANULE];
	unsigned map_room; /* granules its tables still have room for */
	struct mock_log log[512];
	unsigned n_log, count[MOCK_OPS];
	const unsigned char *look; /* whose first byte the log notes */
};

/* Facts must outlive the mock's use; attaches and expects success. */
void mock_start(struct mock *m, const struct any_dma_facts *facts, unsigned with);
/* How the machine is attached is another file (attach_*.c): as on any bus, or as on a plain one
 * where it is. */
int mock_attach(struct mock *m);
/* As start, for tests that want the attach's answer. */
int mock_try(struct mock *m, const struct any_dma_facts *facts, unsigned with);
void mock_stop(struct mock *m);
void mock_forget(struct mock *m); /* the log */

/* Driver memory as the CPU sees it, at RAM_PHYS + BUF_AT + at. */
unsigned char *mock_buf(struct mock *m, size_t at);
uint64_t mock_phys(size_t at);

/* The device. NULL or false: the bus, or the IOMMU, does not let it. */
unsigned char *mock_bus(struct mock *m, uint64_t bus, bool write);
bool mock_device_write(struct mock *m, uint64_t bus, unsigned char with, size_t len);
bool mock_device_sees(struct mock *m, uint64_t bus, unsigned char what, size_t len);

bool all_are(const void *bytes, unsigned char what, size_t len);
/* Index in the log of the n-th (from 0) such operation; fails the test if there is none. */
unsigned mock_when(const struct mock *m, enum mock_op op, unsigned n);

extern const struct any_dma_facts mock_flat;	/* coherent, identity */
extern const struct any_dma_facts mock_short;	/* coherent, reaches up to BUF_AT + 0x20000 */
extern const struct any_dma_facts mock_nosnoop; /* not coherent, speculates */
#define SHORT_END 0x20000u			/* first driver byte out of mock_short's reach */

#endif

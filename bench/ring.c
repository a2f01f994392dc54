/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does a buffer cost on its way through a ring, there and back: driver and device in one
 * thread, so that what is measured is instructions and not the distance between two cores. The bare
 * ring is a split one that writes and reads the same words and believes all of them; the packed
 * ring is measured against it, too.
 */
#include "way.h"

#include <stdlib.h>

/* A split ring without a driver or a device: its words, written and read in order. */
struct bare {
	struct any_vring parts;
	uint16_t avail_idx, avail_seen, used_idx, used_seen;
	_Alignas(4096) unsigned char mem[16384];
};

static struct way checked, packed;
static struct bare bare;

struct burst {
	void *way; /* struct way, or struct bare */
	unsigned batch;
	bool asks; /* whether a kick and a call are needed; else both sides poll */
};

/* ---- the library's ring ---------------------------------------------------------------------- */

static int checked_ring(void *arg, unsigned n)
{
	const struct burst *b = arg;
	struct way *w = b->way;

	for (unsigned i = 0; i < n; i++) {
		unsigned back = 0;
		int err = way_fill(w, b->batch, b->asks);

		if (err)
			return err;
		err = way_serve(w, b->asks);
		if (err != -ANY_EAGAIN)
			return err;
		err = way_take(w, &back);
		if (err != -ANY_EAGAIN || back != b->batch)
			return err ? err : -ANY_EIO;
	}
	return 0;
}

/* ---- the bare ring --------------------------------------------------------------------------- */

#define WORD(x) (*(volatile __typeof__(x) *)&(x))

static void full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void bare_fill(struct bare *w, const struct burst *b)
{
	const struct any_vring *p = &w->parts;

	for (unsigned k = 0; k < b->batch; k++, w->avail_idx++) {
		const uint16_t id = w->avail_idx % WAY_SIZE; /* in order: no free list */

		WORD(p->desc[id].addr) = 0x10000 + k * WAY_BUFFER;
		WORD(p->desc[id].len) = WAY_BUFFER;
		WORD(p->desc[id].flags) = ANY_VRING_DESC_WRITE;
		WORD(p->desc[id].next) = 0;
		WORD(p->avail->ring[id]) = id;
	}
	__asm__ volatile("" : : : "memory");
	WORD(p->avail->idx) = w->avail_idx;
	if (b->asks) {
		full_barrier();
		bench_use(WORD(p->used->flags));
	}
}

static void bare_serve(struct bare *w, bool asks)
{
	const struct any_vring *p = &w->parts;
	const uint16_t end = WORD(p->avail->idx);

	for (; w->avail_seen != end; w->avail_seen++) {
		const uint16_t id = WORD(p->avail->ring[w->avail_seen % WAY_SIZE]);
		struct any_vring_used_elem *elem = &p->used->ring[w->used_idx++ % WAY_SIZE];
		const uint32_t len = WORD(p->desc[id].len);

		bench_use(WORD(p->desc[id].addr) + len);
		bench_use(WORD(p->desc[id].flags));
		WORD(elem->id) = id;
		WORD(elem->len) = len;
	}
	__asm__ volatile("" : : : "memory");
	WORD(p->used->idx) = w->used_idx;
	if (asks) {
		full_barrier();
		bench_use(WORD(p->avail->flags));
	}
}

static int bare_ring(void *arg, unsigned n)
{
	const struct burst *b = arg;
	struct bare *w = b->way;

	for (unsigned i = 0; i < n; i++) {
		uint16_t end;

		bare_fill(w, b);
		bare_serve(w, b->asks);
		for (end = WORD(w->parts.used->idx); w->used_seen != end; w->used_seen++) {
			struct any_vring_used_elem *e =
				&w->parts.used->ring[w->used_seen % WAY_SIZE];

			bench_use(WORD(e->id) + WORD(e->len));
		}
	}
	return 0;
}

#define PAIR(text, count, question, limit, kind)                                                     \
	{.what = "bare, " text,                                                                      \
	 .run = bare_ring,                                                                           \
	 .arg = &(struct burst){&bare, count, question},                                             \
	 .per = count},                                                                              \
		{"split, " text, checked_ring, &(struct burst){&checked, count, question}, count, 1, \
		 kind,		 limit},                                                             \
	{                                                                                            \
		"packed, " text, checked_ring, &(struct burst){&packed, count, question}, count,     \
			2, kind, (limit) ? 11 : 0                                                    \
	}

int main(int argc, char **argv)
{
	struct any_vring_layout layout;
	const struct bench_case cases[] = {
		PAIR("polled, batch 1", 1, false, 0, BENCH_NO_AIM),
		PAIR("polled, batch 8", 8, false, 9, BENCH_AT_MOST),
		PAIR("polled, batch 64", 64, false, 9, BENCH_AT_MOST),
		PAIR("kick and call asked, batch 1", 1, true, 0, BENCH_NO_AIM),
		PAIR("kick and call asked, batch 8", 8, true, 9, BENCH_AT_MOST),
		PAIR("kick and call asked, batch 64", 64, true, 9, BENCH_AT_MOST),
	};

	if (way_set_up(&checked, false) || way_set_up(&packed, true))
		return EXIT_FAILURE;
	any_vring_layout(WAY_SIZE, 64, &layout);
	bare.parts = any_vring_at(bare.mem, &layout);
	return bench_main("rings: ns per buffer, there and back", cases, ANY_ARRAY_SIZE(cases),
			  argc, argv);
}

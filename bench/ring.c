/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does a buffer cost on its way through a ring, there and back: driver and device in one
 * thread, so that what is measured is instructions and not the distance between two cores. The bare
 * ring is a split one that writes and reads the same words and believes all of them; the packed
 * ring is measured against it, too.
 */
#include "bench.h"

#include <anydma/ring.h>

#include <stdlib.h>

#define SIZE   256u
#define BUFFER 64u

struct way {
	struct any_vring parts;
	struct any_ring_driver driver;
	struct any_ring_device device;
	struct any_ring_shadow shadow[SIZE];
	struct any_ring_piece piece[SIZE];
	struct any_packed_held held[SIZE];
	uint16_t avail_idx, avail_seen, used_idx, used_seen; /* of the bare ring */
	_Alignas(4096) unsigned char mem[16384];
};

static struct way checked, packed, bare;

struct burst {
	struct way *way;
	unsigned batch;
	bool asks; /* whether a kick and a call are needed; else both sides poll */
};

static int set_up(struct way *w, bool is_packed)
{
	struct any_vring_layout layout;
	struct any_ring_config config = {.size = SIZE, .packed = is_packed, .held = w->held};
	int err;

	(is_packed ? any_packed_layout : any_vring_layout)(SIZE, 64, &layout);
	if (layout.bytes > sizeof(w->mem))
		return -ANY_ENOSPC;
	w->parts = config.parts = any_vring_at(w->mem, &layout);
	err = any_ring_driver_init(&w->driver, &config, w->shadow);
	return err ? err : any_ring_device_init(&w->device, &config);
}

/* ---- the library's ring ---------------------------------------------------------------------- */

static int serve(struct way *w, bool asks)
{
	struct any_ring_chain chain = {.piece = w->piece, .max = SIZE};
	int err;

	while (!(err = any_ring_take_avail(&w->device, &chain))) {
		bench_use(chain.piece->addr + chain.piece->len);
		any_ring_make_used(&w->device, chain.head, chain.piece->len);
	}
	any_ring_publish_used(&w->device);
	if (asks)
		bench_use(any_ring_call_needed(&w->device));
	return err;
}

static int fill(struct way *w, const struct burst *b)
{
	for (unsigned k = 0; k < b->batch; k++) {
		const struct any_ring_buf buf = {0x10000 + k * BUFFER, BUFFER};
		uint16_t id;
		int err = any_ring_make_avail(&w->driver, &buf, 0, 1, &id);

		if (err)
			return err;
		bench_use(id);
	}
	any_ring_publish_avail(&w->driver);
	if (b->asks)
		bench_use(any_ring_kick_needed(&w->driver));
	return 0;
}

static int checked_ring(void *arg, unsigned n)
{
	const struct burst *b = arg;
	struct way *w = b->way;

	for (unsigned i = 0; i < n; i++) {
		struct any_ring_done done;
		unsigned back = 0;
		int err = fill(w, b);

		if (err)
			return err;
		err = serve(w, b->asks);
		if (err != -ANY_EAGAIN)
			return err;
		while (!(err = any_ring_take_used(&w->driver, &done))) {
			bench_use(done.written + done.id);
			back++;
		}
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

static void bare_fill(struct way *w, const struct burst *b)
{
	const struct any_vring *p = &w->parts;

	for (unsigned k = 0; k < b->batch; k++, w->avail_idx++) {
		const uint16_t id = w->avail_idx % SIZE; /* in order: no free list */

		WORD(p->desc[id].addr) = 0x10000 + k * BUFFER;
		WORD(p->desc[id].len) = BUFFER;
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

static void bare_serve(struct way *w, bool asks)
{
	const struct any_vring *p = &w->parts;
	const uint16_t end = WORD(p->avail->idx);

	for (; w->avail_seen != end; w->avail_seen++) {
		const uint16_t id = WORD(p->avail->ring[w->avail_seen % SIZE]);
		struct any_vring_used_elem *elem = &p->used->ring[w->used_idx++ % SIZE];
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
	struct way *w = b->way;

	for (unsigned i = 0; i < n; i++) {
		uint16_t end;

		bare_fill(w, b);
		bare_serve(w, b->asks);
		for (end = WORD(w->parts.used->idx); w->used_seen != end; w->used_seen++) {
			struct any_vring_used_elem *e = &w->parts.used->ring[w->used_seen % SIZE];

			bench_use(WORD(e->id) + WORD(e->len));
		}
	}
	return 0;
}

#define PAIR(text, count, question, limit, kind)                                                   \
	{.what = "bare, " text,                                                                    \
	 .run = bare_ring,                                                                         \
	 .arg = &(struct burst){&bare, count, question},                                           \
	 .per = count},                                                                            \
		{"checked, " text,                                                                 \
		 checked_ring,                                                                     \
		 &(struct burst){&checked, count, question},                                       \
		 count,                                                                            \
		 1,                                                                                \
		 kind,                                                                             \
		 limit},                                                                           \
	{                                                                                          \
		"packed, " text, checked_ring, &(struct burst){&packed, count, question}, count,   \
			2, BENCH_NO_AIM, 0                                                         \
	}

int main(int argc, char **argv)
{
	const struct bench_case cases[] = {
		PAIR("polled, batch 1", 1, false, 0, BENCH_NO_AIM),
		PAIR("polled, batch 8", 8, false, 9, BENCH_AT_MOST),
		PAIR("polled, batch 64", 64, false, 9, BENCH_AT_MOST),
		PAIR("kick and call asked, batch 1", 1, true, 0, BENCH_NO_AIM),
		PAIR("kick and call asked, batch 8", 8, true, 9, BENCH_AT_MOST),
		PAIR("kick and call asked, batch 64", 64, true, 9, BENCH_AT_MOST),
	};

	if (set_up(&checked, false) || set_up(&packed, true) || set_up(&bare, false))
		return EXIT_FAILURE;
	return bench_main("rings: ns per buffer, there and back", cases, ANY_ARRAY_SIZE(cases),
			  argc, argv);
}

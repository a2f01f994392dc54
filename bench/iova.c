/* SPDX-License-Identifier: BSD-2-Clause */
/* What does an I/O virtual address cost: one taken and given back, by the queue that owns them. */
#include "bench.h"

#include <anydma/iova.h>

#define GRANULE 4096u
#define LIVE	1024u
#define BURST	128u /* twice a magazine: half of it goes through the list of free ranges */
#define PICKS	4096u

struct space {
	struct any_iova iova;
	struct any_iova_range ranges[2048];
	struct any_dma_addr live[LIVE];
	unsigned short pick[PICKS];
};

static struct space few, many, burst;

/* The floor: a stack of addresses of one size, with no classes, limits or counters. */
static struct bare {
	uint64_t stack[ANY_IOVA_MAGAZINE], live[LIVE];
	unsigned n;
} bare;

static int set_up(struct space *s)
{
	bench_random(s->pick, PICKS, LIVE);
	return any_iova_init(&s->iova, 0x10000000, 1u << 28, GRANULE, s->ranges,
			     ANY_ARRAY_SIZE(s->ranges));
}

static int bare_none(void *arg, unsigned n)
{
	struct bare *b = arg;

	for (unsigned i = 0; i < n; i++) {
		uint64_t addr = b->stack[--b->n];

		bench_keep(addr);
		b->stack[b->n++] = addr;
	}
	return 0;
}

static int iova_none(void *arg, unsigned n)
{
	struct space *s = arg;
	struct any_dma_addr addr;

	for (unsigned i = 0; i < n; i++) {
		int err = any_iova_alloc(&s->iova, GRANULE, UINT64_MAX, &addr);

		if (err)
			return err;
		bench_keep(addr.raw);
		any_iova_free(&s->iova, addr, GRANULE);
	}
	return 0;
}

/* A new one takes the place of a random old one. */
static int bare_live(void *arg, unsigned n)
{
	struct bare *b = arg;

	for (unsigned i = 0; i < n; i++) {
		const unsigned k = many.pick[i % PICKS];
		uint64_t addr = b->stack[--b->n];

		bench_keep(addr);
		b->stack[b->n++] = b->live[k];
		b->live[k] = addr;
	}
	return 0;
}

static int iova_live(void *arg, unsigned n)
{
	struct space *s = arg;
	struct any_dma_addr addr;

	for (unsigned i = 0; i < n; i++) {
		const unsigned k = s->pick[i % PICKS];
		int err = any_iova_alloc(&s->iova, GRANULE, UINT64_MAX, &addr);

		if (err)
			return err;
		bench_keep(addr.raw);
		any_iova_free(&s->iova, s->live[k], GRANULE);
		s->live[k] = addr;
	}
	return 0;
}

static int iova_burst(void *arg, unsigned n)
{
	struct space *s = arg;

	for (unsigned i = 0; i < n; i++) {
		const unsigned turn = s->pick[i % PICKS];

		for (unsigned k = 0; k < BURST; k++) {
			int err = any_iova_alloc(&s->iova, GRANULE, UINT64_MAX, &s->live[k]);

			if (err)
				return err;
		}
		for (unsigned k = 0; k < BURST; k++) /* 45 is odd: each once, out of order */
			any_iova_free(&s->iova, s->live[(k * 45 + turn) % BURST], GRANULE);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct bench_case cases[] = {
		{.what = "bare stack, none live", .run = bare_none, .arg = &bare},
		{"alloc + free, none live", iova_none, &few, 1, 1, BENCH_AT_MOST, 2.5},
		{.what = "bare stack, 1024 live, random", .run = bare_live, .arg = &bare},
		{"alloc + free, 1024 live, random", iova_live, &many, 1, 1, BENCH_AT_MOST, 2.5},
		{"alloc + free, bursts of 128", iova_burst, &burst, BURST, 4, BENCH_NO_AIM, 0},
	};
	int err = set_up(&few) || set_up(&many) || set_up(&burst);

	for (unsigned k = 0; k < LIVE && !err; k++)
		err = any_iova_alloc(&many.iova, GRANULE, UINT64_MAX, &many.live[k]);
	bare.n = ANY_IOVA_MAGAZINE / 2;
	if (err)
		return 1;
	return bench_main("iova: ns per address", cases, ANY_ARRAY_SIZE(cases), argc, argv);
}

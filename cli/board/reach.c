/* SPDX-License-Identifier: BSD-2-Clause */
/* Which memory a device sees, and where: pieces between the borders at which the answer changes. */
#include "cli/board/board.h"

struct bus {
	uint64_t first, last; /* what the bus and its master can drive */
};

static struct bus limits(const struct any_platform *p)
{
	struct bus b = {p->facts.dma_min, p->facts.dma_max ? p->facts.dma_max : UINT64_MAX};
	uint32_t bits = p->machine.master_bits;

	if (bits && bits < 64 && b.last > (UINT64_C(1) << bits) - 1)
		b.last = (UINT64_C(1) << bits) - 1;
	return b;
}

/* Where the next window starts or ends above `at`; the piece ends before it. */
static uint64_t piece_end(const struct any_platform *p, uint64_t at, uint64_t last)
{
	for (uint32_t i = 0; i < p->facts.n_segments; i++) {
		const struct any_dma_segment *s = &p->segments[i];
		uint64_t end = s->phys.raw + (s->size - 1);

		if (s->phys.raw > at && s->phys.raw - 1 < last)
			last = s->phys.raw - 1;
		if (end >= at && end < last)
			last = end;
	}
	return last;
}

/* First match wins (M1). False: the address is in no window. */
static bool bus_address(const struct any_platform *p, uint64_t at, uint64_t *dma)
{
	for (uint32_t i = 0; i < p->facts.n_segments; i++) {
		const struct any_dma_segment *s = &p->segments[i];

		if (at >= s->phys.raw && at - s->phys.raw < s->size) {
			*dma = s->dma.raw + (at - s->phys.raw);
			return true;
		}
	}
	*dma = at;
	return !p->facts.n_segments || p->facts.miss_identity;
}

static size_t put(struct cli_piece *list, size_t n, struct cli_piece piece)
{
	struct cli_piece *before = n ? &list[n - 1] : NULL;

	if (before && before->last + 1 == piece.first && before->reached == piece.reached &&
	    (!piece.reached || piece.dma - before->dma == piece.first - before->first)) {
		before->last = piece.last;
		return n;
	}
	if (n == CLI_PIECES)
		return n;
	list[n] = piece;
	return n + 1;
}

/* One run of bus addresses, cut where the bus cannot drive them. */
static size_t cut(const struct bus *b, struct cli_piece whole, struct cli_piece *list, size_t n)
{
	uint64_t span = whole.last - whole.first, end = whole.dma + span;
	uint64_t low = 0, high = span;
	bool any = whole.reached && end >= whole.dma && end >= b->first && whole.dma <= b->last;

	if (!any) {
		whole.reached = false;
		return put(list, n, whole);
	}
	if (whole.dma < b->first)
		low = b->first - whole.dma;
	if (end > b->last)
		high = b->last - whole.dma;
	if (low)
		n = put(list, n, (struct cli_piece){whole.first, whole.first + low - 1, 0, false});
	n = put(list, n,
		(struct cli_piece){whole.first + low, whole.first + high, whole.dma + low, true});
	if (high < span)
		n = put(list, n, (struct cli_piece){whole.first + high + 1, whole.last, 0, false});
	return n;
}

static size_t reach(const struct any_platform *p, uint64_t first, uint64_t last,
		    struct cli_piece *list, size_t n)
{
	const struct bus b = limits(p);

	for (;;) {
		struct cli_piece piece = {first, piece_end(p, first, last), 0, false};

		piece.reached = bus_address(p, first, &piece.dma);
		n = cut(&b, piece, list, n);
		if (piece.last == last)
			return n;
		first = piece.last + 1;
	}
}

size_t cli_reach(const struct any_platform *p, uint64_t first, uint64_t last,
		 struct cli_piece list[CLI_PIECES])
{
	return reach(p, first, last, list, 0);
}

size_t cli_reach_ram(const struct any_platform *p, struct cli_piece list[CLI_PIECES])
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->n_ram; i++)
		n = reach(p, p->ram[i].base, p->ram[i].base + (p->ram[i].size - 1), list, n);
	return n;
}

unsigned cli_limit(const struct any_platform *p, uint64_t *last)
{
	const struct bus b = limits(p);
	uint64_t end = p->facts.n_segments ? 0 : UINT64_MAX;
	unsigned bits = 0;

	for (uint32_t i = 0; i < p->facts.n_segments; i++) {
		uint64_t dma = p->segments[i].dma.raw + (p->segments[i].size - 1);

		end = dma > end ? dma : end;
	}
	if (p->facts.miss_identity)
		end = UINT64_MAX;
	*last = end < b.last ? end : b.last;
	while (bits < 64 && *last >> bits)
		bits++;
	return bits;
}

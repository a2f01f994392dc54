/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of every format against a list of pages: what was mapped is found, with its access, and
 * nothing else is; a call that failed left everything as it was; in the end every page is back.
 */
#include <anydma/iommu/table.h>

#include "input.h"

#define PAGE  4096ull
#define BASE  0x3f800000ull /* 4 blocks, then a border of 1 GiB, then 4 more */
#define N     (8u * 512u)
#define PAGES 12u /* fewer than all of it takes */

static const struct {
	const struct any_iommu_table_format *format;
	bool write_alone;
} formats[] = {
	{&any_iommu_arm_s1, false},	{&any_iommu_arm_s2, true},
	{&any_iommu_vtd_second, true},	{&any_iommu_riscv_sv39, false},
	{&any_iommu_riscv_sv48, false},
};

struct state {
	struct any_iommu_table table;
	struct any_iommu_pages pages;
	struct any_iommu_page page[PAGES];
	bool write_alone;
	struct {
		uint64_t phys;
		unsigned access; /* 0: not mapped */
	} model[N];
};

static struct any_dma_addr iova_of(uint32_t i)
{
	return any_dma(BASE + i * PAGE);
}

static bool mapped(const struct state *s, uint32_t i)
{
	struct any_iommu_walk walk;
	const int err = any_iommu_table_walk(&s->table, any_dma(iova_of(i).raw + 0x123), &walk);

	if (err && err != -ANY_ENOENT)
		abort();
	return !err;
}

static void compare(const struct state *s, uint32_t first, uint32_t n)
{
	for (uint32_t i = first; i < first + n; i++) {
		struct any_iommu_walk walk;
		const int err = any_iommu_table_walk(&s->table, iova_of(i), &walk);

		if (err != (s->model[i].access ? 0 : -ANY_ENOENT))
			abort();
		if (!err && (walk.phys.raw != s->model[i].phys ||
			     walk.access != s->model[i].access || walk.size < PAGE))
			abort();
	}
}

/* Half of them where blocks can be: the same place in a block on both sides. */
static void map(struct state *s, struct input *in, uint32_t first, uint32_t n)
{
	const uint32_t how = take(in, 1), prot = how & (ANY_IOMMU_READ | ANY_IOMMU_WRITE);
	const uint64_t page = how & 0x80
				      ? (uint64_t)(how & 0x70) << 9 | ((BASE / PAGE + first) & 511)
				      : take(in, 3);
	const int err = any_iommu_table_map(&s->table, iova_of(first), any_phys(page * PAGE),
					    n * PAGE, prot);
	bool busy = false;

	for (uint32_t i = first; i < first + n; i++)
		busy |= s->model[i].access;
	if (!prot != (err == -ANY_EINVAL) || (prot && busy && !err) ||
	    (!busy && err == -ANY_EBUSY) || err == -ANY_EPROTO || err == -ANY_ERANGE)
		abort();
	for (uint32_t i = first; !err && i < first + n; i++) {
		s->model[i].phys = (page + (i - first)) * PAGE;
		s->model[i].access = prot | (s->write_alone ? 0 : ANY_IOMMU_READ);
	}
}

/* Without a page for what stays of a block: up to that block it is done, from there on not. */
static void unmap(struct state *s, uint32_t first, uint32_t n)
{
	const int err = any_iommu_table_unmap(&s->table, iova_of(first), n * PAGE);

	if (err && err != -ANY_ENOMEM)
		abort();
	for (uint32_t i = first; i < first + n; i++) {
		if (err && s->model[i].access && mapped(s, i))
			return;
		s->model[i].access = 0;
	}
	if (err)
		abort();
}

static void on_inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	(void)ctx;
	if (iova.raw % len)
		abort();
}

static void step(struct state *s, struct input *in)
{
	const uint32_t what = take(in, 1);
	const uint32_t where = take(in, 2) % N;
	const uint32_t first = what & 0x40 ? where & ~511u : where; /* where a block may begin */
	uint32_t n = what & 0x80 ? 512u * (1 + (what >> 4 & 3)) : 1 + take(in, 1);

	n = n > N - first ? N - first : n;
	if (what % 4 == 0 || what % 4 == 1)
		map(s, in, first, n);
	else if (what % 4 == 2)
		unmap(s, first, n);
	else
		any_iommu_table_reclaim(&s->table);
	compare(s, first ? first - 1 : 0, 1);
	compare(s, first, n);
	compare(s, first + n < N ? first + n : 0, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state *s = calloc(1, sizeof(*s));
	void *memory = aligned_alloc(PAGE, PAGES * PAGE);
	const uint32_t which = take(&in, 1);

	if (!s || !memory)
		abort();
	s->write_alone = formats[which % 5].write_alone;
	s->pages = (struct any_iommu_pages){.cpu = memory,
					    .addr = any_dma(0x4740000000ull),
					    .count = 5 + which / 5 % (PAGES - 4),
					    .page = s->page};
	s->table = (struct any_iommu_table){.format = formats[which % 5].format,
					    .pages = &s->pages,
					    .snooped = true,
					    .inval = which % 5 < 2 ? on_inval : NULL};
	if (any_iommu_pages_init(&s->pages) || any_iommu_table_init(&s->table))
		abort();
	while (in.left)
		step(s, &in);
	compare(s, 0, N);
	any_iommu_table_fini(&s->table);
	if (s->pages.used)
		abort();
	free(memory);
	free(s);
	return 0;
}

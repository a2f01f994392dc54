/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a devicetree: one clear line or facts that hold together, never a crash, for every
 * master and both readers. What a caller relies on without looking again is checked here, and that
 * the index changes no answer.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/platform.h>

#define NODES	4096
#define MASTERS 24 /* a run has to end; trees of thousands of masters add nothing */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_ranges(const struct any_platform_range *range, uint32_t n, uint32_t max)
{
	require(n <= max);
	for (uint32_t i = 0; i < n; i++) {
		require(range[i].size && range[i].base + (range[i].size - 1) >= range[i].base);
		for (uint32_t k = 0; k < i; k++)
			require(range[i].base > range[k].base + (range[k].size - 1) ||
				range[k].base > range[i].base + (range[i].size - 1));
	}
}

static void check_windows(const struct any_dma_segment *s, uint32_t n, uint32_t max)
{
	require(n <= max);
	for (uint32_t i = 0; i < n; i++) {
		require(s[i].size && s[i].phys.raw + (s[i].size - 1) >= s[i].phys.raw);
		require(s[i].dma.raw + (s[i].size - 1) >= s[i].dma.raw);
	}
}

static void check_iommu(const struct any_platform_iommu *u)
{
	const uint64_t last = u->base + (u->size - 1);

	require(u->granule && !(u->granule & (u->granule - 1)));
	require(u->size && last >= u->base && !(u->base & (u->granule - 1)) &&
		!(u->size & (u->granule - 1)));
	check_ranges(u->holes, u->n_holes, ANY_PLATFORM_HOLES);
	for (uint32_t i = 0; i < u->n_holes; i++)
		require(u->holes[i].base >= u->base &&
			u->holes[i].base + (u->holes[i].size - 1) <= last);
	check_windows(u->out, u->n_out, ANY_PLATFORM_RANGES);
}

static void check_line(const char *text, size_t size)
{
	require(text[0] && memchr(text, 0, size));
	for (; *text; text++)
		require(*text >= ' ' && *text <= '~');
}

static void check_facts(const struct any_platform *p)
{
	check_windows(p->segments, p->facts.n_segments, ANY_PLATFORM_SEGMENTS);
	check_ranges(p->ram, p->n_ram, ANY_PLATFORM_RANGES);
	check_ranges(p->reserved, p->n_reserved, ANY_PLATFORM_RESERVED);
	require(p->machine.cache.n_views >= 1 && p->machine.cache.n_views <= 4);
	require(!(p->facts.line & (p->facts.line - 1)));
	require(!p->facts.bounce_always || p->machine.bounce_size);
	if (p->machine.iommu.present)
		check_iommu(&p->machine.iommu);
}

static void said(void *ctx, enum any_platform_fact fact, const char *path, const char *property,
		 const char *meaning)
{
	(void)ctx;
	require(fact <= ANY_FACT_IGNORED && path && strlen(path) < 256 && meaning && meaning[0]);
	require(!property || property[0]);
}

static int ask(const struct any_platform_tree *tree, const char *device,
	       enum any_platform_reader as, struct any_platform *out)
{
	const struct any_platform_query query = {.device = device, .as = as, .why = said};
	struct any_platform_error error = {""};
	int err = any_platform_ask(tree, &query, out, &error);

	if (err)
		check_line(error.text, sizeof(error.text));
	else
		check_facts(out);
	return err;
}

static void ask_all(const struct any_platform_tree *tree, const struct any_platform_tree *slow)
{
	static struct any_platform p, q;
	struct any_platform_master m = {.offset = -1}, n = m;

	(void)ask(tree, NULL, ANY_READER_LINUX, &p);
	for (unsigned i = 0; i < MASTERS && any_platform_next_master(tree, &m); i++) {
		require(any_platform_next_master(slow, &n));
		require(m.offset == n.offset && m.by == n.by && !strcmp(m.path, n.path));
		memset(&p, 0, sizeof(p));
		memset(&q, 0, sizeof(q));
		require(ask(tree, m.path, ANY_READER_LINUX, &p) ==
			ask(slow, m.path, ANY_READER_LINUX, &q));
		p.facts.segments = q.facts.segments = NULL;
		require(!memcmp(&p, &q, sizeof(p)));
		(void)ask(tree, m.path, ANY_READER_U_BOOT, &p);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct any_platform_node nodes[NODES];
	struct any_platform_tree tree, slow;
	struct any_platform_error error = {""};
	void *dtb = malloc(size ? size : 1); /* aligned; ASan guards its end */
	int err;

	require(dtb != NULL);
	memcpy(dtb, data, size);
	err = any_platform_open(&tree, dtb, size, nodes, NODES, &error);
	require(err == any_platform_open(&slow, dtb, size, NULL, 0, &error));
	if (err)
		check_line(error.text, sizeof(error.text));
	else
		ask_all(&tree, &slow);
	free(dtb);
	return 0;
}

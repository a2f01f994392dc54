/* SPDX-License-Identifier: BSD-2-Clause */
/* The node /anydma, and anydma,* of the device: what no binding covers (docs/binding.md). */
#include "platform/read.h"

#include "base/bits.h"

#include <stddef.h>

struct word {
	const char *name;
	uint32_t value;
};

static const struct word rituals[] = {
	{"instruction", ANY_RITUAL_INSTRUCTION},
	{"mmio-write-poll", ANY_RITUAL_MMIO_WRITE_POLL},
	{"mmio-read", ANY_RITUAL_MMIO_READ},
	{"uncached-read", ANY_RITUAL_UNCACHED_READ},
	{"store", ANY_RITUAL_STORE},
	{"flag", ANY_RITUAL_FLAG},
	{"helper-dma", ANY_RITUAL_HELPER_DMA},
	{"forbidden", ANY_RITUAL_FORBIDDEN},
};

static const struct word defects[] = {
	{"inval-keeps-dirty", ANY_MAINT_INVAL_KEEPS_DIRTY},
	{"inval-cleans", ANY_MAINT_INVAL_CLEANS},
	{"whole", ANY_MAINT_WHOLE},
	{"local", ANY_MAINT_LOCAL},
	{"prefix", ANY_MAINT_PREFIX},
	{"end-inclusive", ANY_MAINT_END_INCLUSIVE},
	{"edges", ANY_MAINT_EDGES},
};

#define AT(field) offsetof(struct any_platform, field)

static const struct {
	const char *name;
	size_t at;
} flags[] = {
	{"anydma,speculates", AT(machine.cache.speculates)},
	{"anydma,speculates-dirty", AT(machine.cache.speculates_dirty)},
	{"anydma,write-through", AT(machine.cache.write_through)},
	{"anydma,read-ahead", AT(machine.cache.read_ahead)},
	{"anydma,posted-mmio", AT(machine.posted_mmio)},
	{"anydma,relaxed-order", AT(machine.relaxed_order)},
	{"anydma,miss-identity", AT(facts.miss_identity)},
	{"anydma,shared-only", AT(facts.shared_only)},
};

/* missing: the default; of the machine, or of the device. */
static const struct number {
	const char *name;
	size_t at;
	uint64_t missing, max;
} words[] =
	{
		{"anydma,cpu-aliases", AT(machine.cache.n_views), 1, 4},
		{"anydma,outer-cache", AT(machine.cache.outer_line), 0, 128},
		{"anydma,page-permutation", AT(machine.permutation), 0, UINT32_MAX},
},
  quads[] =
	  {
		  {"anydma,private-bits", AT(facts.private_bits), 0, UINT64_MAX},
		  {"anydma,shared-bits", AT(facts.shared_bits), 0, UINT64_MAX},
		  {"anydma,forbidden-bits", AT(facts.dma_forbidden), 0, UINT64_MAX},
		  {"anydma,coherent-bits", AT(facts.coherent_bits), 0, UINT64_MAX},
		  {"anydma,order-bits", AT(machine.order_bits), 0, UINT64_MAX},
		  {"anydma,bus-min", AT(facts.dma_min), 0, UINT64_MAX},
		  {"anydma,bus-max", AT(facts.dma_max), 0, UINT64_MAX},
},
  device_words[] =
	  {
		  {"anydma,master-bits", AT(machine.master_bits), 0, 64},
		  {"anydma,max-segment", AT(machine.max_segment), 0, UINT32_MAX},
		  {"anydma,min-align", AT(machine.min_align), 0, UINT32_MAX},
},
  device_quads[] = {
	  {"anydma,boundary", AT(machine.boundary), 0, UINT64_MAX},
	  {"anydma,implied-bits", AT(facts.implied_bits), 0, UINT64_MAX},
};

static int read_numbers(const struct tree *t, int node, struct any_platform *p,
			const struct number *list, unsigned n, bool quad)
{
	for (unsigned i = 0; i < n; i++) {
		void *field = (char *)p + list[i].at;
		uint64_t value;
		int err = any_tree_u64(t, node, list[i].name, list[i].missing, &value);

		if (err)
			return err;
		if (value > list[i].max)
			return any_tree_error(t, -ANY_EINVAL, node, list[i].name, "is too large");
		if (any_tree_has(t, node, list[i].name))
			any_tree_why(t, ANY_FACT_LIMIT, node, list[i].name, "said by the tree");
		if (quad)
			*(uint64_t *)field = value;
		else
			*(uint32_t *)field = (uint32_t)value;
	}
	return 0;
}

static int look_up(const struct tree *t, int node, const char *property, const char *text,
		   const struct word *list, unsigned n, uint32_t *value)
{
	for (unsigned i = 0; i < n; i++)
		if (any_tree_same(text, list[i].name)) {
			*value |= list[i].value;
			return 0;
		}
	return any_tree_error(t, -ANY_EINVAL, node, property,
			      "has a word this reader does not know");
}

/* A list of words; `most` of them at most. */
static int read_words(const struct tree *t, int node, const char *property, int most,
		      const struct word *list, unsigned n, uint32_t *value)
{
	int count = fdt_stringlist_count(t->fdt, node, property), err = 0;

	*value = 0;
	if (!any_tree_has(t, node, property))
		return 0;
	any_tree_why(t, ANY_FACT_CACHE, node, property, "what software must do, or cannot");
	if (count < 1 || count > most)
		return any_tree_error(t, -ANY_EINVAL, node, property,
				      "is not the words it should be");
	for (int i = 0; i < count && !err; i++)
		err = look_up(t, node, property,
			      fdt_stringlist_get(t->fdt, node, property, i, NULL), list, n, value);
	return err;
}

static int read_rituals(const struct tree *t, int node, struct any_platform_machine *m)
{
	uint32_t out = 0, in = 0;
	int err = read_words(t, node, "anydma,drain-to-device", 1, rituals, ANY_ARRAY_SIZE(rituals),
			     &out);

	if (!err)
		err = read_words(t, node, "anydma,drain-from-device", 1, rituals,
				 ANY_ARRAY_SIZE(rituals), &in);
	m->drain_to_device = (enum any_ritual)out;
	m->drain_from_device = (enum any_ritual)in;
	return err;
}

/* (base, alias, size) of 64 bits each, at most `max` of them. */
static int read_aliases(const struct tree *t, int node, const char *property,
			struct any_platform_alias *list, uint32_t max, uint32_t *n)
{
	const fdt32_t *cells;
	uint32_t words_there;
	int err = any_tree_cells(t, node, property, &cells, &words_there);

	*n = 0;
	if (err || !cells)
		return err;
	if (words_there % 6 || words_there / 6 > max)
		return any_tree_error(t, -ANY_EINVAL, node, property,
				      "is not base, alias and size of 64 bits each");
	for (; *n < words_there / 6; cells += 6, ++*n) {
		struct any_platform_alias *a = &list[*n];

		*a = (struct any_platform_alias){any_tree_number(cells, 2),
						 any_tree_number(cells + 2, 2),
						 any_tree_number(cells + 4, 2)};
		if (!a->size || a->base + (a->size - 1) < a->base ||
		    a->alias + (a->size - 1) < a->alias)
			return any_tree_error(t, -ANY_EINVAL, node, property, "is empty or wraps");
	}
	return 0;
}

static int read_snooped(const struct tree *t, int node, struct any_platform_range *r)
{
	const fdt32_t *cells;
	uint32_t n;
	int err = any_tree_cells(t, node, "anydma,snooped", &cells, &n);

	if (err || !cells)
		return err;
	if (n != 4)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,snooped",
				      "is not a 64-bit base and size");
	*r = (struct any_platform_range){any_tree_number(cells, 2), any_tree_number(cells + 2, 2)};
	if (!r->size || r->base + (r->size - 1) < r->base)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,snooped", "is empty or wraps");
	return 0;
}

static int read_cache(const struct tree *t, int node, struct any_platform_cache *c)
{
	uint32_t n = 0;
	int err = read_words(t, node, "anydma,maintenance", (int)ANY_ARRAY_SIZE(defects), defects,
			     ANY_ARRAY_SIZE(defects), &c->maintenance);

	if (!err)
		err = read_aliases(t, node, "anydma,outer-keys", c->outer_keys,
				   ANY_PLATFORM_ALIASES, &c->n_outer_keys);
	if (!err)
		err = read_aliases(t, node, "anydma,uncached-alias", &c->uncached, 1, &n);
	if (!err)
		err = read_snooped(t, node, &c->snooped);
	if (!err && c->outer_line && (!any_is_pow2(c->outer_line) || c->outer_line < 16))
		err = any_tree_error(t, -ANY_EINVAL, node, "anydma,outer-cache",
				     "is not a power of two from 16 to 128");
	return err;
}

static int check(const struct tree *t, int node, int device, const struct any_platform *p)
{
	if (p->facts.dma_max && p->facts.dma_max < p->facts.dma_min)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,bus-max",
				      "is below anydma,bus-min");
	if (!p->machine.cache.n_views)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,cpu-aliases", "is not 1 to 4");
	if (p->machine.boundary & (p->machine.boundary + 1))
		return any_tree_error(t, -ANY_EINVAL, device, "anydma,boundary",
				      "is not a mask of low bits");
	if (p->machine.min_align & (p->machine.min_align + 1))
		return any_tree_error(t, -ANY_EINVAL, device, "anydma,min-align",
				      "is not a mask of low bits");
	return 0;
}

int any_platform_read_machine(const struct tree *t, int device, struct any_platform *p)
{
	int node = any_tree_top(t, "anydma");
	int err = read_numbers(t, node, p, words, ANY_ARRAY_SIZE(words), false);

	if (!err)
		err = read_numbers(t, node, p, quads, ANY_ARRAY_SIZE(quads), true);
	if (!err)
		err = read_numbers(t, device, p, device_words, ANY_ARRAY_SIZE(device_words), false);
	if (!err)
		err = read_numbers(t, device, p, device_quads, ANY_ARRAY_SIZE(device_quads), true);
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(flags); i++)
		if (any_tree_has(t, node, flags[i].name)) {
			any_tree_why(t, ANY_FACT_CACHE, node, flags[i].name, "said by the tree");
			*(bool *)((char *)p + flags[i].at) = true;
		}
	if (!err)
		err = read_rituals(t, node, &p->machine);
	if (!err)
		err = read_cache(t, node, &p->machine.cache);
	return err ? err : check(t, node, device, p);
}

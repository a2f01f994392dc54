/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every word of docs/binding.md that is a number, a flag or a name: a good value lands in its own
 * field and in no other, a bad one is refused with its line.
 */
#include "tree_builder.h"

#include <stdio.h>

static struct builder b;
static struct any_platform p, plain;
static struct any_platform_error e;

/* The node that says it: /anydma, the device, the IOMMU. */
enum where { MACHINE, DEVICE, UNIT };

struct property {
	enum where where;
	const char *name;
	unsigned n;
	uint32_t cells[30];
};

static void say(enum where where, const struct property *x)
{
	fdt32_t value[ANY_ARRAY_SIZE(x->cells)];

	if (!x || x->where != where)
		return;
	for (unsigned i = 0; i < x->n; i++)
		value[i] = cpu_to_fdt32(x->cells[i]);
	assert_int_equal(fdt_property(b.blob, x->name, value, (int)(4 * x->n)), 0);
}

static int ask(const struct property *x, bool behind_iommu)
{
	board(&b, "/d");
	node(&b, "iommu");
	cells(&b, "phandle", 1, 1u);
	cells(&b, "#iommu-cells", 1, 0u);
	say(UNIT, x);
	end(&b);
	node(&b, "d");
	if (behind_iommu)
		cells(&b, "iommus", 1, 1u);
	say(DEVICE, x);
	end(&b);
	node(&b, "anydma");
	say(MACHINE, x);
	end(&b);
	return finish(&b, &p, &e);
}

#define FIELD(f) offsetof(struct any_platform, f), sizeof(((struct any_platform *)0)->f)
#define CACHE(f) FIELD(machine.cache.f)
#define IOMMU(f) FIELD(machine.iommu.f)

static const struct good {
	struct property said;
	size_t at, size;
	uint64_t value;
} good[] = {
	{{MACHINE, "anydma,default-coherent", 0, {0}}, FIELD(facts.coherent), 1},
	{{MACHINE, "anydma,cache-line", 1, {32}}, CACHE(line), 32},
	{{MACHINE, "anydma,speculates", 0, {0}}, CACHE(speculates), 1},
	{{MACHINE, "anydma,speculates-dirty", 0, {0}}, CACHE(speculates_dirty), 1},
	{{MACHINE, "anydma,write-through", 0, {0}}, CACHE(write_through), 1},
	{{MACHINE, "anydma,cpu-aliases", 1, {4}}, CACHE(n_views), 4},
	{{MACHINE, "anydma,outer-cache", 1, {16}}, CACHE(outer_line), 16},
	{{MACHINE, "anydma,outer-cache", 1, {128}}, CACHE(outer_line), 128},
	{{MACHINE, "anydma,read-ahead", 0, {0}}, CACHE(read_ahead), 1},
	{{MACHINE, "anydma,posted-mmio", 0, {0}}, FIELD(machine.posted_mmio), 1},
	{{MACHINE, "anydma,relaxed-order", 0, {0}}, FIELD(machine.relaxed_order), 1},
	{{MACHINE, "anydma,order-bits", 2, {1, 2}}, FIELD(machine.order_bits), 0x100000002},
	{{MACHINE, "anydma,coherent-bits", 2, {1, 3}}, FIELD(facts.coherent_bits), 0x100000003},
	{{MACHINE, "anydma,private-bits", 2, {1, 4}}, FIELD(facts.private_bits), 0x100000004},
	{{MACHINE, "anydma,shared-bits", 2, {1, 5}}, FIELD(facts.shared_bits), 0x100000005},
	{{MACHINE, "anydma,shared-only", 0, {0}}, FIELD(facts.shared_only), 1},
	{{MACHINE, "anydma,forbidden-bits", 2, {1, 6}}, FIELD(facts.dma_forbidden), 0x100000006},
	{{MACHINE, "anydma,bus-min", 2, {1, 7}}, FIELD(facts.dma_min), 0x100000007},
	{{MACHINE, "anydma,bus-max", 2, {1, 8}}, FIELD(facts.dma_max), 0x100000008},
	{{MACHINE, "anydma,miss-identity", 0, {0}}, FIELD(facts.miss_identity), 1},
	{{MACHINE, "anydma,page-permutation", 1, {UINT32_MAX}},
	 FIELD(machine.permutation),
	 UINT32_MAX},
	{{DEVICE, "anydma,master-bits", 1, {64}}, FIELD(machine.master_bits), 64},
	{{DEVICE, "anydma,implied-bits", 2, {1, 9}}, FIELD(facts.implied_bits), 0x100000009},
	{{DEVICE, "anydma,boundary", 2, {1, UINT32_MAX}}, FIELD(machine.boundary), 0x1ffffffff},
	{{DEVICE, "anydma,max-segment", 1, {UINT32_MAX}}, FIELD(machine.max_segment), UINT32_MAX},
	{{DEVICE, "anydma,min-align", 1, {63}}, FIELD(machine.min_align), 63},
	{{DEVICE, "external-facing", 0, {0}}, FIELD(facts.untrusted), 1},
	{{UNIT, "anydma,granule", 1, {0x10000}}, IOMMU(granule), 0x10000},
	{{UNIT, "anydma,granule", 1, {512}}, IOMMU(granule), 512},
	{{UNIT, "anydma,aperture-base", 2, {1, 0x1000}}, IOMMU(base), 0x100001000},
	{{UNIT, "anydma,aperture-size", 2, {1, 0x2000}}, IOMMU(size), 0x100002000},
	{{UNIT, "anydma,caching-mode", 0, {0}}, IOMMU(caching_mode), 1},
	{{UNIT, "anydma,write-buffer", 0, {0}}, IOMMU(write_buffer), 1},
	{{UNIT, "anydma,partial", 0, {0}}, IOMMU(partial), 1},
	{{UNIT, "anydma,colour", 1, {0x8000}}, IOMMU(colour), 0x8000},
	{{UNIT, "anydma,guard", 1, {0x3000}}, IOMMU(guard), 0x3000},
	{{UNIT, "anydma,tables-noncoherent", 0, {0}}, IOMMU(tables_noncoherent), 1},
	{{UNIT, "anydma,inval-posted", 0, {0}}, IOMMU(inval_posted), 1},
	{{UNIT, "anydma,deferred", 0, {0}}, IOMMU(deferred), 1},
};

static uint64_t field(const struct any_platform *from, const struct good *g)
{
	const char *at = (const char *)from + g->at;
	uint32_t word;
	uint64_t quad;

	if (g->size == 1)
		return *(const bool *)at;
	memcpy(&word, at, sizeof(word));
	if (g->size == sizeof(word))
		return word;
	assert_int_equal(g->size, sizeof(quad));
	memcpy(&quad, at, sizeof(quad));
	return quad;
}

static void test_good(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(good); i++) {
		const bool unit = good[i].said.where == UNIT;

		assert_int_equal(ask(NULL, unit), 0);
		plain = p;
		if (ask(&good[i].said, unit))
			fail_msg("%s", e.text);
		for (unsigned k = 0; k < ANY_ARRAY_SIZE(good); k++) {
			const bool own = good[k].at == good[i].at;
			const uint64_t before = field(&plain, &good[k]), now = field(&p, &good[k]);

			if (own ? now != good[i].value || now == before : now != before)
				fail_msg("%s: the field of %s is %llx", good[i].said.name,
					 good[k].said.name, (unsigned long long)now);
		}
	}
}

static void test_defaults(void **state)
{
	(void)state;
	assert_int_equal(ask(NULL, true), 0);
	assert_int_equal(p.machine.cache.n_views, 1);
	assert_int_equal(p.machine.iommu.granule, 4096);
	assert_true(p.machine.iommu.base == 0 && p.machine.iommu.size == 1ull << 32);
}

static const struct bad {
	struct property said;
	const char *why;
} bad[] = {
	{{MACHINE, "anydma,cpu-aliases", 1, {0}}, "is not 1 to 4"},
	{{MACHINE, "anydma,outer-cache", 1, {8}}, "is not a power of two from 16 to 128"},
	{{MACHINE, "anydma,outer-cache", 1, {48}}, "is not a power of two from 16 to 128"},
	{{MACHINE, "anydma,outer-cache", 1, {256}}, "is too large"},
	{{MACHINE, "anydma,page-permutation", 2, {1, 0}}, "is too large"},
	{{MACHINE, "anydma,order-bits", 3, {0}}, "is not one number"},
	{{MACHINE, "anydma,coherent-bits", 3, {0}}, "is not one number"},
	{{MACHINE, "anydma,private-bits", 3, {0}}, "is not one number"},
	{{MACHINE, "anydma,shared-bits", 3, {0}}, "is not one number"},
	{{MACHINE, "anydma,forbidden-bits", 3, {0}}, "is not one number"},
	{{MACHINE, "anydma,bus-min", 3, {0}}, "is not one number"},
	{{MACHINE, "anydma,bus-max", 0, {0}}, "is not one number"},
	{{MACHINE, "anydma,maintenance", 1, {0x3f3f3f3f}}, "is not the words it should be"},
	{{MACHINE, "anydma,snooped", 2, {0, 1}}, "is not a 64-bit base and size"},
	{{MACHINE, "anydma,snooped", 4, {0, 1, 0, 0}}, "is empty or wraps"},
	{{MACHINE, "anydma,snooped", 4, {UINT32_MAX, 0, 1, 1}}, "is empty or wraps"},
	{{MACHINE, "anydma,outer-keys", 5, {0}}, "is not base, alias and size of 64 bits each"},
	{{MACHINE, "anydma,outer-keys", 30, {0}}, "is not base, alias and size of 64 bits each"},
	{{MACHINE, "anydma,outer-keys", 6, {0}}, "is empty or wraps"},
	{{MACHINE, "anydma,uncached-alias", 12, {0}},
	 "is not base, alias and size of 64 bits each"},
	{{MACHINE, "anydma,uncached-alias", 6, {UINT32_MAX, 0, 0, 0, 1, 1}}, "is empty or wraps"},
	{{MACHINE, "anydma,uncached-alias", 6, {0, 0, UINT32_MAX, 0, 1, 1}}, "is empty or wraps"},
	{{MACHINE, "anydma,coherent", 3, {0}}, "is not a 64-bit base and size"},
	{{MACHINE, "anydma,coherent", 4, {0}}, "is empty or wraps"},
	{{DEVICE, "anydma,master-bits", 1, {65}}, "is too large"},
	{{DEVICE, "anydma,implied-bits", 3, {0}}, "is not one number"},
	{{DEVICE, "anydma,boundary", 1, {0x1000}}, "is not a mask of low bits"},
	{{DEVICE, "anydma,max-segment", 2, {1, 0}}, "is too large"},
	{{DEVICE, "anydma,min-align", 2, {1, 0}}, "is too large"},
	{{DEVICE, "anydma,min-align", 1, {6}}, "is not a mask of low bits"},
	{{UNIT, "anydma,granule", 1, {0x3000}}, "is not a page size"},
	{{UNIT, "anydma,granule", 1, {256}}, "is not a page size"},
	{{UNIT, "anydma,granule", 1, {1u << 31}}, "is not a page size"},
	{{UNIT, "anydma,colour", 1, {0x3000}}, "is not a power of two of at least a granule"},
	{{UNIT, "anydma,colour", 1, {0x800}}, "is not a power of two of at least a granule"},
	{{UNIT, "anydma,guard", 1, {0x100}}, "is not whole granules"},
	{{UNIT, "anydma,aperture-base", 3, {0}}, "is not one number"},
	{{UNIT, "anydma,aperture-size", 1, {0}}, "is empty or wraps"},
	{{UNIT, "anydma,reserved-iova", 3, {0}}, "is not base and size of 64 bits each"},
};

static void test_bad(void **state)
{
	static const char *const paths[] = {"/anydma", "/d", "/iommu"};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		char line[ANY_PLATFORM_TEXT];

		snprintf(line, sizeof(line), "%s: %s: %s", paths[bad[i].said.where],
			 bad[i].said.name, bad[i].why);
		if (ask(&bad[i].said, bad[i].said.where == UNIT) != -ANY_EINVAL)
			fail_msg("not refused: %s", line);
		assert_string_equal(e.text, line);
	}
}

/* A list of words, with their zeros. */
static int words(const char *property, const char *list, size_t size)
{
	board(&b, "/d");
	node(&b, "d");
	end(&b);
	node(&b, "anydma");
	assert_int_equal(fdt_property(b.blob, property, list, (int)size), 0);
	end(&b);
	return finish(&b, &p, &e);
}

static void test_rituals(void **state)
{
	static const char *const names[] = {"instruction",   "mmio-write-poll", "mmio-read",
					    "uncached-read", "store",		"flag",
					    "helper-dma",    "forbidden"};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(names); i++) {
		assert_int_equal(words("anydma,drain-to-device", names[i], strlen(names[i]) + 1),
				 0);
		assert_int_equal(p.machine.drain_to_device, ANY_RITUAL_INSTRUCTION + i);
		assert_int_equal(p.machine.drain_from_device, ANY_RITUAL_NONE);
		assert_int_equal(p.facts.drains, ANY_DMA_TO_DEVICE);
		assert_int_equal(words("anydma,drain-from-device", names[i], strlen(names[i]) + 1),
				 0);
		assert_int_equal(p.machine.drain_from_device, ANY_RITUAL_INSTRUCTION + i);
		assert_int_equal(p.machine.drain_to_device, ANY_RITUAL_NONE);
		assert_int_equal(p.facts.drains, ANY_DMA_FROM_DEVICE);
	}
	assert_int_equal(words("anydma,drain-from-device", "store\0flag", 11), -ANY_EINVAL);
	assert_string_equal(e.text,
			    "/anydma: anydma,drain-from-device: is not the words it should be");
	assert_int_equal(words("anydma,drain-to-device", "stor", 5), -ANY_EINVAL);
	assert_string_equal(e.text, "/anydma: anydma,drain-to-device: "
				    "has a word this reader does not know");
}

static void test_maintenance(void **state)
{
	static const char *const names[] = {
		"inval-keeps-dirty", "inval-cleans", "whole", "local", "prefix",
		"end-inclusive",     "edges"};

	(void)state;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(names); i++) {
		assert_int_equal(words("anydma,maintenance", names[i], strlen(names[i]) + 1), 0);
		assert_int_equal(p.machine.cache.maintenance, 1u << i);
	}
	assert_int_equal(words("anydma,maintenance", "whole\0edges", 12), 0);
	assert_int_equal(p.machine.cache.maintenance, ANY_MAINT_WHOLE | ANY_MAINT_EDGES);
	assert_int_equal(words("anydma,maintenance", "whole\0edge", 11), -ANY_EINVAL);
	assert_string_equal(e.text,
			    "/anydma: anydma,maintenance: has a word this reader does not know");
}

static void test_ranges(void **state)
{
	static const struct property
		keys = {MACHINE, "anydma,outer-keys", 12, {1, 2, 3, 4, 0, 5, 6, 7, 8, 9, 0, 10}},
		uncached = {MACHINE, "anydma,uncached-alias", 6, {1, 2, 3, 4, 0, 5}},
		snooped = {MACHINE, "anydma,snooped", 4, {1, 2, 0, 5}};
	const struct any_platform_cache *c = &p.machine.cache;

	(void)state;
	assert_int_equal(ask(&keys, false), 0);
	assert_int_equal(c->n_outer_keys, 2);
	assert_true(c->outer_keys[0].base == 0x100000002 && c->outer_keys[0].alias == 0x300000004 &&
		    c->outer_keys[0].size == 5);
	assert_true(c->outer_keys[1].base == 0x600000007 && c->outer_keys[1].alias == 0x800000009 &&
		    c->outer_keys[1].size == 10);
	assert_int_equal(c->uncached.size, 0);
	assert_int_equal(ask(&uncached, false), 0);
	assert_true(c->uncached.base == 0x100000002 && c->uncached.alias == 0x300000004 &&
		    c->uncached.size == 5);
	assert_int_equal(c->n_outer_keys, 0);
	assert_int_equal(ask(&snooped, false), 0);
	assert_true(c->snooped.base == 0x100000002 && c->snooped.size == 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	    cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_bad),	    cmocka_unit_test(test_rituals),
		cmocka_unit_test(test_maintenance), cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a tree of the catalogue claims of itself (anydma,mechanisms and anydma,also) against what
 * the reader finds its devices to use: both ways, so that no claim is idle and nothing is used in
 * silence. A mechanism that is expressed in another way has its reason in anydma,otherwise.
 */
#include "tree_builder.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_DEVICES 8
#define BIT(m)	    (1u << (m))

struct row {
	const struct any_platform_entry *entry;
	struct any_platform devices[MAX_DEVICES];
	unsigned n;
};

static bool is_device(const void *dtb, int node)
{
	return !fdt_node_check_compatible(dtb, node, "virtio,mmio") ||
	       !fdt_node_check_compatible(dtb, node, "virtio,block");
}

static void read_devices(struct row *r)
{
	const void *dtb = r->entry->dtb;
	struct any_platform_error e;

	r->n = 0;
	for (int node = 0; node >= 0; node = fdt_next_node(dtb, node, NULL)) {
		char path[ANY_PLATFORM_TEXT];

		if (!is_device(dtb, node))
			continue;
		assert_true(r->n < MAX_DEVICES);
		assert_int_equal(fdt_get_path(dtb, node, path, sizeof(path)), 0);
		if (any_platform_read(dtb, r->entry->size, path, &r->devices[r->n], &e))
			fail_msg("%s: %s", r->entry->name, e.text);
		r->n++;
	}
}

/* ---- what one device uses */

static bool reaches_all(const struct any_platform *p)
{
	for (uint32_t i = 0; i < p->n_ram; i++) {
		uint64_t left = p->ram[i].size, top = p->ram[i].base + left - 1;
		const struct any_platform_alias *a = &p->machine.cache.uncached;

		if (a->base - p->ram[i].base < left)
			left -= a->size; /* reached by its other address */
		if (p->machine.master_bits && p->machine.master_bits < 64 && !p->facts.n_segments &&
		    top >> p->machine.master_bits)
			return false;
		for (uint32_t s = 0; s < p->facts.n_segments; s++) {
			const struct any_dma_segment *w = &p->segments[s];
			uint64_t from = w->phys.raw > p->ram[i].base ? w->phys.raw : p->ram[i].base;
			uint64_t to = w->phys.raw + w->size - 1;

			to = to < top ? to : top;
			if (p->machine.master_bits && p->machine.master_bits < 64 && from <= to &&
			    (w->dma.raw + (to - w->phys.raw)) >> p->machine.master_bits)
				continue;
			if (from <= to)
				left -= to - from + 1 < left ? to - from + 1 : left;
		}
		if (p->facts.n_segments && left)
			return false;
	}
	return true;
}

static bool shifts(const struct any_dma_segment *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (list[i].phys.raw != list[i].dma.raw)
			return true;
	return n > 1;
}

/* A bit that some address of memory has. */
static bool meets(const struct any_platform *p, uint64_t bits)
{
	uint64_t low = bits & (~bits + 1);

	for (uint32_t i = 0; low && i < p->n_ram; i++) {
		uint64_t base = p->ram[i].base, top = base + p->ram[i].size - 1;

		if ((base & bits) || (top & bits) || base / low != top / low)
			return true;
	}
	return false;
}

/* The device cannot say the bit that private memory has. */
static bool lacks_private_bit(const struct any_platform *p)
{
	unsigned bits = p->machine.master_bits;

	return bits && bits < 64 && p->facts.private_bits >> bits;
}

static bool is_limited(const struct any_platform *p)
{
	const struct any_platform_machine *m = &p->machine;
	bool direct = !m->iommu.present || m->iommu.partial;

	return (direct && !reaches_all(p)) || m->boundary || m->max_segment || m->min_align ||
	       p->facts.dma_forbidden || p->facts.dma_min || p->facts.dma_max ||
	       lacks_private_bit(p) || (m->master_bits && m->master_bits < 32);
}

static bool must_bounce(const struct any_platform *p)
{
	const struct any_platform_machine *m = &p->machine;

	if (m->iommu.present)
		return p->facts.untrusted;
	return !reaches_all(p) || p->facts.shared_only || p->facts.bounce_always || m->boundary ||
	       m->permutation || meets(p, p->facts.dma_forbidden) || lacks_private_bit(p);
}

static bool owns_pool(const struct any_platform *p)
{
	return p->facts.bounce_always || p->machine.cache.uncached.size;
}

static uint32_t uses(const struct any_platform *p)
{
	const struct any_platform_machine *m = &p->machine;
	const struct any_platform_cache *c = &m->cache;
	uint32_t u = 0;

	u |= shifts(p->segments, p->facts.n_segments) || shifts(m->iommu.out, m->iommu.n_out)
		     ? BIT(1)
		     : 0;
	u |= p->facts.implied_bits ? BIT(2) : 0;
	u |= m->iommu.present || m->permutation ? BIT(4) : 0;
	u |= is_limited(p) ? BIT(6) : 0;
	u |= must_bounce(p) ? BIT(7) : 0;
	u |= owns_pool(p) ? BIT(8) : 0;
	u |= p->facts.coherent ? 0 : BIT(9);
	u |= c->outer_line || c->read_ahead ? BIT(10) : 0;
	u |= c->snooped.size ? BIT(11) : 0;
	u |= m->drain_to_device ? BIT(12) : 0;
	u |= m->drain_from_device ? BIT(13) : 0;
	u |= m->posted_mmio || m->relaxed_order || m->order_bits || m->iommu.inval_posted ? BIT(14)
											  : 0;
	u |= p->facts.shared_only || p->facts.private_bits || p->facts.shared_bits ? BIT(15) : 0;
	return u;
}

static bool same_view(const struct any_platform *a, const struct any_platform *b)
{
	if (a->facts.n_segments != b->facts.n_segments ||
	    a->machine.iommu.present != b->machine.iommu.present ||
	    (a->machine.iommu.present && (a->machine.iommu.base != b->machine.iommu.base ||
					  a->machine.iommu.size != b->machine.iommu.size)) ||
	    a->machine.master_bits != b->machine.master_bits)
		return false;
	for (uint32_t i = 0; i < a->facts.n_segments; i++)
		if (a->segments[i].phys.raw != b->segments[i].phys.raw ||
		    a->segments[i].dma.raw != b->segments[i].dma.raw ||
		    a->segments[i].size != b->segments[i].size)
			return false;
	return true;
}

/* Buses on the way up that have windows of their own. */
static unsigned stages(const void *dtb, int node)
{
	unsigned n = 0;
	int len;

	for (; node >= 0; node = fdt_parent_offset(dtb, node))
		n += fdt_getprop(dtb, node, "dma-ranges", &len) && len > 0;
	return n;
}

static uint32_t uses_together(const struct row *r)
{
	uint32_t u = 0;

	for (unsigned i = 0; i < r->n; i++) {
		const struct any_platform *p = &r->devices[i];

		u |= uses(p);
		u |= same_view(p, &r->devices[0]) ? 0 : BIT(3);
		u |= p->facts.coherent == r->devices[0].facts.coherent ? 0 : BIT(11);
		if (stages(r->entry->dtb, fdt_path_offset(r->entry->dtb, p->device)) > 1)
			u |= BIT(3);
	}
	return u;
}

/* ---- what it claims */

static uint32_t claimed(const struct row *r, const char *property)
{
	const void *dtb = r->entry->dtb;
	int node = fdt_path_offset(dtb, "/anydma");
	int n = fdt_stringlist_count(dtb, node, property);
	uint32_t set = 0;

	for (int i = 0; i < n; i++) {
		const char *word = fdt_stringlist_get(dtb, node, property, i, NULL);
		int m = atoi(word + 1);

		assert_true(word[0] == 'M' && m >= 1 && m <= 16);
		set |= BIT(m);
	}
	return set;
}

static void name(char *to, size_t size, uint32_t set)
{
	to[0] = 0;
	for (int m = 1; m <= 16; m++)
		if (set & BIT(m))
			snprintf(to + strlen(to), size - strlen(to), " M%d", m);
}

/* A row that forces, moves or adds bits (M2) does so with windows (M1) or bits of the address. */
static uint32_t fold(uint32_t set)
{
	return set & BIT(2) ? (set & ~BIT(2)) | BIT(1) : set;
}

/* M5 and M16 are not facts of their own: what they need must be there. */
static void check_needs(const struct row *r, uint32_t claims, uint32_t used)
{
	bool special = false;

	for (unsigned i = 0; i < r->n; i++)
		special |= r->devices[i].facts.no_coherent || !r->devices[i].facts.coherent ||
			   r->devices[i].machine.cache.uncached.size;
	if (claims & BIT(5) && !(used & BIT(4)))
		fail_msg("%s: claims M5 without an IOMMU", r->entry->name);
	if (claims & BIT(16) && !special)
		fail_msg("%s: claims M16, and its coherent memory is plain", r->entry->name);
	if (claims & BIT(7) && !r->devices[0].machine.bounce_size)
		fail_msg("%s: claims M7 without a bounce pool", r->entry->name);
}

static void check_row(void **state)
{
	static struct row r;
	const uint32_t judged = ~(BIT(5) | BIT(16));
	uint32_t claims, used, also, otherwise;
	char idle[80], silent[80];

	r.entry = *state;
	read_devices(&r);
	assert_true(r.n > 0);
	also = claimed(&r, "anydma,also");
	otherwise = claimed(&r, "anydma,otherwise");
	claims = claimed(&r, "anydma,mechanisms");
	if (otherwise & ~claims)
		fail_msg("%s: explains a mechanism its row does not name", r.entry->name);
	if (also & claims)
		fail_msg("%s: adds a mechanism its row names already", r.entry->name);
	claims = (claims & ~otherwise) | also;
	used = uses_together(&r);
	check_needs(&r, claims, used);
	name(idle, sizeof(idle), fold(claims) & ~fold(used) & judged);
	name(silent, sizeof(silent), fold(used) & ~fold(claims) & judged);
	if (idle[0] || silent[0])
		fail_msg("%s: claims without using:%s; uses without claiming:%s", r.entry->name,
			 idle, silent);
}

int main(void)
{
	struct CMUnitTest tests[256];

	for (unsigned i = 0; i < any_platform_count; i++)
		tests[i] = (struct CMUnitTest){any_platform_list[i].name, check_row, NULL, NULL,
					       (void *)(uintptr_t)&any_platform_list[i]};
	return _cmocka_run_group_tests("claims", tests, any_platform_count, NULL, NULL);
}

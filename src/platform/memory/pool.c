/* SPDX-License-Identifier: BSD-2-Clause */
/* Where memory for the device is kept: the bounce pool, coherent memory, a pool it is confined to.
 */
#include "platform/read.h"

#include "base/bits.h"

/* Where the boot loader fills the memory in, the tree cannot be held to it. */
static bool in_ram(const struct any_platform *p, uint64_t base, uint64_t size)
{
	if (!p->n_ram)
		return true;
	for (uint32_t i = 0; i < p->n_ram; i++)
		if (any_range_within(base, size, p->ram[i].base, p->ram[i].size))
			return true;
	return false;
}

/* What is used under an uncached alias must be in reach there (M16: JH7100's windows leave out the
 * memory itself). */
static uint64_t used_at(const struct any_platform *p, uint64_t base, uint64_t size)
{
	const struct any_platform_alias *a = &p->machine.cache.uncached;

	if (p->facts.coherent || !any_range_within(base, size, a->base, a->size))
		return base;
	return a->alias + (base - a->base);
}

/*
 * A pool that is nowhere near the memory of the tree: it has to be in the kernel's linear map, so
 * the memory is there, and the boot loader will say so (mt8192-asurada).
 */
static int learn_ram(const struct tree *t, int node, struct any_platform *p, uint64_t base,
		     uint64_t size)
{
	for (uint32_t i = 0; i < p->n_ram; i++)
		if (any_ranges_touch(&p->ram[i], base, base + (size - 1)))
			return 0;
	if (!any_range_add(p->ram, &p->n_ram, ANY_PLATFORM_RANGES, base, base + (size - 1)))
		return any_tree_error(t, -ANY_ENOSPC, node, "reg", "more memory ranges than fit");
	any_tree_why(t, ANY_FACT_MEMORY, node, "reg",
		     "memory that the memory nodes do not have: the boot loader adds it");
	return 0;
}

static int check_pool(const struct tree *t, int node, const char *property,
		      const struct any_platform *p, uint64_t base, uint64_t size)
{
	if (!in_ram(p, base, size))
		return any_tree_error(t, -ANY_EINVAL, node, property, "is not inside memory");
	if (!any_platform_reaches(p, used_at(p, base, size), size))
		return any_tree_error(t, -ANY_EINVAL, node, property,
				      "is out of the device's reach");
	return 0;
}

static int read_pool(const struct tree *t, const char *property, const char *meaning,
		     const struct any_platform *p, uint64_t *base, uint64_t *size)
{
	int node = any_tree_top(t, "anydma"), err;
	const fdt32_t *cells;
	uint32_t words;

	err = any_tree_cells(t, node, property, &cells, &words);
	if (err || !cells)
		return err;
	if (words != 4)
		return any_tree_error(t, -ANY_EINVAL, node, property,
				      "is not a 64-bit base and size");
	*base = any_tree_number(cells, 2);
	*size = any_tree_number(cells + 2, 2);
	if (!*size || *base + (*size - 1) < *base)
		return any_tree_error(t, -ANY_EINVAL, node, property, "is empty or wraps");
	any_tree_why(t, ANY_FACT_POOL, node, property, meaning);
	return check_pool(t, node, property, p, *base, *size);
}

static int set_restricted(const struct tree *t, int node, struct any_platform *p, uint64_t base,
			  uint64_t size)
{
	struct any_platform_machine *m = &p->machine;
	int err;

	if (p->facts.bounce_always)
		return any_tree_error(t, -ANY_EINVAL, node, "reg",
				      "a device has one restricted pool, of one range");
	if (!size || base + (size - 1) < base)
		return any_tree_error(t, -ANY_EINVAL, node, "reg", "is empty or wraps");
	err = learn_ram(t, node, p, base, size);
	if (err)
		return err;
	p->facts.bounce_always = true;
	m->bounce_base = base;
	m->bounce_size = size;
	return check_pool(t, node, "reg", p, base, size);
}

/* Said in words what Linux says about it, and what is done where it has no place yet. */
static int read_restricted(const struct tree *t, int node, struct any_platform *p)
{
	static const char *const refused[] = {"no-map", "reusable", "linux,cma-default",
					      "linux,dma-default"};
	int err;

	for (unsigned i = 0; i < ANY_ARRAY_SIZE(refused); i++)
		if (any_tree_has(t, node, refused[i]))
			return any_tree_error(t, -ANY_EINVAL, node, refused[i],
					      "has no place in a restricted-dma-pool");
	if (!any_tree_enabled(t, node))
		return 0;
	if (p->machine.iommu.present) { /* platforms.md, section 4 */
		any_tree_why(t, ANY_FACT_IGNORED, node, "compatible",
			     "an IOMMU confines the device: no restricted pool");
		return 0;
	}
	if (any_tree_has(t, node, "reg"))
		err = any_tree_reg(t, node, "reg", any_tree_parent(t, node), p, set_restricted);
	else
		err = any_platform_place(t, node, p, set_restricted);
	if (!err && !p->facts.bounce_always)
		return any_tree_error(t, -ANY_EINVAL, node, "reg",
				      "a restricted-dma-pool needs a place");
	if (!err)
		any_tree_why(t, ANY_FACT_POOL, node, "compatible",
			     "restricted: the device sees this memory only");
	return err;
}

static int read_regions(const struct tree *t, int device, struct any_platform *p)
{
	const fdt32_t *cells;
	uint32_t words;
	int err = any_tree_cells(t, device, "memory-region", &cells, &words);

	for (uint32_t i = 0; i < words && !err; i++) {
		int node = any_tree_by_phandle(t, fdt32_to_cpu(cells[i]));

		if (node < 0)
			return any_tree_error(t, -ANY_EINVAL, device, "memory-region",
					      "points nowhere");
		if (any_tree_compatible(t, node, "restricted-dma-pool"))
			err = read_restricted(t, node, p);
	}
	return err;
}

/* The tree has the address that Linux uses; what is coherent is the memory behind it. */
static int set_default(const struct tree *t, int node, struct any_platform *p, uint64_t base,
		       uint64_t size)
{
	const struct any_platform_alias *a = &p->machine.cache.uncached;
	const uint64_t said = base;
	int err;

	if (!size || base + (size - 1) < base)
		return any_tree_error(t, -ANY_EINVAL, node, "reg", "is empty or wraps");
	if (any_range_within(base, size, a->alias, a->size))
		base = base - a->alias + a->base;
	err = learn_ram(t, node, p, base, size);
	if (!err && !any_platform_reaches(p, said, size)) {
		any_tree_why(t, ANY_FACT_IGNORED, node, "reg",
			     "coherent memory that this device does not reach");
		return 0;
	}
	p->machine.coherent_base = base;
	p->machine.coherent_size = size;
	if (!err)
		any_tree_why(t, ANY_FACT_POOL, node, "linux,dma-default",
			     "coherent memory of devices that do not snoop");
	return err;
}

/* shared-dma-pool with linux,dma-default and no-map: where a device that does not snoop, and has no
 * IOMMU, gets its coherent memory. */
static int read_default(const struct tree *t, struct any_platform *p)
{
	int all = any_tree_top(t, "reserved-memory"), err = 0;

	if (p->facts.coherent || p->machine.iommu.present)
		return 0;
	for (int node = any_tree_first(t, all); node >= 0 && !err; node = any_tree_next(t, node))
		if (any_tree_compatible(t, node, "shared-dma-pool") &&
		    any_tree_has(t, node, "linux,dma-default") &&
		    !any_tree_has(t, node, "reusable") && any_tree_has(t, node, "reg") &&
		    any_tree_enabled(t, node))
			err = any_tree_reg(t, node, "reg", all, p, set_default);
	return err;
}

/* A confined device sees nothing outside its pool: the upper quarter of it is its coherent memory.
 */
static void split_restricted(struct any_platform_machine *m)
{
	uint64_t end = any_align_down(m->bounce_base + m->bounce_size, ANY_COHERENT_PAGE);
	uint64_t size = any_align_down(m->bounce_size / 4, ANY_COHERENT_PAGE);

	if (!size || end < m->bounce_base + size)
		return;
	m->coherent_base = end - size;
	m->coherent_size = size;
	m->bounce_size = m->coherent_base - m->bounce_base;
}

int any_platform_read_pools(const struct tree *t, int device, struct any_platform *p)
{
	struct any_platform_machine *m = &p->machine;
	int err = read_pool(t, "anydma,bounce", "where bounce buffers are", p, &m->bounce_base,
			    &m->bounce_size);

	if (!err)
		err = read_pool(t, "anydma,coherent", "where coherent memory is", p,
				&m->coherent_base, &m->coherent_size);
	if (!err && !m->coherent_size)
		err = read_default(t, p);
	if (!err) /* takes the place of anydma,bounce for this device */
		err = read_regions(t, device, p);
	if (!err && p->facts.bounce_always && !m->coherent_size)
		split_restricted(m);
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The node /anydma: what no binding covers (docs/binding.md), and the pools. */
#include "tree.h"

#include "base/bits.h"
#include "base/mem.h"

static const struct {
	const char *name;
	enum any_ritual ritual;
} rituals[] = {
	{"instruction", ANY_RITUAL_INSTRUCTION},
	{"mmio-write-poll", ANY_RITUAL_MMIO_WRITE_POLL},
	{"mmio-read", ANY_RITUAL_MMIO_READ},
	{"uncached-read", ANY_RITUAL_UNCACHED_READ},
};

static int read_ritual(const struct tree *t, int node, const char *property, enum any_ritual *out)
{
	int len = 0;
	const char *word = fdt_getprop(t->fdt, node, property, &len);

	if (!word)
		return 0;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(rituals); i++) {
		size_t n = 0;

		while (rituals[i].name[n])
			n++;
		if ((size_t)len == n + 1 && !memcmp(word, rituals[i].name, n + 1)) {
			*out = rituals[i].ritual;
			return 0;
		}
	}
	return tree_error(t, -ANY_EINVAL, node, property, "is no ritual this reader knows");
}

static bool in_ram(const struct any_platform *p, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < p->n_ram; i++)
		if (any_range_within(base, size, p->ram[i].base, p->ram[i].size))
			return true;
	return false;
}

static int read_pool(const struct tree *t, int node, const char *property,
		     const struct any_platform *p, uint64_t *base, uint64_t *size)
{
	const fdt32_t *cells;
	uint32_t words;
	int err = tree_cells(t, node, property, &cells, &words);

	if (err || !cells)
		return err;
	if (words != 4)
		return tree_error(t, -ANY_EINVAL, node, property, "is not a 64-bit base and size");
	*base = tree_number(cells, 2);
	*size = tree_number(cells + 2, 2);
	if (!in_ram(p, *base, *size))
		return tree_error(t, -ANY_EINVAL, node, property, "is not inside memory");
	return 0;
}

static int read_numbers(const struct tree *t, int node, struct any_platform *p)
{
	struct any_platform_machine *m = &p->machine;
	int err = tree_u32(t, node, "anydma,cache-line", 0, &m->line);

	if (!err)
		err = tree_u32(t, node, "anydma,cpu-aliases", 1, &m->n_views);
	if (!err)
		err = tree_u64(t, node, "anydma,private-bits", 0, &p->facts.private_bits);
	if (!err)
		err = tree_u64(t, node, "anydma,shared-bits", 0, &p->facts.shared_bits);
	if (!err)
		err = tree_u64(t, node, "anydma,forbidden-bits", 0, &p->facts.dma_forbidden);
	if (!err)
		err = tree_u64(t, node, "anydma,bus-min", 0, &p->facts.dma_min);
	if (!err)
		err = tree_u64(t, node, "anydma,bus-max", 0, &p->facts.dma_max);
	if (err)
		return err;
	if (m->line > 128 || (m->line && (m->line & (m->line - 1))))
		return tree_error(t, -ANY_EINVAL, node, "anydma,cache-line",
				  "is not a power of two up to 128");
	if (!m->n_views || m->n_views > 4)
		return tree_error(t, -ANY_EINVAL, node, "anydma,cpu-aliases", "is not 1 to 4");
	return 0;
}

/* A restricted pool confines the device: every mapping bounces into it, unless an IOMMU is there. */
static int read_restricted(const struct tree *t, int device, struct any_platform *p)
{
	const fdt32_t *cells;
	uint32_t words;
	int node, err = tree_cells(t, device, "memory-region", &cells, &words);

	for (uint32_t i = 0; i < words && !err; i++) {
		node = fdt_node_offset_by_phandle(t->fdt, fdt32_to_cpu(cells[i]));
		if (node < 0)
			return tree_error(t, -ANY_EINVAL, device, "memory-region", "points nowhere");
		if (fdt_node_check_compatible(t->fdt, node, "restricted-dma-pool"))
			continue;
		if (tree_has(t, node, "no-map") || tree_has(t, node, "reusable"))
			return tree_error(t, -ANY_EINVAL, node, "restricted-dma-pool",
					  "must be mapped and not reusable");
		p->facts.bounce_always = !p->machine.iommu.present;
	}
	return err;
}

int platform_read_machine(const struct tree *t, int device, struct any_platform *p)
{
	struct any_platform_machine *m = &p->machine;
	int node = fdt_path_offset(t->fdt, "/anydma"), err;

	m->n_views = 1;
	err = tree_u32(t, device, "anydma,master-bits", 0, &m->master_bits);
	if (!err && m->master_bits > 64)
		err = tree_error(t, -ANY_EINVAL, device, "anydma,master-bits", "is more than 64");
	if (!err)
		err = read_restricted(t, device, p);
	if (err || node < 0)
		return err;
	err = read_numbers(t, node, p);
	if (!err)
		err = read_ritual(t, node, "anydma,drain-to-device", &m->drain_to_device);
	if (!err)
		err = read_ritual(t, node, "anydma,drain-from-device", &m->drain_from_device);
	if (!err)
		err = read_pool(t, node, "anydma,bounce", p, &m->bounce_base, &m->bounce_size);
	if (!err)
		err = read_pool(t, node, "anydma,coherent", p, &m->coherent_base,
				&m->coherent_size);
	m->speculates = tree_has(t, node, "anydma,speculates");
	p->facts.miss_identity = tree_has(t, node, "anydma,miss-identity");
	p->facts.shared_only = tree_has(t, node, "anydma,shared-only");
	p->facts.no_coherent = !m->coherent_size;
	return err;
}

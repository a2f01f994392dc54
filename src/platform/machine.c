/* SPDX-License-Identifier: BSD-2-Clause */
/* The node /anydma: what no binding covers (docs/binding.md). */
#include "tree.h"

#include "base/bits.h"

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
	if (!any_tree_has(t, node, property))
		return 0;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(rituals); i++)
		if (any_tree_is(t, node, property, rituals[i].name)) {
			*out = rituals[i].ritual;
			return 0;
		}
	return any_tree_error(t, -ANY_EINVAL, node, property, "is no ritual this reader knows");
}

static int read_numbers(const struct tree *t, int node, struct any_platform *p)
{
	struct any_platform_machine *m = &p->machine;
	int err = any_tree_u32(t, node, "anydma,cpu-aliases", 1, &m->n_views);

	if (!err)
		err = any_tree_u64(t, node, "anydma,private-bits", 0, &p->facts.private_bits);
	if (!err)
		err = any_tree_u64(t, node, "anydma,shared-bits", 0, &p->facts.shared_bits);
	if (!err)
		err = any_tree_u64(t, node, "anydma,forbidden-bits", 0, &p->facts.dma_forbidden);
	if (!err)
		err = any_tree_u64(t, node, "anydma,bus-min", 0, &p->facts.dma_min);
	if (!err)
		err = any_tree_u64(t, node, "anydma,bus-max", 0, &p->facts.dma_max);
	if (err)
		return err;
	if (p->facts.dma_max && p->facts.dma_max < p->facts.dma_min)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,bus-max",
				      "is below anydma,bus-min");
	if (!m->n_views || m->n_views > 4)
		return any_tree_error(t, -ANY_EINVAL, node, "anydma,cpu-aliases", "is not 1 to 4");
	return 0;
}

int any_platform_read_machine(const struct tree *t, int device, struct any_platform *p)
{
	struct any_platform_machine *m = &p->machine;
	int node = fdt_path_offset(t->fdt, "/anydma");
	int err = any_tree_u32(t, device, "anydma,master-bits", 0, &m->master_bits);

	if (!err && m->master_bits > 64)
		err = any_tree_error(t, -ANY_EINVAL, device, "anydma,master-bits",
				     "is more than 64");
	if (!err)
		err = read_numbers(t, node, p);
	if (!err)
		err = read_ritual(t, node, "anydma,drain-to-device", &m->drain_to_device);
	if (!err)
		err = read_ritual(t, node, "anydma,drain-from-device", &m->drain_from_device);
	m->speculates = any_tree_has(t, node, "anydma,speculates");
	p->facts.miss_identity = any_tree_has(t, node, "anydma,miss-identity");
	p->facts.shared_only = any_tree_has(t, node, "anydma,shared-only");
	return err;
}

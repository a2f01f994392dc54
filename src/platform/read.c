/* SPDX-License-Identifier: BSD-2-Clause */
/* One device of one tree: the order in which its facts are read. */
#include "platform/read.h"

#include "base/bits.h"

#include "base/mem.h"

static int find_device(const struct tree *t, const char *path, int *device)
{
	int chosen = any_tree_top(t, "chosen"), len = 0, node;

	if (path)
		while (path[len++])
			;
	else if (chosen >= 0)
		path = fdt_getprop(t->fdt, chosen, "anydma,device", &len);
	if (!path)
		return any_tree_error(t, -ANY_ENOENT, chosen, "anydma,device",
				      "names no device, and none was asked for");
	if (!len || path[len - 1])
		return any_tree_error(t, -ANY_EINVAL, chosen, "anydma,device", "is not a string");
	node = any_tree_resolve(t, path, len);
	if (node < 0)
		return any_tree_error(t, -ANY_ENOENT, -1, path, "is no device of this tree");
	*device = node;
	return 0;
}

static void read_name(const struct tree *t, struct any_platform *p)
{
	int len = 0;
	int node = any_tree_top(t, "anydma");
	const char *name = node < 0 ? NULL : fdt_getprop(t->fdt, node, "anydma,id", &len);

	if (!name)
		name = fdt_getprop(t->fdt, 0, "compatible", &len);
	if (!name)
		name = fdt_getprop(t->fdt, 0, "model", &len);
	if (name && len > 0)
		any_tree_copy(p->name, sizeof(p->name), name, (size_t)len);
	else
		any_tree_copy(p->name, sizeof(p->name), "(unnamed)", 9);
}

/* What the driver is told follows from what the machine is. */
static void conclude(struct any_platform *p)
{
	if (p->machine.cache.line && !p->facts.coherent)
		p->facts.line = p->machine.cache.line;
	else
		p->facts.line = p->facts.coherent ? 1 : 64;
	if (!p->facts.coherent) /* two levels: a buffer owns whole lines of both (DA-33) */
		p->facts.line = (uint32_t)any_max_u64(p->facts.line, p->machine.cache.outer_line);
	p->facts.speculates = p->machine.cache.speculates && !p->facts.coherent;
	p->facts.no_coherent = !p->machine.coherent_size;
	p->facts.virtual_cache = p->machine.cache.n_views > 1;
	p->facts.drains = (p->machine.drain_to_device ? ANY_DMA_TO_DEVICE : 0u) |
			  (p->machine.drain_from_device ? ANY_DMA_FROM_DEVICE : 0u);
}

/* Each step relies on the ones before: an IOMMU takes the windows over, pools need everything. */
static int read_facts(const struct tree *t, int device, struct any_platform *p)
{
	int err = any_platform_read_memory(t, p);

	if (!err)
		err = any_platform_read_ranges(t, device, p);
	if (!err)
		err = any_platform_read_coherent(t, device, p);
	if (!err)
		err = any_platform_read_iommu(t, device, p);
	if (!err)
		err = any_platform_read_cpus(t, p);
	if (!err)
		err = any_platform_read_machine(t, device, p);
	if (!err)
		err = any_platform_read_pools(t, device, p);
	if (!err)
		conclude(p);
	return err;
}

/* A bus that is switched off takes what is on it along. */
static int check_enabled(const struct tree *t, int device)
{
	int node = device;

	for (unsigned depth = 0; node >= 0 && depth < TREE_DEPTH; depth++) {
		if (!any_tree_enabled(t, node))
			return any_tree_error(t, -ANY_ENODEV, node, "status",
					      "the device is not enabled");
		node = any_tree_parent(t, node);
	}
	return 0;
}

static struct tree tree_of(const struct any_platform_tree *tree, struct any_platform_error *error,
			   const struct any_platform_query *query)
{
	return (struct tree){tree->fdt, tree->nodes, tree->n_nodes, error, query};
}

int any_platform_open(struct any_platform_tree *tree, const void *dtb, size_t size,
		      struct any_platform_node *nodes, uint32_t max,
		      struct any_platform_error *error)
{
	struct tree t = {.fdt = dtb, .error = error};

	error->text[0] = 0;
	if (!any_tree_is_whole(dtb, size))
		return any_tree_error(&t, -ANY_EINVAL, -1, NULL,
				      "not a whole flattened devicetree");
	*tree = (struct any_platform_tree){dtb, nodes, any_tree_index(dtb, nodes, max)};
	return 0;
}

int any_platform_ask(const struct any_platform_tree *tree, const struct any_platform_query *query,
		     struct any_platform *out, struct any_platform_error *error)
{
	struct tree t = tree_of(tree, error, query);
	struct any_platform p;
	int node = -1, err;

	memset(&p, 0, sizeof(p));
	error->text[0] = 0;
	err = find_device(&t, query->device, &node);
	if (err)
		return err;
	if (!any_tree_path(&t, node, p.device, sizeof(p.device)))
		return any_tree_error(&t, -ANY_EINVAL, -1, "device", "has too long a path");
	read_name(&t, &p);
	err = check_enabled(&t, node);
	if (!err)
		err = read_facts(&t, node, &p);
	if (err)
		return err;
	*out = p;
	out->facts.segments = out->segments;
	return 0;
}

int any_platform_read(const void *dtb, size_t size, const char *device, struct any_platform *out,
		      struct any_platform_error *error)
{
	const struct any_platform_query query = {.device = device};
	struct any_platform_tree tree;
	int err = any_platform_open(&tree, dtb, size, NULL, 0, error);

	return err ? err : any_platform_ask(&tree, &query, out, error);
}

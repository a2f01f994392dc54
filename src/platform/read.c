/* SPDX-License-Identifier: BSD-2-Clause */
/* One device of one tree: the order in which its facts are read. */
#include "tree.h"

#include "base/mem.h"

static int find_device(const struct tree *t, const char *path, int *device)
{
	int chosen = fdt_path_offset(t->fdt, "/chosen"), len = 0;

	if (!path && chosen >= 0)
		path = fdt_getprop(t->fdt, chosen, "anydma,device", &len);
	if (!path)
		return tree_error(t, -ANY_ENOENT, chosen, "anydma,device",
				  "names no device, and none was asked for");
	if (len && path[len - 1])
		return tree_error(t, -ANY_EINVAL, chosen, "anydma,device", "is not a string");
	*device = fdt_path_offset(t->fdt, path);
	return *device < 0 ? tree_error(t, -ANY_ENOENT, -1, path, "is no device of this tree") : 0;
}

static void read_name(const struct tree *t, struct any_platform *p)
{
	int len = 0, root = fdt_path_offset(t->fdt, "/");
	int node = fdt_path_offset(t->fdt, "/anydma");
	const char *name = node < 0 ? NULL : fdt_getprop(t->fdt, node, "anydma,id", &len);

	if (!name)
		name = fdt_getprop(t->fdt, root, "compatible", &len);
	if (!name)
		name = fdt_getprop(t->fdt, root, "model", &len);
	if (name && len > 0)
		tree_copy(p->name, sizeof(p->name), name, (size_t)len);
	else
		tree_copy(p->name, sizeof(p->name), "(unnamed)", 9);
}

/* What the driver is told follows from what the machine is. */
static void conclude(struct any_platform *p)
{
	if (p->machine.line && !p->facts.coherent)
		p->facts.line = p->machine.line;
	else
		p->facts.line = p->facts.coherent ? 1 : 64;
	p->facts.speculates = p->machine.speculates && !p->facts.coherent;
	p->facts.virtual_cache = p->machine.n_views > 1;
	p->facts.drains = (p->machine.drain_to_device ? ANY_DMA_TO_DEVICE : 0u) |
			  (p->machine.drain_from_device ? ANY_DMA_FROM_DEVICE : 0u);
}

int any_platform_read(const void *dtb, size_t size, const char *device, struct any_platform *out,
		      struct any_platform_error *error)
{
	struct tree t = {dtb, error};
	int node = -1, err;

	memset(out, 0, sizeof(*out));
	memset(error, 0, sizeof(*error));
	if (!dtb || size < sizeof(struct fdt_header) || fdt_check_full(dtb, size))
		return tree_error(&t, -ANY_EINVAL, -1, NULL, "not a whole flattened devicetree");
	read_name(&t, out);
	err = find_device(&t, device, &node);
	if (err)
		return err;
	if (fdt_get_path(dtb, node, out->device, sizeof(out->device)))
		return tree_error(&t, -ANY_EINVAL, -1, "device", "has too long a path");
	err = platform_read_memory(&t, out);
	if (!err)
		err = platform_read_ranges(&t, node, out);
	if (!err)
		err = platform_read_coherent(&t, node, out);
	if (!err)
		err = platform_read_iommu(&t, node, out);
	if (!err)
		err = platform_read_machine(&t, node, out);
	if (!err)
		conclude(out);
	return err;
}

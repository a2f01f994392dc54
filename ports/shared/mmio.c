/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes that say virtio,mmio. */
#include <anydma/virtio/mmio.h>

#include <libfdt.h>

#include "port.h"

/* Each bus above passes addresses through as they are (an empty ranges). */
static bool is_plain(const void *fdt, int bus)
{
	int len = 0;

	for (; bus > 0 && !len; bus = fdt_parent_offset(fdt, bus))
		if (!fdt_getprop(fdt, bus, "ranges", &len))
			return false;
	return bus == 0 && !len;
}

/* First entry of reg. */
static bool reg_of(const void *fdt, int node, uint64_t *base, uint64_t *size)
{
	const int bus = fdt_parent_offset(fdt, node);
	const int cells = fdt_address_cells(fdt, bus), more = fdt_size_cells(fdt, bus);
	int len;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);

	if (!reg || !is_plain(fdt, bus) || cells < 1 || cells > 2 || more < 1 || more > 2 ||
	    len < 4 * (cells + more))
		return false;
	*base = *size = 0;
	for (int i = 0; i < cells; i++)
		*base = *base << 32 | fdt32_ld(reg + i);
	for (int i = 0; i < more; i++)
		*size = *size << 32 | fdt32_ld(reg + cells + i);
	return true;
}

static void found(const struct any_platform_tree *tree, int node)
{
	static char path[ANY_PLATFORM_TEXT];
	struct any_virtio_transport transport;
	struct any_virtio_mmio mmio;
	uint64_t base, size;
	int err;

	if (fdt_get_path(tree->fdt, node, path, sizeof(path)) ||
	    !reg_of(tree->fdt, node, &base, &size)) {
		port_ok(false, "a virtio,mmio node without a path or registers");
		return;
	}
	err = any_virtio_mmio_init(&mmio, &transport, port->map(base, size), size);
	if (!err)
		port_device_found(tree, path, path, &transport);
	else if (err != -ANY_ENOENT) /* an empty place is not worth a word (VG-MM-04) */
		port_ok(false, "%s: %s", path, any_strerror(err));
}

void port_bus_mmio(const struct any_platform_tree *tree)
{
	int node = -1;

	if (!tree->fdt)
		return;
	while ((node = fdt_node_offset_by_compatible(tree->fdt, node, "virtio,mmio")) >= 0)
		found(tree, node);
}

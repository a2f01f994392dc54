/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes that say virtio,mmio. */
#include <anydma/virtio/mmio.h>

#include <libfdt.h>

#include "list.h"

static void found(const struct any_platform_tree *tree, int node)
{
	static char path[ANY_PLATFORM_TEXT];
	struct any_virtio_transport transport;
	struct any_virtio_mmio mmio;
	uint64_t base, size;
	int err;

	if (fdt_get_path(tree->fdt, node, path, sizeof(path)) ||
	    !port_reg_of(tree->fdt, node, &base, &size)) {
		port_ok(false, "a virtio,mmio node without a path or registers");
		return;
	}
	err = any_virtio_mmio_init(&mmio, &transport, port->map(base, size), size);
	if (!err)
		port_device_found(&(struct port_place){tree, path, path, 0, NULL}, &transport);
	else if (err != -ANY_ENOENT) /* an empty place is not worth a word (VG-MM-04) */
		port_ok(false, "%s: %s", path, any_strerror(err));
}

void port_bus_mmio(const struct any_platform_tree *tree)
{
	int node = -1;

	while ((node = fdt_node_offset_by_compatible(tree->fdt, node, "virtio,mmio")) >= 0)
		found(tree, node);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Which way DMA goes from a node (platforms.md, section 4). */
#include "platform/read.h"

/* The interconnect named "dma-mem" (sunxi's MBUS, Tegra's memory controller); negative: none. */
static int dma_mem(const struct tree *t, int node)
{
	const fdt32_t *cells;
	uint32_t words, at = 0;
	int want = fdt_stringlist_search(t->fdt, node, "interconnect-names", "dma-mem");

	if (want < 0 || any_tree_cells(t, node, "interconnects", &cells, &words))
		return -FDT_ERR_NOTFOUND;
	for (int i = 0; at < words; i++) {
		int target = any_tree_by_phandle(t, fdt32_to_cpu(cells[at]));
		uint32_t n = 0;

		if (target < 0 || any_tree_u32(t, target, "#interconnect-cells", 0, &n))
			break;
		if (i == want)
			return target;
		if (n >= words - at)
			break;
		at += n + 1;
	}
	return -FDT_ERR_NOTFOUND;
}

int any_path_dma_parent(const struct tree *t, int node)
{
	int target = node < 0 || any_tree_as(t) == ANY_READER_U_BOOT ? -FDT_ERR_NOTFOUND
								     : dma_mem(t, node);

	return target >= 0 ? target : any_tree_parent(t, node);
}

bool any_path_is_pci(const struct tree *t, int node)
{
	return any_tree_is(t, node, "device_type", "pci") ||
	       any_tree_is(t, node, "device_type", "pciex");
}

int any_path_pci_host(const struct tree *t, int node)
{
	int host = any_path_is_pci(t, node) ? node : any_tree_parent(t, node);

	if (!any_path_is_pci(t, host))
		return -FDT_ERR_NOTFOUND;
	for (unsigned depth = 0; depth < TREE_DEPTH; depth++) {
		int up = any_tree_parent(t, host);

		if (!any_path_is_pci(t, up))
			break;
		host = up;
	}
	return host;
}

int any_path_start(const struct tree *t, int device)
{
	int host = any_path_pci_host(t, device);

	return host >= 0 ? host : any_path_dma_parent(t, device);
}

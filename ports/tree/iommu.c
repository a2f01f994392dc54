/* SPDX-License-Identifier: BSD-2-Clause */
/* IOMMUs that are nodes of the tree. Those that are PCI functions are found with the others. */
#include <libfdt.h>

#include "list.h"

/* One of each: compatible, and what drives it. */
static const struct {
	const char *compatible;
	void (*found)(const char *node, uint64_t base, uint64_t size);
} kinds[] = {
	{"arm,smmu-v3", port_smmu_found},
	{"riscv,iommu", port_riscv_iommu_found},
};

static void found(const void *fdt, int node)
{
	static char path[ANY_PLATFORM_TEXT];
	uint64_t base, size;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(kinds); i++) {
		if (fdt_node_check_compatible(fdt, node, kinds[i].compatible))
			continue;
		if (fdt_get_path(fdt, node, path, sizeof(path)) ||
		    !port_reg_of(fdt, node, &base, &size))
			port_ok(false, "%s: a node without path or registers", kinds[i].compatible);
		else
			kinds[i].found(path, base, size);
		return;
	}
}

/* Entries of iommu-map: first requester, IOMMU, first stream, how many. */
void port_iommu_of(const void *fdt, int bridge, struct port_pci *host)
{
	int len = 0;
	const fdt32_t *at = fdt_getprop(fdt, bridge, "iommu-map", &len);

	for (; at && len >= 16; at += 4, len -= 16) {
		const int node = fdt_node_offset_by_phandle(fdt, fdt32_ld(at + 1));

		if (host->n_streams < ANY_ARRAY_SIZE(host->streams))
			host->streams[host->n_streams++] = (struct port_pci_streams){
				fdt32_ld(at), fdt32_ld(at + 2), fdt32_ld(at + 3)};
		if (node >= 0)
			found(fdt, node);
	}
}

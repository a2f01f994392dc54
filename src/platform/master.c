/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which nodes can master a bus. No property says so in general; the rule is in platform.h. Being
 * wrong here costs a line in a report: every node can be asked by name.
 */
#include "platform/read.h"

#include "base/bits.h"

/* Generic names (Devicetree Specification 2.2.2, and what trees say instead) of things that move
 * data themselves. A name may end in a number: ethernet0, video-codec-1. */
static const char *const names[] = {
	"ahci",
	"ata",
	"camera",
	"camss",
	"crypto",
	"crypto-engine",
	"csi",
	"dcp",
	"disk",
	"display",
	"display-controller",
	"display-subsystem",
	"dispc",
	"dma",
	"dma-controller",
	"dpu",
	"dss",
	"dwmmc",
	"ehci",
	"emac",
	"encoder",
	"esdhc",
	"ethernet",
	"fdc",
	"fec",
	"firewire",
	"ftgmac",
	"gpu",
	"gsc",
	"gmac",
	"hsusb",
	"i2s-dma",
	"ieee1394",
	"infiniband",
	"ipa",
	"ipu",
	"isi",
	"isp",
	"jpeg-codec",
	"jpeg-decoder",
	"jpeg-encoder",
	"jr",
	"lcd-controller",
	"lcdc",
	"lcdif",
	"mmc",
	"mshc",
	"nand-controller",
	"npu",
	"nvme",
	"ohci",
	"pcie-ep",
	"pdma",
	"pxp",
	"raid",
	"rga",
	"sas",
	"sata",
	"scsi",
	"sd-controller",
	"sdhci",
	"sdio",
	"sdma",
	"sdmmc",
	"ufs",
	"ufshc",
	"uhci",
	"usb",
	"usb_otg_hs",
	"usbhstll",
	"usdhc",
	"video",
	"video-codec",
	"video-decoder",
	"video-encoder",
	"virtio",
	"virtio_mmio",
	"vop",
	"vpu",
	"wifi",
	"wlan",
	"xdma",
	"xgmac",
	"xhci",
	"xor",
};

/* Subtrees that describe other things than devices on a bus. */
static const char *const no_devices[] = {
	"aliases",	   "anydma",	    "chosen",	 "cpus",	"clocks",
	"reserved-memory", "thermal-zones", "opp-table", "__symbols__",
};

static bool is_word(const char *word, const char *text, int len)
{
	int n = 0;

	while (n < len && word[n] == text[n]) /* word ends first at its zero */
		n++;
	return n == len && !word[n];
}

/* The name up to its unit address, and without a number at its end, is in the table. */
static bool has_name(const struct tree *t, int node)
{
	int len = 0, have;
	const char *name = fdt_get_name(t->fdt, node, &have);

	while (name && len < have && name[len] != '@')
		len++;
	while (len && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	if (len && name[len - 1] == '-')
		len--;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(names) && len; i++)
		if (is_word(names[i], name, len))
			return true;
	return false;
}

/* Nodes that are about DMA, but do none. */
static bool is_no_master(const struct tree *t, int node)
{
	return any_tree_has(t, node, "#iommu-cells") ||
	       any_tree_is(t, node, "device_type", "memory") ||
	       any_tree_is(t, node, "device_type", "cpu") ||
	       any_tree_compatible(t, node, "simple-bus") ||
	       any_tree_compatible(t, node, "simple-pm-bus") ||
	       any_tree_compatible(t, node, "simple-mfd");
}

static bool is_router(const struct tree *t, int node)
{
	return any_tree_has(t, node, "dma-masters") || any_tree_has(t, node, "dma-router");
}

static bool by_property(const struct tree *t, int node)
{
	static const char *const alone[] = {"iommus", "dma-coherent", "dma-noncoherent",
					    "iommu-map"};

	if (is_no_master(t, node))
		return false;
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(alone); i++)
		if (any_tree_has(t, node, alone[i]))
			return true;
	if (any_tree_has(t, node, "#dma-cells") && !is_router(t, node))
		return true;
	if (any_tree_has(t, node, "memory-region") && any_tree_has(t, node, "reg"))
		return true;
	return any_path_dma_parent(t, node) != any_tree_parent(t, node);
}

/* A device on USB, SDIO, I2C or SPI has an address without a size; it masters nothing. */
static bool on_a_memory_bus(const struct tree *t, int parent)
{
	uint32_t cells = 0;

	return parent >= 0 && !any_tree_size_cells(t, parent, &cells) && cells;
}

static bool by_name(const struct tree *t, int node)
{
	const int parent = any_tree_parent(t, node);

	if (!any_tree_has(t, node, "reg") || is_no_master(t, node) || !has_name(t, node))
		return false;
	if (any_path_is_pci(t, parent))
		return true;
	return any_tree_has(t, node, "compatible") && on_a_memory_bus(t, parent);
}

static bool find_reason(const struct tree *t, int node, int chosen, enum any_platform_master_by *by)
{
	const int parent = any_tree_parent(t, node);

	if (any_path_is_pci(t, node) && any_path_is_pci(t, parent) && node != chosen)
		return false; /* a root port or switch: its host stands for it */
	if (any_path_is_pci(t, node) && node != chosen)
		*by = ANY_MASTER_BRIDGE;
	else if (by_property(t, node))
		*by = ANY_MASTER_PROPERTY;
	else if (by_name(t, node))
		*by = ANY_MASTER_NAME;
	else if (node == chosen)
		*by = ANY_MASTER_CHOSEN;
	else
		return false;
	return true;
}

/* Enabled all the way up, and not below a node that holds no devices. */
static bool is_in_use(const struct tree *t, int node)
{
	int top = node;

	for (unsigned depth = 0; depth < TREE_DEPTH; depth++) {
		const int up = any_tree_parent(t, node);

		if (!any_tree_enabled(t, node))
			return false;
		if (up < 0)
			break;
		top = node;
		node = up;
	}
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(no_devices); i++)
		if (any_tree_same(fdt_get_name(t->fdt, top, NULL), no_devices[i]))
			return false;
	return true;
}

static int find_chosen(const struct tree *t)
{
	int len = 0, node = any_tree_top(t, "chosen");
	const char *path = node < 0 ? NULL : fdt_getprop(t->fdt, node, "anydma,device", &len);

	return any_tree_resolve(t, path, len);
}

bool any_platform_next_master(const struct any_platform_tree *tree,
			      struct any_platform_master *master)
{
	struct any_platform_error unsaid;
	const struct tree t = {tree->fdt, tree->nodes, tree->n_nodes, &unsaid, NULL};
	const int chosen = find_chosen(&t);
	int len;

	for (int node = fdt_next_node(t.fdt, master->offset, NULL); node >= 0;
	     node = fdt_next_node(t.fdt, node, NULL)) {
		const char *compatible;

		if (!find_reason(&t, node, chosen, &master->by) || !is_in_use(&t, node) ||
		    !any_tree_path(&t, node, master->path, sizeof(master->path)))
			continue;
		compatible = fdt_getprop(t.fdt, node, "compatible", &len);
		any_tree_copy(master->compatible, sizeof(master->compatible),
			      compatible ? compatible : "", compatible ? (size_t)len : 0);
		master->offset = node;
		return true;
	}
	return false;
}

# SPDX-License-Identifier: BSD-2-Clause
"""Which nodes can master a bus: the rule of any_platform_next_master (platform.h), read once more."""

import reading

ALONE = ("iommus", "iommu-map", "dma-coherent", "dma-noncoherent")
BUSES = ("simple-bus", "simple-pm-bus", "simple-mfd")
NOT_DEVICES = ("aliases", "anydma", "chosen", "cpus", "clocks", "reserved-memory", "thermal-zones",
               "opp-table", "__symbols__")
NAMES = set("""
    ahci ata camera camss crypto crypto-engine csi dcp disk display display-controller
    display-subsystem dispc dma dma-controller dpu dss dwmmc ehci emac encoder esdhc ethernet fdc fec
    firewire ftgmac gpu gsc gmac hsusb i2s-dma ieee1394 infiniband ipa ipu isi isp jpeg-codec
    jpeg-decoder jpeg-encoder jr lcd-controller lcdc lcdif mmc mshc nand-controller npu nvme ohci pcie-ep
    pdma pxp raid rga sas sata scsi sd-controller sdhci sdio sdma sdmmc ufs ufshc uhci usb usb_otg_hs
    usbhstll usdhc video video-codec video-decoder video-encoder virtio virtio_mmio vop vpu wifi wlan
    xdma xgmac xhci xor""".split())


def generic(name):
    """ethernet, of ethernet@7d580000 and of ethernet-1."""
    name = name.split("@")[0].rstrip("0123456789")
    return name[:-1] if name.endswith("-") else name


def is_no_master(node):
    """About DMA, but doing none: an IOMMU, memory, a CPU, a bus that is only wires."""
    return (node.has("#iommu-cells") or node.strings("device_type") in (["memory"], ["cpu"]) or
            any(bus in node.strings("compatible") for bus in BUSES))


def by_property(tree, node):
    if is_no_master(node):
        return False
    controller = node.has("#dma-cells") and not (node.has("dma-masters") or node.has("dma-router"))
    return (controller or any(node.has(name) for name in ALONE) or
            (node.has("memory-region") and node.has("reg")) or
            reading.dma_parent(tree, node) is not node.parent)


def by_name(node):
    """With an address, on PCI or on a bus whose addresses have a size."""
    if not node.has("reg") or is_no_master(node) or generic(node.name) not in NAMES:
        return False
    return reading.is_pci(node.parent) or (
        node.has("compatible") and reading.inherited(node.parent, "#size-cells") > 0)


def by(tree, node):
    """How a node is found to be a master, in the dump's words; None: it is not."""
    line = node.ancestors()
    if len(line) > 1 and line[-2].name in NOT_DEVICES or not all(n.enabled() for n in line):
        return None
    if reading.is_pci(node):  # the host stands for its ports
        return None if reading.is_pci(node.parent) else "bridge"
    if by_property(tree, node):
        return "property"
    return "name" if by_name(node) else None


def masters(tree):
    """{path: how}."""
    found = {node.path(): by(tree, node) for node in tree.root.everything()}
    return {path: how for path, how in found.items() if how}

# SPDX-License-Identifier: BSD-2-Clause
"""Which nodes can master a bus: the rule of any_platform_next_master, read once more."""

import reading

PROPERTIES = ("iommus", "dma-coherent", "memory-region", "#dma-cells")
NAMES = ("ethernet", "mmc", "usb", "sata")


def by(tree, node):
    """How a node is found to be a master, in the dump's words; None: it is not."""
    if not all(n.enabled() for n in node.ancestors()) or node is tree.root:
        return None
    if reading.is_pci(node) and reading.host_bridge(node) is node:
        return "bridge"
    if any(node.has(name) for name in PROPERTIES) and not node.has("ranges"):
        return "property"
    if "dma-mem" in node.strings("interconnect-names"):
        return "property"
    return "name" if node.name.split("@")[0] in NAMES else None


def masters(tree):
    """{path: how}."""
    found = {node.path(): by(tree, node) for node in tree.root.everything()}
    return {path: how for path, how in found.items() if how}

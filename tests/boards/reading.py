# SPDX-License-Identifier: BSD-2-Clause
"""A second reading of a devicetree: what one device's DMA looks like. Written from platforms.md
section 4, the Devicetree Specification and Linux's behaviour, one small recursive function a rule,
slow and without an index. Where it and src/platform disagree, one of them is wrong (agree.py)."""

U64 = (1 << 64) - 1
PAGE = 4096


class Refused(Exception):
    """The tree contradicts itself: (errno, why)."""


def inherited(node, name, missing=1):
    """#address-cells and #size-cells as Linux looks them up: the nearest node that has it."""
    if node is None:
        return missing
    return node.number(name, missing) if node.has(name) else inherited(node.parent, name, missing)


def join(cells):
    """A number of several cells, the first the highest; 64 bits are left of it."""
    return (join(cells[:-1]) << 32 | cells[-1]) & U64 if cells else 0


# ---- the way to memory -----------------------------------------------------------------------

def dma_parent(tree, node):
    """The node that `interconnects` names "dma-mem", else the parent."""
    names = node.strings("interconnect-names")
    if "dma-mem" in names:
        target = entry(tree, node.cells("interconnects"), "#interconnect-cells",
                       names.index("dma-mem"))
        if target:
            return target[0]
    return node.parent


def entry(tree, cells, counted_by, index):
    """The index-th (node, arguments) of a list of phandles with arguments; None: there is none."""
    if not cells:
        return None
    node = tree.node(cells[0])
    if node is None or not node.has(counted_by):
        return None
    more = node.number(counted_by, 0)
    if len(cells) < 1 + more:
        return None
    if index == 0:
        return node, cells[1:1 + more]
    return entry(tree, cells[1 + more:], counted_by, index - 1)


def is_pci(node):
    return node is not None and node.text("device_type") in ("pci", "pciex")


def host_bridge(node):
    """The PCI host that this node is, or is behind: the topmost; None: it is no matter of PCI."""
    if node is None:
        return None
    return host_bridge(node.parent) or (node if is_pci(node) else None)


def layout(node):
    """Cells of (address on this bus, address on the bus above, size) in its dma-ranges."""
    return (inherited(node, "#address-cells"), inherited(node.parent or node, "#address-cells"),
            inherited(node, "#size-cells"))


def entries(node, name):
    """(cells of the child's address, address above, size) of ranges or dma-ranges, in order."""
    child, above, size = layout(node)
    cells, stride = node.cells(name), child + above + size
    return [(cells[at:at + child], cells[at + child:at + child + above],
             join(cells[at + child + above:at + stride]))
            for at in range(0, len(cells) - stride + 1, stride)]


def upwards(tree, node, address, up=dma_parent, depth=0):
    """An address on the bus above `node` as the CPU says it; None: nothing leads there."""
    bus = up(tree, node)
    if bus is None or depth > 64:
        return address
    if not bus.props.get("dma-ranges"):  # missing or empty: 1:1
        return upwards(tree, bus, address, up, depth + 1)
    for child, above, size in entries(bus, "dma-ranges"):
        if join(child) <= address < join(child) + size:
            return upwards(tree, bus, join(above) + address - join(child), up, depth + 1)
    return None


def bus_with_windows(tree, bus, started=False, depth=0):
    """The first bus on the way up whose dma-ranges say something. Linux gives up at the second
    level that lacks the property: then, as where nothing is ever found, no bus limits anything."""
    if bus is None or depth > 64 or (started and not bus.has("dma-ranges")):
        return None
    if bus.props.get("dma-ranges"):
        return bus
    return bus_with_windows(tree, dma_parent(tree, bus), True, depth + 1)


def first_bus(tree, node):
    """For what is behind a PCI host the host itself is the first bus, for all else the parent."""
    return host_bridge(node) or dma_parent(tree, node)


def merged(windows):
    """Windows that continue one another, as Linux puts them together."""
    if len(windows) < 2:
        return windows
    (p, d, s), (p2, d2, s2) = windows[:2]
    if p + s == p2 and d + s == d2:
        return merged([(p, d, s + s2)] + windows[2:])
    return windows[:1] + merged(windows[1:])


def windows(tree, node):
    """[(CPU, bus, size)] in order; empty: everything is 1:1."""
    bus = bus_with_windows(tree, first_bus(tree, node))
    if bus is None:
        return []
    found = [(upwards(tree, bus, join(above)), join(child), size)
             for child, above, size in entries(bus, "dma-ranges") if size]
    found = [w for w in found if w[0] is not None]
    if not found:
        raise Refused(22, "no window leads to memory")
    return merged(found)


# ---- coherence -------------------------------------------------------------------------------

def coherent(tree, node, depth=0):
    """The nearest node that says anything."""
    if node is None or depth > 64:
        return any("riscv" in cpu.strings("compatible")
                   for cpu in (tree.child("cpus").children if tree.child("cpus") else []))
    if node.has("dma-coherent") or node.has("dma-noncoherent"):
        return node.has("dma-coherent")
    return coherent(tree, dma_parent(tree, node), depth + 1)


# ---- IOMMU -----------------------------------------------------------------------------------

def mapped_id(cells, mask, requester):
    """(unit's phandle, id) by iommu-map; None: this requester goes around it."""
    if len(cells) < 4:
        return None
    base, unit, out, length = cells[:4]
    if base & ~mask:
        raise Refused(22, "iommu-map has an id outside its mask")
    if base <= requester & mask < base + length:
        return unit, (requester & mask) - base + out
    return mapped_id(cells[4:], mask, requester)


def iommu(tree, node):
    """(unit, stream id) of the device; None: it has none, or one that is switched off."""
    bridge, found = host_bridge(node), None
    if bridge:
        requester = 0 if node is bridge else (node.cells("reg") or [0])[0] >> 8 & 0xffff
        found = mapped_id(bridge.cells("iommu-map"), bridge.number("iommu-map-mask", 0xffffffff),
                          requester)
        if found and tree.node(found[0]) is None:
            raise Refused(22, "iommu-map points nowhere")
        found = found and (tree.node(found[0]), found[1])
    elif node.has("iommus"):
        first = entry(tree, node.cells("iommus"), "#iommu-cells", 0)
        if first is None:
            raise Refused(22, "iommus points nowhere")
        found = first[0], first[1][0] if first[1] else 0
    return found if found and found[0].enabled() else None


def aperture(found):
    """What the IOVA allocator may use: the span of the windows in whole pages, else 4 GiB."""
    if not found:
        return 0, 1 << 32
    low = min(bus for _, bus, _ in found)
    end = max(bus + size for _, bus, size in found)
    low = (low + PAGE - 1) // PAGE * PAGE
    return low, end // PAGE * PAGE - low


def holes(tree, node, found):
    """PCI only: gaps between the windows, and where the CPU's own accesses to the bus go out."""
    bridge = host_bridge(node)
    if not bridge:
        return []
    spans = sorted((bus, bus + size) for _, bus, size in found)
    gaps = [(end, start - end) for (_, end), (start, _) in zip(spans, spans[1:]) if start > end]
    out = [(join(child[1:]), size) for child, _, size in entries(bridge, "ranges")
           if child[0] >> 24 & 3 in (2, 3)]
    return union(gaps + out)


# ---- memory ----------------------------------------------------------------------------------

def union(spans):
    """Sorted; what touches or overlaps is one."""
    spans = sorted((base, size) for base, size in spans if size)
    if len(spans) < 2:
        return spans
    (base, size), (base2, size2) = spans[:2]
    if base2 <= base + size:
        return union([(base, max(base + size, base2 + size2) - base)] + spans[2:])
    return spans[:1] + union(spans[1:])


def reg(node, name="reg"):
    address, size = inherited(node.parent, "#address-cells"), inherited(node.parent, "#size-cells")
    cells = node.cells(name)
    return [(join(cells[at:at + address]), join(cells[at + address:at + address + size]))
            for at in range(0, len(cells) - address - size + 1, address + size)]


def memory(tree):
    return union(span for node in tree.root.children
                 if node.text("device_type") == "memory" and node.enabled() for span in
                 reg(node, "linux,usable-memory" if node.has("linux,usable-memory") else "reg"))


def reserved(tree):
    pools = tree.child("reserved-memory")
    return union(tree.reservations + [span for node in (pools.children if pools else [])
                                      if node.enabled() for span in reg(node)])


def restricted(tree, node):
    """The pool that a device without an IOMMU is confined to. Where the memory nodes do not have it,
    the boot loader will: it has to be in Linux's linear map."""
    for handle in node.cells("memory-region"):
        pool = tree.node(handle)
        if pool and pool.enabled() and "restricted-dma-pool" in pool.strings("compatible"):
            return reg(pool)[0]
    return None


def line(tree):
    """The largest line that the CPU nodes tell of; 0: none does."""
    cpus = tree.child("cpus")
    return max([node.number(name, 0) for node in [cpus] + cpus.children
                for name in ("d-cache-line-size", "cache-line-size")] if cpus else [0])


# ---- all of it -------------------------------------------------------------------------------

def facts(tree, node):
    """As Linux reads; the same names as in the C reader's dump."""
    if not all(n.enabled() for n in node.ancestors()):
        raise Refused(19, "disabled")
    found, unit = windows(tree, node), iommu(tree, node)
    snooped = coherent(tree, host_bridge(node) or node)
    answer = {
        "windows": [] if unit else found,
        "limit": max(bus + size - 1 for _, bus, size in found) if found and not unit else None,
        "coherent": snooped,
        "line": 1 if snooped else line(tree) or 64,
        "untrusted": any(n.has("external-facing") for n in node.ancestors()),
        "restricted": None if unit else restricted(tree, node),
        "iommu": None,
    }
    if unit:
        base, size = aperture(found)
        answer["iommu"] = {"stream": unit[1], "base": base, "size": size,
                           "holes": holes(tree, node, found), "out": windows(tree, unit[0])}
    return answer


# ---- U-Boot ----------------------------------------------------------------------------------

def u_boot_bus(node, seen=False):
    """U-Boot climbs the tree itself and gives up only above a level that said something; then the
    device is not probed at all, which is no answer about addresses, so: none."""
    if node is None or (seen and not node.has("dma-ranges")):
        return None
    if node.props.get("dma-ranges"):
        return node
    return u_boot_bus(node.parent, seen or node.has("dma-ranges"))


def u_boot(tree, node):
    """U-Boot knows one offset a device: of the first entry. What lies outside goes out 1:1."""
    if not all(n.enabled() for n in node.ancestors()):
        return {"error": 19}
    bus = u_boot_bus(host_bridge(node) or node.parent)
    if bus is None:
        return {"windows": [], "miss": "identity"}
    child, above, size = entries(bus, "dma-ranges")[0]
    start = upwards(tree, bus, join(above), lambda _, n: n.parent)
    return {"windows": [] if start is None else [(start, join(child), size)], "miss": "identity"}

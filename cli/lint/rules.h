/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules. A rule is its line here and a function lint_NAME, which is called for every enabled
 * node and says what it finds. No include guard: it is included once per use.
 * An error: Linux refuses it, or a device gets wrong memory. A warning: nobody can have meant it.
 * A note: Linux takes it, and its reader should know how.
 */
LINT(01, ragged, ERROR, "dma-ranges is not whole windows",
     "each entry is a child address, a parent address and a size, in the cells of both buses")
LINT(02, empty_window, WARNING, "a window of no size", "drop the entry, or give it its size")
LINT(03, wraps, ERROR, "a window goes past the last address",
     "base and size together must fit into the address cells")
LINT(04, two_memories, ERROR, "one bus address stands for two memories",
     "windows of one bus may overlap only where they say the same")
LINT(05, two_addresses, NOTE, "one memory has two bus addresses",
     "Linux takes the first window that fits; put the one to be used first")
LINT(06, untranslatable, ERROR, "a window leads where a bus above has none",
     "Linux drops the window; give the bus above a window for it")
LINT(07, beyond, NOTE, "a window is larger than the one above it",
     "Linux looks at the start only and takes the rest to follow on")
LINT(08, unsupported, NOTE, "a bus above has no dma-ranges",
     "an empty dma-ranges there says that addresses stay as they are")
LINT(09, childless, NOTE, "dma-ranges on a node that is no bus",
     "it describes the node's children, not the node; it belongs to the parent")
LINT(10, both, ERROR, "coherent and not coherent at once",
     "Linux tests dma-coherent first; keep the one that is true")
LINT(11, unseen_coherence, NOTE, "coherence where nobody looks for it",
     "it belongs to the device that masters the bus, or to a bus above it")
LINT(12, iommus_nowhere, ERROR, "iommus points nowhere", "the first cell is the unit's phandle")
LINT(13, iommus_ragged, ERROR, "iommus is not whole entries",
     "a phandle and as many cells as the unit's #iommu-cells says")
LINT(14, iommu_off, NOTE, "the IOMMU is switched off",
     "Linux goes on as if there were none, and dma-ranges translate again")
LINT(15, map_ragged, ERROR, "iommu-map is not whole entries",
     "id base, phandle, output base and length: four cells")
LINT(16, map_mask, ERROR, "an id has bits outside iommu-map-mask",
     "the mask is applied first, so the entry never matches; Linux refuses it")
LINT(17, map_nowhere, ERROR, "iommu-map points nowhere", "the second cell is the unit's phandle")
LINT(18, map_overlap, WARNING, "an id is in two entries of iommu-map",
     "the first entry wins; make the ranges disjoint")
LINT(19, pool_flags, ERROR, "a property that has no place in a restricted-dma-pool",
     "Linux refuses the pool; drop the property")
LINT(20, pool_unplaced, WARNING, "a restricted-dma-pool without a fixed place",
     "give it reg: what protects the memory outside has to know where it is")
LINT(21, pool_unused, WARNING, "a restricted-dma-pool behind an IOMMU",
     "the IOMMU confines the device; Linux does not use the pool")
LINT(22, pool_reach, ERROR, "the device does not reach its restricted-dma-pool",
     "place it inside the windows of the device's bus")
LINT(23, pool_overlap, ERROR, "a restricted-dma-pool overlaps another region",
     "what lies there would be the device's to write")
LINT(24, region_nowhere, ERROR, "memory-region points nowhere",
     "each cell is the phandle of a node in /reserved-memory")
LINT(25, shared_flags, ERROR, "a shared-dma-pool whose properties exclude each other",
     "linux,cma-default needs reusable, linux,dma-default needs no-map, and both exclude another")
LINT(26, memory_overlap, ERROR, "memory is described twice", "ranges of memory nodes lie apart")
LINT(27, memory_ragged, ERROR, "reg is not whole ranges, or wraps",
     "each entry is a base and a size, in the cells of the parent")
LINT(28, reserved_outside, NOTE, "reserved memory outside of memory",
     "firmware that adds memory later makes it right")
LINT(29, dma_mem, ERROR, "dma-mem names no way to memory",
     "interconnects needs an entry at its place in interconnect-names, with a provider that exists")
LINT(30, pci_inherits, NOTE, "a PCI host without windows of its own",
     "devices behind it take the windows of the bus above")
LINT(31, status, WARNING, "a status that is no word of the specification",
     "okay, disabled, reserved, fail: anything else switches the node off")

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the oracle can find, in words. Ids are stable: reports, docs and tests name them. What
 * stands in braces in a fix is a call of the driver's API (words.c).
 */
#include <anydma/lab.h>

#define RULE(r, id, title, why, fix, where) NEEDS(NOTHING, r, id, title, why, fix, where)
#define NEEDS(what, r, id, title, why, fix, where)                                                 \
	[r] = {r, id, title, why, fix, where, ANY_LAB_NEEDS_##what}

const struct any_lab_rule_text any_lab_rules[ANY_LAB_RULES] = {
	RULE(ANY_LAB_OK, "L00-ok", "nothing wrong", "", "", ""),
	NEEDS(CACHE, ANY_LAB_DIRTY_READ, "L01-dirty-read", "device read before write-back",
	      "The newest value of these bytes is still in the CPU's cache and this bus does not "
	      "snoop; memory must be cleaned, and the clean completed, before the device reads "
	      "(C3, TO_DEVICE and BOTH).",
	      "{clean} after the last store, before the device looks", "arm64-nc"),
	NEEDS(CACHE, ANY_LAB_STALE_READ, "L02-stale-read", "CPU read a stale cache line",
	      "The device wrote these bytes after the CPU's line was, or may have been, filled; a "
	      "CPU that speculates needs the invalidate after the DMA (C3, FROM_DEVICE and BOTH).",
	      "{inval} after the device is done, before the load", "arm64-nc"),
	NEEDS(CACHE, ANY_LAB_DIRTY_UNDER_DMA, "L03-dirty-under-dma",
	      "device wrote under a dirty line",
	      "A later write-back of the whole line will destroy what the device wrote; lines must "
	      "be clean when ownership passes to the device (C3, FROM_DEVICE before).",
	      "{ready} before the device is started", "arm-v6"),
	NEEDS(CACHE, ANY_LAB_LOST_WRITE, "L04-lost-write", "invalidate dropped CPU stores",
	      "Bytes outside the buffer were dirty in a line that was invalidated without being "
	      "written back (DA-33).",
	      "align the buffer's start and length to {line}; where stores are to survive, "
	      "{clean_inval} instead",
	      "arm-vivt"),
	NEEDS(CACHE, ANY_LAB_LINE_SHARED, "L05-line-shared", "cache line shared with a device",
	      "A buffer the device writes must own its cache lines while mapped: the neighbour's "
	      "stores and the device's writes destroy each other (DA-33, DA-34).",
	      "align start and length to {line}", "arm64-nc"),
	NEEDS(CACHE, ANY_LAB_WRONG_ALIAS, "L06-wrong-alias", "maintenance through another alias",
	      "A virtually tagged cache keeps a line per virtual address; maintenance acts only "
	      "through the address that filled it.",
	      "map or maintain the buffer through the pointer that the CPU uses", "arm-vivt"),
	NEEDS(CACHE, ANY_LAB_LATE_WRITE_BACK, "L07-late-write-back",
	      "invalidated line still to be written",
	      "On this machine a line that is dirty when it is invalidated, or fetched again at "
	      "the "
	      "ends of a range, may be written back at any time after, out of reach of every clean "
	      "(M9, hazard 6).",
	      "clean before invalidating, and have nothing dirty there when the device starts",
	      "arm-80200-a0"),
	NEEDS(CACHE, ANY_LAB_SQUASHED_STORE, "L08-squashed-store",
	      "device wrote where the CPU speculates",
	      "A squashed store leaves a dirty line: whatever is cleaned or invalidated, memory "
	      "with "
	      "a cached view is not safe while a device writes to it (hazard 7).",
	      "buffers in memory that only has an uncached view; a restricted pool there makes "
	      "every mapping bounce into it",
	      "sgi-ip28"),
	NEEDS(CACHE, ANY_LAB_ALIAS, "L09-alias-mismatch", "one alias cached, another not",
	      "The same bytes were used through a cached and an uncached mapping with no clean and "
	      "invalidate between: each sees what it sees.",
	      "one attribute for all aliases; {clean_inval} before it changes", "arm64-nc"),
	NEEDS(MOVES, ANY_LAB_CPU_TOUCH, "L10-cpu-touch", "CPU touched a device-owned buffer",
	      "Between map and unmap the memory belongs to the device (DA-03).", "{turn}",
	      "arm64-nc"),
	RULE(ANY_LAB_AFTER_UNMAP, "L11-after-unmap", "access after unmap",
	     "The mapping had been given back: the memory may belong to someone else (DA-03, D7).",
	     "{release} only after the device is done with the buffer", "x86-vtd"),
	RULE(ANY_LAB_OUTSIDE, "L12-outside", "device access outside every mapping",
	     "The device may touch only what was mapped for it (DA-02, DA-03).",
	     "{map} with the buffer's own address and whole length", "x86-vtd"),
	NEEDS(MOVES, ANY_LAB_DIRECTION, "L13-direction", "device access against the direction",
	      "TO_DEVICE means the device only reads, FROM_DEVICE that it only writes (DA-08).",
	      "{map} with the direction the device uses, or {both}", "x86-vtd"),
	RULE(ANY_LAB_DOUBLE_UNMAP, "L14-double-unmap", "unmap of what is not mapped",
	     "A mapping is unmapped exactly once (DA-04, C5 rows 2 and 13).", "{release} once",
	     "x86-vtd"),
	RULE(ANY_LAB_LEAK, "L15-leak", "still mapped at the end",
	     "Every mapping and allocation is given back before the device goes (C5 row 25, D3).",
	     "{release} on every path, error paths too", "x86-sev-guest"),
	RULE(ANY_LAB_MISUSE, "L16-misuse", "API contract broken", "See the text (C5).",
	     "{contract}", ""),
	RULE(ANY_LAB_FREED, "L18-freed-in-use", "memory freed while the device owns it",
	     "Whoever gets this memory next shares it with the device (DA-03, D3).",
	     "{release}, or stop the device, before the memory is freed", "x86-pc"),
	RULE(ANY_LAB_BAD_MEMORY, "L19-bad-memory", "memory that is not for devices",
	     "The stack shares its lines with whatever else is on it and is gone when the function "
	     "returns; text, constants and other mappings have no address for a device (DA-02, C5 "
	     "rows 9 to 12, D2).",
	     "a buffer of its own: {memory}", "x86-pc"),
	RULE(ANY_LAB_GRANULE, "L17-granule-shared", "untrusted device sees the neighbours",
	     "An IOMMU shows whole granules: a device that is not trusted must get buffers that "
	     "own theirs (hazard 13, DA-52).",
	     "{granule}", "arm64-apple-dart"),
	RULE(ANY_LAB_UNREACHABLE, "L20-unreachable", "bus address in no window",
	     "The bridge decodes only its windows; anything else is a master abort (M1).",
	     "give the device {address}, and nothing else", "x86-sta2x11"),
	RULE(ANY_LAB_WRONG_WINDOW, "L21-wrong-window", "CPU address used as bus address",
	     "On this bus memory appears at another address than the CPU's; the address given to "
	     "the device reaches other memory, or none (M1, M2, AP-7).",
	     "give the device {address}, and nothing else", "bmips-7425-pcie"),
	RULE(ANY_LAB_LIMIT, "L22-limit", "address beyond the device's reach",
	     "The device or its bridge drives fewer address bits: the access is truncated (M6, "
	     "DA-09).",
	     "{reach}", "pcie-rc-32bit"),
	RULE(ANY_LAB_IOMMU_FAULT, "L23-iommu-fault", "IOMMU fault",
	     "No translation, or no permission, for this address (M4, VG-FB-07).",
	     "give the device {address}, mapped with the right direction", "x86-vtd"),
	RULE(ANY_LAB_STALE_IOTLB, "L24-stale-iotlb", "stale or not yet visible translation",
	     "The IOMMU's caches and its view of the tables follow only an invalidation that has "
	     "completed (M5); an IOVA must not be used again before.",
	     "invalidate and wait: strict unmap, or deferred with no reuse before the sync",
	     "x86-vtd"),
	RULE(ANY_LAB_ENCRYPTED, "L25-encrypted", "device met encrypted memory",
	     "The device has no key for this page: it reads ciphertext and its writes become "
	     "garbage (M15).",
	     "pages shared with the device, or its address bit: {coherent}, or a mapping",
	     "x86-sev-guest"),
	RULE(ANY_LAB_ATTRIBUTE, "L26-address-bits", "address bits that route or order are wrong",
	     "On this bus bits of the address choose the path: coherent memory is reached through "
	     "one, streaming buffers through another (M2, M14).",
	     "give the device {address}, whole", "sgi-ip27-ip30"),
	RULE(ANY_LAB_TABLE, "L27-table-address", "the IOMMU's tables name other memory",
	     "Memory may have another address behind the IOMMU than at the CPU: an entry must say "
	     "what the IOMMU has to put on its bus, encryption bit and all (M3, hazard 12).",
	     "any_dma_iommu.out: the windows between IOMMU and memory", "arm64-mtk-m4u"),
	RULE(ANY_LAB_COLOUR, "L28-colour", "IOVA and memory differ in colour",
	     "This bus finds lines in the CPU's virtually indexed caches by low bits of the IOVA; "
	     "they must be those of the memory, or the snoop misses (M4).",
	     "any_dma_iommu.colour: address bits that IOVA and memory share", "parisc-sba"),
	RULE(ANY_LAB_HOLE, "L29-iova-hole", "IOVA belongs to the bridge",
	     "Addresses that the bridge or another device answers never reach the IOMMU: an "
	     "interrupt doorbell, a window to a peer (M4).",
	     "leave reserved ranges out of the IOVA allocator", "arm64-smmu"),
	RULE(ANY_LAB_STORE_ORDER, "L30-store-order", "published before its data",
	     "The device saw a later store while an earlier one that it announces was not ordered "
	     "before it (A4.2 row 1, VG-SR-17).",
	     "{wmb} between the entry and the index", "arm64-nc"),
	RULE(ANY_LAB_LOAD_ORDER, "L31-load-order", "read before its announcement",
	     "The CPU used data whose announcing index it had read without a read barrier between "
	     "(A4.2 row 2, D6).",
	     "{rmb} between the index and the data", "arm64-nc"),
	RULE(ANY_LAB_FULL_ORDER, "L32-full-order", "load passed an earlier store",
	     "The index store and the following load of the suppression word need a full barrier, "
	     "or a kick is lost (A4.2 rows 3 and 4, VG-SR-18).",
	     "{mb} between the index store and the load", "x86-pc"),
	RULE(ANY_LAB_DOORBELL, "L33-doorbell", "doorbell rung too early",
	     "Ring stores must be visible before the doorbell arrives (A4.2 row 5).",
	     "{doorbell} before the doorbell write", "arm64-nc"),
	RULE(ANY_LAB_DRAIN_OUT, "L34-drain-out", "host-to-device buffer not drained",
	     "On this machine stores wait in a buffer that barriers do not empty (M12).",
	     "{drain_out} before the doorbell", "arm-mstarv7"),
	RULE(ANY_LAB_DRAIN_IN, "L35-drain-in", "device-to-host buffer not drained",
	     "On this machine an interrupt may arrive before the writes it announces, coherent or "
	     "not (M13, hazard 10).",
	     "{drain_in} before believing the interrupt", "arm-mvebu"),
	RULE(ANY_LAB_DEADLOCK, "L36-deadlock", "a barrier that hangs the machine",
	     "This machine has a buffer that must not be drained (hazard 9: PL310 sync with I/O "
	     "coherency, L220 on RealView).",
	     "a port that leaves the ritual out here", "arm-11mpcore"),
	RULE(ANY_LAB_RELAXED, "L37-relaxed-order", "completion overtook its payload",
	     "Device writes may pass one another here; a completion record proves nothing unless "
	     "its address carries the ordering bit or the device's relaxed ordering is off (M14).",
	     "rings in memory of this kind: {coherent}; relaxed ordering cleared at attach",
	     "sgi-ip27-ip30"),
	RULE(ANY_LAB_TRUSTED, "L40-trusted", "nonsense from the device was believed",
	     "Ids and lengths from the other side are checked before use (D13).",
	     "check against the driver's own shadow", "x86-pc"),
	RULE(ANY_LAB_DATA, "L41-data", "data differs at the end",
	     "The bytes that came out are not those that went in.", "see the last events", ""),
	RULE(ANY_LAB_HANG, "L42-hang", "no progress is possible",
	     "The driver waits for a completion, the device for a kick.", "see the last events",
	     ""),
	RULE(ANY_LAB_REFUSED, "L43-refused", "driver refused the device",
	     "Without ACCESS_PLATFORM the device ignores the platform's rules (AP-2).",
	     "offer bit 33", "arm64-nc"),
	RULE(ANY_LAB_DRIVER_ERROR, "L44-driver-error", "driver returned an error", "See the text.",
	     "see the text", ""),
	RULE(ANY_LAB_CRASH, "L45-crash", "the run died", "A signal ended the run.",
	     "run it under a debugger with the replay line", ""),
};

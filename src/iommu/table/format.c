/* SPDX-License-Identifier: BSD-2-Clause */
/* What entries look like: one structure for each format. */
#include <anydma/iommu/table.h>

#define LEAVES_3 0x7u /* 4 KiB, 2 MiB, 1 GiB */
#define R	 ANY_IOMMU_READ
#define W	 ANY_IOMMU_WRITE

/*
 * VMSAv8-64 with 4 KiB granule: bit 0 valid, bit 1 a table (and set in the last level's leaves),
 * bit 10 the access flag. Shareability (bits 9:8): inner where the bus snoops, else outer.
 */
#define ARM_ADDRESS 0x0000fffffffff000ull
#define ARM_BLOCK   0x401ull
#define ARM_PAGE    0x403ull
#define ARM_OUTER   (2ull << 8)
#define ARM_INNER   (3ull << 8)
#define ARM_NG	    (1ull << 11) /* of this ASID alone */
#define ARM_S1_XN   (3ull << 53)
#define ARM_S2_XN   (2ull << 53)
#define ARM_AP(n)   ((uint64_t)(n) << 6)
#define ARM_ATTR(n) ((uint64_t)(n) << 2) /* stage 1: an index in MAIR; stage 2: the attribute */

/* AP: 1 is both, 3 is read alone. MAIR is the back end's: 0 device, 1 write-back, 2 uncached. */
const struct any_iommu_table_format any_iommu_arm_s1 = {
	.name = "Arm stage 1, 4 KiB",
	.levels = 3,
	.root_bits = 9,
	.input_bits = 39,
	.output_bits = 48,
	.leaves = LEAVES_3,
	.address = ARM_ADDRESS,
	.present = 1,
	.kind = 2,
	.table = 3,
	.leaf = {ARM_PAGE | ARM_NG | ARM_S1_XN, ARM_BLOCK | ARM_NG | ARM_S1_XN,
		 ARM_BLOCK | ARM_NG | ARM_S1_XN},
	.access = {[R] = ARM_AP(3), [W] = ARM_AP(1), [R | W] = ARM_AP(1)},
	.snooped = ARM_ATTR(1) | ARM_INNER,
	.unsnooped = ARM_ATTR(2) | ARM_OUTER,
	.mmio = ARM_ATTR(0) | ARM_OUTER,
};

const struct any_iommu_table_format any_iommu_arm_s2 = {
	.name = "Arm stage 2, 4 KiB",
	.levels = 3,
	.root_bits = 9,
	.input_bits = 39,
	.output_bits = 48,
	.leaves = LEAVES_3,
	.address = ARM_ADDRESS,
	.present = 1,
	.kind = 2,
	.table = 3,
	.leaf = {ARM_PAGE | ARM_S2_XN, ARM_BLOCK | ARM_S2_XN, ARM_BLOCK | ARM_S2_XN},
	.access = {[R] = ARM_AP(1), [W] = ARM_AP(2), [R | W] = ARM_AP(3)},
	.snooped = ARM_ATTR(0xf) | ARM_INNER,
	.unsnooped = ARM_ATTR(0x5) | ARM_OUTER,
	.mmio = ARM_ATTR(0x1) | ARM_OUTER,
};

/* An entry that allows nothing is empty; bit 7: a large page; bit 11: snoop (where ECAP.SC). */
#define VTD_LARGE (1ull << 7)
#define VTD_SNOOP (1ull << 11)

const struct any_iommu_table_format any_iommu_vtd_second = {
	.name = "VT-d second level",
	.levels = 4,
	.root_bits = 9,
	.input_bits = 48,
	.output_bits = 52,
	.leaves = LEAVES_3,
	.address = 0x000ffffffffff000ull,
	.present = 3,
	.kind = VTD_LARGE,
	.table = 3,
	.leaf = {0, VTD_LARGE, VTD_LARGE},
	.access = {[R] = 1, [W] = 2, [R | W] = 3},
	.snooped = VTD_SNOOP,
};

/*
 * A pointer allows nothing. U: devices are users. A and D are set, hardware need not. Write alone
 * cannot be said. Addresses are sign-extended, so only the lower half is used.
 */
#define RISCV_LEAF (1ull | 0xd0ull)

const struct any_iommu_table_format any_iommu_riscv_sv39 = {
	.name = "RISC-V Sv39",
	.levels = 3,
	.root_bits = 9,
	.input_bits = 38,
	.output_bits = 56,
	.leaves = LEAVES_3,
	.shift = 2,
	.address = 0x003ffffffffffc00ull,
	.present = 1,
	.kind = 0xe,
	.table = 1,
	.leaf = {RISCV_LEAF, RISCV_LEAF, RISCV_LEAF},
	.access = {[R] = 2, [W] = 6, [R | W] = 6},
};

const struct any_iommu_table_format any_iommu_riscv_sv48 = {
	.name = "RISC-V Sv48",
	.levels = 4,
	.root_bits = 9,
	.input_bits = 47,
	.output_bits = 56,
	.leaves = LEAVES_3,
	.shift = 2,
	.address = 0x003ffffffffffc00ull,
	.present = 1,
	.kind = 0xe,
	.table = 1,
	.leaf = {RISCV_LEAF, RISCV_LEAF, RISCV_LEAF},
	.access = {[R] = 2, [W] = 6, [R | W] = 6},
};

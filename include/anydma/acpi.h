/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Platforms are data, where the data is ACPI: from the binary tables IORT, DMAR and IVRS (as in
 * /sys/firmware/acpi/tables, or found from the root pointer) and from what the methods _CCA and
 * _DMA returned, to the same facts as a devicetree gives (platform.h). Tables are bytes from
 * outside: nothing in them is trusted.
 *
 * There is no AML interpreter here: the caller has one, or leaves those fields out. Rules as Linux
 * reads them (platforms.md, section 5). Source: the I/O Remapping Table (Arm DEN 0049), VT-d
 * architecture section 8 and AMD IOMMU specification section 5.2.
 */
#ifndef ANYDMA_ACPI_H
#define ANYDMA_ACPI_H

#include <anydma/platform.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_ACPI_HOPS  16
#define ANY_ACPI_UNITY 16

struct any_acpi_table {
	const void *data; /* NULL: the machine has none; no alignment needed */
	size_t size;
};

struct any_acpi {
	struct any_acpi_table iort, dmar, ivrs;
	bool cca_required; /* arm64: a device of which nobody says _CCA gets no DMA at all */
	struct any_acpi_table mcfg;
};

/* Physical memory: where the CPU has `size` bytes of it, for as long as tables are asked; NULL:
 * nowhere. */
struct any_acpi_memory {
	const void *(*map)(void *ctx, uint64_t phys, uint64_t size);
	void *ctx;
};

/*
 * The tables of a machine, from its root pointer (RSDP) on; cca_required stays as it is. ENOENT:
 * there is no root pointer there; EINVAL: it, or the list of tables, is damaged. A table is only
 * found here; whether it is whole is seen when it is read.
 */
ANY_MUST_CHECK int any_acpi_find(const struct any_acpi_memory *memory, uint64_t rsdp,
				 struct any_acpi *out, struct any_platform_error *error);

/* Configuration space of a PCI segment's buses first..last: base + (bus << 20). */
struct any_acpi_ecam {
	uint64_t base;
	uint8_t first, last;
};
/* ENOENT: no such segment, or no MCFG; EINVAL: a damaged one. */
ANY_MUST_CHECK int any_acpi_ecam(const struct any_acpi *acpi, uint16_t segment,
				 struct any_acpi_ecam *out, struct any_platform_error *error);

/* One resource of _DMA: [start, end] as the CPU says it; the bus says start - offset. */
struct any_acpi_window {
	uint64_t start, end, offset;
};

/* What the methods of one namespace node said. */
struct any_acpi_scope {
	int cca; /* -1: the node has no _CCA */
	bool has_crs, has_dma;
	const struct any_acpi_window *dma;
	uint32_t n_dma;
};

struct any_acpi_hop {
	uint8_t bus, device, function;
};

/* Which device: a PCI function by its way down from the root bus, or a node by its name. */
struct any_acpi_device {
	const char *name; /* full path, e.g. "\\_SB.USB0"; NULL: a PCI function */
	uint16_t segment;
	unsigned n_hops; /* the bridges from the root bus on, then the function itself */
	struct any_acpi_hop hops[ANY_ACPI_HOPS];
	bool external; /* behind a port that firmware calls external-facing */
	/* A bridge puts this id in the place of the function's own (any_pci_place). */
	bool aliased;
	uint16_t alias;
	const struct any_acpi_scope *scopes; /* the device first, then its parents */
	unsigned n_scopes;
};

enum any_acpi_unit {
	ANY_ACPI_UNIT_NONE,
	ANY_ACPI_UNIT_SMMU, /* SMMUv1 or v2 */
	ANY_ACPI_UNIT_SMMU_V3,
	ANY_ACPI_UNIT_VTD,
	ANY_ACPI_UNIT_AMD,
};

/* The caller's. Holds its own segment table: do not copy. */
struct any_acpi_answer {
	struct any_platform platform; /* n_ram is 0: memory is another table's business */
	enum any_acpi_unit unit;
	uint64_t unit_base;	 /* its registers, CPU physical */
	bool can_force_coherent; /* CANWBS: the IOMMU may make this device's accesses snoop */
	uint32_t alias;		 /* the id that reaches the IOMMU; the device's own, or its alias */
	uint32_t n_unity;	 /* must stay mapped one to one (RMRR, IVMD, RMR); holes as well */
	struct any_platform_range unity[ANY_ACPI_UNITY];
};

/*
 * EINVAL: a table that matters for this device is damaged, or _DMA contradicts itself; ENODEV: no
 * DMA for this device (no _CCA where it is required); ENOSPC: more ranges than fit. On failure *out
 * is untouched and error->text says why in one line.
 */
ANY_MUST_CHECK int any_acpi_read(const struct any_acpi *acpi, const struct any_acpi_device *device,
				 struct any_acpi_answer *out, struct any_platform_error *error);

/* What the tables of VT-d leave to the unit's registers (CAP, ECAP). */
void any_acpi_vtd_registers(struct any_acpi_answer *answer, uint64_t cap, uint64_t ecap);

#ifdef __cplusplus
}
#endif
#endif

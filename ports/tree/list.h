/* SPDX-License-Identifier: BSD-2-Clause */
/* The buses that a tree is searched for: each port_bus_NAME finds the devices on it. */
#ifndef ANYDMA_PORT_TREE_LIST_H
#define ANYDMA_PORT_TREE_LIST_H

#include "../shared/port.h"

#define PORT_BUSES(_) _(mmio) _(pci)

#define PORT_BUS(name) void port_bus_##name(const struct any_platform_tree *tree);
PORT_BUSES(PORT_BUS)
#undef PORT_BUS

/* The first entry of a node's reg, if the buses above pass addresses through as they are. */
bool port_reg_of(const void *fdt, int node, uint64_t *base, uint64_t *size);
/*
 * What stands before a bridge: the first of its iommu-map that something here drives. Fills
 * host->streams.
 */
struct port_pci;
void port_iommu_of(const void *fdt, int bridge, struct port_pci *host);
/* Several cells of a property as one number. */
uint64_t port_cells(const void *cells, int n);

#endif

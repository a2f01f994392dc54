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
/* Several cells of a property as one number. */
uint64_t port_cells(const void *cells, int n);

#endif

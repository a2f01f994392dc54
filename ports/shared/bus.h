/* SPDX-License-Identifier: BSD-2-Clause */
/* The buses that are searched for virtio devices: PORT_BUS(name) for each port_bus_NAME. */
#ifndef ANYDMA_PORT_BUS_H
#define ANYDMA_PORT_BUS_H

#define PORT_BUSES(_) _(mmio) _(pci)

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_PHYS2BUS_H
#define ANYDMA_UBOOT_PHYS2BUS_H

#include <linux/types.h>

struct udevice;

phys_addr_t dev_phys_to_bus(struct udevice *dev, phys_addr_t phys);
phys_addr_t dev_bus_to_phys(struct udevice *dev, phys_addr_t bus);

#endif

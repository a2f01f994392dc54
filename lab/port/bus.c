/* SPDX-License-Identifier: BSD-2-Clause */
/* What the port does to the bus at attach, and addresses that windows cannot say. Seen code. */
#include "port.h"
#include "../bus/bridge.h"
#include "../bus/path.h"

#include "any_arch.h"

/*
 * Without an attribute in the address the only cure is the device's own: PCI Express Device
 * Control, Enable Relaxed Ordering. Read, change, write: the other bits are not ours.
 */
static void order_writes(struct lab_machine *m)
{
	void *control = lab_ptr(m, LAB_MMIO, LAB_DEVICE_CONTROL);
	uint32_t value = any_mmio_read32(control);

	any_mmio_write32(control, value & ~LAB_RELAXED_ORDERING);
}

/* A guest's frames are the machine's in another order; runs end where the order does (M4). */
static bool translate(void *ctx, struct any_phys_addr phys, uint64_t len, struct any_dma_addr *addr,
		      uint64_t *run)
{
	struct lab_machine *m = ctx;
	uint64_t left = 4096 - (phys.raw & 4095);

	if (!lab_is_ram(m, phys.raw, 1))
		return false;
	addr->raw = lab_permute(m, phys.raw);
	*run = left;
	while (*run < len && lab_is_ram(m, phys.raw + *run, 1) &&
	       lab_permute(m, phys.raw + *run) == addr->raw + *run)
		*run += 4096;
	if (*run > len)
		*run = len;
	return true;
}

void lab_port_bus(struct lab_port *port, struct lab_machine *m)
{
	const struct any_platform_machine *machine = &m->plat->machine;

	if (machine->relaxed_order && !machine->order_bits)
		order_writes(m);
	if (machine->permutation)
		port->ops.translate = translate;
}

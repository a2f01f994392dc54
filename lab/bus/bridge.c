/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's own registers: which block an offset belongs to. */
#include "bridge.h"

static bool is_iommu(uint32_t offset)
{
	return offset >= LAB_IOMMU_REGS && offset < LAB_IOMMU_REGS_END;
}

static bool is_drain(uint32_t offset)
{
	return offset - LAB_MMIO_BRIDGE < 0x80u;
}

uint64_t lab_bridge_read(struct lab_machine *m, uint32_t offset)
{
	if (is_drain(offset))
		return lab_ritual_read(m, offset);
	if (is_iommu(offset) && m->iommu)
		return lab_iommu_read(m, offset);
	if (offset == LAB_DEVICE_CONTROL)
		return m->relaxed ? LAB_RELAXED_ORDERING : 0;
	return 0;
}

void lab_bridge_write(struct lab_machine *m, uint32_t offset, uint64_t value)
{
	if (is_drain(offset))
		lab_ritual_write(m, offset, value);
	else if (is_iommu(offset) && m->iommu)
		lab_iommu_write(m, offset, value);
	else if (offset == LAB_DEVICE_CONTROL)
		m->relaxed = m->plat->machine.relaxed_order && (value & LAB_RELAXED_ORDERING);
}

void lab_bridge_touch(struct lab_machine *m, uint32_t offset, bool store)
{
	if (is_drain(offset))
		lab_ritual_touch(m, offset, store);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <anydma/endian.h>

#include "../rt/rt.h"

uint32_t lab_unit_32(const struct lab_unit *u, uint32_t raw)
{
	return u->flags & ANY_LAB_BIG_ENDIAN ? any_be32_to_cpu(raw) : any_le32_to_cpu(raw);
}

uint64_t lab_unit_64(const struct lab_unit *u, uint64_t raw)
{
	uint64_t le = any_le64_to_cpu(raw);

	return u->flags & ANY_LAB_BIG_ENDIAN ? __builtin_bswap64(le) : le;
}

void lab_unit_put(struct lab_unit *u, uint64_t bus, uint32_t value)
{
	uint32_t raw = lab_unit_32(u, value);

	any_lab_bus_write(u->lab, bus, &raw, sizeof(raw));
}

uint32_t lab_unit_below(struct lab_unit *u, uint32_t below)
{
	return (uint32_t)((any_lab_model_random(u->lab) >> 32) * below >> 32);
}

bool lab_unit_may(struct lab_unit *u, uint32_t how, uint32_t n)
{
	return u->hostile & how && lab_unit_below(u, n) == 0;
}

bool lab_unit_late(struct lab_unit *u)
{
	if (u->late) {
		u->late--;
		return true;
	}
	if (lab_unit_may(u, ANY_LAB_LATE, 8))
		u->late = lab_unit_below(u, 100);
	if (lab_unit_may(u, ANY_LAB_SPURIOUS, 8))
		any_lab_interrupt(u->lab);
	return false;
}

void lab_unit_cause(struct lab_unit *u, uint32_t causes)
{
	u->int_status |= causes;
	if (causes & u->int_enable)
		any_lab_interrupt(u->lab);
}

void lab_unit_clear(struct lab_unit *u, uint32_t causes)
{
	u->int_status &= ~causes;
	if (u->int_status & u->int_enable)
		any_lab_interrupt(u->lab);
}

void lab_unit_enable(struct lab_unit *u, uint32_t causes)
{
	u->int_enable = causes;
	if (u->int_status & u->int_enable)
		any_lab_interrupt(u->lab);
}

void lab_unit_overrun(struct lab_unit *u, uint64_t end)
{
	static const uint8_t garbage[LAB_UNIT_OVERRUN] = "written past the end of the buffer";

	if (lab_unit_may(u, ANY_LAB_OVERRUN, 4))
		any_lab_bus_write(u->lab, end, garbage, 1 + lab_unit_below(u, LAB_UNIT_OVERRUN));
}

uint64_t lab_unit_read(uint32_t (*read32)(void *ctx, uint32_t offset), void *ctx, uint32_t offset,
		       unsigned bytes)
{
	uint64_t low = bytes >= 4 ? read32(ctx, offset) : 0;

	return bytes == 8 ? low | (uint64_t)read32(ctx, offset + 4) << 32 : low;
}

void lab_unit_write(void (*write32)(void *ctx, uint32_t offset, uint32_t value), void *ctx,
		    uint32_t offset, uint64_t value, unsigned bytes)
{
	if (bytes >= 4)
		write32(ctx, offset, (uint32_t)value);
	if (bytes == 8)
		write32(ctx, offset + 4, (uint32_t)(value >> 32));
}

void lab_unit_from_scenario(void *to, const void *from, size_t n)
{
	lab_announce(from, n, false, LAB_PC());
	lab_copy(to, from, n);
}

void lab_unit_to_scenario(void *to, const void *from, size_t n)
{
	lab_announce(to, n, true, LAB_PC());
	lab_copy(to, from, n);
}

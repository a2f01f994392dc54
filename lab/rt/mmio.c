/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Barriers and MMIO of code built for the lab. A write is posted: it arrives late unless a read
 * pushes it. A read completes, and on most machines what the device wrote before has then arrived.
 */
#include "rt.h"
#include "../bus/bridge.h"
#include "../bus/bus.h"
#include "../bus/device.h"
#include "../mem/mem.h"
#include "../oracle/oracle.h"

#include "any_arch.h"

void any_lab_barrier(enum any_lab_barrier kind)
{
	struct lab_machine *m = lab_current;

	if (!m || !m->armed)
		return;
	if (m->master == LAB_CPU)
		lab_barrier(m, kind, LAB_PC());
	else if (kind == ANY_LAB_SMP_MB || kind == ANY_LAB_DMA_MB)
		lab_arrival_deliver(m, m->write_head); /* a device's read pushes its own writes */
}

static struct lab_machine *decode(const volatile void *reg, uint32_t *offset)
{
	uint64_t at = (uint64_t)(uintptr_t)reg;
	struct lab_machine *m;

	if (at - LAB_BASE >= LAB_SPAN || lab_region_of(at) != LAB_MMIO)
		return NULL;
	m = lab_machines[(at - LAB_BASE) >> LAB_MACHINE_SHIFT];
	*offset = (uint32_t)lab_phys_of(at);
	return m;
}

uint64_t any_lab_mmio_read(const volatile void *reg, unsigned bytes)
{
	uint32_t offset = 0;
	struct lab_machine *m = decode(reg, &offset);
	uint64_t value = 0;

	if (!m || (!m->device && offset < LAB_MMIO_BRIDGE))
		return ~0ull; /* nobody answers */
	lab_log_event(m, LAB_EV_MMIO_READ, LAB_MMIO, offset, bytes, LAB_PC());
	if (m->device)
		lab_device_deliver(m);
	if (offset >= LAB_MMIO_BRIDGE) {
		value = lab_bridge_read(m, offset);
	} else {
		enum lab_master before = m->master;

		m->master = LAB_DEVICE;
		value = m->device->read(m->device->ctx, offset, bytes);
		m->master = before;
	}
	/* A read pushes earlier device writes ahead of its data, except where the tree says not. */
	if (m->irq_pushes) {
		lab_arrival_deliver(m, m->write_head);
		m->pushed = m->write_head - 1;
	}
	return value;
}

static void ring(struct lab_machine *m, uint32_t value, uint64_t pc)
{
	lab_judge_doorbell(m, pc);
	m->count.kicks++;
	lab_device_post(m, m->device->doorbell, value, 4);
	/* Sometimes it is there, and answered, before the write returns. */
	if (lab_chance(m, 4)) {
		lab_device_deliver(m);
		lab_device_run(m, false);
	}
}

void any_lab_mmio_write(volatile void *reg, uint64_t value, unsigned bytes)
{
	uint32_t offset = 0;
	struct lab_machine *m = decode(reg, &offset);
	enum lab_master before;

	if (!m || (!m->device && offset < LAB_MMIO_BRIDGE))
		return;
	lab_tick(m);
	lab_log_event(m, LAB_EV_MMIO_WRITE, LAB_MMIO, offset, bytes, LAB_PC());
	if (offset >= LAB_MMIO_BRIDGE) {
		lab_bridge_write(m, offset, value);
		return;
	}
	if (offset == m->device->doorbell) {
		ring(m, (uint32_t)value, LAB_PC());
		return;
	}
	if (m->plat->machine.posted_mmio) {
		lab_device_post(m, offset, value, bytes);
		return;
	}
	before = m->master;
	m->master = LAB_DEVICE;
	m->device->write(m->device->ctx, offset, value, bytes);
	m->master = before;
}

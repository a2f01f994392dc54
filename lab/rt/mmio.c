/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Barriers and MMIO of code built for the lab. A write is posted: it arrives late unless a read
 * pushes it. A read completes, and on most machines what the device wrote before has then arrived.
 */
#include "rt.h"
#include "../bus/bridge.h"
#include "../bus/bus.h"
#include "../bus/device.h"
#include "../cpu/cpu.h"
#include "../mem/misfortune.h"
#include "../oracle/oracle.h"

#include "any_arch.h"

void any_lab_barrier(enum any_lab_barrier kind)
{
	struct lab_machine *m = lab_current;

	if (!m || !m->armed)
		return;
	lab_mmio_settle(m);
	if (m->master == LAB_CPU) {
		lab_barrier(m, kind, LAB_PC());
		if (m->raw)
			lab_scenario_drain(m, kind);
	}
	if (m->master == LAB_DEVICE && (kind == ANY_LAB_SMP_MB || kind == ANY_LAB_DMA_MB))
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

static uint64_t reg_read(struct lab_machine *m, uint32_t offset, unsigned bytes, uint64_t pc)
{
	uint64_t value = 0;

	if (!m->device && offset < LAB_MMIO_BRIDGE)
		return ~0ull; /* nobody answers */
	lab_log_event(m, LAB_EV_MMIO_READ, LAB_MMIO, offset, bytes, pc);
	if (m->lab)
		lab_scenario_looked(m);
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

static void ring(struct lab_machine *m, uint32_t offset, uint64_t value, unsigned bytes,
		 uint64_t pc)
{
	lab_judge_doorbell(m, pc);
	m->count.kicks++;
	if (ANY_UNLIKELY(m->turns.two))
		lab_cpu_hot(m);
	lab_device_post(m, offset, value, bytes);
	/* Sometimes it is there, and answered, before the write returns. */
	if (lab_happens(m, 4)) {
		lab_device_deliver(m);
		lab_device_run(m, false);
	}
	lab_hot(m, LAB_HOT_RUNG);
}

static void reg_write(struct lab_machine *m, uint32_t offset, uint64_t value, unsigned bytes,
		      uint64_t pc)
{
	enum lab_master before;

	if (!m->device && offset < LAB_MMIO_BRIDGE)
		return;
	if (m->device && lab_is_doorbell(m->device, offset))
		lab_hot(m, LAB_HOT_BELL);
	lab_tick(m);
	lab_log_event(m, LAB_EV_MMIO_WRITE, LAB_MMIO, offset, bytes, pc);
	if (offset >= LAB_MMIO_BRIDGE) {
		lab_bridge_write(m, offset, value);
		return;
	}
	if (lab_is_doorbell(m->device, offset)) {
		ring(m, offset, value, bytes, pc);
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

uint64_t any_lab_mmio_read(const volatile void *reg, unsigned bytes)
{
	uint32_t offset = 0;
	struct lab_machine *m = decode(reg, &offset);

	if (!m)
		return ~0ull;
	lab_mmio_settle(m);
	return reg_read(m, offset, bytes, LAB_PC());
}

void any_lab_mmio_write(volatile void *reg, uint64_t value, unsigned bytes)
{
	uint32_t offset = 0;
	struct lab_machine *m = decode(reg, &offset);

	if (!m)
		return;
	lab_mmio_settle(m);
	reg_write(m, offset, value, bytes, LAB_PC());
}

/*
 * A plain access through a volatile pointer is announced before it happens. A load finds the
 * register's value where it is about to look; a store's value is there at whatever is announced
 * next, and taken then.
 */
static uint64_t load(const volatile void *at, unsigned bytes)
{
	switch (bytes) {
	case 1:
		return *(const volatile uint8_t *)at;
	case 2:
		return *(const volatile uint16_t *)at;
	case 4:
		return *(const volatile uint32_t *)at;
	default:
		return *(const volatile uint64_t *)at;
	}
}

static void store(volatile void *at, uint64_t value, unsigned bytes)
{
	switch (bytes) {
	case 1:
		*(volatile uint8_t *)at = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)at = value;
		break;
	}
}

void lab_mmio_take(struct lab_machine *m)
{
	struct lab_plain plain = m->plain;

	m->plain.bytes = 0;
	reg_write(m, plain.offset, load(lab_ptr(m, LAB_MMIO, plain.offset), plain.bytes),
		  plain.bytes, plain.pc);
}

void lab_mmio_plain(struct lab_machine *m, uint32_t offset, uint32_t len, bool is_store,
		    uint64_t pc)
{
	if (len > 8)
		lab_fail(m, ANY_LAB_MISUSE, pc, 0, 0, 0, 0,
			 "%u bytes of registers are accessed at once.", len);
	if (is_store)
		m->plain = (struct lab_plain){offset, len, pc};
	else
		store(lab_ptr(m, LAB_MMIO, offset), reg_read(m, offset, len, pc), len);
}

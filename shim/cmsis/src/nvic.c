/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PRIMASK and one line of the NVIC, on the lab's interrupt, which counts how often it was switched
 * off. A run begins as the core leaves reset: PRIMASK clear, every line of the NVIC off.
 */
#include "core_cm7.h"

#define LINES 496

static struct {
	void (*handler)(void);
	int32_t irqn;
	uint8_t enabled[LINES];
	uint32_t primask;
	bool off; /* what the lab was told last */
} nvic;

static void update(void)
{
	bool off = nvic.primask || (nvic.handler && !nvic.enabled[nvic.irqn]);

	if (off == nvic.off)
		return;
	nvic.off = off;
	if (off)
		any_lab_irq_disable(any_lab_current());
	else
		any_lab_irq_enable(any_lab_current());
}

static void take(void *ctx)
{
	(void)ctx;
	nvic.handler();
}

static bool is_line(int32_t irqn)
{
	return irqn >= 0 && irqn < LINES;
}

void anydma_cmsis_vector(int32_t irqn, void (*handler)(void))
{
	if (!is_line(irqn))
		any_lab_misuse("Interrupt %ld is no line of an NVIC.", (long)irqn);
	__builtin_memset(&nvic, 0, sizeof(nvic));
	nvic.irqn = irqn;
	nvic.handler = handler;
	update();
	any_lab_on_interrupt(any_lab_current(), take, NULL);
}

void anydma_cmsis_enable(int32_t irqn, uint32_t on)
{
	if (!is_line(irqn))
		return; /* a fault or SysTick: not the device's */
	nvic.enabled[irqn] = on != 0;
	update();
}

uint32_t anydma_cmsis_enabled(int32_t irqn)
{
	return is_line(irqn) && nvic.enabled[irqn];
}

uint32_t anydma_cmsis_primask(void)
{
	return nvic.primask;
}

void anydma_cmsis_set_primask(uint32_t off)
{
	nvic.primask = off != 0;
	update();
}

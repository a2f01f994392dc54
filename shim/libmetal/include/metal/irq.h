/* SPDX-License-Identifier: BSD-2-Clause */
/* One line: the device's. The handler runs between any two accesses while interrupts are on. */
#ifndef ANYDMA_METAL_IRQ_H
#define ANYDMA_METAL_IRQ_H

#include <metal/device.h>

#define METAL_IRQ_NOT_HANDLED 0
#define METAL_IRQ_HANDLED     1

typedef int (*metal_irq_handler)(int irq, void *arg);

static inline void anydma_metal_interrupt(void *ctx)
{
	struct anydma_metal *m = (struct anydma_metal *)ctx;

	(void)m->handler(0, m->arg);
}

static inline int metal_irq_register(int irq, metal_irq_handler handler, void *arg)
{
	struct anydma_metal *m = anydma_metal_state();

	(void)irq;
	m->handler = handler;
	m->arg = arg;
	any_lab_on_interrupt(any_lab_current(), handler ? anydma_metal_interrupt : NULL, m);
	return 0;
}

static inline void metal_irq_unregister(int irq)
{
	(void)metal_irq_register(irq, NULL, NULL);
}

static inline unsigned int metal_irq_save_disable(void)
{
	any_lab_irq_disable(any_lab_current());
	return anydma_metal_state()->off++;
}

static inline void metal_irq_restore_enable(unsigned int flags)
{
	struct anydma_metal *m = anydma_metal_state();

	if (m->off != flags + 1)
		any_lab_misuse("metal_irq_restore_enable(%u) where interrupts were switched off "
			       "%u times.",
			       flags, m->off);
	m->off--;
	any_lab_irq_enable(any_lab_current());
}

/* The vector of the only device there is. */
static inline void metal_irq_enable(unsigned int vector)
{
	(void)vector;
}

static inline void metal_irq_disable(unsigned int vector)
{
	(void)vector;
}

#endif

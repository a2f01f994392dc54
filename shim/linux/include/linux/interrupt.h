/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_INTERRUPT_H
#define ANYDMA_LINUX_LINUX_INTERRUPT_H

#include <linux/device.h>
#include <linux/irqreturn.h>

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

#define IRQF_SHARED  0x80ul
#define IRQF_ONESHOT 0x2000ul

/* The device has one line: every number is that line, up to eight handlers share it. */
int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id);
int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread,
			 unsigned long flags, const char *name, void *dev_id);
const void *free_irq(unsigned int irq, void *dev_id);
int devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
		     unsigned long flags, const char *name, void *dev_id);
void enable_irq(unsigned int irq);
void disable_irq(unsigned int irq);
#define disable_irq_nosync(irq) disable_irq(irq)
#define synchronize_irq(irq)	((void)(irq))

void local_irq_disable(void);
void local_irq_enable(void);
#define local_irq_save(flags)                                                                      \
	do {                                                                                       \
		(flags) = 0;                                                                       \
		local_irq_disable();                                                               \
	} while (0)
#define local_irq_restore(flags)                                                                   \
	do {                                                                                       \
		(void)(flags);                                                                     \
		local_irq_enable();                                                                \
	} while (0)

#endif

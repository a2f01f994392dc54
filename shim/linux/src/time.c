/* SPDX-License-Identifier: BSD-2-Clause */
/* Time, waiting, interrupts and locks. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>

#include "book.h"

#define LOOK_US 10u /* what one look of a waiting loop takes */
#define MOST_LOOKS                                                                                 \
	200u /* of one delay: a device that is still busy then waits for something else */

void cpu_relax(void)
{
	struct book *b = book_open();

	b->microseconds += LOOK_US;
	any_lab_relax(b->lab);
}

void udelay(unsigned long us)
{
	struct book *b = book_open();

	b->microseconds += us;
	for (unsigned long i = 0; i < us && i < MOST_LOOKS; i++)
		any_lab_relax(b->lab);
}

unsigned long any_linux_jiffies(void)
{
	return (unsigned long)(book_open()->microseconds * HZ / 1000000);
}

/* ---- completions */

void complete(struct completion *x)
{
	(void)__atomic_fetch_add(&x->done, 1, __ATOMIC_RELEASE);
}

void complete_all(struct completion *x)
{
	__atomic_store_n(&x->done, UINT32_MAX / 2, __ATOMIC_RELEASE);
}

bool try_wait_for_completion(struct completion *x)
{
	unsigned int done = __atomic_load_n(&x->done, __ATOMIC_ACQUIRE);

	if (done && done < UINT32_MAX / 2)
		(void)__atomic_fetch_sub(&x->done, 1, __ATOMIC_RELAXED);
	return done;
}

void wait_for_completion(struct completion *x)
{
	while (!try_wait_for_completion(x))
		cpu_relax();
}

unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)
{
	unsigned long until = jiffies + timeout, now;

	for (;;) {
		bool done = try_wait_for_completion(x);

		now = jiffies;
		if (done)
			return time_before(now, until) ? until - now : 1;
		if (!time_before(now, until))
			return 0;
		cpu_relax();
	}
}

/* ---- locks */

void local_irq_disable(void)
{
	any_lab_irq_disable(any_lab_current());
}

void local_irq_enable(void)
{
	any_lab_irq_enable(any_lab_current());
}

void spin_lock(spinlock_t *lock)
{
	while (__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE))
		any_lab_relax(any_lab_current());
}

void spin_unlock(spinlock_t *lock)
{
	if (!__atomic_load_n(&lock->taken, __ATOMIC_RELAXED))
		any_lab_misuse("A lock is let go that nobody holds.");
	__atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

/* ---- interrupts */

static void call(const struct book_handler *h)
{
	irqreturn_t answer = h->handler ? h->handler((int)h->irq, h->dev_id) : IRQ_WAKE_THREAD;

	if (answer == IRQ_WAKE_THREAD && h->thread)
		(void)h->thread((int)h->irq, h->dev_id);
}

/* A machine that keeps the device's writes back lets them in before it calls a handler. */
static void on_interrupt(void *ctx)
{
	struct book *b = ctx;

	any_dma_drain(b->dma, ANY_DMA_FROM_DEVICE);
	for (unsigned int i = 0; i < b->n_handlers; i++)
		call(&b->handlers[i]);
}

int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread,
			 unsigned long flags, const char *name, void *dev_id)
{
	struct book *b = book_open();

	(void)flags;
	(void)name;
	if (!handler && !thread)
		return -EINVAL;
	if (b->n_handlers == ARRAY_SIZE(b->handlers))
		return -EBUSY;
	b->handlers[b->n_handlers++] = (struct book_handler){handler, thread, dev_id, irq};
	any_lab_on_interrupt(b->lab, on_interrupt, b);
	return 0;
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id)
{
	return request_threaded_irq(irq, handler, NULL, flags, name, dev_id);
}

const void *free_irq(unsigned int irq, void *dev_id)
{
	struct book *b = book_open();

	for (unsigned int i = 0; i < b->n_handlers; i++) {
		if (b->handlers[i].dev_id != dev_id || b->handlers[i].irq != irq)
			continue;
		b->handlers[i] = b->handlers[--b->n_handlers];
		if (!b->n_handlers)
			any_lab_on_interrupt(b->lab, NULL, NULL);
		return dev_id;
	}
	any_lab_misuse("free_irq() of a handler that was never requested.");
}

void disable_irq(unsigned int irq)
{
	(void)irq;
	local_irq_disable();
}

void enable_irq(unsigned int irq)
{
	(void)irq;
	local_irq_enable();
}

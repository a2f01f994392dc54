/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes back by itself when a driver leaves its device, newest first. */
#include "book.h"

#include <anydma/compiler.h>

int devm_add_action(struct device *dev, void (*action)(void *), void *data)
{
	struct book *b = book_of(dev, "devm_add_action()");

	if (b->n_actions == ARRAY_SIZE(b->actions))
		return -ENOMEM;
	b->actions[b->n_actions++] = (struct book_action){action, data};
	return 0;
}

int devm_add_action_or_reset(struct device *dev, void (*action)(void *), void *data)
{
	int err = devm_add_action(dev, action, data);

	if (err)
		action(data);
	return err;
}

static void release(void *p)
{
	kfree(p);
}

void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)
{
	void *p = kmalloc(size, gfp);

	if (p && devm_add_action_or_reset(dev, release, p))
		return NULL;
	return p;
}

void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)
{
	return devm_kmalloc(dev, size, gfp | __GFP_ZERO);
}

void *devm_kcalloc(struct device *dev, size_t n, size_t size, gfp_t gfp)
{
	size_t total;

	return __builtin_mul_overflow(n, size, &total) ? NULL : devm_kzalloc(dev, total, gfp);
}

void devm_kfree(struct device *dev, const void *p)
{
	struct book *b = book_of(dev, "devm_kfree()");

	for (unsigned int i = b->n_actions; i-- > 0;) {
		if (b->actions[i].action != release || b->actions[i].data != p)
			continue;
		for (b->n_actions--; i < b->n_actions; i++)
			b->actions[i] = b->actions[i + 1];
		kfree(p);
		return;
	}
}

struct held_irq {
	unsigned int irq;
	void *dev_id;
};

static void let_irq_go(void *data)
{
	const struct held_irq *held = data;

	free_irq(held->irq, held->dev_id);
}

int devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
		     unsigned long flags, const char *name, void *dev_id)
{
	struct held_irq *held = devm_kzalloc(dev, sizeof(*held), GFP_KERNEL);
	int err = held ? request_irq(irq, handler, flags, name, dev_id) : -ENOMEM;

	if (err)
		return err;
	*held = (struct held_irq){irq, dev_id};
	return devm_add_action_or_reset(dev, let_irq_go, held);
}

/* ---- the bus */

void *devm_ioremap_resource(struct device *dev, const struct resource *res)
{
	void *regs = ioremap(res->start, resource_size(res));

	(void)dev;
	return regs ? regs : ERR_PTR(-EINVAL);
}

struct resource *platform_get_resource(struct platform_device *pdev, unsigned int type,
				       unsigned int index)
{
	struct book *b = book_of(&pdev->dev, "platform_get_resource()");

	return type == IORESOURCE_MEM && !index && b->regs_cpu ? &b->regs : NULL;
}

void *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)
{
	struct resource *res = platform_get_resource(pdev, IORESOURCE_MEM, index);

	return res ? devm_ioremap_resource(&pdev->dev, res) : ERR_PTR(-EINVAL);
}

int platform_get_irq(struct platform_device *pdev, unsigned int index)
{
	(void)pdev;
	return index ? -ENXIO : 1;
}

void any_linux_unbind(struct platform_device *pdev)
{
	struct book *b = book_of(&pdev->dev, "unbind");

	while (b->n_actions) {
		struct book_action last = b->actions[--b->n_actions];

		last.action(last.data);
	}
	book_check_unbound(b);
}

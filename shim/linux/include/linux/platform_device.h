/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_PLATFORM_DEVICE_H
#define ANYDMA_LINUX_LINUX_PLATFORM_DEVICE_H

#include <linux/device.h>
#include <linux/interrupt.h>

struct platform_device {
	const char *name;
	int id;
	struct device dev;
};

static inline void platform_set_drvdata(struct platform_device *pdev, void *data)
{
	dev_set_drvdata(&pdev->dev, data);
}

static inline void *platform_get_drvdata(const struct platform_device *pdev)
{
	return dev_get_drvdata(&pdev->dev);
}

void *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index);
struct resource *platform_get_resource(struct platform_device *pdev, unsigned int type,
				       unsigned int index);
int platform_get_irq(struct platform_device *pdev, unsigned int index);

#define to_platform_device(d) container_of(d, struct platform_device, dev)

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_DEVICE_H
#define ANYDMA_LINUX_LINUX_DEVICE_H

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/list.h>

struct device_dma_parameters {
	unsigned int max_segment_size;
	unsigned int min_align_mask;
	unsigned long segment_boundary_mask;
};

/* The fields that drivers look at. One a run: any_linux_device() (anydma_linux.h) has it. */
struct device {
	struct device *parent;
	const char *init_name;
	void *driver_data;
	void *platform_data;
	u64 *dma_mask;
	u64 coherent_dma_mask;
	u64 bus_dma_limit;
	struct device_dma_parameters *dma_parms;
	void *of_node;
	struct list_head devres;
};

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline const char *dev_name(const struct device *dev)
{
	return dev->init_name ? dev->init_name : "device";
}

#define any_linux_dev_printk(dev, fmt, ...)                                                        \
	any_linux_printk("%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_err(dev, ...)	      any_linux_dev_printk(dev, __VA_ARGS__)
#define dev_warn(dev, ...)	      any_linux_dev_printk(dev, __VA_ARGS__)
#define dev_notice(dev, ...)	      any_linux_dev_printk(dev, __VA_ARGS__)
#define dev_info(dev, ...)	      any_linux_dev_printk(dev, __VA_ARGS__)
#define dev_dbg(dev, ...)	      any_linux_dev_printk(dev, __VA_ARGS__)
#define dev_err_ratelimited(dev, ...) any_linux_dev_printk(dev, __VA_ARGS__)
#define dev_err_probe(dev, err, ...)  (any_linux_dev_printk(dev, __VA_ARGS__), (err))

/* Given back when the driver leaves: any_linux_unbind(). */
void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp);
void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp);
void *devm_kcalloc(struct device *dev, size_t n, size_t size, gfp_t gfp);
void devm_kfree(struct device *dev, const void *p);
void *devm_ioremap_resource(struct device *dev, const struct resource *res);
int devm_add_action(struct device *dev, void (*action)(void *), void *data);
int devm_add_action_or_reset(struct device *dev, void (*action)(void *), void *data);

#endif

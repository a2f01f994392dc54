/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices by name, as the generic bus has them: the scenario registers what it built, the driver
 * opens it. Registered devices are forgotten with the run.
 */
#ifndef ANYDMA_METAL_DEVICE_H
#define ANYDMA_METAL_DEVICE_H

#include <errno.h>

#include <metal/io.h>

#define METAL_MAX_DEVICE_REGIONS 32
#define ANYDMA_METAL_DEVICES	 8

struct metal_bus;

struct metal_device {
	const char *name;
	struct metal_bus *bus;
	unsigned int num_regions;
	struct metal_io_region regions[METAL_MAX_DEVICE_REGIONS];
	int irq_num;
	void *irq_info;
};

struct anydma_metal {
	struct metal_device *devices[ANYDMA_METAL_DEVICES];
	unsigned int n;
	int (*handler)(int irq, void *arg);
	void *arg;
	unsigned int off; /* metal_irq_save_disable(), nested */
};

/* One for the program, whichever files include this. */
__attribute__((weak)) const char anydma_metal_key = 'm';

static inline struct anydma_metal *anydma_metal_state(void)
{
	return (struct anydma_metal *)any_lab_shim_state(&anydma_metal_key,
							 sizeof(struct anydma_metal));
}

static inline int metal_register_generic_device(struct metal_device *device)
{
	struct anydma_metal *m = anydma_metal_state();

	if (!device->name || !device->num_regions || device->num_regions > METAL_MAX_DEVICE_REGIONS)
		return -EINVAL;
	if (m->n == ANYDMA_METAL_DEVICES)
		return -ENOMEM;
	m->devices[m->n++] = device;
	return 0;
}

static inline int metal_device_open(const char *bus_name, const char *dev_name,
				    struct metal_device **device)
{
	struct anydma_metal *m = anydma_metal_state();

	for (unsigned int i = 0; i < m->n && !strcmp(bus_name, "generic"); i++) {
		if (strcmp(m->devices[i]->name, dev_name))
			continue;
		*device = m->devices[i];
		return 0;
	}
	return -ENODEV;
}

static inline void metal_device_close(struct metal_device *device)
{
	(void)device;
}

static inline struct metal_io_region *metal_device_io_region(struct metal_device *device,
							     unsigned int index)
{
	return index < device->num_regions ? device->regions + index : NULL;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the console device share. */
#ifndef ANYDMA_DEVICE_CONSOLE_H
#define ANYDMA_DEVICE_CONSOLE_H

#include <anydma/console_device.h>

static inline bool any_console_device_has(const struct any_console_device *dev, uint64_t feature)
{
	return (dev->virtio.features & feature) != 0;
}

/* As after a reset: the driver knows of no port, and has opened none. */
void any_console_device_forget(struct any_console_device *dev);
/* May bytes go to and fro? Without MULTIPORT port 0's always may. */
bool any_console_device_listens(const struct any_console_device *dev, uint32_t port);
/* Messages of the driver's, and to it. How many buffers. */
uint32_t any_console_device_control(struct any_console_device *dev, uint32_t budget);

#endif

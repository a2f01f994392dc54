/* SPDX-License-Identifier: BSD-2-Clause */
/* What a network stack would see of the driver. */
#ifndef SHIM_LINUX_NIC_H
#define SHIM_LINUX_NIC_H

#include <linux/platform_device.h>

#define NIC_FRAME_MAX 1518

struct nic_ops {
	void (*received)(void *ctx, const void *frame, unsigned int len);
	void (*sent)(void *ctx, void *frame);
	void *ctx;
};

int nic_probe(struct platform_device *pdev, const struct nic_ops *ops, bool loopback);
void nic_remove(struct platform_device *pdev);
/* The frame is the driver's until ops->sent(). -EBUSY: the ring is full; -ENOMEM: not mapped. */
int nic_xmit(struct platform_device *pdev, void *frame, unsigned int len);

#endif

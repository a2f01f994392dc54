/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the scenario: what the kernel's bus code does around a driver.
 */
#ifndef ANYDMA_LINUX_ANYDMA_LINUX_H
#define ANYDMA_LINUX_ANYDMA_LINUX_H

#include <linux/platform_device.h>

/* The run's device, with the registers that the scenario's model is attached to. */
struct platform_device *any_linux_device(struct any_lab *lab, volatile void *regs);

/*
 * The driver is gone: devm memory goes back and whatever is still mapped, allocated or requested is
 * reported (C5 row 25). A run that ends without it leaves that to the lab's own rule.
 */
void any_linux_unbind(struct platform_device *pdev);

/* From now on one map in `n` fails, by the seed (DA-01); 0: only where the machine makes it. */
void any_linux_fail_maps(struct any_lab *lab, unsigned int n);

#endif

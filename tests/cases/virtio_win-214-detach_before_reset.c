/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio-win/kvm-guest-drivers-windows #214: the input driver detached the unused buffers of its
 * event queue, and reset the device only then. An event that comes between is written into a buffer
 * that is no longer the device's. The mend is the other order.
 */
#include "model.h"

#define EVENTS 4u

struct input_device {
	struct vq vq;
	uint8_t *bufs[EVENTS];
	struct any_dma_mapping maps[EVENTS];
	uint16_t given;
};

static int add_in_buf(struct input_device *dev, uint16_t i)
{
	int err =
		any_dma_map(dev->vq.dma, dev->bufs[i], VQ_BUF, ANY_DMA_FROM_DEVICE, &dev->maps[i]);

	if (err)
		return err;
	vq_put(&dev->vq, i, dev->maps[i].addr.raw, VQ_BUF, VQ_WRITE);
	vq_publish(&dev->vq);
	return 0;
}

static ANY_NOINLINE void detach_unused(struct input_device *dev)
{
	while (dev->given) {
		dev->given--;
		any_dma_unmap(dev->vq.dma, &dev->maps[dev->given]); /* BUG: unless it was reset */
		any_lab_relax(dev->vq.lab);
	}
}

static void release_hardware(struct input_device *dev, bool fixed)
{
	if (fixed)
		vq_reset(&dev->vq);
	detach_unused(dev);
	if (!fixed)
		vq_reset(&dev->vq);
	any_dma_free_coherent(dev->vq.dma, &dev->vq.mem);
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct vq_config config = {.lingers = false};
	struct input_device dev = {.given = 0};
	int err = vq_open(&dev.vq, lab, &config);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	for (; dev.given < EVENTS; dev.given++) {
		dev.bufs[dev.given] = any_lab_alloc(lab, VQ_BUF);
		err = add_in_buf(&dev, dev.given);
		if (err)
			break;
	}
	vq_kick(&dev.vq);
	vq_input(&dev.vq, EVENTS); /* the mouse moves while the driver is unloaded */
	release_hardware(&dev, fixed);
	return err;
}

ANY_CASE(virtio_win_detach, run, .name = "virtio_win-214-detach_before_reset",
	 .issue = "virtio-win/kvm-guest-drivers-windows #214",
	 .bug = "buffers are taken back from the queue before the device is reset",
	 .rule = ANY_LAB_AFTER_UNMAP, .platform = "x86-vtd");

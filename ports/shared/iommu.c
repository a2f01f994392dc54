/* SPDX-License-Identifier: BSD-2-Clause */
/* What an IOMMU must stop, whichever it is. */
#include "port.h"

#define QUEUE 16u
#define POLLS 100000000u
#define AWAY  (PORT_IOVA + PORT_IOVA_SIZE + 0x123000u) /* never mapped */

const struct port_iommu *port_iommu;

static bool reported(const struct port_device *device)
{
	struct any_iommu_fault fault;
	int err = -ANY_EAGAIN;

	for (uint32_t i = 0; i < POLLS && err == -ANY_EAGAIN; i++)
		err = port_iommu->fault(&fault);
	if (!port_ok(!err, "%s: the fault is reported: %s", device->name, any_strerror(err)))
		return false;
	port_say("# device %x, address %llx, access %u, reason %u\n", (unsigned)fault.device,
		 (unsigned long long)fault.addr.raw, fault.access, (unsigned)fault.reason);
	return port_ok(fault.device == device->place->requester &&
			       (!fault.has_addr || fault.addr.raw >> 12 == AWAY >> 12) &&
			       !(fault.access & ANY_IOMMU_WRITE),
		       "%s: it names the device, the address and the access", device->name);
}

static void provoke(const struct port_device *device, struct any_virtqueue *vq)
{
	const struct any_virtqueue_buf buf = {.len = 64, .addr = any_dma(AWAY), .coherent = true};

	if (!port_ok(!any_virtqueue_add(vq, &buf, 1, 0, NULL),
		     "%s: a request for memory nobody mapped", device->name))
		return;
	any_virtqueue_kick(vq);
	reported(device);
}

void port_fault_check(const struct port_device *device)
{
	static uint64_t memory[ANY_VIRTQUEUE_BYTES(QUEUE) / 8];
	static struct any_virtio_driver driver;
	static struct any_virtqueue vq;
	void *cookie;
	int err = any_virtio_begin(&driver, device->transport, device->dma, 0, 0);

	if (err == -ANY_EPERM) /* it goes past the IOMMU, and is not driven here */
		return;
	if (!err)
		err = any_virtqueue_init(&vq, &driver, 0, QUEUE, memory, sizeof(memory));
	if (!port_ok(!err, "%s: once more, for a fault: %s", device->name, any_strerror(err)))
		return;
	any_virtio_ready(&driver);
	provoke(device, &vq);
	err = any_virtio_reset(&driver);
	while (!err && !any_virtqueue_detach(&vq, &cookie))
		;
	if (!err)
		err = any_virtqueue_fini(&vq);
	port_ok(!err, "%s: and is given back: %s", device->name, any_strerror(err));
}

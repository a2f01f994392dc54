/* SPDX-License-Identifier: BSD-2-Clause */
/* What an IOMMU must stop, whichever it is. */
#include "../shared/port.h"

#define QUEUE  16u
#define POLLS  100000000u
#define LENGTH 64u
#define AWAY   (PORT_IOVA + PORT_IOVA_SIZE + 0x123000u) /* never mapped */

const struct port_iommu *port_iommu;
int (*port_iommu_block)(uint32_t requester, bool blocked);

static struct any_virtio_driver driver;
static struct any_virtqueue vq;

static bool report(const struct port_device *device, struct any_iommu_fault *fault)
{
	int err = -ANY_EAGAIN;

	for (uint32_t i = 0; i < POLLS && err == -ANY_EAGAIN; i++)
		err = port_iommu->fault(fault);
	if (!port_ok(!err, "%s: the fault is reported: %s", device->name, any_strerror(err)))
		return false;
	port_say("# device %x, address %llx, access %u, reason %u\n", (unsigned)fault->device,
		 (unsigned long long)fault->addr.raw, fault->access, (unsigned)fault->reason);
	return true;
}

static void reported(const struct port_device *device, uint64_t at)
{
	struct any_iommu_fault fault;

	if (report(device, &fault))
		port_ok(fault.device == device->place->requester &&
				(!fault.has_addr || fault.addr.raw >> 12 == at >> 12) &&
				!(fault.access & ANY_IOMMU_WRITE),
			"%s: it names the device, the address and the access", device->name);
}

/* The device reads there as soon as it is kicked. */
static bool ask(const struct port_device *device, uint64_t at, const char *what)
{
	const struct any_virtqueue_buf buf = {.len = LENGTH, .addr = any_dma(at), .coherent = true};

	if (!port_ok(!any_virtqueue_add(&vq, &buf, 1, 0, NULL), "%s: a request for %s",
		     device->name, what))
		return false;
	any_virtqueue_kick(&vq);
	return true;
}

static bool begin(const struct port_device *device)
{
	static uint64_t memory[ANY_VIRTQUEUE_BYTES(QUEUE) / 8];
	int err = any_virtio_begin(&driver, device->transport, device->dma, 0, 0);

	if (err == -ANY_EPERM) /* it goes past the IOMMU, and is not driven here */
		return false;
	if (!err)
		err = any_virtqueue_init(&vq, &driver, 0, QUEUE, memory, sizeof(memory));
	if (!port_ok(!err, "%s: once more, for a fault: %s", device->name, any_strerror(err)))
		return false;
	any_virtio_ready(&driver);
	return true;
}

/* It lets go; what is reported more than once is one fault. */
static void end(const struct port_device *device)
{
	struct any_iommu_fault again;
	void *cookie;
	int err = any_virtio_reset(&driver);

	while (!err && !port_iommu->fault(&again))
		;
	while (!err && !any_virtqueue_detach(&vq, &cookie))
		;
	if (!err)
		err = any_virtqueue_fini(&vq);
	port_ok(!err, "%s: and is given back: %s", device->name, any_strerror(err));
}

/* The answer does not matter, only that it looked: it may well find the request to be nonsense. */
static bool looked(void)
{
	uint32_t written;
	void *cookie;

	for (uint32_t i = 0; i < POLLS; i++)
		if (any_virtqueue_take(&vq, &cookie, &written) != -ANY_EAGAIN ||
		    any_virtio_needs_reset(&driver))
			return true;
	return false;
}

/* What the device has read already, and its IOMMU may remember: gone when unmap returns. */
static void unmapped(const struct port_device *device)
{
	struct any_iommu_fault fault;
	struct any_dma_mapping mapping;
	void *buf = port_alloc(LENGTH, LENGTH);
	int err = any_dma_map(device->dma, buf, LENGTH, ANY_DMA_TO_DEVICE, &mapping);
	const uint64_t at = mapping.addr.raw;

	if (!port_ok(!err, "%s: memory to lose: %s", device->name, any_strerror(err)) ||
	    !begin(device))
		return;
	port_ok(ask(device, at, "memory that is mapped") && looked() &&
			port_iommu->fault(&fault) == -ANY_EAGAIN,
		"%s: it reads it", device->name);
	end(device);
	if (!begin(device)) /* before, so that nothing of the queue's gets the address */
		return;
	any_dma_unmap(device->dma, &mapping);
	if (ask(device, at, "the same, unmapped"))
		reported(device, at);
	end(device);
}

/* Attached to nothing it does not even see what it is asked. */
static void blocked(const struct port_device *device)
{
	const uint32_t requester = device->place->requester;
	struct any_iommu_fault fault;
	int err;

	if (!begin(device))
		return;
	err = port_iommu_block(requester, true);
	if (port_ok(!err, "%s: attached to nothing: %s", device->name, any_strerror(err)) &&
	    ask(device, AWAY, "anything") && report(device, &fault))
		port_ok(fault.device == requester && fault.reason == ANY_IOMMU_FAULT_DOMAIN,
			"%s: it names the device and that it has no domain", device->name);
	err = err ? err : port_iommu_block(requester, false);
	port_ok(!err, "%s: attached again: %s", device->name, any_strerror(err));
	end(device);
}

void port_fault_check(const struct port_device *device)
{
	if (!begin(device))
		return;
	if (ask(device, AWAY, "memory nobody mapped"))
		reported(device, AWAY);
	end(device);
	unmapped(device);
	if (port_iommu_block)
		blocked(device);
}

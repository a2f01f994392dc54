/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds every virtio device of the board and runs the bodies on it. */
#include "port.h"

#include "../body/list.h"
#include "../selftest/selftest.h"

const struct port *port;

#define PORT_BODY(name) &port_body_##name,
const struct port_body *const port_bodies[] = {PORT_BODIES(PORT_BODY) NULL};
#undef PORT_BODY

static const struct port_body *body_of(uint32_t device_id)
{
	for (size_t i = 0; port_bodies[i]; i++)
		if (port_bodies[i]->device_id == device_id)
			return port_bodies[i];
	return NULL;
}

bool port_refused(const struct port_device *device, int err)
{
	if (device->reading == PORT_AS_IT_IS || err != -ANY_EPERM)
		return false;
	port_ok(true, "%s: refused, it goes past what the platform does to DMA", device->name);
	return true;
}

static void one_reading(const struct port_body *body, const struct port_place *place,
			const struct any_virtio_transport *transport, enum port_reading reading)
{
	static struct port_path path;
	struct port_device device = {transport, &path.dev, place, place->name, reading};
	int err = port_path_init(&path, place, reading);

	port_say("# %s, %s%s%s\n", place->name, port_reading_names[reading],
		 port_iommu ? ", behind " : "", port_iommu ? port_iommu->name : "");
	if (port_ok(!err, "%s: its path to memory: %s", place->name, any_strerror(err))) {
		device.transport = port_calls_begin(&device);
		body->run(&device);
		port_calls_end(&device);
		device.transport = transport;
	}
	if (!err && port_iommu && body->faults)
		port_fault_check(&device);
	port_alloc_reset();
}

void port_device_found(const struct port_place *place, const struct any_virtio_transport *transport)
{
	const struct port_body *body = body_of(transport->device_id);

	if (transport->device_id == ANY_VIRTIO_ID_IOMMU) {
		port_viommu_found(place, transport);
		return;
	}
	if (!body) {
		port_say("# %s: nothing here drives a device of type %u\n", place->name,
			 (unsigned)transport->device_id);
		return;
	}
	for (int reading = 0; reading < (port->cache ? PORT_READINGS : 1); reading++)
		one_reading(body, place, transport, (enum port_reading)reading);
}

static void tell(const char *check, const char *wrong)
{
	port_ok(!wrong, "this port: %s%s%s", check, wrong ? ": " : "", wrong ? wrong : "");
}

_Noreturn void port_main(const struct port *board)
{
	port = board;
	port_say("TAP version 13\n# %s\n", port->name);
	if (any_port_selftest(board, tell))
		port_done();
	if (port->rsdp)
		port_acpi_search();
	else if (port->pci)
		port_pci_scan(NULL, port->pci);
	if (port->dtb)
		port_tree_search();
	port_done();
}

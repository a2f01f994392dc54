/* SPDX-License-Identifier: BSD-2-Clause */
/* A board with ACPI: configuration space by MCFG, and what DMAR and its kin say of a function. */
#include <anydma/acpi.h>
#include <anydma/virtio/pci_bus.h>

#include "any_arch.h"
#include "port.h"

#define VTD_VERSION 0x00u
#define VTD_CAP	    0x08u
#define VTD_ECAP    0x10u
#define VTD_BYTES   0x1000u

static struct any_acpi tables;

static const void *map(void *ctx, uint64_t phys, uint64_t size)
{
	(void)ctx;
	return (const void *)(uintptr_t)port->map(phys, size);
}

/* The same bridge, reached through memory: ports see the first 256 bytes of a function only. */
static bool through_memory(struct port_pci *host)
{
	struct any_platform_error error;
	struct any_acpi_ecam ecam;
	int err = any_acpi_ecam(&tables, 0, &ecam, &error);

	if (!port_ok(!err, "configuration space is in memory: %s", err ? error.text : "MCFG"))
		return false;
	host->read = port_pci_ecam_read;
	host->write = port_pci_ecam_write;
	host->last = ecam.last;
	host->ecam = port->map(ecam.base, (ecam.last + 1ull) << 20);
	return !ecam.first && host->ecam;
}

void port_acpi_search(void)
{
	const struct any_acpi_memory memory = {map, NULL};
	struct any_platform_error error;
	struct port_pci host = *port->pci;
	int err = any_acpi_find(&memory, port->rsdp, &tables, &error);

	if (port_ok(!err, "tables: %s", err ? error.text : "found") && through_memory(&host))
		port_pci_scan(NULL, &host);
}

static uint64_t get64(volatile uint8_t *at)
{
	return any_mmio_read32(at) | (uint64_t)any_mmio_read32(at + 4) << 32;
}

/* The unit the tables name must be one. */
static int look_at_vtd(struct any_acpi_answer *answer)
{
	volatile uint8_t *unit = port->map(answer->unit_base, VTD_BYTES);
	uint32_t version;

	if (!unit)
		return -ANY_EINVAL;
	version = any_mmio_read32(unit + VTD_VERSION);
	any_acpi_vtd_registers(answer, get64(unit + VTD_CAP), get64(unit + VTD_ECAP));
	port_say("# behind VT-d %u.%u at %llx, %llx bytes of addresses%s\n",
		 (unsigned)(version >> 4 & 15u), (unsigned)(version & 15u),
		 (unsigned long long)answer->unit_base,
		 (unsigned long long)answer->platform.machine.iommu.size,
		 answer->platform.machine.iommu.tables_noncoherent ? ", does not snoop" : "");
	if (version >> 8 || !(version >> 4))
		return -ANY_ENODEV;
	return port_vtd_found(answer, unit);
}

static struct any_acpi_hop hop(uint16_t function)
{
	return (struct any_acpi_hop){(uint8_t)(function >> 8), function >> 3 & 31u, function & 7u};
}

int port_acpi_facts(const struct any_pci_place *place, struct any_dma_facts *facts)
{
	struct any_acpi_device device = {.aliased = place->aliased, .alias = place->requester};
	static struct any_acpi_answer answer; /* the segments stay here */
	struct any_platform_error error;
	int err;

	ANY_STATIC_ASSERT(ANY_PCI_DEPTH < ANY_ACPI_HOPS, "each bridge is a hop");
	for (unsigned i = 0; i < place->n_path; i++)
		device.hops[device.n_hops++] = hop(place->path[i]);
	device.hops[device.n_hops++] = hop(place->function);
	err = any_acpi_read(&tables, &device, &answer, &error);

	if (err)
		port_say("# %s\n", error.text);
	else
		*facts = answer.platform.facts;
	if (!err && answer.unit == ANY_ACPI_UNIT_VTD)
		err = look_at_vtd(&answer);
	return err;
}

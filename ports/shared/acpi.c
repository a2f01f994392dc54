/* SPDX-License-Identifier: BSD-2-Clause */
/* A board with ACPI: configuration space by MCFG. */
#include <anydma/acpi.h>

#include "port.h"

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

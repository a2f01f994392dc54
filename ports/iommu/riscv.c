/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's RISC-V IOMMU as the machine's. */
#include <anydma/iommu/riscv.h>

#include "../shared/port.h"

#define PAGES 96u

static struct any_riscv_iommu iommu;
static struct any_riscv_iommu_domain domains[32];
static struct any_iommu_page page[PAGES];
static struct any_iommu_pages pages;

/* No register says whether it sees what is in the caches: everything is brought past them. */
static void take_pages(void)
{
	pages = (struct any_iommu_pages){.cpu = port_alloc(PAGES * ANY_IOMMU_PAGE, 65536),
					 .count = PAGES,
					 .page = page,
					 .cache = port->cache};
	pages.phys =
		any_phys(port->heap.phys.raw + ((uintptr_t)pages.cpu - (uintptr_t)port->heap.cpu));
	pages.addr = any_dma(pages.phys.raw);
}

/* A device that is tried once more gets a domain anew. */
static struct any_riscv_iommu_domain *domain_of(uint32_t device)
{
	struct any_riscv_iommu_domain *free = NULL;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(domains); i++) {
		if (domains[i].iommu && domains[i].device == device)
			return any_riscv_iommu_detach(&domains[i]) ? NULL : &domains[i];
		if (!domains[i].iommu)
			free = &domains[i];
	}
	return free;
}

static int attach(uint32_t requester, struct any_dma_iommu *path, struct any_iova *iova)
{
	struct any_riscv_iommu_domain *domain = domain_of(requester);

	(void)iova; /* nothing is set aside: no message goes to a controller here */
	if (!domain)
		return -ANY_ENOSPC;
	path->stage = &any_dma_iommu_stage;
	path->ops = &any_riscv_iommu_ops;
	path->ctx = domain;
	path->granule = ANY_IOMMU_PAGE;
	return any_riscv_iommu_attach(&iommu, domain, requester);
}

static int fault(struct any_iommu_fault *report)
{
	return any_riscv_iommu_fault(&iommu, report);
}

void port_riscv_iommu_found(const char *node, uint64_t base, uint64_t size)
{
	static const struct port_iommu ours = {"a RISC-V IOMMU", attach, fault};
	int err = size < ANY_RISCV_IOMMU_REGS ? -ANY_ENODEV : 0;

	if (port_iommu) /* stands before another bridge, too */
		return;
	take_pages();
	if (!err)
		err = any_iommu_pages_init(&pages);
	if (!err)
		err = any_riscv_iommu_init(&iommu, port->map(base, size), &pages);
	port_ok(!err, "%s: a RISC-V IOMMU comes up: %s", node, any_strerror(err));
	if (!err) {
		port_say("# %s, %u levels of directory, %u bits of devices\n", iommu.format.name,
			 (unsigned)iommu.levels, (unsigned)iommu.device_bits);
		port_iommu = &ours;
	}
	port_alloc_keep();
}

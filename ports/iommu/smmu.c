/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's SMMUv3 as the machine's. */
#include <anydma/iommu/smmu.h>

#include "../shared/port.h"

#define PAGES 96u

static struct any_smmu smmu;
static struct any_smmu_domain domains[32];
static struct any_iommu_page page[PAGES];
static struct any_iommu_pages pages;

/* Memory by its cached address: whether the SMMU sees what is in the caches, it says itself. */
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
static struct any_smmu_domain *domain_of(uint32_t stream)
{
	struct any_smmu_domain *free = NULL;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(domains); i++) {
		if (domains[i].smmu && domains[i].stream == stream)
			return any_smmu_detach(&domains[i]) ? NULL : &domains[i];
		if (!domains[i].smmu)
			free = &domains[i];
	}
	return free;
}

static int attach(uint32_t requester, struct any_dma_iommu *path, struct any_iova *iova)
{
	struct any_smmu_domain *domain = domain_of(requester);
	const struct port_path *whole =
		(const void *)((const char *)path - offsetof(struct port_path, iommu));

	(void)iova; /* nothing is set aside: no message goes to a controller here */
	if (!domain)
		return -ANY_ENOSPC;
	path->stage = &any_dma_iommu_stage;
	path->ops = &any_smmu_ops;
	path->ctx = domain;
	path->granule = ANY_IOMMU_PAGE;
	return any_smmu_attach(&smmu, domain, requester, whole->plat.facts.coherent);
}

static int fault(struct any_iommu_fault *report)
{
	return any_smmu_fault(&smmu, report);
}

void port_smmu_found(const char *node, uint64_t base, uint64_t size)
{
	static const struct port_iommu ours[] = {{"an SMMUv3, stage 1", attach, fault},
						 {"an SMMUv3, stage 2", attach, fault}};
	int err = size < ANY_SMMU_REGS ? -ANY_ENODEV : 0;

	if (port_iommu) /* stands before another bridge, too */
		return;
	take_pages();
	if (!err)
		err = any_iommu_pages_init(&pages);
	if (!err)
		err = any_smmu_init(&smmu, port->map(base, size), &pages);
	port_ok(!err, "%s: an SMMUv3 comes up: %s", node, any_strerror(err));
	if (!err) {
		port_say("# %u bits of streams, %s, %s\n", (unsigned)smmu.stream_bits,
			 smmu.two_level ? "two levels" : "linear",
			 smmu.coherent ? "snoops" : "does not snoop");
		port_iommu = &ours[smmu.stage2];
	}
	port_alloc_keep();
}

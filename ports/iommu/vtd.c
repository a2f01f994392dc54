/* SPDX-License-Identifier: BSD-2-Clause */
/* A VT-d unit that DMAR names, as the machine's. */
#include <anydma/acpi.h>
#include <anydma/iommu/vtd.h>

#include "../shared/port.h"

#define REGISTERS 0x1000u
#define PAGES	  128u
#define FEW	  4u
#define DEVICES	  8u

static struct any_vtd unit;
static uint64_t unit_base;
static const struct any_acpi_answer *at_hand; /* what the tables say of the function at hand */
static struct {
	bool used;
	uint16_t requester; /* as the unit sees it */
	struct any_vtd_domain domain;
} places[DEVICES];

/* What no address of the device may be: messages, and memory that stays mapped as it is. */
static int reserve(struct any_iova *iova)
{
	const struct any_platform_iommu *facts = &at_hand->platform.machine.iommu;
	int err = 0;

	for (uint32_t i = 0; i < facts->n_holes && !err; i++) {
		const uint64_t start = facts->holes[i].base & ~4095ull;
		const uint64_t end = (facts->holes[i].base + facts->holes[i].size - 1) | 4095u;

		if (end >= PORT_IOVA && start < PORT_IOVA + PORT_IOVA_SIZE)
			err = any_iova_reserve(iova, start, end - start + 1);
	}
	return err;
}

/* RMRR: firmware's own use of the device, from the first moment on. */
static int map_unity(struct any_vtd_domain *domain)
{
	int err = 0;

	for (uint32_t i = 0; i < at_hand->n_unity && !err; i++) {
		const uint64_t start = at_hand->unity[i].base & ~4095ull;
		const uint64_t end = (at_hand->unity[i].base + at_hand->unity[i].size - 1) | 4095u;

		err = any_vtd_ops.map(domain, any_dma(start), any_phys(start), end - start + 1,
				      ANY_IOMMU_READ | ANY_IOMMU_WRITE);
		any_vtd_ops.map_sync(domain, any_dma(start), end - start + 1);
	}
	return err;
}

/* Its place; what it was attached to before is taken apart. */
static int place_of(uint16_t requester, uint32_t *place)
{
	uint32_t i = 0;
	int err;

	while (i < DEVICES && places[i].used && places[i].requester != requester)
		i++;
	if (i == DEVICES)
		return -ANY_ENOSPC;
	*place = i;
	if (!places[i].used)
		return 0;
	err = any_vtd_detach(&places[i].domain, requester);
	return err ? err : any_vtd_domain_fini(&places[i].domain);
}

static int attach(uint32_t requester, struct any_dma_iommu *path, struct any_iova *iova)
{
	const uint16_t alias = (uint16_t)at_hand->alias;
	struct any_vtd_domain *domain;
	uint32_t place;
	int err = at_hand->unit_base == unit_base ? place_of(alias, &place) : -ANY_ENOTSUP;

	(void)requester;
	if (err)
		return err;
	places[place].used = false;
	domain = &places[place].domain;
	err = any_vtd_domain_init(&unit, domain, place + 1);
	if (!err)
		err = reserve(iova);
	if (!err)
		err = map_unity(domain);
	if (!err)
		err = any_vtd_attach(domain, alias);
	if (err)
		return err;
	places[place].used = true;
	places[place].requester = alias;
	path->stage = &any_dma_iommu_stage;
	path->ops = &any_vtd_ops;
	path->ctx = domain;
	path->granule = ANY_IOMMU_PAGE;
	return 0;
}

static int fault(struct any_iommu_fault *report)
{
	return any_vtd_fault(&unit, report);
}

static int block(uint32_t requester, bool blocked)
{
	const uint16_t alias = (uint16_t)at_hand->alias;

	(void)requester;
	for (uint32_t i = 0; i < DEVICES; i++)
		if (places[i].used && places[i].requester == alias)
			return blocked ? any_vtd_detach(&places[i].domain, alias)
				       : any_vtd_attach(&places[i].domain, alias);
	return -ANY_ENOENT;
}

static void lend(struct any_iommu_pages *pages, struct any_iommu_page *page, uint32_t count)
{
	uint8_t *cpu = port_alloc((size_t)count * ANY_IOMMU_PAGE, ANY_IOMMU_PAGE);
	const uint64_t phys = port->heap.phys.raw + ((uintptr_t)cpu - (uintptr_t)port->heap.cpu);

	*pages = (struct any_iommu_pages){
		.cpu = cpu,
		.addr = any_dma(phys),
		.phys = any_phys(phys),
		.count = count,
		.page = page,
		.cache = port->cache,
	};
}

static bool comes_up(volatile void *regs, struct any_iommu_pages *pages, const char *how)
{
	int err = any_vtd_init(&unit, regs, REGISTERS, pages);

	return port_ok(!err, "VT-d comes up%s: %s", how,
		       err && unit.why ? unit.why : any_strerror(err));
}

/* Up and down; and once more as firmware may leave it: with tables of others, translating. */
static bool rehearse(volatile void *regs)
{
	static struct any_iommu_page page[FEW];
	static struct any_iommu_pages pages;
	int err;

	lend(&pages, page, FEW);
	if (!comes_up(regs, &pages, ""))
		return false;
	err = any_vtd_fini(&unit);
	return port_ok(!err && !pages.used, "VT-d goes down: %s", any_strerror(err)) &&
	       comes_up(regs, &pages, " again");
}

static int bring_up(volatile void *regs)
{
	static struct any_iommu_page page[PAGES];
	static struct any_iommu_pages pages;

	lend(&pages, page, PAGES);
	if (!rehearse(regs) || !comes_up(regs, &pages, " while it translates"))
		return -ANY_ENODEV;
	port_alloc_keep();
	port_say("# %u levels, %u bits%s%s%s; interrupt remapping left off\n",
		 (unsigned)unit.format.levels, (unsigned)unit.format.input_bits,
		 pages.cache ? ", tables cleaned" : "", unit.cap & 0x80u ? ", caching mode" : "",
		 unit.cap & 0x10u ? ", write buffer" : "");
	return 0;
}

int port_vtd_found(const struct any_acpi_answer *answer, volatile void *regs)
{
	static const struct port_iommu ours = {"VT-d", attach, fault};
	int err;

	at_hand = answer;
	if (port_iommu)
		return 0;
	err = bring_up(regs);
	if (err)
		return err;
	unit_base = answer->unit_base;
	port_iommu = &ours;
	port_iommu_block = block;
	return 0;
}

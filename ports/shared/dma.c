/* SPDX-License-Identifier: BSD-2-Clause */
/* One device's path to memory: what the tree says of it, and what the board lends. */
#include "port.h"

#define SMALL	     4096u
#define SMALL_COUNT  96u
#define LARGE	     131072u
#define LARGE_COUNT  12u
#define POOL_BYTES   (SMALL * SMALL_COUNT + LARGE * LARGE_COUNT)
#define BITMAP_WORDS 64u /* 16 MiB of coherent memory */

const char *const port_reading_names[PORT_READINGS] = {
	[PORT_AS_IT_IS] = "as the tree says",
	[PORT_WITHOUT_SNOOPING] = "without snooping",
};

/* One for the whole image: an IOMMU's pages stay taken. */
static uint64_t bitmap[BITMAP_WORDS];

static int facts_of(struct any_dma_facts *facts, const struct port_place *place)
{
	int err = 0;

	if (place->node)
		err = port_tree_facts(place->tree, place->node, facts);
	else if (port->rsdp && place->pci)
		err = port_acpi_facts(place->pci, facts);
	else
		*facts = (struct any_dma_facts){.coherent = true};
	facts->no_coherent = false; /* the tree names none: the board sets some aside */
	return err;
}

/* The bus as the worst board with this CPU would have it: every operation is done, for all lines.
 */
static void without_snooping(struct any_dma_facts *facts)
{
	facts->coherent = false;
	facts->speculates = true;
	facts->line = port->line;
}

static int pool(struct port_path *path)
{
	const struct any_bounce_class classes[] = {{.slot = SMALL, .count = SMALL_COUNT},
						   {.slot = LARGE, .count = LARGE_COUNT}};
	struct any_dma_region mem = {.cpu = port_alloc(POOL_BYTES, LARGE), .size = POOL_BYTES};
	uint32_t *stack = port_alloc((SMALL_COUNT + LARGE_COUNT) * sizeof(*stack), 4);

	mem.phys = any_phys(port->heap.phys.raw + ((uintptr_t)mem.cpu - (uintptr_t)port->heap.cpu));
	return any_bounce_pool_init(&path->pool, &mem, classes, 2, stack);
}

/* The same memory by two addresses: nothing of the last reading may stay in a cache. */
static void change_sides(void)
{
	if (!port->cache)
		return;
	port->cache->clean_inval(NULL, port->coherent, port->uncached.phys,
				 (size_t)port->uncached.size);
	port->cache->sync(NULL);
}

/* The device's own address space, if an IOMMU stands before it. */
static int behind(struct port_path *path, const struct port_place *place)
{
	int err;

	if (!port_iommu)
		return 0;
	err = any_iova_init(&path->iova, PORT_IOVA, PORT_IOVA_SIZE, 4096, path->ranges,
			    ANY_ARRAY_SIZE(path->ranges));
	path->iommu.iova = &path->iova;
	path->plat.iommu = &path->iommu;
	return err ? err : port_iommu->attach(place->requester, &path->iommu, &path->iova);
}

static void lend_memory(struct port_path *path)
{
	change_sides();
	path->coherent.mem = port->uncached;
	if (path->plat.facts.coherent)
		path->coherent.mem.cpu = port->coherent;
	else
		path->coherent.mem.flags = ANY_REGION_UNCACHED;
	path->coherent.bitmap = bitmap;
	path->ram[0] = port->heap;
	path->ram[1] = path->coherent.mem;
	path->plat.name = port->name;
	path->plat.ram = path->ram;
	path->plat.n_ram = 2;
	path->plat.ops = &path->ops;
	path->plat.bounce = &path->pool;
	path->plat.coherent = &path->coherent;
}

int port_path_init(struct port_path *path, const struct port_place *place,
		   enum port_reading reading)
{
	int err;

	*path = (struct port_path){.ops = {.cache = port->cache, .drain = port->drain}};
	if (port->uncached.size / ANY_COHERENT_PAGE > 64 * BITMAP_WORDS)
		return -ANY_ENOSPC;
	err = facts_of(&path->plat.facts, place);
	if (!err && reading == PORT_WITHOUT_SNOOPING)
		without_snooping(&path->plat.facts);
	if (!err)
		err = pool(path);
	if (!err)
		err = behind(path, place);
	if (err)
		return err;
	lend_memory(path);
	err = any_dma_attach(&path->dev, &path->plat);
	if (!err)
		err = any_dma_set_mask(&path->dev, UINT64_MAX); /* what a virtio device addresses */
	return err ? err : any_dma_set_coherent_mask(&path->dev, UINT64_MAX);
}

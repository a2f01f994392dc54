/* SPDX-License-Identifier: BSD-2-Clause */
/* One device's path to memory: what the tree says of it, and what the board lends. */
#include "port.h"

#define SMALL		   4096u
#define SMALL_COUNT	   96u
#define LARGE		   131072u
#define LARGE_COUNT	   12u
#define POOL_BYTES	   (SMALL * SMALL_COUNT + LARGE * LARGE_COUNT)
#define BITMAP_WORDS(size) ((size) / ANY_COHERENT_PAGE / 64 + 1)

const char *const port_reading_names[PORT_READINGS] = {
	[PORT_AS_IT_IS] = "as the tree says",
	[PORT_WITHOUT_SNOOPING] = "without snooping",
};

static void *zeroed(size_t size, size_t align)
{
	uint8_t *at = port_alloc(size, align);

	for (size_t i = 0; i < size; i++)
		at[i] = 0;
	return at;
}

static int facts_of(struct any_dma_facts *facts, const struct any_platform_tree *tree,
		    const char *node)
{
	int err = 0;

	if (node)
		err = port_tree_facts(tree, node, facts);
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

int port_path_init(struct port_path *path, const struct any_platform_tree *tree, const char *node,
		   enum port_reading reading)
{
	int err;

	*path = (struct port_path){.ops = {.cache = port->cache, .drain = port->drain}};
	err = facts_of(&path->plat.facts, tree, node);
	if (!err && reading == PORT_WITHOUT_SNOOPING)
		without_snooping(&path->plat.facts);
	if (!err)
		err = pool(path);
	if (err)
		return err;
	change_sides();
	path->coherent.mem = port->uncached;
	if (path->plat.facts.coherent)
		path->coherent.mem.cpu = port->coherent;
	else
		path->coherent.mem.flags = ANY_REGION_UNCACHED;
	path->coherent.bitmap = zeroed(8 * (size_t)BITMAP_WORDS(port->uncached.size), 8);
	path->ram[0] = port->heap;
	path->ram[1] = path->coherent.mem;
	path->plat.name = port->name;
	path->plat.ram = path->ram;
	path->plat.n_ram = 2;
	path->plat.ops = &path->ops;
	path->plat.bounce = &path->pool;
	path->plat.coherent = &path->coherent;
	err = any_dma_attach(&path->dev, &path->plat);
	if (!err)
		err = any_dma_set_mask(&path->dev, UINT64_MAX); /* what a virtio device addresses */
	return err ? err : any_dma_set_coherent_mask(&path->dev, UINT64_MAX);
}

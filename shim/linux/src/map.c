/* SPDX-License-Identifier: BSD-2-Clause */
/* Streaming mappings: the real pipeline, behind the kernel's names. */
#include "book.h"

#include "any_arch.h"

static inline dma_addr_t keep(struct book *b, const struct any_dma_mapping *map, void *cpu,
			      size_t size, enum dma_data_direction dir)
{
	const struct book_entry entry = {.kind = BOOK_SINGLE,
					 .dir = dir,
					 .addr = map->addr.raw,
					 .size = size,
					 .cpu = cpu,
					 .map = *map};

	return book_add(b, &entry)->addr;
}

dma_addr_t dma_map_single_attrs(struct device *dev, void *p, size_t size,
				enum dma_data_direction dir, unsigned long attrs)
{
	struct book *b = book_of(dev, "A map");
	enum any_dma_dir way = book_dir(dir, "A map");
	struct any_dma_mapping map;

	(void)attrs;
	book_check_map(b, p, size, dir, "A map");
	if (b->unreachable || book_injects(b) || any_dma_map(b->dma, p, size, way, &map))
		return DMA_MAPPING_ERROR;
	return keep(b, &map, p, size, dir);
}

dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	return dma_map_single_attrs(dev, (char *)page_address(page) + offset, size, dir, attrs);
}

dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys, size_t size,
			    enum dma_data_direction dir, unsigned long attrs)
{
	struct book *b = book_of(dev, "A map");
	enum any_dma_dir way = book_dir(dir, "A map");
	struct any_dma_mapping map;
	int err;

	(void)attrs;
	if (phys_to_virt(phys))
		any_lab_misuse("Memory is mapped as if it were a peer's registers (DA-15, C5 row "
			       "26).");
	err = any_dma_map_resource(b->dma, any_phys(phys), size, way, &map);
	return err ? DMA_MAPPING_ERROR : keep(b, &map, NULL, size, dir);
}

dma_addr_t dma_map_phys(struct device *dev, phys_addr_t phys, size_t size,
			enum dma_data_direction dir, unsigned long attrs)
{
	if (attrs & DMA_ATTR_MMIO)
		return dma_map_resource(dev, phys, size, dir, attrs);
	return dma_map_single_attrs(dev, phys_to_virt(phys), size, dir, attrs);
}

void dma_unmap_single_attrs(struct device *dev, dma_addr_t addr, size_t size,
			    enum dma_data_direction dir, unsigned long attrs)
{
	struct book *b = book_of(dev, "An unmap");
	const struct book_entry want = {
		.kind = BOOK_SINGLE, .dir = dir, .addr = addr, .size = size};
	struct book_entry e = book_take(b, book_check_unmap(b, &want, "An unmap"));

	(void)attrs;
	any_dma_unmap(b->dma, &e.map);
}

int dma_mapping_error(struct device *dev, dma_addr_t addr)
{
	struct book *b = book_of(dev, "dma_mapping_error()");

	if (addr == DMA_MAPPING_ERROR)
		return -ENOMEM;
	for (unsigned int i = 0; i < b->n; i++) {
		struct book_entry *e = &b->entries[i];

		if (e->addr != addr || e->checked)
			continue;
		e->checked = true;
		break;
	}
	return 0;
}

void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir)
{
	struct book *b = book_of(dev, "A sync");
	const struct book_entry e = *book_check_sync(b, addr, size, dir, true);

	any_dma_sync_for_cpu(b->dma, &e.map, (size_t)(addr - e.addr), size);
}

void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size,
				enum dma_data_direction dir)
{
	struct book *b = book_of(dev, "A sync");
	const struct book_entry e = *book_check_sync(b, addr, size, dir, false);

	any_dma_sync_for_device(b->dma, &e.map, (size_t)(addr - e.addr), size);
}

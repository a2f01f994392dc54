/* SPDX-License-Identifier: BSD-2-Clause */
/* Coherent memory, and memory that needs syncs like a streaming buffer (DA-10 to DA-12). */
#include "book.h"

#include <anydma/compiler.h>

void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp,
		      unsigned long attrs)
{
	struct book *b = book_of(dev, "dma_alloc_coherent()");
	struct any_dma_coherent mem;
	int err;

	(void)attrs;
	if (gfp & __GFP_COMP)
		any_lab_misuse("dma_alloc_coherent() is asked for a compound page (DA-10).");
	err = b->coherent_unreachable || book_injects(b)
		      ? -ENOMEM
		      : any_dma_alloc_coherent(b->dma, size, &mem);
	if (err)
		return NULL;
	book_add(b, &(struct book_entry){.kind = BOOK_COHERENT,
					 .addr = mem.addr.raw,
					 .size = size,
					 .cpu = mem.cpu,
					 .checked = true,
					 .mem = mem});
	*handle = mem.addr.raw;
	return mem.cpu;
}

void dma_free_attrs(struct device *dev, size_t size, void *cpu, dma_addr_t handle,
		    unsigned long attrs)
{
	struct book *b = book_of(dev, "dma_free_coherent()");
	const struct book_entry want = {
		.kind = BOOK_COHERENT, .addr = handle, .size = size, .cpu = cpu};
	struct book_entry e;

	(void)attrs;
	if (!cpu)
		return; /* DA-10 */
	e = book_take(b, book_check_unmap(b, &want, "dma_free_coherent()"));
	any_dma_free_coherent(b->dma, &e.mem);
}

/* ---- given back with the device */

struct managed {
	struct device *dev;
	size_t size;
	void *cpu;
	dma_addr_t handle;
};

static void give_back(void *data)
{
	const struct managed *m = data;

	if (m->cpu)
		dma_free_coherent(m->dev, m->size, m->cpu, m->handle);
}

void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp,
		       unsigned long attrs)
{
	struct managed *m = devm_kzalloc(dev, sizeof(*m), gfp);
	void *cpu = m ? dma_alloc_attrs(dev, size, handle, gfp, attrs) : NULL;

	if (!cpu)
		return NULL;
	*m = (struct managed){dev, size, cpu, *handle};
	if (devm_add_action_or_reset(dev, give_back, m))
		return NULL;
	return cpu;
}

void dmam_free_coherent(struct device *dev, size_t size, void *cpu, dma_addr_t handle)
{
	struct book *b = book_of(dev, "dmam_free_coherent()");

	for (unsigned int i = 0; i < b->n_actions; i++) {
		struct managed *m = b->actions[i].data;

		if (b->actions[i].action == give_back && m->cpu == cpu)
			m->cpu = NULL;
	}
	dma_free_coherent(dev, size, cpu, handle);
}

/* ---- not coherent: pages, mapped for as long as they live */

void *dma_alloc_noncoherent(struct device *dev, size_t size, dma_addr_t *handle,
			    enum dma_data_direction dir, gfp_t gfp)
{
	struct book *b = book_of(dev, "dma_alloc_noncoherent()");
	enum any_dma_dir way = book_dir(dir, "dma_alloc_noncoherent()");
	size_t whole = PAGE_ALIGN(size);
	struct any_dma_mapping map;
	void *cpu;

	(void)gfp;
	if (!size || b->unreachable || book_injects(b))
		return NULL;
	cpu = any_lab_alloc(b->lab, whole);
	memset(cpu, 0, whole);
	if (any_dma_map(b->dma, cpu, whole, way, &map)) {
		any_lab_free(b->lab, cpu);
		return NULL;
	}
	book_add(b, &(struct book_entry){.kind = BOOK_NONCOHERENT,
					 .dir = dir,
					 .addr = map.addr.raw,
					 .size = size,
					 .cpu = cpu,
					 .checked = true,
					 .map = map});
	*handle = map.addr.raw;
	return cpu;
}

void dma_free_noncoherent(struct device *dev, size_t size, void *cpu, dma_addr_t handle,
			  enum dma_data_direction dir)
{
	struct book *b = book_of(dev, "dma_free_noncoherent()");
	const struct book_entry want = {
		.kind = BOOK_NONCOHERENT, .dir = dir, .addr = handle, .size = size, .cpu = cpu};
	struct book_entry e = book_take(b, book_check_unmap(b, &want, "dma_free_noncoherent()"));

	any_dma_unmap(b->dma, &e.map);
	any_lab_free(b->lab, cpu);
}

struct page *dma_alloc_pages(struct device *dev, size_t size, dma_addr_t *handle,
			     enum dma_data_direction dir, gfp_t gfp)
{
	return (struct page *)dma_alloc_noncoherent(dev, size, handle, dir, gfp);
}

void dma_free_pages(struct device *dev, size_t size, struct page *page, dma_addr_t handle,
		    enum dma_data_direction dir)
{
	dma_free_noncoherent(dev, size, page_address(page), handle, dir);
}

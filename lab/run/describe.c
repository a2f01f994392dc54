/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree's warts in a word each, and whether it has any. */
#include "run.h"
#include "../board/board.h"
#include "../cache/cache.h"

static void add(struct any_lab_cell *cell, const char *word)
{
	size_t n = strlen(cell->warts);

	snprintf(cell->warts + n, sizeof(cell->warts) - n, "%s%s", n ? ", " : "", word);
}

static bool shifted(const struct any_dma_facts *f)
{
	for (uint32_t i = 0; i < f->n_segments; i++)
		if (f->segments[i].phys.raw != f->segments[i].dma.raw)
			return true;
	return false;
}

static bool limited(const struct any_platform *p)
{
	uint64_t top = 0;
	unsigned bits = p->machine.master_bits;

	for (uint32_t i = 0; i < p->n_ram; i++)
		if (p->ram[i].base + p->ram[i].size - 1 > top)
			top = p->ram[i].base + p->ram[i].size - 1;
	if (bits && bits < 64 && top >> bits)
		return true;
	if (p->facts.n_segments)
		for (uint32_t i = 0; i < p->n_ram; i++) {
			uint64_t covered = 0;

			for (uint32_t s = 0; s < p->facts.n_segments; s++) {
				uint64_t a = p->facts.segments[s].phys.raw;
				uint64_t b = a + p->facts.segments[s].size;
				uint64_t lo = a > p->ram[i].base ? a : p->ram[i].base;
				uint64_t hi = p->ram[i].base + p->ram[i].size;

				hi = b < hi ? b : hi;
				covered += lo < hi ? hi - lo : 0;
			}
			if (covered < p->ram[i].size)
				return true;
		}
	return p->facts.dma_max && p->facts.dma_max < top;
}

static void warts(const struct any_platform *p, struct any_lab_cell *cell)
{
	const struct any_dma_facts *f = &p->facts;

	if (p->machine.iommu.present)
		add(cell, "iommu");
	else if (f->n_segments > 1)
		add(cell, "banks");
	else if (shifted(f))
		add(cell, "offset");
	if (!p->machine.iommu.present && limited(p))
		add(cell, "limit");
	if (f->shared_only || f->private_bits)
		add(cell, "encrypted");
	if (!f->coherent)
		add(cell, p->machine.cache.n_views > 1	? "vivt"
			  : p->machine.cache.speculates ? "non-coherent, speculating"
							: "non-coherent");
	for (unsigned i = 0; !f->coherent && i < lab_cache_wart_count; i++)
		if (lab_cache_warts[i]->present(&p->machine.cache))
			add(cell, lab_cache_warts[i]->name);
	if (p->machine.drain_to_device != ANY_RITUAL_NONE)
		add(cell, "drain-out");
	if (p->machine.drain_from_device != ANY_RITUAL_NONE)
		add(cell, "drain-in");
	cell->identity = !cell->warts[0];
	if (cell->identity)
		add(cell, "none");
}

int lab_describe_tree(const void *dtb, size_t size, const char *device, struct any_platform *plat,
		      struct any_lab_cell *cell)
{
	struct any_platform_error why;
	int err = 0;

	if (!device) {
		err = any_lab_device(dtb, size, NULL, cell->device, sizeof(cell->device),
				     cell->report.text);
		device = cell->device;
	}
	if (!err) {
		err = any_platform_read(dtb, size, device, plat, &why);
		if (err)
			snprintf(cell->report.text, sizeof(cell->report.text), "%s", why.text);
		else
			err = lab_board_complete(dtb, plat, cell->report.text);
	}
	if (err) {
		cell->verdict = ANY_LAB_BAD_RUN;
		return err;
	}
	lab_board_situation(plat, cell->situation);
	snprintf(cell->device, sizeof(cell->device), "%s", plat->device);
	snprintf(cell->platform, sizeof(cell->platform), "%s", plat->name);
	warts(plat, cell);
	return 0;
}

int any_lab_describe(const void *dtb, size_t size, const char *device, struct any_lab_cell *cell)
{
	struct any_platform plat;

	memset(cell, 0, sizeof(*cell));
	return lab_describe_tree(dtb, size, device, &plat, cell);
}

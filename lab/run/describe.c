/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree's warts in a word each, and whether it has any. */
#include "run.h"
#include "../board/board.h"
#include "../bus/bridge.h"
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

static bool never(const struct any_platform *p)
{
	(void)p;
	return false;
}

static bool has_offset(const struct any_platform *p)
{
	return !p->machine.iommu.present && p->facts.n_segments == 1 && shifted(&p->facts);
}

static bool has_banks(const struct any_platform *p)
{
	return !p->machine.iommu.present && p->facts.n_segments > 1;
}

static bool has_limit(const struct any_platform *p)
{
	return !p->machine.iommu.present && limited(p);
}

static bool is_below(const struct any_platform *p)
{
	for (uint32_t i = 0; i < p->n_ram; i++)
		if (p->ram[i].base < p->facts.dma_min)
			return true;
	return false;
}

static bool has_transfer_limits(const struct any_platform *p)
{
	return p->machine.boundary || p->machine.max_segment || p->machine.min_align;
}

static bool is_encrypted(const struct any_platform *p)
{
	return p->facts.shared_only || p->facts.private_bits;
}

static bool is_plain_noncoherent(const struct any_platform *p)
{
	return !p->facts.coherent && p->machine.cache.n_views < 2 && !p->machine.cache.speculates;
}

static bool is_speculating(const struct any_platform *p)
{
	return !p->facts.coherent && p->machine.cache.n_views < 2 && p->machine.cache.speculates;
}

static bool is_vivt(const struct any_platform *p)
{
	return !p->facts.coherent && p->machine.cache.n_views > 1;
}

static bool drains_out(const struct any_platform *p)
{
	return lab_ritual_needed(p->machine.drain_to_device);
}

static bool drains_in(const struct any_platform *p)
{
	return lab_ritual_needed(p->machine.drain_from_device);
}

static bool must_not_drain(const struct any_platform *p)
{
	return p->machine.drain_to_device == ANY_RITUAL_FORBIDDEN ||
	       p->machine.drain_from_device == ANY_RITUAL_FORBIDDEN;
}

#define HAS(name, field)                                                                           \
	static bool name(const struct any_platform *p)                                             \
	{                                                                                          \
		return p->field;                                                                   \
	}
HAS(has_iommu, machine.iommu.present)
HAS(is_partial, machine.iommu.present && p->machine.iommu.partial)
HAS(has_out, machine.iommu.n_out)
HAS(has_colour, machine.iommu.colour > p->machine.iommu.granule)
HAS(has_guard, machine.iommu.guard)
HAS(has_hidden_tables, machine.iommu.tables_noncoherent || p->machine.iommu.write_buffer)
HAS(has_lazy_tlb, machine.iommu.inval_posted || p->machine.iommu.caching_mode)
HAS(has_hole_bits, facts.dma_forbidden)
HAS(has_shared_bits, facts.shared_bits)
HAS(has_implied_bits, facts.implied_bits)
HAS(has_coherent_bits, facts.coherent_bits)
HAS(has_permutation, machine.permutation)
HAS(is_relaxed, machine.relaxed_order)
HAS(is_posted, machine.posted_mmio)

/* In the order of an access. A wart `harmless` to code that takes the machine for an identity PC
 * does not take that name from it: such code happens to be right there. */
static const struct {
	const char *word;
	bool (*has)(const struct any_platform *p);
	bool (*harmless)(const struct any_platform *p);
} words[] = {
	{"iommu", has_iommu, never},
	{"partial", is_partial, never},
	{"out-window", has_out, never},
	{"colour", has_colour, never},
	{"read-ahead", has_guard, never},
	{"hidden tables", has_hidden_tables, never},
	{"lazy tlb", has_lazy_tlb, never},
	{"banks", has_banks, never},
	{"offset", has_offset, never},
	{"limit", has_limit, never},
	{"lower limit", is_below, never},
	{"bit hole", has_hole_bits, never},
	{"transfer limits", has_transfer_limits, never},
	{"page shuffle", has_permutation, never},
	{"encrypted", is_encrypted, never},
	{"shared bit", has_shared_bits, never},
	{"implied bits", has_implied_bits, never},
	{"coherent bits", has_coherent_bits, never},
	{"vivt", is_vivt, never},
	{"non-coherent, speculating", is_speculating, never},
	{"non-coherent", is_plain_noncoherent, never},
	{"drain-out", drains_out, never},
	{"drain-in", drains_in, never},
	{"no drain", must_not_drain, must_not_drain},
	{"relaxed order", is_relaxed, never},
	{"posted mmio", is_posted, is_posted},
};

static void warts(const struct any_platform *p, struct any_lab_cell *cell)
{
	cell->identity = true;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(words); i++) {
		if (!words[i].has(p))
			continue;
		add(cell, words[i].word);
		cell->identity = cell->identity && words[i].harmless(p);
	}
	for (unsigned i = 0; !p->facts.coherent && i < lab_cache_wart_count; i++)
		if (lab_cache_warts[i]->present(&p->machine.cache))
			add(cell, lab_cache_warts[i]->name);
	if (!cell->warts[0])
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

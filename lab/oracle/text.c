/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for reports: which mapping, and which of the platform's warts bites. */
#include "oracle.h"
#include "../cache/cache.h"

static const char *direction(uint8_t dir)
{
	return dir == ANY_DMA_TO_DEVICE	    ? "TO_DEVICE"
	       : dir == ANY_DMA_FROM_DEVICE ? "FROM_DEVICE"
					    : "BOTH";
}

void lab_mapping_text(const struct lab_machine *m, uint64_t at, char *text, size_t size)
{
	const struct lab_mapping *found = NULL;
	struct any_lab_site site = {0};

	for (uint32_t i = 0; i < m->n_mappings && !found; i++)
		if (at - m->mappings[i].phys < m->mappings[i].len ||
		    at - m->mappings[i].bus < m->mappings[i].len)
			found = &m->mappings[i];
	if (!found) {
		snprintf(text, size, "no live mapping covers 0x%llx", (unsigned long long)at);
		return;
	}
	lab_source(lab_trace_pc(found->trace), &site);
	snprintf(text, size, "%s of %llu bytes%s%s, CPU 0x%llx, bus 0x%llx%s (%s:%u)",
		 found->coherent ? "coherent allocation" : "mapping",
		 (unsigned long long)found->len, found->coherent ? "" : " ",
		 found->coherent ? "" : direction(found->dir), (unsigned long long)found->phys,
		 (unsigned long long)found->bus,
		 found->flags & ANY_DMA_MAP_BOUNCED ? ", bounced" : "", site.file, site.line);
}

static const char *cache_words(const struct lab_machine *m)
{
	if (m->cache.n_warts)
		return m->cache.warts[0]->words;
	if (m->n_views > 1)
		return "the cache is virtually tagged: each alias of a page has its own lines, and "
		       "the "
		       "bus does not snoop";
	return m->speculates ? "the bus does not snoop, and the CPU refills lines by speculation"
			     : "the bus does not snoop the CPU's write-back cache";
}

static const char *address_words(const struct lab_machine *m)
{
	const struct any_dma_facts *f = &m->plat->facts;

	if (m->plat->machine.iommu.present)
		return "an IOMMU translates every address this device issues";
	if (f->shared_only)
		return "the guest's memory is encrypted; the device reaches only shared pages";
	if (f->private_bits)
		return "memory is encrypted; the address of a private page carries a bit";
	if (f->n_segments > 1)
		return "the bus shows memory in several banks, each at its own offset";
	if (f->n_segments == 1 && f->segments[0].phys.raw != f->segments[0].dma.raw)
		return "the bus shows memory at an offset from the CPU's addresses";
	return "the device's path carries fewer address bits than there is memory";
}

void lab_cause_text(const struct lab_machine *m, enum any_lab_rule rule, char *text, size_t size)
{
	const char *words = "";

	if (rule >= ANY_LAB_DIRTY_READ && rule <= ANY_LAB_SQUASHED_STORE)
		words = cache_words(m);
	else if (rule >= ANY_LAB_UNREACHABLE && rule <= ANY_LAB_GRANULE)
		words = address_words(m);
	else if (rule == ANY_LAB_DEADLOCK)
		words = "there is a buffer to drain, and the machine hangs if it is drained";
	else if (rule == ANY_LAB_RELAXED)
		words = "the bus lets a device's writes pass one another";
	else if (rule == ANY_LAB_DRAIN_OUT)
		words = "a buffer between CPU and memory holds stores until it is told to drain";
	else if (rule == ANY_LAB_DRAIN_IN)
		words = "an interrupt may overtake the device's writes; only a ritual pushes them";
	else if (rule >= ANY_LAB_STORE_ORDER && rule <= ANY_LAB_DOORBELL)
		words = "the device is outside the CPUs' ordering domain";
	snprintf(text, size, "%s%s%s", m->plat->name, words[0] ? ": " : "", words);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a devicetree: one clear line or facts that hold together, never a crash. What a
 * caller relies on without looking again is checked here.
 */
#include <stdlib.h>
#include <string.h>

#include <anydma/platform.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_ranges(const struct any_platform_range *range, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		require(range[i].size && range[i].base + (range[i].size - 1) >= range[i].base);
}

static void check_windows(const struct any_dma_facts *f)
{
	require(f->n_segments <= ANY_PLATFORM_SEGMENTS);
	for (uint32_t i = 0; i < f->n_segments; i++) {
		const struct any_dma_segment *s = &f->segments[i];

		require(s->size && s->phys.raw + (s->size - 1) >= s->phys.raw);
		require(s->dma.raw + (s->size - 1) >= s->dma.raw);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct any_platform plat;
	struct any_platform_error error = {""};
	void *dtb = malloc(size ? size : 1); /* aligned; ASan guards its end */

	require(dtb != NULL);
	memcpy(dtb, data, size);
	if (any_platform_read(dtb, size, NULL, &plat, &error)) {
		require(error.text[0] && memchr(error.text, 0, sizeof(error.text)));
		require(!strchr(error.text, '\n'));
	} else {
		check_windows(&plat.facts);
		check_ranges(plat.ram, plat.n_ram);
		check_ranges(plat.reserved, plat.n_reserved);
		require(plat.machine.cache.n_views >= 1 && plat.machine.cache.n_views <= 4);
		require(!(plat.facts.line & (plat.facts.line - 1)));
	}
	free(dtb);
	return 0;
}

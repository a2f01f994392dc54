/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what the CPU's tables say to what the device must say: windows, banks, holes, offsets,
 * address bits, limits on both sides. The map is not assumed to have an inverse (hazard 1): nothing
 * here goes back, and whoever needs the physical address keeps it.
 */
#include "pipeline.h"

#include "base/bits.h"

/* Shortens the run that begins at `at` so that none of `bits` changes within it. */
static void clip_at_bits(uint64_t bits, uint64_t at, uint64_t *run)
{
	uint64_t low = bits & (~bits + 1);

	if (low)
		*run = any_min_u64(*run, low - (at & (low - 1)));
}

/* First match wins (M1); the run ends where an earlier window begins. */
static bool find_window(const struct any_dma_facts *facts, uint64_t phys, uint64_t *dma,
			uint64_t *run)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < facts->n_segments; i++) {
		const struct any_dma_segment *s = &facts->segments[i];
		uint64_t at = phys - s->phys.raw;

		if (phys >= s->phys.raw && at < s->size) {
			*dma = s->dma.raw + at;
			*run = any_min_u64(s->size - at, next - phys);
			return true;
		}
		if (s->phys.raw > phys)
			next = any_min_u64(next, s->phys.raw);
	}
	*dma = phys;
	*run = next - phys;
	return !facts->n_segments || facts->miss_identity;
}

/* One window's answer, with the address bits on it and cut to what the device can say. */
static bool find_run(const struct any_dma_facts *facts, uint64_t phys, uint64_t bits, uint64_t min,
		     uint64_t max, uint64_t *dma, uint64_t *run)
{
	if (!find_window(facts, phys, dma, run))
		return false;
	clip_at_bits(bits, *dma, run);
	*dma |= bits;
	if (*dma < min || *dma > max || *dma & facts->dma_forbidden)
		return false;
	if (*run - 1 > max - *dma)
		*run = max - *dma + 1;
	clip_at_bits(facts->dma_forbidden, *dma, run);
	return true;
}

int any_dma_translate_run(const struct any_dma_facts *facts, struct any_phys_addr phys,
			  uint64_t len, bool shared, uint64_t min, uint64_t max,
			  struct any_dma_addr *addr, uint64_t *run)
{
	/* Hazard 12: in SME the private page carries a bit, in CCA the shared one. */
	const uint64_t bits = shared ? facts->shared_bits : facts->private_bits;
	uint64_t dma, n, next, more;

	if (!find_run(facts, phys.raw, bits, min, max, &dma, &n))
		return -ANY_ERANGE;
	while (n < len && find_run(facts, phys.raw + n, bits, min, max, &next, &more) &&
	       next == dma + n)
		n += more;
	addr->raw = dma;
	*run = any_min_u64(n, len);
	return 0;
}

int any_dma_translate(const struct any_dma_dev *dev, struct any_phys_addr phys, uint64_t len,
		      bool shared, struct any_dma_addr *addr, uint64_t *contiguous)
{
	struct any_dma_addr dma;
	uint64_t run, end;
	int err;

	if (!len)
		return -ANY_EINVAL;
	if (any_add_overflows(phys.raw, len - 1, &end))
		return -ANY_EOVERFLOW;
	err = any_dma_translate_run(&dev->plat->facts, phys, len, shared, dev->reach_min,
				    dev->reach_max, &dma, &run);
	if (err)
		return err;
	if (!contiguous && run < len)
		return -ANY_ERANGE;
	*addr = dma;
	if (contiguous)
		*contiguous = run;
	return 0;
}

int any_dma_virt_to_phys(const struct any_dma_platform *plat, const void *va, uint64_t len,
			 struct any_phys_addr *phys, const struct any_dma_region **region)
{
	const struct any_dma_region *r = dma_region_of(plat, va, len);

	if (!r)
		return -ANY_EFAULT;
	phys->raw = r->phys.raw + ((uintptr_t)va - (uintptr_t)r->cpu);
	*region = r;
	return 0;
}

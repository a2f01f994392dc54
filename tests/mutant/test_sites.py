#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What sites.py finds in a small source: each kind, each change, nothing in comments, none twice."""
import sys

import sites

SOURCE = """/* any_dma_wmb() in a comment */
#define NOT_HERE any_dma_wmb()

static int take(struct any_dma_dev *dev, enum any_dma_dir dir)
{
	const char *text = "any_dma_wmb()";

	any_dma_mb();
	any_smp_wmb();
	if (dir & ANY_DMA_FROM_DEVICE)
		plat->ops->cache->inval(plat->ctx, at(buf, (size_t)1), 2);
	any_dma_drain(dev, ANY_DMA_TO_DEVICE);
	any_future_step_sync(dev);
	memcpy(text, text, 1);
	return any_new_unmap(dev) + any_new_unmap(dev) + is_free(dev);
}
"""
WANT = """
drop-any_dma_mb:1=0 any_dma_mb->any_dma_wmb:1=any_dma_wmb any_dma_mb->any_dma_rmb:1=any_dma_rmb
any_dma_mb->any_smp_mb:1=any_smp_mb drop-any_smp_wmb:1=0
FROM-without-BOTH:1=(dir == ANY_DMA_FROM_DEVICE ? ANY_DMA_FROM_DEVICE : 0)
FROM->TO:1=ANY_DMA_TO_DEVICE FROM->BOTH:1=ANY_DMA_BOTH
drop-inval:1=0 inval->clean:1=plat->ops->cache->clean drop-any_dma_drain:1=0
TO->FROM:1=ANY_DMA_FROM_DEVICE TO->BOTH:1=ANY_DMA_BOTH drop-any_future_step_sync:1=0
drop-memcpy:1=0 drop-any_new_unmap:1=0 drop-any_new_unmap:2=0
"""

found = sites.of_text("x.c", SOURCE)
names = {m.name.removeprefix("x.c:take:"): m.put for m in found}
told = sorted(f"{name}={put}" for name, put in names.items())
want = WANT.replace("\n", " ").strip()
wrong = [t for t in told if t not in want]
if len(told) != 17 or len(found) != 17:
    wrong.append(f"{len(found)} found: {told}")
inval = next(m for m in found if m.change == "drop-inval")
if "\t\t0;\n" not in sites.plant(SOURCE, inval):
    wrong.append("a call is not taken away with its arguments")
print("\n".join(wrong) or f"sites: {len(found)} mutants, as they must be")
sys.exit(bool(wrong))

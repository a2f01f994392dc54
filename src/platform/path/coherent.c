/* SPDX-License-Identifier: BSD-2-Clause */
/* Does the bus snoop, and is the device one of ours. */
#include "platform/read.h"

/* PCI behind a connector (external-facing): whatever is plugged in is not to be trusted. */
static void read_trust(const struct tree *t, int device, struct any_platform *p)
{
	int node = device;

	for (unsigned depth = 0; node >= 0 && depth < TREE_DEPTH; depth++) {
		if (any_tree_has(t, node, "external-facing")) {
			p->facts.untrusted = true;
			any_tree_why(t, ANY_FACT_POOL, node, "external-facing", "not trusted");
			return;
		}
		node = any_tree_parent(t, node);
	}
}

/* Nobody said: the architecture's answer. */
static bool by_default(const struct tree *t)
{
	int machine = any_tree_top(t, "anydma"), cpus = any_tree_top(t, "cpus");

	if (any_tree_has(t, machine, "anydma,default-coherent")) {
		any_tree_why(t, ANY_FACT_COHERENT, machine, "anydma,default-coherent",
			     "coherent, where no node says otherwise");
		return true;
	}
	if (any_platform_is_riscv(t)) {
		any_tree_why(t, ANY_FACT_COHERENT, cpus, "compatible",
			     "RISC-V: coherent, where no node says otherwise");
		return true;
	}
	any_tree_why(t, ANY_FACT_COHERENT, 0, NULL, "no node says dma-coherent: not coherent");
	return false;
}

/*
 * The nearest node, from the device up its DMA parents, that says either; in one node dma-coherent
 * is tested first.
 */
int any_platform_read_coherent(const struct tree *t, int device, struct any_platform *p)
{
	int node = device;

	read_trust(t, device, p);
	for (unsigned depth = 0; node >= 0 && depth < TREE_DEPTH; depth++) {
		const bool coherent = any_tree_has(t, node, "dma-coherent");

		if (coherent || any_tree_has(t, node, "dma-noncoherent")) {
			p->facts.coherent = coherent;
			any_tree_why(t, ANY_FACT_COHERENT, node,
				     coherent ? "dma-coherent" : "dma-noncoherent",
				     coherent ? "the bus snoops the caches"
					      : "the bus does not snoop the caches");
			return 0;
		}
		node = any_path_dma_parent(t, node);
	}
	p->facts.coherent = by_default(t);
	return 0;
}

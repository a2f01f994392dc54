/* SPDX-License-Identifier: BSD-2-Clause */
/* In the place of ports/tree on a board without a devicetree, or without libfdt for its CPU. */
#include "../shared/port.h"

void port_tree_search(void)
{
	if (port->dtb)
		port_panic("this image reads no devicetree");
}

int port_tree_facts(const struct any_platform_tree *tree, const char *node,
		    struct any_dma_facts *facts)
{
	(void)tree;
	(void)node;
	(void)facts;
	return -ANY_ENOTSUP;
}

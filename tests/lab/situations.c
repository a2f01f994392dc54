/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DMA situation of every bus master of the boards named, one line each, tab separated:
 *
 *	board device situation coherent iommu|- limits windows ram
 *
 * and "board - reason" for a device (or board) that cannot be told. For situations.py, which judges
 * by the numbers and not by the situation's words.
 *
 *	situations BOARD.dtb...
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <anydma/lab.h>
#include <anydma/platform.h>

#include "lab/board/board.h"

#define NODES 16384u

static void print_facts(const struct any_platform *p)
{
	unsigned bits = p->machine.master_bits;
	uint64_t max = p->facts.dma_max ? p->facts.dma_max : UINT64_MAX;

	if (bits && bits < 64 && (1ull << bits) - 1 < max)
		max = (1ull << bits) - 1;
	printf("%d\t%s\t%" PRIx64 ",%" PRIx64 "\t", p->facts.coherent,
	       p->machine.iommu.present ? "iommu" : "-", p->facts.dma_min, max);
	for (uint32_t i = 0; i < p->facts.n_segments; i++)
		printf("%s%" PRIx64 ",%" PRIx64 ",%" PRIx64, i ? ";" : "", p->segments[i].phys.raw,
		       p->segments[i].dma.raw, p->segments[i].size);
	putchar('\t');
	for (uint32_t i = 0; i < p->n_ram; i++)
		printf("%s%" PRIx64 ",%" PRIx64, i ? ";" : "", p->ram[i].base, p->ram[i].size);
	putchar('\n');
}

static void master(const struct any_platform_tree *tree, const char *board, const char *path)
{
	const struct any_platform_query query = {.device = path};
	static struct any_platform p;
	struct any_platform_error error;
	char text[ANY_LAB_SITUATION], why[ANY_LAB_TEXT];
	int err = any_platform_ask(tree, &query, &p, &error);

	if (err) {
		printf("%s\t-\t%s\n", board, error.text);
		return;
	}
	err = lab_board_complete(tree->fdt, &p, why);
	if (err) {
		printf("%s\t-\t%s\n", board, why);
		return;
	}
	lab_board_situation(&p, text);
	printf("%s\t%s\t%s\t", board, path, text);
	print_facts(&p);
}

static void *load(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(4u << 20);

	*size = f && bytes ? fread(bytes, 1, 4u << 20, f) : 0;
	if (f)
		fclose(f);
	return bytes;
}

static void board(const char *path)
{
	static struct any_platform_node nodes[NODES];
	struct any_platform_master m = {.offset = -1};
	struct any_platform_error error;
	struct any_platform_tree tree;
	size_t size = 0;
	void *dtb = load(path, &size);

	if (!dtb || any_platform_open(&tree, dtb, size, nodes, NODES, &error))
		printf("%s\t-\t%s\n", path, dtb ? error.text : "cannot be read");
	else
		while (any_platform_next_master(&tree, &m))
			master(&tree, path, m.path);
	free(dtb);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		board(argv[i]);
	return 0;
}

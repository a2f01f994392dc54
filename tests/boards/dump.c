/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the reader says about every master of the boards named: one line of JSON a board, one a
 * device. For tests/boards and docs/boards.md; a person asks `anydma explain`.
 */
#include <anydma/platform.h>

#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES 16384u

static void print_text(const char *name, const char *text)
{
	printf("\"%s\":\"", name);
	for (; *text; text++)
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else
			putchar(*text < ' ' || *text > '~' ? '?' : *text);
	putchar('"');
}

static void print_segments(const char *name, const struct any_dma_segment *s, uint32_t n)
{
	printf("\"%s\":[", name);
	for (uint32_t i = 0; i < n; i++)
		printf("%s[%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]", i ? "," : "", s[i].phys.raw,
		       s[i].dma.raw, s[i].size);
	putchar(']');
}

static void print_ranges(const char *name, const struct any_platform_range *r, uint32_t n)
{
	printf("\"%s\":[", name);
	for (uint32_t i = 0; i < n; i++)
		printf("%s[%" PRIu64 ",%" PRIu64 "]", i ? "," : "", r[i].base, r[i].size);
	putchar(']');
}

static void print_iommu(const struct any_platform_iommu *u)
{
	printf("\"iommu\":{\"stream\":%" PRIu32 ",\"granule\":%" PRIu64 ",\"base\":%" PRIu64
	       ",\"size\":%" PRIu64 ",",
	       u->stream_id, u->granule, u->base, u->size);
	print_ranges("holes", u->holes, u->n_holes);
	putchar(',');
	print_segments("out", u->out, u->n_out);
	putchar('}');
}

static void print_facts(const struct any_platform *p)
{
	const struct any_platform_machine *m = &p->machine;
	struct any_platform_range pool = {m->bounce_base, m->bounce_size};

	printf("{");
	print_segments("windows", p->facts.segments, p->facts.n_segments);
	printf(",\"miss_identity\":%d,\"coherent\":%d,\"line\":%" PRIu32 ",\"untrusted\":%d",
	       p->facts.miss_identity, p->facts.coherent, p->facts.line, p->facts.untrusted);
	printf(",\"dma_min\":%" PRIu64 ",\"dma_max\":%" PRIu64 ",", p->facts.dma_min,
	       p->facts.dma_max);
	/* its upper quarter is set aside for coherent memory: one pool all the same */
	if (p->facts.bounce_always)
		pool.size += m->coherent_size;
	print_ranges("restricted", &pool, p->facts.bounce_always);
	if (m->iommu.present) {
		putchar(',');
		print_iommu(&m->iommu);
	}
	printf("}");
}

static void print_reading(const struct any_platform_tree *tree, const char *name,
			  const struct any_platform_query *query, struct any_platform *p)
{
	struct any_platform_error error;
	int err = any_platform_ask(tree, query, p, &error);

	printf(",\"%s\":", name);
	if (!err) {
		print_facts(p);
		return;
	}
	printf("{\"error\":%d,", -err);
	print_text("text", error.text);
	printf("}");
}

static void print_device(const struct any_platform_tree *tree, const struct any_platform_master *m)
{
	static const char *const by[] = {"property", "name", "bridge", "chosen"};
	struct any_platform_query query = {.device = m->path};
	struct any_platform p;

	printf("{\"by\":\"%s\",", by[m->by]);
	print_text("device", m->path);
	putchar(',');
	print_text("compatible", m->compatible);
	print_reading(tree, "linux", &query, &p);
	query.as = ANY_READER_U_BOOT;
	print_reading(tree, "u_boot", &query, &p);
	printf("}\n");
}

/* The last compatible of the root: what all boards with this SoC share. */
static const char *soc_of(const void *fdt)
{
	int n = fdt_stringlist_count(fdt, 0, "compatible");

	return n > 0 ? fdt_stringlist_get(fdt, 0, "compatible", n - 1, NULL) : "";
}

/* RAM and reservations are the board's: those of the first device that has an answer. */
static void print_board(const char *file, const struct any_platform_tree *tree)
{
	struct any_platform_master m = {.offset = -1};
	struct any_platform_error error;
	struct any_platform p;
	unsigned n = 0;
	bool known = false;

	while (any_platform_next_master(tree, &m)) {
		const struct any_platform_query query = {.device = m.path};

		known = known || !any_platform_ask(tree, &query, &p, &error);
		n++;
	}
	printf("{");
	print_text("board", file);
	printf(",\"masters\":%u,", n);
	print_text("soc", soc_of(tree->fdt));
	if (known) {
		putchar(',');
		print_text("name", p.name);
		putchar(',');
		print_ranges("ram", p.ram, p.n_ram);
		putchar(',');
		print_ranges("reserved", p.reserved, p.n_reserved);
	}
	printf("}\n");
}

/* malloc: aligned for any type, which is what the reader asks for. NULL: cannot be read. */
static void *load(const char *file, size_t *size)
{
	FILE *f = fopen(file, "rb");
	char *data = NULL;
	long end = -1;

	if (f && !fseek(f, 0, SEEK_END))
		end = ftell(f);
	if (end > 0 && !fseek(f, 0, SEEK_SET))
		data = malloc((size_t)end);
	if (data && fread(data, 1, (size_t)end, f) != (size_t)end) {
		free(data);
		data = NULL;
	}
	if (f)
		fclose(f);
	*size = data ? (size_t)end : 0;
	return data;
}

static int dump(const char *file)
{
	static struct any_platform_node nodes[NODES];
	struct any_platform_master m = {.offset = -1};
	struct any_platform_error error;
	struct any_platform_tree tree;
	size_t size;
	void *data = load(file, &size);

	if (!data) {
		fprintf(stderr, "%s: cannot be read\n", file);
		return 1;
	}
	if (any_platform_open(&tree, data, size, nodes, NODES, &error)) {
		fprintf(stderr, "%s: %s\n", file, error.text);
		free(data);
		return 1;
	}
	print_board(file, &tree);
	while (any_platform_next_master(&tree, &m))
		print_device(&tree, &m);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int err = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: %s BOARD.dtb...\n", argv[0]);
		return 2;
	}
	for (int i = 1; i < argc; i++)
		err |= dump(argv[i]);
	return err;
}

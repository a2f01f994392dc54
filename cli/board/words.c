/* SPDX-License-Identifier: BSD-2-Clause */
/* One sentence about a device, for people who do not read trees. */
#include <inttypes.h>
#include <string.h>

#include "cli/board/board.h"

/* Generic node names (Devicetree Specification, 2.2.2); a prefix of the name is enough. */
static const struct {
	const char *prefix, *noun;
} nouns[] = {
	{"ethernet", "Ethernet controller"},
	{"mmc", "SD/MMC controller"},
	{"sdhci", "SD/MMC controller"},
	{"sdio", "SD/MMC controller"},
	{"sdmmc", "SD/MMC controller"},
	{"pcie", "PCI host"},
	{"pci", "PCI host"},
	{"usb", "USB controller"},
	{"dwc3", "USB controller"},
	{"dma", "DMA engine"},
	{"gpu", "GPU"},
	{"mali", "GPU"},
	{"sata", "SATA controller"},
	{"ahci", "SATA controller"},
	{"ufs", "UFS controller"},
	{"nand", "NAND controller"},
	{"crypto", "crypto engine"},
	{"video-codec", "video codec"},
	{"vpu", "video codec"},
	{"jpeg", "JPEG codec"},
	{"hdmi", "display output"},
	{"display", "display controller"},
	{"lcd", "display controller"},
	{"vop", "display controller"},
	{"fb", "display controller"},
	{"camera", "camera interface"},
	{"csi", "camera interface"},
	{"isp", "camera interface"},
	{"wifi", "Wi-Fi controller"},
	{"bluetooth", "Bluetooth controller"},
	{"i2s", "audio interface"},
	{"sai", "audio interface"},
	{"sound", "sound device"},
	{"audio", "audio interface"},
	{"remoteproc", "remote processor"},
	{"spi", "SPI controller"},
	{"i2c", "I2C controller"},
	{"serial", "serial port"},
	{"can", "CAN controller"},
	{"virtio", "virtio device"},
};

const char *cli_noun(const struct any_platform_master *master)
{
	const char *last = strrchr(master->path, '/');

	last = last ? last + 1 : master->path;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(nouns); i++)
		if (!strncmp(last, nouns[i].prefix, strlen(nouns[i].prefix)))
			return nouns[i].noun;
	return master->by == ANY_MASTER_BRIDGE ? "PCI host" : "device";
}

const char *cli_size(char buf[32], uint64_t bytes)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	unsigned unit = 0;

	while (unit + 1 < ANY_ARRAY_SIZE(units) && bytes && !(bytes & 1023)) {
		bytes >>= 10;
		unit++;
	}
	/* 3.9375 GiB says more than 4032 MiB, 1073737728 bytes less than 0x3ffff000. */
	if (unit >= 2 && unit + 1 < ANY_ARRAY_SIZE(units) && bytes > 1024 && !(bytes % 64))
		snprintf(buf, 32, "%.4g %s", (double)bytes / 1024, units[unit + 1]);
	else if (bytes > 99999)
		snprintf(buf, 32, "0x%" PRIx64 " %s", bytes, units[unit]);
	else
		snprintf(buf, 32, "%" PRIu64 " %s", bytes, units[unit]);
	return buf;
}

const char *cli_span(char buf[64], uint64_t first, uint64_t last)
{
	snprintf(buf, 64, "0x%" PRIx64 "-0x%" PRIx64, first, last);
	return buf;
}

/* Bytes reached and not, of the tree's RAM. */
struct view {
	struct cli_piece list[CLI_PIECES];
	size_t n, reached, runs; /* pieces, of them reached, and of those with another offset */
	uint64_t seen, missed;
	const struct cli_piece *first;
};

static void look(const struct any_platform *p, struct view *v)
{
	uint64_t offset = 0;

	*v = (struct view){.n = 0};
	v->n = cli_reach_ram(p, v->list);
	for (size_t i = 0; i < v->n; i++) {
		const struct cli_piece *piece = &v->list[i];
		uint64_t size = piece->last - piece->first + 1;

		if (!piece->reached) {
			v->missed += size;
			continue;
		}
		v->runs += !v->reached || piece->dma - piece->first != offset;
		offset = piece->dma - piece->first;
		v->first = v->first ? v->first : piece;
		v->seen += size;
		v->reached++;
	}
}

static void where(FILE *out, const struct cli_piece *first)
{
	if (first->dma == first->first)
		fputs("sees RAM at the CPU's own addresses", out);
	else
		fprintf(out, "sees RAM at 0x%" PRIx64 " (the CPU has it at 0x%" PRIx64 ")",
			first->dma, first->first);
}

static void how_much(FILE *out, const struct view *v)
{
	char seen[32], all[32];

	cli_size(seen, v->seen);
	cli_size(all, v->seen + v->missed);
	if (!v->missed)
		fprintf(out, ", all %s of it", seen);
	else if (v->reached == 1 && v->list[0].reached)
		fprintf(out, " and only its first %s of %s", seen, all);
	else
		fprintf(out, " and only %s of %s", seen, all);
	if (v->missed)
		fputs(", the rest bounces", out);
}

/* The tree leaves memory to the firmware: the windows are all there is to tell. */
static void without_ram(FILE *out, const struct any_platform *p)
{
	const struct any_dma_segment *s = p->segments;
	char span[64], size[32];
	uint64_t last;
	unsigned bits = cli_limit(p, &last);

	if (!p->facts.n_segments) {
		fputs("sees memory at the CPU's own addresses", out);
		if (bits < 64)
			fprintf(out, " up to 0x%" PRIx64, last);
		return;
	}
	cli_span(span, s->phys.raw, s->phys.raw + (s->size - 1));
	cli_size(size, s->size);
	if (p->facts.n_segments > 1)
		fprintf(out, "sees memory through %u windows, the first of %s, at 0x%" PRIx64,
			p->facts.n_segments, size, s->dma.raw);
	else if (s->dma.raw == s->phys.raw)
		fprintf(out, "sees %s of the CPU's addresses (%s) where the CPU has them", size,
			span);
	else
		fprintf(out, "sees %s of the CPU's addresses (%s) at 0x%" PRIx64, size, span,
			s->dma.raw);
}

static void memory_words(FILE *out, const struct any_platform *p)
{
	const struct any_platform_machine *m = &p->machine;
	static struct view v;
	char size[32], span[64];

	if (p->facts.bounce_always) {
		fprintf(out, "may touch only its own pool of %s at 0x%" PRIx64,
			cli_size(size, m->bounce_size), m->bounce_base);
		return;
	}
	if (m->iommu.present && !m->iommu.partial) {
		fprintf(out, "sees what its IOMMU's tables map, at %s",
			cli_span(span, m->iommu.base, m->iommu.base + (m->iommu.size - 1)));
		return;
	}
	look(p, &v);
	if (!p->n_ram) {
		without_ram(out, p);
	} else if (!v.reached) {
		fputs("reaches none of the board's RAM", out);
	} else {
		where(out, v.first);
		if (v.runs > 1)
			fprintf(out, " and so on through windows with %zu offsets", v.runs);
		how_much(out, &v);
	}
	if (m->iommu.partial)
		fputs(", and the rest through an IOMMU", out);
}

void cli_words(FILE *out, const struct cli_master *master)
{
	const struct any_platform *p = &master->answer;

	fprintf(out, "this %s ", cli_noun(&master->found));
	if (master->err) {
		fputs("cannot be told how to reach memory: the tree is refused", out);
		return;
	}
	memory_words(out, p);
	fputs(p->facts.coherent ? "; it snoops the CPU's caches" : "; it does not snoop", out);
}

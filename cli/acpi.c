/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma acpi: what IORT, DMAR and IVRS of a machine say about one device. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <anydma/acpi.h>

#include "cli.h"

#define TABLE_MAX (16u << 20) /* no firmware writes more; a device file has no size of its own */

static const char usage[] =
	"Usage: anydma acpi [--tables DIR] [--arm64] [--external] [--json] DEVICE\n"
	"\n"
	"Which IOMMU a device is behind, under which id, how far it reaches and what must stay\n"
	"mapped, from the tables IORT, DMAR and IVRS.\n"
	"\n"
	"DEVICE is a namespace path (\\\\_SB.ETH0) or a PCI function, [SEGMENT:]BUS:DEV.FN; one\n"
	"behind bridges is named with its way from the root bus: 00:1c.4/05:00.0\n"
	"\n"
	"  --tables DIR   where IORT, DMAR and IVRS are (default /sys/firmware/acpi/tables)\n"
	"  --arm64        a device of which nobody says _CCA gets no DMA (the tables' word "
	"counts)\n"
	"  --external     the device is behind a port that faces outwards\n"
	"  --json         for programs\n";

struct question {
	const char *dir, *device;
	bool json;
	struct any_acpi acpi;
	struct any_acpi_device d;
	void *blobs[3];
};

/* A table that is not there is an answer; one that cannot be read is not. */
static bool load(struct question *q, unsigned i, const char *name, struct any_acpi_table *table)
{
	char path[4096];
	FILE *file;
	size_t n;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", q->dir, name) >= sizeof(path))
		return false;
	file = fopen(path, "rb");
	if (!file && (errno == ENOENT || errno == ENOTDIR))
		return true;
	q->blobs[i] = file ? malloc(TABLE_MAX) : NULL;
	n = q->blobs[i] ? fread(q->blobs[i], 1, TABLE_MAX, file) : 0;
	if (!q->blobs[i] || ferror(file)) {
		cli_error("acpi: cannot read %s: %s", path, strerror(errno));
		if (file)
			fclose(file);
		return false;
	}
	fclose(file);
	*table = (struct any_acpi_table){q->blobs[i], n};
	return true;
}

/* [SEGMENT:]BUS:DEV.FN with /BUS:DEV.FN for each bridge passed. */
static bool parse_function(struct any_acpi_device *d, const char *text)
{
	unsigned segment = 0, bus, device, fn;
	int used = 0;

	if (sscanf(text, "%4x:%2x:%2x.%1x%n", &segment, &bus, &device, &fn, &used) != 4) {
		used = 0;
		segment = 0;
		if (sscanf(text, "%2x:%2x.%1x%n", &bus, &device, &fn, &used) != 3)
			return false;
	}
	for (;;) {
		if (d->n_hops == ANY_ACPI_HOPS || device > 31 || fn > 7)
			return false;
		d->hops[d->n_hops++] =
			(struct any_acpi_hop){(uint8_t)bus, (uint8_t)device, (uint8_t)fn};
		text += used;
		if (!*text)
			break;
		used = 0;
		if (sscanf(text, "/%2x:%2x.%1x%n", &bus, &device, &fn, &used) != 3)
			return false;
	}
	d->segment = (uint16_t)segment;
	return true;
}

static const char *unit_name(enum any_acpi_unit unit)
{
	static const char *const names[] = {"none", "smmu", "smmu-v3", "vt-d", "amd-vi"};

	return names[unit];
}

static void print_ranges(const char *name, const struct any_platform_range *r, uint32_t n,
			 bool json)
{
	if (json)
		printf(", \"%s\": [", name);
	for (uint32_t i = 0; i < n; i++)
		if (json)
			printf("%s{\"base\": %" PRIu64 ", \"size\": %" PRIu64 "}", i ? ", " : "",
			       r[i].base, r[i].size);
		else
			printf("%-12s 0x%" PRIx64 " to 0x%" PRIx64 "\n", i ? "" : name, r[i].base,
			       r[i].base + (r[i].size - 1));
	if (json)
		putchar(']');
}

static void print_json(const struct any_acpi_answer *a)
{
	const struct any_platform *p = &a->platform;
	const struct any_platform_iommu *u = &p->machine.iommu;

	fputs("{\"device\": ", stdout);
	cli_put_json(stdout, p->device);
	printf(", \"coherent\": %s, \"can_force_coherent\": %s, \"untrusted\": %s",
	       p->facts.coherent ? "true" : "false", a->can_force_coherent ? "true" : "false",
	       p->facts.untrusted ? "true" : "false");
	if (p->facts.dma_max)
		printf(", \"dma_max\": %" PRIu64, p->facts.dma_max);
	printf(", \"iommu\": \"%s\"", unit_name(a->unit));
	if (u->present)
		printf(", \"registers\": %" PRIu64 ", \"stream_id\": %" PRIu32
		       ", \"aperture_base\": %" PRIu64 ", \"aperture_size\": %" PRIu64
		       ", \"coherent_walk\": %s",
		       a->unit_base, u->stream_id, u->base, u->size,
		       u->tables_noncoherent ? "false" : "true");
	print_ranges("unity", a->unity, a->n_unity, true);
	print_ranges("reserved_iova", u->holes, u->n_holes, true);
	puts("}");
}

static void print_text(const struct any_acpi_answer *a)
{
	const struct any_platform *p = &a->platform;
	const struct any_platform_iommu *u = &p->machine.iommu;

	printf("device       ");
	cli_put_plain(stdout, p->device);
	printf("\nsnoops       %s%s\n", p->facts.coherent ? "yes" : "no",
	       a->can_force_coherent ? "; its IOMMU can make it" : "");
	if (p->facts.dma_max)
		printf("reaches      up to 0x%" PRIx64 "\n", p->facts.dma_max);
	if (p->facts.untrusted)
		puts("trusted      no: it is outside, and firmware asks for protection");
	printf("IOMMU        %s", unit_name(a->unit));
	if (u->present)
		printf(" at 0x%" PRIx64 ", id 0x%" PRIx32 "\ntranslates   0x%" PRIx64
		       " to 0x%" PRIx64 "%s",
		       a->unit_base, u->stream_id, u->base, u->base + (u->size - 1),
		       u->tables_noncoherent ? "; its walks do not snoop" : "");
	putchar('\n');
	print_ranges("stays mapped", a->unity, a->n_unity, false);
	print_ranges("never use", u->holes, u->n_holes, false);
}

static int answer(struct question *q)
{
	struct any_platform_error error;
	struct any_acpi_answer a;

	if (!load(q, 0, "IORT", &q->acpi.iort) || !load(q, 1, "DMAR", &q->acpi.dmar) ||
	    !load(q, 2, "IVRS", &q->acpi.ivrs))
		return CLI_USAGE;
	if (!q->blobs[0] && !q->blobs[1] && !q->blobs[2]) {
		cli_error("acpi: no IORT, DMAR or IVRS in %s", q->dir);
		return CLI_USAGE;
	}
	if (any_acpi_read(&q->acpi, &q->d, &a, &error)) {
		cli_error("acpi: %s: %s", q->device, error.text);
		return CLI_FAILED;
	}
	if (q->json)
		print_json(&a);
	else
		print_text(&a);
	return CLI_OK;
}

static int parse(struct question *q, int argc, char **argv)
{
	static const struct option longs[] = {
		{"help", no_argument, NULL, 'h'},     {"tables", required_argument, NULL, 't'},
		{"arm64", no_argument, NULL, 'a'},    {"json", no_argument, NULL, 'j'},
		{"external", no_argument, NULL, 'e'}, {NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", longs, NULL)) >= 0) {
		switch (option) {
		case 't':
			q->dir = optarg;
			break;
		case 'a':
			q->acpi.cca_required = true;
			break;
		case 'e':
			q->d.external = true;
			break;
		case 'j':
			q->json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return -1;
		default:
			return CLI_USAGE;
		}
	}
	if (argc - optind != 1) {
		cli_error("acpi: name one device; 'anydma help acpi' says how");
		return CLI_USAGE;
	}
	q->device = argv[optind];
	if (q->device[0] == '\\') {
		q->d.name = q->device;
	} else if (!parse_function(&q->d, q->device)) {
		cli_error("acpi: '%s' is neither a namespace path nor a PCI function", q->device);
		return CLI_USAGE;
	}
	return CLI_OK;
}

int cli_acpi(int argc, char **argv)
{
	struct question q = {.dir = "/sys/firmware/acpi/tables"};
	int status = parse(&q, argc, argv);

	if (status == CLI_OK)
		status = answer(&q);
	for (unsigned i = 0; i < ANY_ARRAY_SIZE(q.blobs); i++)
		free(q.blobs[i]);
	return status < 0 ? CLI_OK : status;
}

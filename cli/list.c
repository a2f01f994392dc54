/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma list platforms: the catalogue, as its trees describe themselves. */
#include <getopt.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <anydma/platform.h>

#include "cli.h"

static const char usage[] =
	"Usage: anydma list platforms [OPTIONS]\n"
	"\n"
	"Lists the catalogue: name, architecture, warts, and the mechanisms that express them.\n"
	"\n"
	"  -w, --wart W          only those with this wart: a class (a-off) or a word (offset)\n"
	"  -a, --arch A          only this architecture: a folder (mips) or part of its name\n"
	"  -m, --mechanism M     only those that use it (M1 to M16)\n"
	"      --json            everything the trees say, for programs\n"
	"  -h, --help            this text\n"
	"\n"
	"Exit status: 0 there are some, 1 there are none, 2 wrong usage.\n";

/* The classes of the catalogue (docs/binding.md) in words. */
static const struct {
	const char *class, *words;
} warts[] = {
	{"a-off", "offset"},
	{"a-bank", "banks"},
	{"a-xor", "swapped banks"},
	{"a-bits", "address bits"},
	{"a-perdev", "address depends on the device"},
	{"a-page", "address by page"},
	{"a-iommu", "iommu"},
	{"a-enc", "encrypted memory"},
	{"a-layout", "layout in device memory"},
	{"b-nc", "non-coherent"},
	{"b-spec", "speculating"},
	{"b-specstore", "speculative stores"},
	{"b-vivt", "virtually tagged"},
	{"b-alias", "cache aliases"},
	{"b-outer", "outer cache"},
	{"b-maintaddr", "maintenance by another address"},
	{"b-maint", "defective maintenance"},
	{"b-coarse", "whole-cache maintenance"},
	{"b-local", "one core's maintenance"},
	{"b-tbl", "non-coherent tables"},
	{"b-vindex", "virtual index in the iommu"},
	{"b-colour", "colour"},
	{"b-perdev", "coherence depends on the device"},
	{"b-detect", "coherence found at boot"},
	{"b-aperture", "coherent in an aperture"},
	{"b-nosnoop", "no-snoop transfers"},
	{"b-home", "coherence by home of the page"},
	{"b-pteattr", "vendor's page attributes"},
	{"b-noncattr", "no uncached attribute"},
	{"b-nocoherentalloc", "no coherent memory"},
	{"c-mask", "limit"},
	{"c-bits", "forbidden address bits"},
	{"c-holes", "holes"},
	{"c-contig", "not contiguous"},
	{"c-pool", "pool only"},
	{"c-sec", "confined for security"},
	{"d-h2d", "drain to device"},
	{"d-d2h", "drain from device"},
	{"d-maint", "maintenance by register or vendor's instruction"},
	{"d-tlb", "ritual to forget translations"},
	{"d-posted", "posted registers"},
	{"d-deadlock", "forbidden barrier"},
	{"o-order", "relaxed order"},
	{"x-align", "alignment"},
	{"x-granule", "large granule"},
	{"x-holes", "holes in the iommu"},
	{"x-prefetch", "prefetch beyond the end"},
	{"x-alloc", "allocation limits"},
};

struct filter {
	const char *wart, *arch, *mechanism;
};

static const char *in_words(const char *class)
{
	for (size_t i = 0; i < ANY_ARRAY_SIZE(warts); i++)
		if (!strcmp(warts[i].class, class))
			return warts[i].words;
	return class;
}

/* A string of /anydma, or of the root; empty if it is not there. */
static const char *text(const void *dtb, const char *path, const char *property, int index)
{
	int node = fdt_path_offset(dtb, path);
	const char *value = node < 0 ? NULL : fdt_stringlist_get(dtb, node, property, index, NULL);

	return value ? value : "";
}

static int count(const void *dtb, const char *property)
{
	int n = fdt_stringlist_count(dtb, fdt_path_offset(dtb, "/anydma"), property);

	return n < 0 ? 0 : n;
}

static bool lists(const void *dtb, const char *property, const char *word)
{
	for (int i = 0; i < count(dtb, property); i++)
		if (!strcasecmp(text(dtb, "/anydma", property, i), word))
			return true;
	return false;
}

static bool has_wart(const void *dtb, const char *wart)
{
	for (int i = 0; i < count(dtb, "anydma,warts"); i++)
		if (strcasestr(in_words(text(dtb, "/anydma", "anydma,warts", i)), wart))
			return true;
	return lists(dtb, "anydma,warts", wart);
}

static bool wanted(const struct any_platform_entry *entry, const struct filter *f)
{
	if (f->wart && !has_wart(entry->dtb, f->wart))
		return false;
	if (f->arch && strcasecmp(entry->group, f->arch) != 0 &&
	    !strcasestr(text(entry->dtb, "/anydma", "anydma,arch", 0), f->arch))
		return false;
	return !f->mechanism || lists(entry->dtb, "anydma,mechanisms", f->mechanism) ||
	       lists(entry->dtb, "anydma,also", f->mechanism);
}

static void json_text(const char *name, const char *value)
{
	printf(", \"%s\": ", name);
	cli_put_json(stdout, value);
}

static void json_list(const char *name, const void *dtb, const char *property,
		      const char *(*change)(const char *))
{
	printf(", \"%s\": [", name);
	for (int i = 0; i < count(dtb, property); i++) {
		const char *word = text(dtb, "/anydma", property, i);

		fputs(i ? ", " : "", stdout);
		cli_put_json(stdout, change ? change(word) : word);
	}
	putchar(']');
}

static void show_json(const struct any_platform_entry *entry, bool first)
{
	const void *dtb = entry->dtb;

	fputs(first ? "\n    {\"name\": " : ",\n    {\"name\": ", stdout);
	cli_put_json(stdout, entry->name);
	json_text("row", text(dtb, "/", "compatible", 0));
	json_text("group", entry->group);
	json_text("platform", text(dtb, "/anydma", "anydma,platform", 0));
	json_text("arch", text(dtb, "/anydma", "anydma,arch", 0));
	json_text("device", text(dtb, "/chosen", "anydma,device", 0));
	json_list("warts", dtb, "anydma,warts", NULL);
	json_list("warts_in_words", dtb, "anydma,warts", in_words);
	json_list("mechanisms", dtb, "anydma,mechanisms", NULL);
	json_list("also", dtb, "anydma,also", NULL);
	json_list("otherwise", dtb, "anydma,otherwise", NULL);
	json_list("bypass_fails", dtb, "anydma,bypass-fails", NULL);
	json_text("unverified", text(dtb, "/anydma", "anydma,unverified", 0));
	putchar('}');
}

static void show_words(const void *dtb, const char *property, const char *(*change)(const char *),
		       const char *between)
{
	for (int i = 0; i < count(dtb, property); i++) {
		const char *word = text(dtb, "/anydma", property, i);

		fputs(i ? between : "", stdout);
		cli_put_plain(stdout, change ? change(word) : word);
	}
}

static void show_row(const struct any_platform_entry *entry)
{
	printf("%-22s %-8s ", entry->name, entry->group);
	show_words(entry->dtb, "anydma,mechanisms", NULL, " ");
	fputs(count(entry->dtb, "anydma,mechanisms") ? "  " : "-  ", stdout);
	show_words(entry->dtb, "anydma,warts", in_words, ", ");
	fputs(count(entry->dtb, "anydma,warts") ? "\n" : "none\n", stdout);
}

static int list(const struct filter *f, bool json)
{
	unsigned shown = 0;

	if (json)
		fputs("{\n  \"format\": 1,\n  \"platforms\": [", stdout);
	for (unsigned i = 0; i < any_platform_count; i++) {
		if (!wanted(&any_platform_list[i], f))
			continue;
		if (json)
			show_json(&any_platform_list[i], !shown);
		else
			show_row(&any_platform_list[i]);
		shown++;
	}
	if (json)
		fputs("\n  ]\n}\n", stdout);
	else
		printf("%u of %u platforms\n", shown, any_platform_count);
	return shown ? CLI_OK : CLI_FAILED;
}

int cli_list(int argc, char **argv)
{
	static const struct option longs[] = {
		{"wart", required_argument, NULL, 'w'},
		{"arch", required_argument, NULL, 'a'},
		{"mechanism", required_argument, NULL, 'm'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct filter f = {0};
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "w:a:m:h", longs, NULL)) >= 0) {
		if (option == 'w')
			f.wart = optarg;
		else if (option == 'a')
			f.arch = optarg;
		else if (option == 'm')
			f.mechanism = optarg;
		else if (option == 'j')
			json = true;
		else if (option == 'h') {
			fputs(usage, stdout);
			return CLI_OK;
		} else {
			return CLI_USAGE;
		}
	}
	if (optind + 1 != argc || strcmp(argv[optind], "platforms") != 0) {
		cli_error("list: say what to list: anydma list platforms");
		return CLI_USAGE;
	}
	return list(&f, json);
}

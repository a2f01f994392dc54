/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs cells and prints one line each: for the tests that compare verdicts, logs and digests.
 *
 * PLATFORM is a name of the catalogue, or BOARD.dtb[:DEVICE].
 *
 *	labcell IMAGE PLATFORM SEED [COUNT] [net | small=NAME] [queues] [indirect] [inorder]
 *		[bypass] [write] [no33] [log=FILE] [limit=BYTES] [plain | adversary | plan=WORD]
 *
 * plain, adversary: chance as it comes, or at the moments that hurt; else the seed says. plan=WORD:
 * these misfortunes and no others.
 *
 * Exit status: 0 all passed, 1 some failed, 2 a run could not be made.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <anydma/lab.h>

#include "trees.h"

#define DTB_MAX (4u << 20)

static bool from_file(const char *name, struct any_lab_config *config)
{
	static char path[4096];
	char *colon, *bytes = malloc(DTB_MAX);
	FILE *f;

	snprintf(path, sizeof(path), "%s", name);
	colon = strstr(path, ".dtb:");
	if (colon) {
		colon[4] = 0;
		config->device = colon + 5;
	}
	f = bytes ? fopen(path, "rb") : NULL;
	config->dtb = bytes;
	config->dtb_size = f ? fread(bytes, 1, DTB_MAX, f) : 0;
	if (f)
		fclose(f);
	return config->dtb_size;
}

static bool find(const char *name, struct any_lab_config *config)
{
	const struct any_platform_entry *entry = lab_tree(name);

	if (!entry)
		return strchr(name, '/') && from_file(name, config);
	config->dtb = entry->dtb;
	config->dtb_size = entry->size;
	return true;
}

static void print(const struct any_lab_cell *cell)
{
	const struct any_lab_report *r = &cell->report;

	printf("%s seed=%llu %s hash=%016llx sha256=", cell->platform,
	       (unsigned long long)cell->seed,
	       cell->verdict == ANY_LAB_PASS   ? "PASS"
	       : cell->verdict == ANY_LAB_FAIL ? any_lab_rules[r->rule].id
					       : "BAD-RUN",
	       (unsigned long long)cell->log_hash);
	for (unsigned i = 0; i < 32; i++)
		printf("%02x", cell->sha256[i]);
	printf(" requests=%llu events=%llu", (unsigned long long)cell->counters.requests,
	       (unsigned long long)cell->counters.events);
	if (cell->verdict != ANY_LAB_PASS)
		printf(" at=%s:%u before=%s:%u text=%s", r->at.file, r->at.line, r->before.file,
		       r->before.line, r->text);
	printf("\n");
}

static void option(struct any_lab_config *config, const char *arg)
{
	if (!strcmp(arg, "bypass"))
		config->bypass = true;
	else if (!strcmp(arg, "write"))
		config->write = true;
	else if (!strcmp(arg, "no33"))
		config->access_platform = false;
	else if (!strcmp(arg, "packed"))
		config->packed = true;
	else if (!strcmp(arg, "net"))
		config->net = true;
	else if (!strcmp(arg, "indirect"))
		config->indirect = true;
	else if (!strcmp(arg, "inorder"))
		config->in_order = true;
	else if (!strcmp(arg, "queues"))
		config->two_queues = true;
	else if (!strncmp(arg, "small=", 6))
		config->small = arg + 6;
	else if (!strcmp(arg, "event"))
		config->event_idx = true;
	else if (!strncmp(arg, "log=", 4))
		config->log = arg + 4;
	else if (!strncmp(arg, "limit=", 6))
		config->limit = strtoull(arg + 6, NULL, 0);
	else if (!strcmp(arg, "plain"))
		config->adversary = ANY_LAB_PLAIN;
	else if (!strcmp(arg, "adversary"))
		config->adversary = ANY_LAB_ADVERSARY;
	else if (!strncmp(arg, "plan=", 5))
		config->plan = arg + 5;
}

int main(int argc, char **argv)
{
	struct any_lab_config config = {.access_platform = true, .target = -1};
	bool found = argc > 3 && find(argv[2], &config);
	unsigned long count = argc > 4 ? strtoul(argv[4], NULL, 0) : 1;
	int status = 0;

	config.source = argc > 3 ? open(argv[1], O_RDONLY) : -1;
	if (!found || config.source < 0) {
		fprintf(stderr, "labcell: no such image or platform\n");
		return 2;
	}
	config.seed = strtoull(argv[3], NULL, 0);
	for (int i = 4; i < argc; i++)
		option(&config, argv[i]);
	for (unsigned long i = 0; i < (count ? count : 1); i++, config.seed++) {
		struct any_lab_cell cell;
		int err = any_lab_run(&config, &cell);

		print(&cell);
		if (err || cell.verdict == ANY_LAB_BAD_RUN)
			return 2;
		if (cell.verdict == ANY_LAB_FAIL)
			status = 1;
	}
	close(config.source);
	return status;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose line an event is: paths that read the same on every machine, and who only passes on. */
#include "dwarf.h"
#include "machine.h"
#include "source.h"

#define HEADERS "/include/anydma/" /* as installed, the shims' among them */

static bool below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return n && !strncmp(path, folder, n) && path[n] == '/';
}

/* ---- the user's project: the folder that holds all that was compiled and is not ours */

static void widen(void *ctx, const char *path)
{
	char *root = ctx;
	size_t n = 0, end = 0;

	/* What a distribution built has no place in a project. */
	if (below(path, ANYDMA_SOURCE_ROOT) || below(path, "/usr") || below(path, "/build"))
		return;
	if (!*root) {
		snprintf(root, LAB_PATH, "%s", path);
		*strrchr(root, '/') = 0;
		return;
	}
	for (; root[n] && root[n] == path[n]; n++)
		if (root[n] == '/')
			end = n;
	root[!root[n] && path[n] == '/' ? n : end] = 0;
}

const char *lab_source_root(void)
{
	static char root[LAB_PATH];
	static bool known;

	if (!known)
		lab_dwarf_units(widen, root);
	known = true;
	return *root ? root : ANYDMA_SOURCE_ROOT;
}

/* ---- places */

/* True: the file is ours, of this source tree or of an installed copy. */
static bool put_place(struct any_lab_site *site, const struct lab_place *place)
{
	const char *path = place->path, *header = strstr(path, HEADERS);
	bool ours = below(path, ANYDMA_SOURCE_ROOT);

	if (ours)
		path += strlen(ANYDMA_SOURCE_ROOT) + 1;
	else if (header)
		path = header + 1;
	else if (below(path, lab_source_root()))
		path += strlen(lab_source_root()) + 1;
	while (strlen(path) >= sizeof(site->file) && strchr(path + 1, '/'))
		path = strchr(path + 1, '/'); /* the end of it tells more */
	snprintf(site->file, sizeof(site->file), "%.*s", (int)sizeof(site->file) - 1, path);
	site->line = place->line;
	return ours || header;
}

/* The API that a shim plays, not its examples and tests. */
static bool in_shim(const struct any_lab_site *site)
{
	return !strncmp(site->file, "shim/", 5) &&
	       (strstr(site->file, "/include/") || strstr(site->file, "/src/"));
}

static bool in_header(const struct any_lab_site *site)
{
	return !strncmp(site->file, "include/", 8) || !strncmp(site->file, "src/arch/", 9) ||
	       in_shim(site);
}

/* The C++ library's headers, whose functions are inlined everywhere. */
static bool in_library(const struct any_lab_site *site)
{
	return !strncmp(site->file, "/usr/", 5);
}

/* A line of a public header is an inlined call: what helps is where it was inlined. */
static bool locate(uint64_t pc, struct any_lab_site *site)
{
	const char *function = lab_dwarf_function(pc);
	struct lab_place place;
	bool ours;

	snprintf(site->function, sizeof(site->function), "%s", function ? function : "?");
	if (!lab_dwarf_place(pc, &place))
		return false;
	ours = put_place(site, &place);
	for (unsigned i = 0;
	     ((ours && in_header(site)) || in_library(site)) && lab_dwarf_inlined(pc, i, &place);
	     i++)
		ours = put_place(site, &place);
	return ours;
}

void lab_source(uint64_t pc, struct any_lab_site *site)
{
	locate(pc, site);
}

/* Places that only pass a driver's or a device's wish on: what helps is who wished. */
static bool passes_on(const struct any_lab_site *site, bool ours)
{
	static const char *const folders[] = {"src/dma/", "src/watch/", "src/space/",
					      "lab/scenario/"};

	for (size_t i = 0; ours && i < ANY_ARRAY_SIZE(folders); i++)
		if (!strncmp(site->file, folders[i], strlen(folders[i])))
			return true;
	return (ours && in_header(site)) ||
	       !site->line; /* code the compiler made: it has no line */
}

uint64_t lab_trace_pc(const uint64_t trace[LAB_TRACE])
{
	for (unsigned i = 0; i < LAB_TRACE && trace[i]; i++) {
		struct any_lab_site site = {0};
		bool ours = locate(trace[i], &site);

		if (!passes_on(&site, ours))
			return trace[i];
	}
	return trace[0];
}

bool lab_source_is_passed_on(uint64_t pc)
{
	struct any_lab_site site = {0};
	bool ours = locate(pc, &site);

	return passes_on(&site, ours);
}

void lab_source_of_event(uint64_t pc, struct any_lab_site *site)
{
	uint64_t trace[LAB_TRACE];
	bool ours = locate(pc, site);

	if (!passes_on(site, ours))
		return;
	lab_trace(trace);
	memset(site, 0, sizeof(*site));
	lab_source(lab_trace_pc(trace), site);
}

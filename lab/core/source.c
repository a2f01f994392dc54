/* SPDX-License-Identifier: BSD-2-Clause */
/* From a program counter to function, file and line, through the program's own DWARF (libdw). */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

/* Paths relative to the source root read the same on every machine. */
static const char *relative(const char *path)
{
	static const char *const roots[] = {"/src/",   "/include/anydma/", "/lab/",
					    "/tests/", "/examples/",	   "/shim/"};
	const char *best = NULL;

	for (size_t i = 0; i < ANY_ARRAY_SIZE(roots); i++) {
		const char *at = strstr(path, roots[i]);

		if (at && (!best || at < best))
			best = at;
	}
	while (!strncmp(path, "../", 3))
		path += 3;
	return best ? best + 1 : path;
}

static void put_line(struct any_lab_site *site, const char *file, int line)
{
	snprintf(site->file, sizeof(site->file), "%s", relative(file));
	site->line = (uint32_t)line;
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

/* A line of a public header is an inlined call: what helps is where it was inlined. */
static void leave_header(Dwfl_Module *module, uint64_t pc, struct any_lab_site *site)
{
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = dwfl_module_addrdie(module, pc, &bias), *inner = NULL, *scopes = NULL;
	Dwarf_Files *files = NULL;
	size_t n_files = 0;
	int n;

	if (!unit || dwarf_getsrcfiles(unit, &files, &n_files))
		return;
	/* The innermost scope; then the calls around it, which are its parents. */
	n = dwarf_getscopes(unit, pc - bias, &inner) > 0 ? dwarf_getscopes_die(inner, &scopes) : 0;
	for (int i = 0; i < n && in_header(site); i++) {
		Dwarf_Attribute attr;
		Dwarf_Word file = 0, line = 0;

		if (dwarf_tag(&scopes[i]) != DW_TAG_inlined_subroutine ||
		    dwarf_formudata(dwarf_attr(&scopes[i], DW_AT_call_file, &attr), &file) ||
		    dwarf_formudata(dwarf_attr(&scopes[i], DW_AT_call_line, &attr), &line) ||
		    file >= n_files)
			continue;
		put_line(site, dwarf_filesrc(files, file, NULL, NULL), (int)line);
	}
	free(scopes);
	free(inner);
}

static Dwfl *program(void)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	static Dwfl *dwfl;

	if (dwfl)
		return dwfl;
	dwfl = dwfl_begin(&callbacks);
	if (dwfl && (dwfl_linux_proc_report(dwfl, getpid()) || dwfl_report_end(dwfl, NULL, NULL))) {
		dwfl_end(dwfl);
		dwfl = NULL;
	}
	return dwfl;
}

void lab_source(uint64_t pc, struct any_lab_site *site)
{
	Dwfl_Module *module = program() ? dwfl_addrmodule(program(), pc) : NULL;
	Dwfl_Line *line;
	const char *name;
	int number = 0;

	snprintf(site->function, sizeof(site->function), "?");
	if (!module)
		return;
	name = dwfl_module_addrname(module, pc);
	if (name)
		snprintf(site->function, sizeof(site->function), "%s", name);
	line = dwfl_module_getsrc(module, pc);
	name = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;
	if (!name)
		return;
	put_line(site, name, number);
	if (in_header(site))
		leave_header(module, pc, site);
}

/* Places that only pass a driver's or a device's wish on: what helps is who wished. */
static bool passes_on(const struct any_lab_site *site)
{
	static const char *const folders[] = {"src/dma/", "src/watch/", "src/space/"};

	for (size_t i = 0; i < ANY_ARRAY_SIZE(folders); i++)
		if (!strncmp(site->file, folders[i], strlen(folders[i])))
			return true;
	return in_shim(site) || !site->line; /* code the compiler made: it has no line */
}

uint64_t lab_trace_pc(const uint64_t trace[LAB_TRACE])
{
	for (unsigned i = 0; i < LAB_TRACE && trace[i]; i++) {
		struct any_lab_site site = {0};

		lab_source(trace[i], &site);
		if (!passes_on(&site))
			return trace[i];
	}
	return trace[0];
}

void lab_source_of_event(uint64_t pc, struct any_lab_site *site)
{
	uint64_t trace[LAB_TRACE];

	lab_source(pc, site);
	if (!passes_on(site))
		return;
	lab_trace(trace);
	memset(site, 0, sizeof(*site));
	lab_source(lab_trace_pc(trace), site);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a program counter to a source line, through the program's own DWARF (libdw). libdw finds the
 * unit of an address through .debug_aranges, which clang leaves out: we ask each unit for its
 * ranges once, and keep them in order.
 */
#include "dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* We are asked in the middle of a run, and what is ours is not the driver's heap. */
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);

struct range {
	Dwarf_Addr from, to;
	Dwarf_Die unit;
};

static struct {
	Dwfl *dwfl;
	Dwfl_Module *module; /* the program, not its libraries */
	Dwarf *dwarf;
	Dwarf_Addr bias;
	struct range *ranges;
	size_t n, room;
	bool tried;
} self;

static void add_range(Dwarf_Addr from, Dwarf_Addr to, const Dwarf_Die *unit)
{
	if (self.n == self.room) {
		size_t room = self.room ? 2 * self.room : 256;
		struct range *more = __real_realloc(self.ranges, room * sizeof(*more));

		if (!more)
			return;
		self.ranges = more;
		self.room = room;
	}
	self.ranges[self.n++] = (struct range){from, to, *unit};
}

static int in_order(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static void read_units(void)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	uint8_t type;

	while (!dwarf_get_units(self.dwarf, unit, &unit, NULL, &type, &die, NULL)) {
		Dwarf_Addr base = 0, from, to;
		ptrdiff_t at = 0;

		if (type != DW_UT_compile)
			continue;
		while ((at = dwarf_ranges(&die, at, &base, &from, &to)) > 0)
			add_range(from, to, &die);
	}
	if (self.n)
		qsort(self.ranges, self.n, sizeof(*self.ranges), in_order);
}

static bool ready(void)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};

	if (self.tried)
		return self.module;
	self.tried = true;
	self.dwfl = dwfl_begin(&callbacks);
	if (!self.dwfl || dwfl_linux_proc_report(self.dwfl, getpid()) ||
	    dwfl_report_end(self.dwfl, NULL, NULL))
		return false;
	self.module = dwfl_addrmodule(self.dwfl, (uint64_t)(uintptr_t)ready);
	self.dwarf = self.module ? dwfl_module_getdwarf(self.module, &self.bias) : NULL;
	if (self.dwarf)
		read_units();
	return self.module;
}

static Dwarf_Die *unit_of(uint64_t pc)
{
	size_t low = 0, high;

	if (!ready())
		return NULL;
	pc -= self.bias;
	for (high = self.n; low < high;) {
		size_t mid = low + (high - low) / 2;

		if (self.ranges[mid].from <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	return low && pc < self.ranges[low - 1].to ? &self.ranges[low - 1].unit : NULL;
}

/* Joins, and takes out "." and "..": a build's paths go up and down again. */
static void absolute(Dwarf_Die *unit, const char *name, char path[LAB_PATH])
{
	char whole[2 * LAB_PATH], *part, *save = NULL;
	Dwarf_Attribute attr;
	const char *dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));
	size_t n = 0;

	snprintf(whole, sizeof(whole), "%s/%s", *name == '/' || !dir ? "" : dir, name);
	for (part = strtok_r(whole, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
		if (!strcmp(part, "."))
			continue;
		if (!strcmp(part, "..")) {
			while (n && path[--n] != '/')
				;
			continue;
		}
		if (n + strlen(part) + 2 > LAB_PATH)
			break;
		path[n++] = '/';
		memcpy(path + n, part, strlen(part));
		n += strlen(part);
	}
	path[n] = 0;
}

/* As the source has it; the linker's name of a C++ function is another. */
static const char *subprogram(uint64_t pc)
{
	Dwarf_Die *unit = unit_of(pc), *scopes = NULL;
	int n = unit ? dwarf_getscopes(unit, pc - self.bias, &scopes) : 0;
	const char *name = NULL;

	for (int i = 0; i < n && !name; i++)
		if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram)
			name = dwarf_diename(&scopes[i]);
	if (n > 0)
		free(scopes);
	return name;
}

const char *lab_dwarf_function(uint64_t pc)
{
	Dwfl_Module *module = ready() ? dwfl_addrmodule(self.dwfl, pc) : NULL;
	const char *name = module ? subprogram(pc) : NULL;

	return name || !module ? name : dwfl_module_addrname(module, pc);
}

bool lab_dwarf_place(uint64_t pc, struct lab_place *place)
{
	Dwarf_Die *unit = unit_of(pc);
	Dwarf_Line *line = unit ? dwarf_getsrc_die(unit, pc - self.bias) : NULL;
	const char *name = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
	int number = 0;

	if (!name || dwarf_lineno(line, &number))
		return false;
	absolute(unit, name, place->path);
	place->line = (uint32_t)number;
	return true;
}

static bool call_place(Dwarf_Die *unit, Dwarf_Die *scope, struct lab_place *place)
{
	Dwarf_Attribute attr;
	Dwarf_Word file = 0, line = 0;
	Dwarf_Files *files = NULL;
	size_t n = 0;

	if (dwarf_getsrcfiles(unit, &files, &n) ||
	    dwarf_formudata(dwarf_attr(scope, DW_AT_call_file, &attr), &file) ||
	    dwarf_formudata(dwarf_attr(scope, DW_AT_call_line, &attr), &line) || file >= n)
		return false;
	absolute(unit, dwarf_filesrc(files, file, NULL, NULL), place->path);
	place->line = (uint32_t)line;
	return true;
}

bool lab_dwarf_inlined(uint64_t pc, unsigned nth, struct lab_place *place)
{
	Dwarf_Die *unit = unit_of(pc), *inner = NULL, *scopes = NULL;
	bool found = false;
	int n = 0;

	/* The innermost scope; then the calls around it, which are its parents. */
	if (unit && dwarf_getscopes(unit, pc - self.bias, &inner) > 0)
		n = dwarf_getscopes_die(inner, &scopes);

	for (int i = 0; i < n && !found; i++)
		if (dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine && !nth--)
			found = call_place(unit, &scopes[i], place);
	__real_free(scopes);
	__real_free(inner);
	return found;
}

void lab_dwarf_units(void (*each)(void *ctx, const char *path), void *ctx)
{
	char path[LAB_PATH];

	if (!ready())
		return;
	for (size_t i = 0; i < self.n; i++) {
		const char *name = dwarf_diename(&self.ranges[i].unit);

		if (!name)
			continue;
		absolute(&self.ranges[i].unit, name, path);
		each(ctx, path);
	}
}

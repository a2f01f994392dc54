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

#define LAB_NAME 128 /* of a function, with what encloses it */

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

/* The DIE that names: a definition outside its class, or a copy of an inline function, refers to
 * it. */
static Dwarf_Die *declared(Dwarf_Die *die, Dwarf_Die *out)
{
	Dwarf_Attribute attr;

	*out = *die;
	for (unsigned i = 0; i < 4; i++)
		if (!dwarf_formref_die(dwarf_attr(out, DW_AT_abstract_origin, &attr), out) &&
		    !dwarf_formref_die(dwarf_attr(out, DW_AT_specification, &attr), out))
			break;
	return out;
}

static bool encloses(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_namespace || tag == DW_TAG_union_type;
}

/* "ns::Class::method": what is around the declaration, outermost first, as far as it has names. */
static const char *qualified(Dwarf_Die *function, const char *name)
{
	static char text[LAB_NAME];
	Dwarf_Die *scopes = NULL;
	int n = dwarf_getscopes_die(function, &scopes);
	size_t at = 0;

	for (int i = n - 1; i > 0; i--) {
		const char *outer = encloses(&scopes[i]) ? dwarf_diename(&scopes[i]) : NULL;

		if (outer && at + strlen(outer) + strlen(name) + 3 < sizeof(text))
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s::", outer);
	}
	__real_free(scopes);
	snprintf(text + at, sizeof(text) - at, "%s", name);
	return text;
}

#define DEEP 32 /* scopes in one another: blocks, inlined calls, the function */

/* What holds a program counter below `die`, outermost first. libdw's own search does not look into
 * namespaces, where clang has the functions that are defined there. */
static unsigned holders(Dwarf_Die *die, Dwarf_Addr pc, Dwarf_Die *found, unsigned n)
{
	Dwarf_Die child;

	for (int more = dwarf_child(die, &child); !more && n < DEEP;
	     more = dwarf_siblingof(&child, &child)) {
		unsigned in = 0;

		if (dwarf_tag(&child) == DW_TAG_namespace)
			in = holders(&child, pc, found, n);
		else if (dwarf_haspc(&child, pc) == 1) {
			found[n] = child;
			return holders(&child, pc, found, n + 1);
		}
		if (in > n)
			return in;
	}
	return n;
}

static unsigned scopes_at(Dwarf_Die *unit, uint64_t pc, Dwarf_Die found[DEEP])
{
	return unit ? holders(unit, pc - self.bias, found, 0) : 0;
}

/* As the source has it; the linker's name of a C++ function is another. */
static const char *subprogram(uint64_t pc)
{
	Dwarf_Die scopes[DEEP], function;
	unsigned n = scopes_at(unit_of(pc), pc, scopes);
	const char *name = NULL;

	for (unsigned i = n; i > 0 && !name; i--) {
		if (dwarf_tag(&scopes[i - 1]) != DW_TAG_subprogram)
			continue;
		declared(&scopes[i - 1], &function);
		name = dwarf_diename(&function);
		if (name)
			name = qualified(&function, name);
	}
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
	Dwarf_Die *unit = unit_of(pc), scopes[DEEP];
	unsigned n = scopes_at(unit, pc, scopes);
	bool found = false;

	for (unsigned i = n; i > 0 && !found; i--)
		if (dwarf_tag(&scopes[i - 1]) == DW_TAG_inlined_subroutine && !nth--)
			found = call_place(unit, &scopes[i - 1], place);
	return found;
}

/* A unit has several ranges: its own data is what they have in common. */
const void *lab_dwarf_unit(uint64_t pc)
{
	Dwarf_Die *unit = unit_of(pc);

	return unit ? unit->cu : NULL;
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

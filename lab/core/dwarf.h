/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's own debug data. */
#ifndef ANYDMA_LAB_DWARF_H
#define ANYDMA_LAB_DWARF_H

#include <stdbool.h>
#include <stdint.h>

#define LAB_PATH 1024

struct lab_place {
	char path[LAB_PATH]; /* absolute, without . and ..; empty: unknown */
	uint32_t line;
};

/* The function that holds a program counter, or NULL. */
const char *lab_dwarf_function(uint64_t pc);
bool lab_dwarf_place(uint64_t pc, struct lab_place *place);

/*
 * Where what is at `pc` was inlined: the nth place outwards, 0 the innermost. False: there is no
 * such place.
 */
bool lab_dwarf_inlined(uint64_t pc, unsigned nth, struct lab_place *place);

/* The compilation unit that holds a program counter, as a name for it; NULL: none is known. */
const void *lab_dwarf_unit(uint64_t pc);

/* Calls `each` with the absolute path of every source file that was compiled into the program. */
void lab_dwarf_units(void (*each)(void *ctx, const char *path), void *ctx);

#endif

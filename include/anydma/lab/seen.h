/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Included ahead of every file of a driver under the lab, by the flags of `pkg-config --cflags
 * anydma-lab`. The compiler announces loads and stores; what inline assembly does it cannot know.
 * So each asm statement with a text is named when the program is linked:
 *
 *	warning: driver.c:41: inline assembly, which the lab cannot see through
 *
 * Give barriers, registers and cache operations another definition under the lab
 * (anydma/lab/isa.h, a shim), or say why the lab need not see:
 *
 *	asm volatile(ANY_LAB_ASM("reads the time, no memory") "rdtsc" : "=a"(low), "=d"(high));
 *
 * What is caught: `asm volatile`, `__asm__ __volatile__` and the like, `asm goto`, and a bare
 * `asm(...)`. A bare `__asm__(...)` is not: the C library's headers name symbols with it. An empty
 * text is a barrier for the compiler, and means nothing to the machine. A text that begins with a
 * line feed is taken for empty.
 *
 * The macros are of keywords. They fire only before a parenthesis, where `volatile` and `goto` are
 * part of an asm statement; a declarator such as `int volatile (*p)` needs `volatile int (*p)`.
 */
#ifndef ANYDMA_LAB_SEEN_H
#define ANYDMA_LAB_SEEN_H

#ifndef __ASSEMBLER__
#pragma GCC system_header

/* A comment ends the first line of the text: nothing is left on it that would be reported. */
#define ANY_LAB_ASM(reason) "/* the lab need not see: " reason " */\n\t"

/* The linker prints what it finds in .gnu.warning. The text after the place is the statement's own
 * first line, empty or not; it is assembled as it was. */
__asm__(".macro any_lab_seen id:req, place:req, text:vararg\n"
	".ifnb \\text\n"
	".ifndef .Lany_lab_seen_\\id\n"
	".set .Lany_lab_seen_\\id, 1\n"
	".pushsection .gnu.warning\n"
	".ascii \"\\place: inline assembly, which the lab cannot see through\\n\"\n"
	".popsection\n"
	".endif\n"
	"\\text\n"
	".endif\n"
	".endm\n");

#define ANY_LAB_SEEN_WORD(x)  #x
#define ANY_LAB_SEEN_VALUE(x) ANY_LAB_SEEN_WORD(x)
#define ANY_LAB_SEEN                                                                               \
	"any_lab_seen " ANY_LAB_SEEN_VALUE(__COUNTER__) ", \"" __FILE__                            \
							":" ANY_LAB_SEEN_VALUE(__LINE__) "\", "

/* Its checked forms are expanded in place, and then nobody hears of their bytes. What such a check
 * would find the lab finds where a device is concerned. */
#undef _FORTIFY_SOURCE

#define volatile(...) volatile(ANY_LAB_SEEN __VA_ARGS__)
#define __volatile__(...) __volatile__(ANY_LAB_SEEN __VA_ARGS__)
#define __volatile(...) __volatile(ANY_LAB_SEEN __VA_ARGS__)
#define goto(...) goto(ANY_LAB_SEEN __VA_ARGS__)
#define asm(...) asm(ANY_LAB_SEEN __VA_ARGS__)

#endif
#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a board's tree to a machine that can run: what a tree leaves to the boot loader (memory) and
 * to the operating system (where its pools lie), and which device is meant. Trees that have a node
 * /anydma say all of that themselves.
 */
#ifndef ANYDMA_LAB_BOARD_H
#define ANYDMA_LAB_BOARD_H

#include <anydma/lab.h>
#include <anydma/platform.h>

#define LAB_BORDERS 64

/*
 * CPU physical addresses where what the device reaches may change: ends of windows and of what its
 * bus and its own wires carry. Ascending, each once; returns how many.
 */
unsigned lab_board_borders(const struct any_platform *p, uint64_t list[LAB_BORDERS]);

/* ram.c: whole pages; invents memory if there is none, and leaves out the middle of too much. */
int lab_board_memory(const void *dtb, struct any_platform *p, char why[ANY_LAB_TEXT]);
/* pools.c: chooses bounce and coherent pools where the tree names none. */
int lab_board_pools(const void *dtb, struct any_platform *p, char why[ANY_LAB_TEXT]);
/* Both, in this order. */
int lab_board_complete(const void *dtb, struct any_platform *p, char why[ANY_LAB_TEXT]);

/* device.c: the path of what the user means; see any_lab_device. */
int lab_board_device(const struct any_platform_tree *tree, const char *wanted,
		     char path[ANY_PLATFORM_TEXT], char why[ANY_LAB_TEXT]);

/*
 * situation.c: what of these facts a driver can notice, in one line. Two devices with the same line
 * are one situation: sizes and places do not matter, what is in reach and how it is translated
 * does.
 */
void lab_board_situation(const struct any_platform *p, char text[ANY_LAB_SITUATION]);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The porter's self-test: is what a board put into `struct port` true, as far as a CPU can see
 * without any device? It writes to the coherent memory by both of its addresses and looks at what
 * each cache operation did to the other. Run before anything uses that memory.
 *
 * Not to be seen by one CPU alone: whether the barriers of src/arch and the drain are strong
 * enough. Under an emulator without caches the operations run, and only the addresses are judged.
 */
#ifndef ANYDMA_PORT_SELFTEST_H
#define ANYDMA_PORT_SELFTEST_H

#include "../shared/port.h"

/* `wrong` is NULL where the check is good, or says what is wrong and with which hook. */
typedef void any_port_tell(const char *check, const char *wrong);

/* How many checks went wrong. */
unsigned any_port_selftest(const struct port *board, any_port_tell *tell);

#endif

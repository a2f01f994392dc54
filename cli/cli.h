/* SPDX-License-Identifier: BSD-2-Clause */
/* What every subcommand shares, beside what they share with the lab's own command line. */
#ifndef ANYDMA_CLI_H
#define ANYDMA_CLI_H

#include "lab/text/text.h"

#define CLI_COMMAND(name, text) int cli_##name(int argc, char **argv);
#include "list.h"
#undef CLI_COMMAND

#endif

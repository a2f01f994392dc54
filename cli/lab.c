/* SPDX-License-Identifier: BSD-2-Clause */
/* anydma lab: the lab's own command line with the virtio block driver and an image. */
#include "cli/cli.h"
#include "lab/main/run.h"

int cli_lab(int argc, char **argv)
{
	return cli_lab_command(argc, argv);
}

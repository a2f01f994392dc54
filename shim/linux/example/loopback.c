/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole of a user's program: a scenario, and the line that makes a command of it. */
#include <anydma/lab/scenario.h>

#include "loopback.h"

static int loopback(struct any_lab *lab)
{
	return loopback_run(lab, ANY_LAB_LATE | ANY_LAB_AT_ONCE, FRAMES);
}

int main(int argc, char **argv)
{
	return ANYDMA_LAB_MAIN(argc, argv, loopback);
}

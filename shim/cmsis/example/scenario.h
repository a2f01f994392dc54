/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <anydma/lab/scenario.h>

int spi_scenario(struct any_lab *lab);
int sd_scenario(struct any_lab *lab);

#endif

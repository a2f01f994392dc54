/* SPDX-License-Identifier: BSD-2-Clause */
/* The bodies: PORT_BODIES lists each ports/body/NAME.c, which defines port_body_NAME. */
#ifndef ANYDMA_PORT_BODY_LIST_H
#define ANYDMA_PORT_BODY_LIST_H

#include "../shared/port.h"

#define PORT_BODIES(_) _(blk) _(net) _(rng) _(console)

#define PORT_BODY(name) extern const struct port_body port_body_##name;
PORT_BODIES(PORT_BODY)
#undef PORT_BODY

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_RING_LAYOUT_H
#define ANYDMA_RING_LAYOUT_H

#include <anydma/ring.h>

/* The size and the alignment of the parts are ones the format has. */
bool any_vring_is_sound(const struct any_ring_config *config);

#endif

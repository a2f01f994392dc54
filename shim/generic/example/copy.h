/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver for that system: the engine's channel 0 copies memory. `bug` is what it forgets. */
#ifndef COPY_H
#define COPY_H

#include <anydma/lab/engine.h>

#include "acme.h"

enum bug {
	NO_BUG,
	NO_CLEAN,
	INVAL_FOR_CLEAN,
	NO_INVAL_BEFORE,
	NO_INVAL_AFTER,
	TOUCH,
};

static inline void acme_start(volatile uint8_t *regs, const uint8_t *from, uint8_t *to, uint32_t n)
{
	volatile uint8_t *ch = regs + ANY_LAB_ENGINE_CH(0);
	uint64_t source = acme_device_address(from), destination = acme_device_address(to);

	acme_out(regs + ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_ENABLE);
	acme_out(ch + ANY_LAB_ENGINE_CH_MODE, ANY_LAB_ENGINE_MODE_KIND(ANY_LAB_ENGINE_COPY));
	acme_out(ch + ANY_LAB_ENGINE_CH_SRC_LO, (uint32_t)source);
	acme_out(ch + ANY_LAB_ENGINE_CH_SRC_HI, (uint32_t)(source >> 32));
	acme_out(ch + ANY_LAB_ENGINE_CH_DST_LO, (uint32_t)destination);
	acme_out(ch + ANY_LAB_ENGINE_CH_DST_HI, (uint32_t)(destination >> 32));
	acme_out(ch + ANY_LAB_ENGINE_CH_LEN, n);
	acme_sync();
	acme_out(regs + ANY_LAB_ENGINE_DOORBELL(0), 1);
}

static inline void acme_copy(volatile uint8_t *regs, const uint8_t *from, uint8_t *to, uint32_t n,
			     enum bug bug)
{
	if (bug == INVAL_FOR_CLEAN)
		acme_cache_discard(from, n); /* wrong operation */
	else if (bug != NO_CLEAN)
		acme_cache_writeback(from, n);
	if (bug != NO_INVAL_BEFORE)
		acme_cache_discard(to, n);
	acme_start(regs, from, to, n);
	if (bug == TOUCH)
		to[0] = 1; /* still the device's */
	while (!(acme_in(regs + ANY_LAB_ENGINE_CH(0) + ANY_LAB_ENGINE_CH_STATUS) &
		 ANY_LAB_ENGINE_CH_DONE))
		acme_yield();
	acme_sync();
	if (bug != NO_INVAL_AFTER)
		acme_cache_discard(to, n);
}

#endif

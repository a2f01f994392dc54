/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_METAL_SYS_H
#define ANYDMA_METAL_SYS_H

#include <metal/log.h>

struct metal_init_params {
	metal_log_handler log_handler;
	enum metal_log_level log_level;
};
#define METAL_INIT_DEFAULTS                                                                        \
	{                                                                                          \
		NULL, METAL_LOG_INFO                                                               \
	}

static inline int metal_init(const struct metal_init_params *params)
{
	(void)params;
	return 0;
}

static inline void metal_finish(void)
{
}

#endif

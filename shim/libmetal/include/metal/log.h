/* SPDX-License-Identifier: BSD-2-Clause */
/* What a driver says is not the lab's concern: it is checked by the compiler and dropped. */
#ifndef ANYDMA_METAL_LOG_H
#define ANYDMA_METAL_LOG_H

#include <stddef.h>

enum metal_log_level {
	METAL_LOG_EMERGENCY,
	METAL_LOG_ALERT,
	METAL_LOG_CRITICAL,
	METAL_LOG_ERROR,
	METAL_LOG_WARNING,
	METAL_LOG_NOTICE,
	METAL_LOG_INFO,
	METAL_LOG_DEBUG,
};

typedef void (*metal_log_handler)(enum metal_log_level level, const char *format, ...);

__attribute__((format(printf, 2, 3))) static inline void metal_log(enum metal_log_level level,
								   const char *format, ...)
{
	(void)level;
	(void)format;
}

#endif

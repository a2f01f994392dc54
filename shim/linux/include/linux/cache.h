/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_CACHE_H
#define ANYDMA_LINUX_LINUX_CACHE_H

#include <asm/cache.h>

#endif

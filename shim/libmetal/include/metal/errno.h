/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_METAL_ERRNO_H
#define ANYDMA_METAL_ERRNO_H

#include <errno.h>

#endif

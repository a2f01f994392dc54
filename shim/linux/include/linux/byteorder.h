/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_BYTEORDER_H
#define ANYDMA_LINUX_LINUX_BYTEORDER_H

#include <asm/byteorder.h>

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_BASE_ENDIAN_H
#define ANYDMA_BASE_ENDIAN_H

#include <anydma/endian.h>

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_CMSIS_CMSIS_GCC_H
#define ANYDMA_CMSIS_CMSIS_GCC_H
#include "core_cm7.h"
#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_CMSIS_CMSIS_COMPILER_H
#define ANYDMA_CMSIS_CMSIS_COMPILER_H
#include "core_cm7.h"
#endif

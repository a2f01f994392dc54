/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_CMSIS_CORE_CM55_H
#define ANYDMA_CMSIS_CORE_CM55_H
#include "core_cm7.h"
#endif

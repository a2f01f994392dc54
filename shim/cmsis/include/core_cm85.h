/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_CMSIS_CORE_CM85_H
#define ANYDMA_CMSIS_CORE_CM85_H
#include "core_cm7.h"
#endif

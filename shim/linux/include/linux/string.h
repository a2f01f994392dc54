/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_STRING_H
#define ANYDMA_LINUX_LINUX_STRING_H

#include <string.h>

#endif

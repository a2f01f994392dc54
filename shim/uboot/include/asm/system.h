/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_ASM_SYSTEM_H
#define ANYDMA_UBOOT_ASM_SYSTEM_H

#include <asm/io.h>

#endif

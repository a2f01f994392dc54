/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_ASM_IO_H
#define ANYDMA_LINUX_ASM_IO_H

#include <linux/io.h>

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_BITFIELD_H
#define ANYDMA_LINUX_LINUX_BITFIELD_H

#include <linux/bits.h>

#endif

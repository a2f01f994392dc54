/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_ASM_BYTEORDER_H
#define ANYDMA_UBOOT_ASM_BYTEORDER_H

#include <linux/types.h>

#define any_uboot_le(bits, x)                                                                      \
	(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? (u##bits)(x)                                  \
						   : __builtin_bswap##bits((u##bits)(x)))
#define cpu_to_le16(x) ((__le16)any_uboot_le(16, x))
#define cpu_to_le32(x) ((__le32)any_uboot_le(32, x))
#define cpu_to_le64(x) ((__le64)any_uboot_le(64, x))
#define le16_to_cpu(x) ((u16)any_uboot_le(16, x))
#define le32_to_cpu(x) ((u32)any_uboot_le(32, x))
#define le64_to_cpu(x) ((u64)any_uboot_le(64, x))

#endif

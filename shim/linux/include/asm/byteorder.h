/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_ASM_BYTEORDER_H
#define ANYDMA_LINUX_ASM_BYTEORDER_H

#include <linux/types.h>

#define any_linux_le(bits, x)                                                                      \
	(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? (u##bits)(x)                                  \
						   : __builtin_bswap##bits((u##bits)(x)))
#define any_linux_be(bits, x)                                                                      \
	(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? (u##bits)(x)                                     \
						: __builtin_bswap##bits((u##bits)(x)))

#define cpu_to_le16(x)	((__le16)any_linux_le(16, x))
#define le16_to_cpu(x)	((u16)any_linux_le(16, x))
#define cpu_to_le32(x)	((__le32)any_linux_le(32, x))
#define le32_to_cpu(x)	((u32)any_linux_le(32, x))
#define cpu_to_le64(x)	((__le64)any_linux_le(64, x))
#define le64_to_cpu(x)	((u64)any_linux_le(64, x))
#define cpu_to_be16(x)	((__be16)any_linux_be(16, x))
#define be16_to_cpu(x)	((u16)any_linux_be(16, x))
#define cpu_to_be32(x)	((__be32)any_linux_be(32, x))
#define be32_to_cpu(x)	((u32)any_linux_be(32, x))
#define cpu_to_be64(x)	((__be64)any_linux_be(64, x))
#define be64_to_cpu(x)	((u64)any_linux_be(64, x))
#define le16_to_cpup(p) le16_to_cpu(*(p))
#define le32_to_cpup(p) le32_to_cpu(*(p))
#define le64_to_cpup(p) le64_to_cpu(*(p))

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The lab's CPUs have the host's byte order. */
#ifndef ANYDMA_ZEPHYR_SYS_BYTEORDER_H
#define ANYDMA_ZEPHYR_SYS_BYTEORDER_H

#include <stdint.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ANYDMA_ZEPHYR_LE(bits, x) ((uint##bits##_t)(x))
#define ANYDMA_ZEPHYR_BE(bits, x) __builtin_bswap##bits((uint##bits##_t)(x))
#else
#define ANYDMA_ZEPHYR_LE(bits, x) __builtin_bswap##bits((uint##bits##_t)(x))
#define ANYDMA_ZEPHYR_BE(bits, x) ((uint##bits##_t)(x))
#endif
#define sys_cpu_to_le16(x) ANYDMA_ZEPHYR_LE(16, x)
#define sys_cpu_to_le32(x) ANYDMA_ZEPHYR_LE(32, x)
#define sys_cpu_to_le64(x) ANYDMA_ZEPHYR_LE(64, x)
#define sys_le16_to_cpu	   sys_cpu_to_le16
#define sys_le32_to_cpu	   sys_cpu_to_le32
#define sys_le64_to_cpu	   sys_cpu_to_le64
#define sys_cpu_to_be16(x) ANYDMA_ZEPHYR_BE(16, x)
#define sys_cpu_to_be32(x) ANYDMA_ZEPHYR_BE(32, x)
#define sys_cpu_to_be64(x) ANYDMA_ZEPHYR_BE(64, x)
#define sys_be16_to_cpu	   sys_cpu_to_be16
#define sys_be32_to_cpu	   sys_cpu_to_be32
#define sys_be64_to_cpu	   sys_cpu_to_be64

#endif

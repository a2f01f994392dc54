/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_LINUX_TYPES_H
#define ANYDMA_UBOOT_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <anydma_uboot_words.h>

typedef uint8_t u8, __u8;
typedef uint16_t u16, __u16;
typedef uint32_t u32, __u32;
typedef unsigned long long u64;
typedef unsigned long long __u64;
typedef int32_t s32, __s32;
typedef u16 __le16, __be16;
typedef u32 __le32, __be32;
typedef u64 __le64, __be64;

typedef u64 dma_addr_t;
typedef u64 phys_addr_t;
typedef u64 phys_size_t;

#define __iomem
#define __aligned(n)   __attribute__((aligned(n)))
#define __packed       __attribute__((packed))
#define __maybe_unused __attribute__((unused))

#endif

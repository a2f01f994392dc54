/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_VIRTIO_BYTEORDER_H
#define ANYDMA_LINUX_LINUX_VIRTIO_BYTEORDER_H

#include <asm/byteorder.h>

typedef __u16 __virtio16;
typedef __u32 __virtio32;
typedef __u64 __virtio64;

static inline u16 __virtio16_to_cpu(bool little_endian, __virtio16 v)
{
	return little_endian ? le16_to_cpu(v) : be16_to_cpu(v);
}

static inline __virtio16 __cpu_to_virtio16(bool little_endian, u16 v)
{
	return little_endian ? cpu_to_le16(v) : cpu_to_be16(v);
}

static inline u32 __virtio32_to_cpu(bool little_endian, __virtio32 v)
{
	return little_endian ? le32_to_cpu(v) : be32_to_cpu(v);
}

static inline __virtio32 __cpu_to_virtio32(bool little_endian, u32 v)
{
	return little_endian ? cpu_to_le32(v) : cpu_to_be32(v);
}

static inline u64 __virtio64_to_cpu(bool little_endian, __virtio64 v)
{
	return little_endian ? le64_to_cpu(v) : be64_to_cpu(v);
}

static inline __virtio64 __cpu_to_virtio64(bool little_endian, u64 v)
{
	return little_endian ? cpu_to_le64(v) : cpu_to_be64(v);
}

#endif

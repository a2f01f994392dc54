/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers by address; no barrier is implied, as on Arm. */
#ifndef ANYDMA_ZEPHYR_SYS_IO_H
#define ANYDMA_ZEPHYR_SYS_IO_H

#include <stdint.h>

#include <anydma/lab/isa.h>

#include <zephyr/toolchain.h>

typedef uintptr_t mem_addr_t;
typedef uintptr_t mm_reg_t;

#define ANYDMA_ZEPHYR_IO(bits)                                                                     \
	ALWAYS_INLINE uint##bits##_t sys_read##bits(mem_addr_t addr)                               \
	{                                                                                          \
		return (uint##bits##_t)any_lab_mmio_read((const volatile void *)addr, bits / 8);   \
	}                                                                                          \
	ALWAYS_INLINE void sys_write##bits(uint##bits##_t data, mem_addr_t addr)                   \
	{                                                                                          \
		any_lab_mmio_write((volatile void *)addr, data, bits / 8);                         \
	}
ANYDMA_ZEPHYR_IO(8)
ANYDMA_ZEPHYR_IO(16)
ANYDMA_ZEPHYR_IO(32)
ANYDMA_ZEPHYR_IO(64)

ALWAYS_INLINE void sys_set_bits(mem_addr_t addr, unsigned int mask)
{
	sys_write32(sys_read32(addr) | mask, addr);
}
ALWAYS_INLINE void sys_clear_bits(mem_addr_t addr, unsigned int mask)
{
	sys_write32(sys_read32(addr) & ~mask, addr);
}

#endif

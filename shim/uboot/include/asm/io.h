/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_ASM_IO_H
#define ANYDMA_UBOOT_ASM_IO_H

#include <anydma/lab/isa.h>
#include <linux/types.h>

/* On Arm mb, rmb and wmb are full barriers, and each readl and writel has one. */
#define mb()	  any_lab_barrier(ANY_LAB_FULL_MB)
#define rmb()	  any_lab_barrier(ANY_LAB_FULL_MB)
#define wmb()	  any_lab_barrier(ANY_LAB_FULL_MB)
#define dsb()	  any_lab_barrier(ANY_LAB_FULL_MB)
#define dmb()	  any_lab_barrier(ANY_LAB_FULL_MB)
#define __iormb() rmb()
#define __iowmb() wmb()

#define __raw_readl(reg)	 ((u32)any_lab_mmio_read((const volatile void *)(reg), 4))
#define __raw_writel(value, reg) any_lab_mmio_write((volatile void *)(reg), (u32)(value), 4)

static inline u64 any_uboot_read(const volatile void *reg, unsigned int bytes)
{
	u64 value = any_lab_mmio_read(reg, bytes);

	__iormb(); /* partner: the device's writes before the register changed */
	return value;
}

static inline void any_uboot_write(volatile void *reg, u64 value, unsigned int bytes)
{
	__iowmb(); /* partner: the device's reads once it sees the register written */
	any_lab_mmio_write(reg, value, bytes);
}

#define readb(reg)		   ((u8)any_uboot_read((const volatile void *)(reg), 1))
#define readw(reg)		   ((u16)any_uboot_read((const volatile void *)(reg), 2))
#define readl(reg)		   ((u32)any_uboot_read((const volatile void *)(reg), 4))
#define readq(reg)		   any_uboot_read((const volatile void *)(reg), 8)
#define writeb(value, reg)	   any_uboot_write((volatile void *)(reg), (u8)(value), 1)
#define writew(value, reg)	   any_uboot_write((volatile void *)(reg), (u16)(value), 2)
#define writel(value, reg)	   any_uboot_write((volatile void *)(reg), (u32)(value), 4)
#define writeq(value, reg)	   any_uboot_write((volatile void *)(reg), (u64)(value), 8)
#define readl_relaxed(reg)	   __raw_readl(reg)
#define writel_relaxed(value, reg) __raw_writel(value, reg)

#define setbits_le32(reg, set)		 writel(readl(reg) | (u32)(set), reg)
#define clrbits_le32(reg, clear)	 writel(readl(reg) & ~(u32)(clear), reg)
#define clrsetbits_le32(reg, clear, set) writel((readl(reg) & ~(u32)(clear)) | (u32)(set), reg)

#define MAP_NOCACHE		      0
#define MAP_WRCOMBINE		      0
#define MAP_WRBACK		      0
#define map_physmem(phys, len, flags) phys_to_virt(phys)
#define unmap_physmem(p, flags)	      ((void)(p))

/* The address as a board's code has it, and as a bus with dma-ranges does (dev_phys_to_bus). */
/* Names of their own: a program may hold another shim's drivers too. */
#define virt_to_phys any_uboot_virt_to_phys
#define phys_to_virt any_uboot_phys_to_virt
phys_addr_t virt_to_phys(const volatile void *p);
void *phys_to_virt(phys_addr_t phys);

#endif

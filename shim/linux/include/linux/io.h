/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_IO_H
#define ANYDMA_LINUX_LINUX_IO_H

#include <asm/barrier.h>
#include <linux/types.h>

/*
 * Registers. readX and writeX order against memory as io_ordering and memory-barriers.txt say:
 * what was stored before is ahead of a writeX, what is loaded after is behind a readX. _relaxed and
 * __raw_ order nothing but the registers of one device among themselves.
 */
static inline __attribute__((always_inline)) void any_linux_writel(volatile void *reg, u64 value,
								   unsigned int bytes)
{
	any_linux_wmb(); /* partner: the device's reads when it sees the register written */
	any_lab_mmio_write(reg, value, bytes);
}

static inline __attribute__((always_inline)) u64 any_linux_readl(const volatile void *reg,
								 unsigned int bytes)
{
	u64 value = any_lab_mmio_read(reg, bytes);

	any_linux_rmb(); /* partner: the device's writes before the register changed */
	return value;
}

#define readb(reg) ((u8)any_linux_readl((reg), 1))
#define readw(reg) ((u16)any_linux_readl((reg), 2))
#define readl(reg) ((u32)any_linux_readl((reg), 4))
#define readq(reg) any_linux_readl((reg), 8)

#define writeb(value, reg) any_linux_writel((reg), (u8)(value), 1)
#define writew(value, reg) any_linux_writel((reg), (u16)(value), 2)
#define writel(value, reg) any_linux_writel((reg), (u32)(value), 4)
#define writeq(value, reg) any_linux_writel((reg), (u64)(value), 8)

#define readb_relaxed(reg) ((u8)any_lab_mmio_read((reg), 1))
#define readw_relaxed(reg) ((u16)any_lab_mmio_read((reg), 2))
#define readl_relaxed(reg) ((u32)any_lab_mmio_read((reg), 4))
#define readq_relaxed(reg) ((u64)any_lab_mmio_read((reg), 8))

#define writeb_relaxed(value, reg) any_lab_mmio_write((reg), (u8)(value), 1)
#define writew_relaxed(value, reg) any_lab_mmio_write((reg), (u16)(value), 2)
#define writel_relaxed(value, reg) any_lab_mmio_write((reg), (u32)(value), 4)
#define writeq_relaxed(value, reg) any_lab_mmio_write((reg), (u64)(value), 8)

#define __raw_readb(reg)	 readb_relaxed(reg)
#define __raw_readw(reg)	 readw_relaxed(reg)
#define __raw_readl(reg)	 readl_relaxed(reg)
#define __raw_readq(reg)	 readq_relaxed(reg)
#define __raw_writeb(value, reg) writeb_relaxed(value, reg)
#define __raw_writew(value, reg) writew_relaxed(value, reg)
#define __raw_writel(value, reg) writel_relaxed(value, reg)
#define __raw_writeq(value, reg) writeq_relaxed(value, reg)

#define ioread8(reg)	      readb(reg)
#define ioread16(reg)	      readw(reg)
#define ioread32(reg)	      readl(reg)
#define ioread64(reg)	      readq(reg)
#define iowrite8(value, reg)  writeb(value, reg)
#define iowrite16(value, reg) writew(value, reg)
#define iowrite32(value, reg) writel(value, reg)
#define iowrite64(value, reg) writeq(value, reg)

/* The registers have one address already. */
#define ioremap(phys, size)    any_linux_ioremap((phys), (size))
#define ioremap_wc(phys, size) any_linux_ioremap((phys), (size))
#define iounmap(reg)	       ((void)(reg))
void *any_linux_ioremap(phys_addr_t phys, size_t size);

/*
 * The CPU's physical address. It is not what a device is given: on most machines here the two
 * differ, and the lab says so.
 */
phys_addr_t virt_to_phys(const volatile void *p);
void *phys_to_virt(phys_addr_t phys);
#define virt_to_bus(p) virt_to_phys(p)

#endif

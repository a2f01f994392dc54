/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the machine itself has between CPU and device, as the port meets it: registers and a few
 * words of memory behind LAB_MMIO, above the device's own registers. lab/port is the other
 * side.
 */
#ifndef ANYDMA_LAB_BRIDGE_H
#define ANYDMA_LAB_BRIDGE_H

#include "../core/machine.h"

/* MMIO offsets of the machine itself; below LAB_MMIO_BRIDGE everything is the device's. */
#define LAB_MMIO_BRIDGE 0x8000u

/* One block for each way through the bridge: + 0 towards the device, + 0x40 from it. */
#define LAB_DRAIN(dir)	     (LAB_MMIO_BRIDGE + ((dir) == ANY_DMA_TO_DEVICE ? 0u : 0x40u))
#define LAB_DRAIN_TRIGGER    0x00u /* write 1: starts emptying; a read alone may do it */
#define LAB_DRAIN_STATUS     0x08u /* not 0: still emptying */
#define LAB_DRAIN_FLAG	     0x10u /* memory: the bridge writes 1 when it is empty */
#define LAB_DRAIN_WORD	     0x18u /* memory: its uncached or strongly ordered alias */
#define LAB_DRAIN_HELPER_LEN 0x20u /* another engine: bytes to move, */
#define LAB_DRAIN_HELPER_GO  0x28u /* ... go, and not 0 while it moves them */

/* Attach-time register of the device's function: PCI Express Device Control (M14). */
#define LAB_DEVICE_CONTROL   (LAB_MMIO_BRIDGE + 0x100u)
#define LAB_RELAXED_ORDERING 0x10u /* bit 4: the device may set the attribute */

/* The IOMMU. 64-bit registers are written low word first. */
#define LAB_IOMMU_REGS	   (LAB_MMIO_BRIDGE + 0x200u)
#define LAB_IOMMU_WBF	   (LAB_IOMMU_REGS + 0x00u) /* write 1: empties its write buffer */
#define LAB_IOMMU_BASE	   (LAB_IOMMU_REGS + 0x08u)
#define LAB_IOMMU_LEN	   (LAB_IOMMU_REGS + 0x10u) /* 0: everything */
#define LAB_IOMMU_QUEUE	   (LAB_IOMMU_REGS + 0x18u) /* write 1: queue an invalidation */
#define LAB_IOMMU_WAIT	   (LAB_IOMMU_REGS + 0x20u) /* write 1: do what is queued */
#define LAB_IOMMU_STATUS   (LAB_IOMMU_REGS + 0x28u) /* reading pushes the writes before it */
#define LAB_IOMMU_REGS_END (LAB_IOMMU_REGS + 0x40u)

/* A register of the bridge; offset >= LAB_MMIO_BRIDGE. bridge.c */
uint64_t lab_bridge_read(struct lab_machine *m, uint32_t offset);
void lab_bridge_write(struct lab_machine *m, uint32_t offset, uint64_t value);
/* A load or store of the CPU to the bridge's memory, announced before it happens. */
void lab_bridge_touch(struct lab_machine *m, uint32_t offset, bool store);

/* ritual.c: emptying what is between CPU and device */
void lab_ritual_write(struct lab_machine *m, uint32_t offset, uint64_t value);
uint64_t lab_ritual_read(struct lab_machine *m, uint32_t offset);
void lab_ritual_touch(struct lab_machine *m, uint32_t offset, bool store);
/* The instruction that empties it: CP15 drain write buffer, sfence. */
void lab_ritual_instruction(struct lab_machine *m, enum any_dma_dir dir);
/* Does anything wait between CPU and device until a ritual? Not where there is none to be used. */
bool lab_ritual_needed(enum any_ritual ritual);

/* iommu.c: what the CPU does to the tables in memory */
bool lab_table_store(struct lab_machine *m, uint64_t iova, uint64_t address, unsigned prot);
void lab_table_clear(struct lab_machine *m, uint64_t iova);
void lab_table_clean(struct lab_machine *m, uint64_t iova, uint64_t len);
void lab_iommu_write(struct lab_machine *m, uint32_t offset, uint64_t value);
uint64_t lab_iommu_read(struct lab_machine *m, uint32_t offset);

#endif

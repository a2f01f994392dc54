/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oracle: it knows who owns every byte and which version each side has, so it names the first
 * wrong event whether or not this run corrupted anything.
 */
#ifndef ANYDMA_LAB_ORACLE_H
#define ANYDMA_LAB_ORACLE_H

#include "../core/machine.h"

/* mapping.c: what is mapped, learnt by watching the driver's DMA device */
void lab_oracle_watch(struct lab_machine *m, struct any_dma_dev *dev);
struct lab_mapping *lab_mapping_by_bus(struct lab_machine *m, uint64_t bus, uint64_t len);
/* misuse.c: an unmap or sync of what is not mapped, or not so; a contract broken over these bytes.
 */
_Noreturn void lab_not_mapped(struct lab_machine *m, uint64_t bus, const char *fmt, ...)
	ANY_PRINTF(3, 4);
_Noreturn void lab_misuse(struct lab_machine *m, const volatile void *cpu, size_t len,
			  const char *text);
const struct lab_mapping *lab_mapping_gone(const struct lab_machine *m, uint64_t bus, uint64_t len);
void lab_mapping_text(const struct lab_machine *m, uint64_t phys, char *text, size_t size);
void lab_cause_text(const struct lab_machine *m, enum any_lab_rule rule, char *text, size_t size);
/* At the end: LEAK if anything is still mapped or allocated. */
void lab_judge_end(struct lab_machine *m);

/* granule.c: what an IOMMU shows beside a buffer that was just mapped */
void lab_judge_granule(struct lab_machine *m, const struct lab_mapping *map);

/* Ownership that a shim's API passes on and back: wrong pairs are reported. */
void lab_mapping_lend(struct lab_machine *m, uint64_t cpu, uint64_t bus, uint64_t len,
		      enum any_dma_dir dir);
void lab_mapping_take_back(struct lab_machine *m, uint64_t bus, uint64_t len, enum any_dma_dir dir);
/* Memory set aside for the device: both sides may, but it is no ring until somebody says so. And
 * the way back, before it is unmapped. */
void lab_judge_set_aside(struct lab_machine *m, uint64_t bus, uint64_t len);
void lab_judge_given_back(struct lab_machine *m, uint64_t bus, uint64_t len);
void lab_mapping_insert(struct lab_machine *m, const struct lab_mapping *map);
void lab_mapping_remove(struct lab_machine *m, struct lab_mapping *map);

/* infer.c: ownership without maps (docs/raw.md) */
void lab_infer_taken(struct lab_machine *m, uint64_t bus, uint64_t len, enum any_dma_dir dir);
void lab_infer_returned(struct lab_machine *m, uint64_t bus, uint64_t len);
uint64_t lab_infer_address(const struct lab_machine *m, uint64_t bus);
struct lab_mapping *lab_infer_anywhere(struct lab_machine *m, uint64_t bus, uint64_t len);
bool lab_infer_may_write(const struct lab_machine *m, uint64_t phys, uint64_t len);
void lab_infer_inval(struct lab_machine *m, uint64_t phys, uint64_t len);
void lab_infer_dropped(struct lab_machine *m, const struct lab_line *line, uint64_t base,
		       const uint64_t mask[2], uint64_t pc);
void lab_infer_lost(struct lab_machine *m, uint64_t phys, uint32_t len, bool store, uint64_t pc);
void lab_judge_freed(struct lab_machine *m, uint64_t phys, uint64_t len);
void lab_judge_shared(struct lab_machine *m, uint64_t phys, uint64_t len);
void lab_judge_unshared(struct lab_machine *m, uint64_t phys, uint64_t len);
void lab_judge_foreign(struct lab_machine *m, uint64_t bus, uint64_t len, uint64_t pc);

/* touch.c: the CPU's side */
void lab_judge_touch(struct lab_machine *m, unsigned region, uint64_t phys, uint32_t len,
		     bool store, uint64_t pc);
/* Coherent memory was given back: until somebody gets it, no driver touches it. */
void lab_judge_used_up(struct lab_machine *m, uint64_t phys, uint64_t len);
void lab_stale_load(struct lab_machine *m, uint64_t base, uint64_t phys, uint32_t len, bool held,
		    uint64_t pc);
void lab_dirty_dropped(struct lab_machine *m, const struct lab_line *line, uint64_t base,
		       uint32_t size, uint64_t pc);
void lab_judge_passed(struct lab_machine *m, uint64_t phys, uint64_t pc);
void lab_judge_doorbell(struct lab_machine *m, uint64_t pc);

/* alias.c: one attribute for all aliases */
void lab_alias_uncached(struct lab_machine *m, uint64_t phys, uint32_t len, bool store,
			uint64_t pc);
void lab_alias_cached(struct lab_machine *m, unsigned view, uint64_t phys, uint32_t len,
		      uint64_t pc);
/* The line is gone: what comes next is from memory. */
static inline void lab_alias_settled(struct lab_machine *m, uint64_t base, uint32_t size)
{
	uint8_t *own = lab_own(m, base);

	for (uint32_t at = 0; at < size; at += 64)
		*own++ &= (uint8_t)~LAB_OWN_UNCACHED;
}

/* device.c: the device's side; phys is where the access really goes */
/* Does a store here tell the device of others? */
bool lab_announces(const struct lab_machine *m, uint64_t phys);
void lab_judge_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_judge_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);

#endif

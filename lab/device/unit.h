/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the device models have in common: words in memory in their byte order, interrupt causes,
 * misbehaviour by chance. A model is written against anydma/lab/model.h alone, so the same files
 * run in the machine and, for comparison, on the bare host (bench/).
 */
#ifndef ANYDMA_LAB_UNIT_H
#define ANYDMA_LAB_UNIT_H

#include <anydma/lab/engine.h>

#define LAB_UNIT_BURST	 4096u
#define LAB_UNIT_OVERRUN 64u /* bytes written past an end, at most */
#define LAB_UNIT_AHEAD	 4u  /* descriptors that may be done out of order */

struct lab_unit {
	struct any_lab *lab;
	uint32_t flags, hostile, burst;
	uint32_t int_status, int_enable;
	uint32_t late;	  /* looks at its work in which it will do nothing */
	uint32_t lingers; /* accesses that it still makes after a reset */
};

/* A word as the device's byte order has it. */
uint32_t lab_unit_32(const struct lab_unit *u, uint32_t raw);
uint64_t lab_unit_64(const struct lab_unit *u, uint64_t raw);
void lab_unit_put(struct lab_unit *u, uint64_t bus, uint32_t value);

/* True by chance, once in n, of a device that misbehaves so. */
bool lab_unit_may(struct lab_unit *u, uint32_t how, uint32_t n);
/* 0..below - 1 */
uint32_t lab_unit_below(struct lab_unit *u, uint32_t below);

/* At the begin of a step with work to do: not now? */
bool lab_unit_late(struct lab_unit *u);
/* Interrupts. */
void lab_unit_cause(struct lab_unit *u, uint32_t causes);
void lab_unit_clear(struct lab_unit *u, uint32_t causes);
void lab_unit_enable(struct lab_unit *u, uint32_t causes);

/* Writes past the end of a buffer. */
void lab_unit_overrun(struct lab_unit *u, uint64_t end);

/* Registers of 32 bits, accessed one or two at a time. */
uint64_t lab_unit_read(uint32_t (*read32)(void *ctx, uint32_t offset), void *ctx, uint32_t offset,
		       unsigned bytes);
void lab_unit_write(void (*write32)(void *ctx, uint32_t offset, uint32_t value), void *ctx,
		    uint32_t offset, uint64_t value, unsigned bytes);

/* One 32-bit half of a 64-bit register. */
static inline void lab_unit_half(uint64_t *reg, bool high, uint32_t value)
{
	unsigned shift = high ? 32 : 0;

	*reg = (*reg & ~(0xffffffffull << shift)) | (uint64_t)value << shift;
}

/* Bytes between the model and the scenario: an access of the CPU's. */
void lab_unit_from_scenario(void *to, const void *from, size_t n);
void lab_unit_to_scenario(void *to, const void *from, size_t n);

#endif

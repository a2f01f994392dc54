/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine from the catalogue with a DMA device on it, and a device's hands to touch memory with:
 * the smallest scene in which a driver can be wrong.
 */
#ifndef SCENE_H
#define SCENE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "lab/mem/mem.h"
#include "lab/oracle/oracle.h"
#include "lab/run/run.h"
#include "tests/lab/trees.h"

struct scene {
	struct any_platform plat;
	struct lab_port port;
	struct any_dma_dev dma;
	struct lab_machine *m;
	struct any_lab_report report;
	uint8_t *ram; /* of view 0, reachable by the device, page aligned, 64 KiB */
};

/* change: the machine as its tree has it, made a little different; NULL: as it is. */
static inline void scene_open_changed(struct scene *s, const char *platform, uint64_t seed,
				      void (*change)(struct any_platform *plat))
{
	struct any_platform_error error;
	char why[ANY_LAB_TEXT];
	const struct any_platform_entry *tree = lab_tree(platform);

	memset(s, 0, sizeof(*s));
	assert_non_null(tree);
	assert_int_equal(any_platform_read(tree->dtb, tree->size, NULL, &s->plat, &error), 0);
	if (change)
		change(&s->plat);
	s->m = lab_machine_create(&s->plat, seed, why);
	assert_non_null(s->m);
	s->m->report = &s->report;
	assert_int_equal(lab_port_build(&s->port, s->m, false, why), 0);
	assert_int_equal(any_dma_attach(&s->dma, &s->port.plat), 0);
	assert_int_equal(any_dma_set_mask(&s->dma, ~0ull), 0);
	assert_int_equal(any_dma_set_coherent_mask(&s->dma, ~0ull), 0);
	lab_oracle_watch(s->m, &s->dma);
	s->ram = lab_ptr(s->m, LAB_VIEW0, s->plat.machine.coherent_base - 65536);
	lab_current = s->m;
	lab_stack_reset();
	s->m->armed = true;
}

static inline void scene_open(struct scene *s, const char *platform, uint64_t seed)
{
	scene_open_changed(s, platform, seed, NULL);
}

static inline void scene_close(struct scene *s)
{
	s->m->armed = false;
	lab_machine_destroy(s->m);
}

/* What the device does when it is given a bus address. */
static inline void scene_device(struct scene *s, uint64_t bus, uint32_t len, bool write)
{
	uint64_t contiguous = 0, phys;

	s->m->master = LAB_DEVICE;
	phys = lab_bus_resolve(s->m, bus, len, write, 0, &contiguous);
	if (write) {
		lab_device_store(s->m, phys, len, 0);
		memset(lab_ptr(s->m, LAB_DRAM, phys), 0xdd, len);
	} else {
		lab_device_load(s->m, phys, len, 0);
	}
	s->m->master = LAB_CPU;
}

/* What the CPU does, announced as the compiler would. */
static inline void scene_store(struct scene *s, uint8_t *at, uint8_t value, uint32_t len)
{
	uint64_t host = (uint64_t)(uintptr_t)at;

	lab_cpu_store(s->m, lab_region_of(host), lab_phys_of(host), len, 0);
	for (uint32_t i = 0; i < len; i++)
		((volatile uint8_t *)at)[i] = value;
}

static inline uint8_t scene_load(struct scene *s, uint8_t *at, uint32_t len)
{
	uint64_t host = (uint64_t)(uintptr_t)at;

	lab_cpu_load(s->m, lab_region_of(host), lab_phys_of(host), len, 0);
	return *(volatile uint8_t *)at;
}

/* Runs `body`; the rule the oracle left with, ANY_LAB_OK if it had nothing to say. */
#define SCENE_RULE(s, body)                                                                        \
	(setjmp((s)->m->out) ? (s)->report.rule : ((void)(body), (enum any_lab_rule)ANY_LAB_OK))

#endif

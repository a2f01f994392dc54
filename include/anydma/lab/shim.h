/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For shims: what other people's DMA, cache and barrier calls become. The run is the current one;
 * outside a run nothing happens. The place of an event is the innermost frame of seen code that is
 * not a shim's (functions of shim/NAME/include and shim/NAME/src that are inline, or compiled with
 * the flags, are looked through).
 */
#ifndef ANYDMA_LAB_SHIM_H
#define ANYDMA_LAB_SHIM_H

#include <anydma/lab/isa.h>
#include <anydma/lab/scenario.h>
#include <anydma/lab/words.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Cache maintenance of a raw driver: whole lines, rounded outwards as the instructions do, by the
 * address given, complete on return. The port of this machine does it: with its cures for what its
 * caches cannot do, its outer cache, its buffers. On a machine whose bus snoops nothing happens.
 */
enum any_lab_cache_op { ANY_LAB_CACHE_CLEAN, ANY_LAB_CACHE_INVAL, ANY_LAB_CACHE_CLEAN_INVAL };
void any_lab_cache(enum any_lab_cache_op op, const volatile void *from, size_t len);
/* Everything the caches hold. Invalidating all is the system's ruin: a report. */
void any_lab_cache_all(enum any_lab_cache_op op);

/* This machine's line size in bytes; 64 where caches are coherent. */
uint32_t any_lab_cache_line(void);

/*
 * For APIs that map but translate by themselves (U-Boot): ownership passes to the device, and back.
 * `bus` is what the driver will tell the device. Wrong pairs are reported.
 */
void any_lab_lend(const volatile void *cpu, uint64_t bus, size_t len, enum any_dma_dir dir);
void any_lab_take_back(uint64_t bus, size_t len, enum any_dma_dir dir);

/*
 * For a shim's own tables: zeroed memory that ends with the run and is no memory of the machine.
 * The same key finds it again.
 */
void *any_lab_shim_state(const void *key, size_t size);

/*
 * The API being judged does not copy a buffer away because it shares cache lines, as the library
 * does: a store beside a buffer that the device writes is wrong (DA-33), wherever the bytes lie in
 * this run.
 */
void any_lab_own_lines(struct any_lab *lab);

/* The API's contract was broken in a way that only the shim can see (C5: wrong size, wrong unmap
 * function, mapping error never looked at...). Does not return. */
ANY_NORETURN void any_lab_misuse(const char *fmt, ...) ANY_PRINTF(1, 2);
/* The same about these bytes: they are drawn, and their past is told. */
ANY_NORETURN void any_lab_misuse_of(const volatile void *cpu, size_t len, const char *fmt, ...)
	ANY_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif

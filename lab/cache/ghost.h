/* SPDX-License-Identifier: BSD-2-Clause */
/* Hooks that every wart with ghosts shares. */
#ifndef ANYDMA_LAB_CACHE_GHOST_H
#define ANYDMA_LAB_CACHE_GHOST_H

#include "cache.h"

void lab_ghost_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_ghost_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc);
void lab_ghost_misfortune(struct lab_machine *m);

#endif

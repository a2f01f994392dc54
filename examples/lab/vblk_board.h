/* SPDX-License-Identifier: BSD-2-Clause */
/* What the disk's driver wants of its board, and what that is under the lab. */
#ifndef VBLK_BOARD_H
#define VBLK_BOARD_H

#include <anydma/lab/shim.h>

#define board_clean(p, n)    any_lab_cache(ANY_LAB_CACHE_CLEAN, p, n)
#define board_inval(p, n)    any_lab_cache(ANY_LAB_CACHE_INVAL, p, n)
#define board_barrier()	     any_lab_barrier(ANY_LAB_FULL_MB)
#define board_bus_address(p) any_lab_bus_address(any_lab_current(), p)

#endif

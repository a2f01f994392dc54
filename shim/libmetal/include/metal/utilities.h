/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_METAL_UTILITIES_H
#define ANYDMA_METAL_UTILITIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define metal_dim(x)			    (sizeof(x) / sizeof((x)[0]))
#define metal_min(x, y)			    ((x) < (y) ? (x) : (y))
#define metal_max(x, y)			    ((x) > (y) ? (x) : (y))
#define metal_align_down(val, size)	    ((val) & ~((size)-1))
#define metal_align_up(val, size)	    metal_align_down((val) + (size)-1, size)
#define metal_container_of(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))

#endif

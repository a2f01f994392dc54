/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_METAL_COMPILER_H
#define ANYDMA_METAL_COMPILER_H

#define metal_align(n)	__attribute__((aligned(n)))
#define metal_weak	__attribute__((weak))
#define metal_unused(x) ((void)(x))
#define METAL_PACKED_BEGIN
#define METAL_PACKED_END __attribute__((__packed__))

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words every floor shares: addresses that do not mix, directions, errors.
 *
 * A CPU pointer is a pointer. What the CPU's page tables give is `struct any_phys_addr`. What a
 * device puts on its bus is `struct any_dma_addr`. They are different C types on purpose: passing
 * one where another belongs does not compile (tests/compile proves it), which turns the bug of the
 * 2018 mail (a physical address handed to a device that sees something else) into a type error.
 */
#ifndef ANYDMA_TYPES_H
#define ANYDMA_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <anydma/compiler.h>

/* A CPU physical address. Address 0 is valid. */
struct any_phys_addr {
	uint64_t raw;
};

/* An address as one device issues it on its bus (an IOVA where an IOMMU translates). 0 is valid. */
struct any_dma_addr {
	uint64_t raw;
};

static inline struct any_phys_addr any_phys(uint64_t raw)
{
	return (struct any_phys_addr){raw};
}

static inline struct any_dma_addr any_dma(uint64_t raw)
{
	return (struct any_dma_addr){raw};
}

/*
 * Who moves the bytes, seen from memory. The values are bits: TO_DEVICE says the device reads,
 * FROM_DEVICE says it writes. 0 is no direction, so a zeroed structure is never valid (DA-08).
 */
enum any_dma_dir {
	ANY_DMA_TO_DEVICE = 1,
	ANY_DMA_FROM_DEVICE = 2,
	ANY_DMA_BOTH = 3,
};

/*
 * Functions return 0 or a negative one of these; the values are errno's. Out-parameters are
 * untouched on failure.
 */
enum any_error {
	ANY_EPERM = 1,	    /* the platform forbids it */
	ANY_ENOENT = 2,	    /* there is no such thing */
	ANY_EIO = 5,	    /* the device or the medium failed */
	ANY_E2BIG = 7,	    /* longer than one mapping or one chain can be */
	ANY_EAGAIN = 11,    /* nothing to take now */
	ANY_ENOMEM = 12,    /* a pool, ring or table is full: retry after something completes */
	ANY_EFAULT = 14,    /* the memory cannot be mapped at all (stack, text, unknown) */
	ANY_EBUSY = 16,	    /* in use */
	ANY_ENODEV = 19,    /* no such device, or it is not usable */
	ANY_EINVAL = 22,    /* an argument contradicts the contract */
	ANY_ENOSPC = 28,    /* the caller's array is too short */
	ANY_ERANGE = 34,    /* an address is out of the device's reach and nothing can bounce it */
	ANY_EPROTO = 71,    /* the other side broke the protocol; the ring or device is broken */
	ANY_EOVERFLOW = 75, /* a sum of lengths or an address wraps */
	ANY_ENOTSUP = 95,   /* this machine cannot do it */
};

/* Static text for an error returned by any function (sign ignored). Never NULL. */
const char *any_strerror(int err);

#endif

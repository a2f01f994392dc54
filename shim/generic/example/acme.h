/* SPDX-License-Identifier: BSD-2-Clause */
/* The template: an imaginary system's names. Copy it, and put in yours. */
#ifndef ACME_H
#define ACME_H

#include "any_raw.h"

/* For the line of a report that says what mends it. */
ANY_LAB_WORDS(acme, {ANY_LAB_SAYS_CLEAN, "acme_cache_writeback()"},
	      {ANY_LAB_SAYS_READY, "acme_cache_discard() or acme_cache_writeback()"},
	      {ANY_LAB_SAYS_INVAL, "acme_cache_discard()"},
	      {ANY_LAB_SAYS_CLEAN_INVAL, "acme_cache_purge()"},
	      {ANY_LAB_SAYS_ADDRESS, "acme_device_address(buffer)"},
	      {ANY_LAB_SAYS_COHERENT, "acme_dma_alloc()"}, {ANY_LAB_SAYS_WMB, "acme_sync()"},
	      {ANY_LAB_SAYS_RMB, "acme_sync()"}, {ANY_LAB_SAYS_MB, "acme_sync()"},
	      {ANY_LAB_SAYS_DOORBELL, "acme_sync()"});

#define acme_cache_writeback(p, n) any_raw_clean(p, n)
#define acme_cache_discard(p, n)   any_raw_inval(p, n)
#define acme_cache_purge(p, n)	   any_raw_clean_inval(p, n)
#define acme_sync()		   any_raw_full()
#define acme_in(reg)		   any_raw_read32(reg)
#define acme_out(reg, value)	   any_raw_write32(reg, value)
#define acme_device_address(p)	   any_raw_bus(p)
#define acme_dma_alloc(n)	   any_raw_dma_alloc(n)
#define acme_yield()		   any_raw_relax()

#endif

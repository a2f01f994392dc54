/* SPDX-License-Identifier: BSD-2-Clause */
/* Zephyr's cache API: whole lines of the range, a full barrier before and after. */
#ifndef ANYDMA_ZEPHYR_CACHE_H
#define ANYDMA_ZEPHYR_CACHE_H

#include <errno.h>
#include <stddef.h>

#include <anydma/lab/shim.h>

#include <zephyr/toolchain.h>

ALWAYS_INLINE int sys_cache_data_flush_range(void *addr, size_t size)
{
	any_lab_cache(ANY_LAB_CACHE_CLEAN, addr, size);
	return 0;
}
ALWAYS_INLINE int sys_cache_data_invd_range(void *addr, size_t size)
{
	any_lab_cache(ANY_LAB_CACHE_INVAL, addr, size);
	return 0;
}
ALWAYS_INLINE int sys_cache_data_flush_and_invd_range(void *addr, size_t size)
{
	any_lab_cache(ANY_LAB_CACHE_CLEAN_INVAL, addr, size);
	return 0;
}
ALWAYS_INLINE int anydma_zephyr_all(enum any_lab_cache_op op)
{
	any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the device's next access */
	any_lab_cache_all(op);
	any_lab_barrier(ANY_LAB_FULL_MB); /* partner: the same */
	return 0;
}
ALWAYS_INLINE int sys_cache_data_flush_all(void)
{
	return anydma_zephyr_all(ANY_LAB_CACHE_CLEAN);
}
ALWAYS_INLINE int sys_cache_data_invd_all(void)
{
	return anydma_zephyr_all(ANY_LAB_CACHE_INVAL);
}
ALWAYS_INLINE int sys_cache_data_flush_and_invd_all(void)
{
	return anydma_zephyr_all(ANY_LAB_CACHE_CLEAN_INVAL);
}
/* Of this machine; 0 would mean unknown. */
ALWAYS_INLINE size_t sys_cache_data_line_size_get(void)
{
	return any_lab_cache_line();
}
/* On from the start; the lab has no cache that goes off. */
ALWAYS_INLINE void sys_cache_data_enable(void)
{
}
ALWAYS_INLINE void sys_cache_data_disable(void)
{
	any_lab_misuse("sys_cache_data_disable(): the lab cannot switch the data cache off; take a "
		       "platform without one.");
}

#define arch_dcache_flush_range		 sys_cache_data_flush_range
#define arch_dcache_invd_range		 sys_cache_data_invd_range
#define arch_dcache_flush_and_invd_range sys_cache_data_flush_and_invd_range
#define arch_dcache_flush_all		 sys_cache_data_flush_all
#define arch_dcache_invd_all		 sys_cache_data_invd_all
#define arch_dcache_flush_and_invd_all	 sys_cache_data_flush_and_invd_all
#define arch_dcache_line_size_get	 sys_cache_data_line_size_get

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* U-Boot's cache calls. An address is a number; the machine's memory lies where it says. */
#include <bouncebuf.h>
#include <cpu_func.h>
#include <linux/dma-mapping.h>
#include <memalign.h>
#include <string.h>

#include <anydma/lab/shim.h>

void flush_cache(unsigned long start, unsigned long size)
{
	flush_dcache_range(start, start + size);
}

void flush_dcache_all(void)
{
	any_lab_cache_all(ANY_LAB_CACHE_CLEAN_INVAL);
}

void invalidate_dcache_all(void)
{
	any_lab_cache_all(ANY_LAB_CACHE_INVAL);
}

int dcache_status(void)
{
	return 1;
}

/* ---- mappings: maintenance, and who owns the bytes: whole lines, which the driver promises */

static size_t lines(size_t len)
{
	size_t line = any_lab_cache_line();

	return ROUND(len, line);
}

static enum any_dma_dir way(enum dma_data_direction dir)
{
	return dir == DMA_TO_DEVICE	? ANY_DMA_TO_DEVICE
	       : dir == DMA_FROM_DEVICE ? ANY_DMA_FROM_DEVICE
					: ANY_DMA_BOTH;
}

dma_addr_t dma_map_single(void *p, size_t len, enum dma_data_direction dir)
{
	unsigned long addr = (unsigned long)p;
	size_t whole = ROUND(len, (size_t)ARCH_DMA_MINALIGN);

	if (dir == DMA_FROM_DEVICE)
		invalidate_dcache_range(addr, addr + whole);
	else
		flush_dcache_range(addr, addr + whole);
	any_lab_lend(p, any_lab_bus_address(any_lab_current(), p), lines(len), way(dir));
	return virt_to_phys(p);
}

void dma_unmap_single(dma_addr_t addr, size_t len, enum dma_data_direction dir)
{
	unsigned long at = (unsigned long)phys_to_virt(addr);
	size_t whole = ROUND(len, (size_t)ARCH_DMA_MINALIGN);

	if (!at)
		any_lab_misuse("dma_unmap_single() of 0x%llx, which is no memory.", addr);
	any_lab_take_back(any_lab_bus_address(any_lab_current(), (void *)at), lines(len), way(dir));
	if (dir != DMA_TO_DEVICE)
		invalidate_dcache_range(at, at + whole);
}

/* Coherent in name only, as on Arm: whoever uses it maintains it. */
void *dma_alloc_coherent(size_t len, unsigned long *handle)
{
	void *p = malloc_cache_aligned(len);

	*handle = (unsigned long)virt_to_phys(p);
	return p;
}

void dma_free_coherent(void *p)
{
	free(p);
}

/* ---- buffers that are not aligned */

int bounce_buffer_start(struct bounce_buffer *state, void *data, size_t len, unsigned int flags)
{
	unsigned long at;

	*state = (struct bounce_buffer){.user_buffer = data,
					.bounce_buffer = data,
					.len = len,
					.len_aligned = ROUND(len, (size_t)ARCH_DMA_MINALIGN),
					.flags = flags};
	if (((uintptr_t)data | len) & (ARCH_DMA_MINALIGN - 1)) {
		state->bounce_buffer = malloc_cache_aligned(len);
		if (!state->bounce_buffer)
			return -12; /* -ENOMEM */
		if (flags & GEN_BB_READ)
			memcpy(state->bounce_buffer, data, len);
	}
	at = (unsigned long)state->bounce_buffer;
	flush_dcache_range(at, at + state->len_aligned);
	return 0;
}

int bounce_buffer_stop(struct bounce_buffer *state)
{
	unsigned long at = (unsigned long)state->bounce_buffer;

	if (state->flags & GEN_BB_WRITE)
		invalidate_dcache_range(at, at + state->len_aligned);
	if (state->bounce_buffer == state->user_buffer)
		return 0;
	if (state->flags & GEN_BB_WRITE)
		memcpy(state->user_buffer, state->bounce_buffer, state->len);
	free(state->bounce_buffer);
	return 0;
}

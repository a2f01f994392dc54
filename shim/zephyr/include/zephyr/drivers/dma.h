/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of Zephyr's DMA class that a driver which does its own cache work needs. */
#ifndef ANYDMA_ZEPHYR_DRIVERS_DMA_H
#define ANYDMA_ZEPHYR_DRIVERS_DMA_H

#include <stdbool.h>
#include <stdint.h>

enum dma_channel_direction {
	MEMORY_TO_MEMORY = 0,
	MEMORY_TO_PERIPHERAL,
	PERIPHERAL_TO_MEMORY,
};

struct dma_block_config {
	uint64_t source_address, dest_address;
	uint32_t block_size;
	struct dma_block_config *next_block;
};

struct device;
typedef void (*dma_callback_t)(const struct device *dev, void *user_data, uint32_t channel,
			       int status);

struct dma_config {
	uint32_t channel_direction;
	uint32_t block_count;
	struct dma_block_config *head_block;
	void *user_data;
	dma_callback_t dma_callback;
};

struct dma_status {
	bool busy;
	enum dma_channel_direction dir;
	uint32_t pending_length;
};

#endif

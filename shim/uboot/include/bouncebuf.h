/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_BOUNCEBUF_H
#define ANYDMA_UBOOT_BOUNCEBUF_H

#include <linux/types.h>

#define GEN_BB_READ  (1u << 0) /* the device reads the buffer */
#define GEN_BB_WRITE (1u << 1)
#define GEN_BB_RW    (GEN_BB_READ | GEN_BB_WRITE)

struct bounce_buffer {
	void *user_buffer;
	void *bounce_buffer; /* what the device is given */
	size_t len, len_aligned;
	unsigned int flags;
};

int bounce_buffer_start(struct bounce_buffer *state, void *data, size_t len, unsigned int flags);
int bounce_buffer_stop(struct bounce_buffer *state);

#endif

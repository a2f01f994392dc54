/* SPDX-License-Identifier: BSD-2-Clause */
/* What a fuzz target reads its moves from; zeroes when it is at its end. */
#ifndef ANYDMA_FUZZ_INPUT_H
#define ANYDMA_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct input {
	const uint8_t *at;
	size_t left;
};

static inline uint32_t take(struct input *in, unsigned bytes)
{
	uint32_t value = 0;

	for (; bytes && in->left; bytes--, in->left--)
		value = value << 8 | *in->at++;
	return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

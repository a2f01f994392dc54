/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071), over what the driver left to be summed. */
#include "net.h"

void any_net_sum(const struct any_net_offload *offload, const uint8_t *frame, size_t len,
		 uint8_t sum[2])
{
	uint64_t total = 0;
	uint16_t folded;

	/* Byte pairs from csum_start on, whatever their alignment. */
	for (size_t i = offload->csum_start; i < len; i++)
		total += (i - offload->csum_start) % 2 ? frame[i] : (unsigned)frame[i] << 8;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	folded = (uint16_t)~total;
	if (!folded) /* both are zero in ones' complement, and UDP has a use for the other */
		folded = 0xffff;
	sum[0] = (uint8_t)(folded >> 8);
	sum[1] = (uint8_t)folded;
}

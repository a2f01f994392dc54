/* SPDX-License-Identifier: BSD-2-Clause */
/* The network behind the device: every frame the driver sends comes back to it, as it was. */
#ifndef ANYDMA_LAB_WIRE_H
#define ANYDMA_LAB_WIRE_H

#include <anydma/net_device.h>

#define LAB_WIRE_FRAMES	 16u
#define LAB_WIRE_LONGEST 4096u
#define LAB_NET_QUEUE	 64u

struct lab_wire {
	struct any_net_device net;
	uint64_t memory[ANY_NET_DEVICE_BYTES(1, LAB_NET_QUEUE) / 8];
	uint8_t stage[LAB_WIRE_LONGEST];
	/* on their way back, oldest first */
	struct {
		struct any_net_offload offload;
		uint32_t len;
		uint8_t bytes[LAB_WIRE_LONGEST];
	} frames[LAB_WIRE_FRAMES];
	uint32_t first, n;
};

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the network driver share. */
#ifndef ANYDMA_DRIVER_NET_H
#define ANYDMA_DRIVER_NET_H

#include <anydma/net.h>

/* Memory for rings, headers and commands where there is none that is coherent; bytes 0: there is.
 */
struct any_net_shared {
	void *memory;
	size_t bytes;
};

/* All queues, and the memory for headers and commands; an error leaves what any_net_undo_queues
 * takes away, after a reset. */
ANY_MUST_CHECK int any_net_make_queues(struct any_net *net, void *memory, size_t bytes,
				       const struct any_net_shared *shared);
ANY_MUST_CHECK int any_net_undo_queues(struct any_net *net);

/* Bytes of the driver's own for the device: in front the command, behind it the answer, then the
 * headers. */
#define ANY_NET_COMMAND_BYTES 512u
struct any_virtqueue_buf any_net_wire_at(const struct any_net *net, size_t offset, size_t len);

#endif

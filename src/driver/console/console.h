/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the console driver share. */
#ifndef ANYDMA_DRIVER_CONSOLE_H
#define ANYDMA_DRIVER_CONSOLE_H

#include <anydma/console.h>

#include "driver/bump.h"

/* All queues, and the memory for messages; an error leaves what any_console_undo_queues takes away,
 * after a reset. shared->at NULL: there is coherent memory. */
ANY_MUST_CHECK int any_console_make_queues(struct any_console *console, void *memory, size_t bytes,
					   const struct any_bump *shared);
ANY_MUST_CHECK int any_console_undo_queues(struct any_console *console);

/* One message in, and one out; in front those that come in. */
#define ANY_CONSOLE_IN_BYTES 128u
struct any_virtqueue_buf any_console_wire_in(const struct any_console *console, uint32_t i);
struct any_virtqueue_buf any_console_wire_out(const struct any_console *console, uint32_t i);

/* Room for the device's messages, and the first of the driver's (VG-CN-02). */
ANY_MUST_CHECK int any_console_start_control(struct any_console *console);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio console on the wire (5.3). Little-endian. */
#ifndef ANYDMA_VIRTIO_CONSOLE_H
#define ANYDMA_VIRTIO_CONSOLE_H

#include <anydma/types.h>

#define ANY_CONSOLE_F_SIZE	  (1ull << 0)
#define ANY_CONSOLE_F_MULTIPORT	  (1ull << 1)
#define ANY_CONSOLE_F_EMERG_WRITE (1ull << 2)

/* Device configuration, by offset. */
#define ANY_CONSOLE_CFG_COLS	  0u
#define ANY_CONSOLE_CFG_ROWS	  2u
#define ANY_CONSOLE_CFG_MAX_PORTS 4u
#define ANY_CONSOLE_CFG_EMERG_WR  8u
#define ANY_CONSOLE_CFG_BYTES	  12u

/* Queues: port 0's pair, the control pair, then the pairs of ports 1, 2, ... */
#define ANY_CONSOLE_CTRL_RX	2u
#define ANY_CONSOLE_CTRL_TX	3u
#define ANY_CONSOLE_MAX_PORTS	0x7fffu /* for which there are queue numbers */
#define ANY_CONSOLE_RX(port)	((uint16_t)((port) ? 2 * ((port) + 1) : 0))
#define ANY_CONSOLE_TX(port)	((uint16_t)(ANY_CONSOLE_RX(port) + 1))
#define ANY_CONSOLE_QUEUES(max) (2u * ((max) + 1)) /* with MULTIPORT */

struct any_console_message { /* on the control queues, both ways */
	uint32_t id;	     /* the port */
	uint16_t event;
	uint16_t value;
};

#define ANY_CONSOLE_MESSAGE_BYTES 8u

enum any_console_event {
	ANY_CONSOLE_DEVICE_READY = 0, /* the driver: 1, or 0 for a failure */
	ANY_CONSOLE_PORT_ADD = 1,     /* the device */
	ANY_CONSOLE_PORT_REMOVE = 2,  /* the device */
	ANY_CONSOLE_PORT_READY = 3,   /* the driver: 1, or 0 for a failure */
	ANY_CONSOLE_CONSOLE_PORT = 4, /* the device: it is one */
	ANY_CONSOLE_RESIZE = 5,	      /* the device; columns and rows follow, 16 bits each */
	ANY_CONSOLE_PORT_OPEN = 6,    /* both: 1 open, 0 closed */
	ANY_CONSOLE_PORT_NAME = 7,    /* the device; the name follows, without an end of its own */
};

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A console or serial device, the device's end: bytes the driver writes go to a function of the
 * caller's, bytes from outside are delivered into buffers the driver posted. The driver's end is
 * console.h.
 *
 * What the driver is to be told of a port is remembered as what is new about it, not as a queue of
 * messages: it goes out when there are buffers for it, and nothing grows meanwhile.
 */
#ifndef ANYDMA_CONSOLE_DEVICE_H
#define ANYDMA_CONSOLE_DEVICE_H

#include <anydma/console.h>
#include <anydma/virtio_device.h>

#ifdef __cplusplus
extern "C" {
#endif

struct any_console_backend {
	/* Bytes of the driver's, in its memory: it may change them, so each is to be read once. */
	void (*write)(void *ctx, uint32_t port, const void *bytes, size_t len);
	/* The driver opened the port, or closed it. NULL: who cares. */
	void (*opened)(void *ctx, uint32_t port, bool open);
	/* A character past all queues, in any state. NULL where EMERG_WRITE is not offered. */
	void (*emergency)(void *ctx, uint8_t c);
};

struct any_console_device_config {
	uint64_t features;   /* SIZE, MULTIPORT, EMERG_WRITE; of 29, 33, 34, 36, 38, 40, 43 */
	uint16_t cols, rows; /* with SIZE */
	uint16_t max_ports;  /* 1; with MULTIPORT at most ANY_CONSOLE_MAX_PORTS */
	uint32_t queue_max;  /* entries of each queue, a power of two */
};

struct any_console_device_port {
	bool there, console;
	bool open;	/* on this side */
	bool throttled; /* nothing is taken from the driver */
	uint16_t cols, rows;
	char name[ANY_CONSOLE_NAME_BYTES];
	/* The driver's side; a reset clears it. */
	bool added, ready, driver_open;
	uint8_t news; /* 1 << enum any_console_event: still to be told */
};

struct any_console_device {
	struct any_virtio_device virtio;
	const struct any_console_backend *backend;
	void *ctx;
	struct any_console_device_config config;
	struct any_console_device_port *ports;
	bool driver_ready;
	uint32_t nonsense; /* messages of the driver's that were ignored */
};

#define ANY_CONSOLE_DEVICE_QUEUE_BYTES(queue_max)                                                  \
	(sizeof(struct any_virtio_device_queue) + 16 +                                             \
	 (size_t)(queue_max) * (sizeof(struct any_ring_piece) + sizeof(struct any_packed_held)))
/* Memory of a device: the caller's, aligned to 8; a multiple of it. */
#define ANY_CONSOLE_DEVICE_BYTES(max_ports, queue_max)                                             \
	((ANY_CONSOLE_QUEUES(max_ports) * ANY_CONSOLE_DEVICE_QUEUE_BYTES(queue_max) +              \
	  (size_t)(max_ports) * sizeof(struct any_console_device_port) + 15) /                     \
	 8 * 8)

/*
 * Port 0 is there and open, and a console; others are added. EINVAL: unknown bits, ports without
 * MULTIPORT, EMERG_WRITE and no function for it. ENOSPC: memory. The caller sets
 * dev->virtio.interrupt.
 */
ANY_MUST_CHECK int any_console_device_init(struct any_console_device *dev,
					   const struct any_console_backend *backend, void *ctx,
					   const struct any_console_device_config *config,
					   struct any_space *space, void *memory, size_t bytes);
/*
 * Serves the driver's queues, at most `budget` buffers each, and tells it what is new; calls it
 * once a queue. How many buffers: 0 means nothing to do.
 */
uint32_t any_console_device_process(struct any_console_device *dev, uint32_t budget);
/*
 * Bytes from outside. How many found room: the rest again later. 0 where the driver does not listen
 * (port->driver_open). The driver sees them at once.
 */
ANY_MUST_CHECK size_t any_console_device_deliver(struct any_console_device *dev, uint32_t port,
						 const void *bytes, size_t len);

/* Ports: EINVAL: the number is none, or the port is there already (VD-CN-02). `name` may be NULL.
 */
ANY_MUST_CHECK int any_console_device_add(struct any_console_device *dev, uint32_t port,
					  bool console, const char *name);
/* ENOENT: there is no such port. Port 0 can be removed, too. */
ANY_MUST_CHECK int any_console_device_remove(struct any_console_device *dev, uint32_t port);
ANY_MUST_CHECK int any_console_device_set_open(struct any_console_device *dev, uint32_t port,
					       bool open);
/* Of a console; port 0's stands in the configuration, too. */
ANY_MUST_CHECK int any_console_device_resize(struct any_console_device *dev, uint32_t port,
					     uint16_t cols, uint16_t rows);
/* From the next process on nothing is taken from the port, or again something. */
ANY_MUST_CHECK int any_console_device_throttle(struct any_console_device *dev, uint32_t port,
					       bool on);

#ifdef __cplusplus
}
#endif
#endif

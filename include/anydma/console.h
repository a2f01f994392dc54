/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A console or serial device (5.3), the driver's end. Ports are streams of bytes: buffers are
 * posted for what comes in, and come back with some; what goes out is the caller's memory until it
 * is reclaimed. The device's end is console_device.h.
 *
 * Without MULTIPORT there is port 0, and it is open. With it ports come and go: any_console_control
 * takes the device's messages, answers those that want an answer, and says which port changed.
 */
#ifndef ANYDMA_CONSOLE_H
#define ANYDMA_CONSOLE_H

#include <anydma/virtio.h>
#include <anydma/virtio/console.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ANY_CONSOLE_NAME_BYTES 32u /* its end among them; what is longer is cut */

struct any_console_options {
	uint64_t without; /* device-type features not to accept */
	uint32_t size;	  /* of each port's queues, to aim for */
	uint16_t ports;	  /* at most; 0: 1. Others are refused when they come */
};

struct any_console_port {
	struct any_virtqueue rx, tx;
	bool there;	     /* added, and not removed */
	bool console;	     /* for text, a terminal on the other end (VG-CN-03) */
	bool open;	     /* somebody listens on the device's side */
	uint16_t cols, rows; /* of a console; 0: not known */
	/* As the device sends it, ended by a 0: any bytes. Empty: none. */
	char name[ANY_CONSOLE_NAME_BYTES];
};

struct any_console {
	struct any_virtio_driver virtio;
	struct any_console_options options;
	struct any_console_port *ports;
	uint16_t n_ports;   /* that have queues */
	uint32_t max_ports; /* the device's word: no port has this number */
	struct any_virtqueue ctrl_rx, ctrl_tx;
	/* Messages: coherent, or the caller's memory; a line each. */
	struct any_dma_coherent wire;
	uint32_t line;
	uint32_t free_out; /* a bit for each message that can be sent */
	uint32_t nonsense; /* messages that were dropped (VG-CN-04) */
};

#define ANY_CONSOLE_CTRL_SIZE 32u /* entries of each control queue, and messages each way */

/* Private memory of a driver: the caller's, aligned to 8. */
#define ANY_CONSOLE_BYTES(ports, size)                                                             \
	((size_t)(ports) * (sizeof(struct any_console_port) + 2 * ANY_VIRTQUEUE_BYTES(size)) +     \
	 2 * ANY_VIRTQUEUE_BYTES(ANY_CONSOLE_CTRL_SIZE))

/*
 * Brings the device up to DRIVER_OK, and with MULTIPORT asks it for its ports (VG-CN-02). On error
 * nothing stays allocated, and console->virtio.why says why. ENODEV: not a console, or it says that
 * it can have no port.
 */
ANY_MUST_CHECK int any_console_init(struct any_console *console,
				    const struct any_virtio_transport *transport,
				    struct any_dma_dev *dma,
				    const struct any_console_options *options, void *memory,
				    size_t bytes);
/* The same where the machine has no coherent memory, as any_blk_init_cached. */
ANY_MUST_CHECK int any_console_init_cached(struct any_console *console,
					   const struct any_virtio_transport *transport,
					   struct any_dma_dev *dma,
					   const struct any_console_options *options, void *memory,
					   size_t bytes, void *shared, size_t shared_bytes);
size_t any_console_shared_bytes(const struct any_dma_dev *dma, uint16_t ports, uint32_t size);
/*
 * Stops the device (reset). Buffers it had come back through abort, then fini gives the memory
 * back. ENODEV: the device does not reset, or is gone, and keeps its memory. Abort then answers
 * ENODEV, too, and names what is over: the bytes are the device's until fini answers 0 (virtio.h:
 * any_virtio_removed).
 */
ANY_MUST_CHECK int any_console_stop(struct any_console *console);
ANY_MUST_CHECK int any_console_abort_receive(struct any_console *console, uint32_t port,
					     void **cookie);
ANY_MUST_CHECK int any_console_abort_transmit(struct any_console *console, uint32_t port,
					      void **cookie);
ANY_MUST_CHECK int any_console_fini(struct any_console *console); /* EBUSY: not stopped, or buffers
								     out */

/*
 * Ports at or above console->n_ports: EINVAL; one that is not there: ENODEV. What a removed port's
 * queues still have comes back as before, or by abort.
 */

/* ENOMEM: the queue is full. EINVAL: len 0. Errors of any_dma_map. */
ANY_MUST_CHECK int any_console_post(struct any_console *console, uint32_t port, void *buf,
				    size_t len, void *cookie);
void any_console_kick_receive(struct any_console *console, uint32_t port);
/*
 * A buffer whose first *len bytes came in. EAGAIN: none yet. EIO: it came back empty, which is no
 * input. EPROTO: the device talked nonsense: stop, abort, init.
 */
ANY_MUST_CHECK int any_console_receive(struct any_console *console, uint32_t port, void **cookie,
				       uint32_t *len);

/*
 * Bytes to go out: DMA-able memory, not a stack's (VG-CN-05), and the device's until reclaimed. To
 * a port that nobody listens to a device may throw them away. Errors as those of post.
 */
ANY_MUST_CHECK int any_console_transmit(struct any_console *console, uint32_t port, const void *buf,
					size_t len, void *cookie);
void any_console_kick_transmit(struct any_console *console, uint32_t port);
ANY_MUST_CHECK int any_console_reclaim(struct any_console *console, uint32_t port, void **cookie);

/*
 * The next message of the device: what happened to which port; its fields say how it is now.
 * EAGAIN: none, or no room for the answer yet. EIO: it was nonsense, and dropped. EPROTO: a control
 * queue is broken. ENOTSUP: no MULTIPORT.
 */
ANY_MUST_CHECK int any_console_control(struct any_console *console, uint32_t *port,
				       enum any_console_event *event);
/* Tells the device that somebody listens here, or no longer. EAGAIN: too many messages out.
 * ENOTSUP: no MULTIPORT. */
ANY_MUST_CHECK int any_console_set_open(struct any_console *console, uint32_t port, bool open);

/*
 * Reads and acknowledges the interrupt causes. After a configuration change the size of port 0 is
 * read again. EPROTO: the device needs a reset (VG-ST-11); ENODEV: it is gone.
 */
ANY_MUST_CHECK int any_console_interrupt(struct any_console *console);

/*
 * One character without queues, in any state of the device: for a last word. ENOTSUP: the device
 * does not offer it.
 */
ANY_MUST_CHECK int any_console_emergency_write(const struct any_virtio_transport *transport,
					       char c);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio console, the driver: bring-up, configuration, bytes, tear-down. */
#include "console.h"

#include "base/bits.h"

#define WANTED (ANY_CONSOLE_F_SIZE | ANY_CONSOLE_F_MULTIPORT)

/* ---- configuration --------------------------------------------------------------------------- */

struct facts {
	uint16_t cols, rows;
	uint32_t max_ports;
};

/* A field exists only with its feature (VG-CF-03). */
static int read_facts(const struct any_virtio_driver *v, struct facts *f)
{
	struct any_virtio_config_read read = any_virtio_config_begin(v);

	do {
		*f = (struct facts){.max_ports = 1};
		if (any_virtio_has(v, ANY_CONSOLE_F_SIZE)) {
			f->cols = any_virtio_config16(v, ANY_CONSOLE_CFG_COLS);
			f->rows = any_virtio_config16(v, ANY_CONSOLE_CFG_ROWS);
		}
		if (any_virtio_has(v, ANY_CONSOLE_F_MULTIPORT))
			f->max_ports = any_virtio_config32(v, ANY_CONSOLE_CFG_MAX_PORTS);
	} while (any_virtio_config_again(v, &read));
	return read.torn ? -ANY_EIO : 0;
}

static void set_size(struct any_console *console, const struct facts *f)
{
	if (!any_virtio_has(&console->virtio, ANY_CONSOLE_F_SIZE))
		return;
	console->ports[0].cols = f->cols;
	console->ports[0].rows = f->rows;
}

int any_console_interrupt(struct any_console *console)
{
	const struct any_virtio_transport *t = console->virtio.transport;
	struct facts facts;
	int err;

	if (!(t->ops->read_isr(t->ctx) & ANY_VIRTIO_ISR_CONFIG))
		return 0;
	err = any_virtio_check(&console->virtio);
	if (!err)
		err = read_facts(&console->virtio, &facts);
	if (!err)
		set_size(console, &facts);
	return err;
}

int any_console_emergency_write(const struct any_virtio_transport *t, char c)
{
	if (!(t->ops->get_features(t->ctx) & ANY_CONSOLE_F_EMERG_WRITE) ||
	    t->config_len < ANY_CONSOLE_CFG_BYTES)
		return -ANY_ENOTSUP;
	t->ops->config_write(t->ctx, ANY_CONSOLE_CFG_EMERG_WR, 4, (uint8_t)c);
	return 0;
}

/* ---- life ------------------------------------------------------------------------------------ */

static int negotiate(struct any_console *console, const struct any_virtio_transport *transport,
		     struct any_dma_dev *dma, struct facts *facts)
{
	const char *why = "the device is not a console";
	int err = any_virtio_begin(&console->virtio, transport, dma,
				   WANTED & ~console->options.without, 0);

	if (err)
		return err;
	if (transport->device_id == ANY_VIRTIO_ID_CONSOLE) {
		why = "the device's configuration makes no sense";
		if (!read_facts(&console->virtio, facts) && facts->max_ports)
			return 0;
	}
	any_virtio_fail(&console->virtio, why);
	return -ANY_ENODEV;
}

/* Queues were enabled: only a reset makes the device let go of them. */
static void undo(struct any_console *console)
{
	const char *why = "no memory for the queues";

	if (any_virtio_reset(&console->virtio) || any_console_undo_queues(console))
		why = "the device does not reset; its rings stay allocated";
	any_virtio_fail(&console->virtio, why);
}

static int init(struct any_console *console, const struct any_virtio_transport *transport,
		struct any_dma_dev *dma, const struct any_console_options *options, void *memory,
		size_t bytes, const struct any_bump *shared)
{
	const uint16_t wanted = options->ports ? options->ports : 1;
	struct facts facts;
	int err;

	*console = (struct any_console){.options = *options};
	err = negotiate(console, transport, dma, &facts);
	if (err)
		return err;
	console->max_ports = facts.max_ports;
	console->n_ports =
		(uint16_t)any_min_u64(any_min_u64(wanted, facts.max_ports), ANY_CONSOLE_MAX_PORTS);
	err = any_console_make_queues(console, memory, bytes, shared);
	if (err) {
		undo(console);
		return err;
	}
	set_size(console, &facts);
	any_virtio_ready(&console->virtio);
	if (any_virtio_has(&console->virtio, ANY_CONSOLE_F_MULTIPORT))
		err = any_console_start_control(console);
	else
		console->ports[0].there = console->ports[0].open = true;
	if (err)
		undo(console);
	return err;
}

int any_console_init(struct any_console *console, const struct any_virtio_transport *transport,
		     struct any_dma_dev *dma, const struct any_console_options *options,
		     void *memory, size_t bytes)
{
	const struct any_bump none = {NULL, 0};

	return init(console, transport, dma, options, memory, bytes, &none);
}

int any_console_init_cached(struct any_console *console,
			    const struct any_virtio_transport *transport, struct any_dma_dev *dma,
			    const struct any_console_options *options, void *memory, size_t bytes,
			    void *shared, size_t shared_bytes)
{
	const struct any_bump s = {shared, shared_bytes};

	return shared ? init(console, transport, dma, options, memory, bytes, &s) : -ANY_EINVAL;
}

int any_console_stop(struct any_console *console)
{
	return any_virtio_reset(&console->virtio);
}

int any_console_abort_receive(struct any_console *console, uint32_t port, void **cookie)
{
	return port < console->n_ports ? any_virtqueue_detach(&console->ports[port].rx, cookie)
				       : -ANY_EINVAL;
}

int any_console_abort_transmit(struct any_console *console, uint32_t port, void **cookie)
{
	return port < console->n_ports ? any_virtqueue_detach(&console->ports[port].tx, cookie)
				       : -ANY_EINVAL;
}

int any_console_fini(struct any_console *console)
{
	return any_console_undo_queues(console);
}

/* ---- bytes (VG-CN-01: a queue has one direction) ----------------------------------------------
 */

static int check(const struct any_console *console, uint32_t port)
{
	if (port >= console->n_ports)
		return -ANY_EINVAL;
	return console->ports[port].there ? 0 : -ANY_ENODEV;
}

int any_console_post(struct any_console *console, uint32_t port, void *buf, size_t len,
		     void *cookie)
{
	const struct any_virtqueue_buf piece = {.cpu = buf, .len = len};
	int err = check(console, port);

	return err ? err : any_virtqueue_add(&console->ports[port].rx, &piece, 0, 1, cookie);
}

void any_console_kick_receive(struct any_console *console, uint32_t port)
{
	if (!check(console, port))
		any_virtqueue_kick(&console->ports[port].rx);
}

int any_console_receive(struct any_console *console, uint32_t port, void **cookie, uint32_t *len)
{
	int err = -ANY_EINVAL;

	if (port < console->n_ports)
		err = any_virtqueue_take(&console->ports[port].rx, cookie, len);
	return err ? err : *len ? 0 : -ANY_EIO;
}

int any_console_transmit(struct any_console *console, uint32_t port, const void *buf, size_t len,
			 void *cookie)
{
	/* never written: TO_DEVICE */
	const struct any_virtqueue_buf piece = {.cpu = (void *)(uintptr_t)buf, .len = len};
	int err = check(console, port);

	return err ? err : any_virtqueue_add(&console->ports[port].tx, &piece, 1, 0, cookie);
}

void any_console_kick_transmit(struct any_console *console, uint32_t port)
{
	if (!check(console, port))
		any_virtqueue_kick(&console->ports[port].tx);
}

int any_console_reclaim(struct any_console *console, uint32_t port, void **cookie)
{
	uint32_t written;

	return port < console->n_ports
		       ? any_virtqueue_take(&console->ports[port].tx, cookie, &written)
		       : -ANY_EINVAL;
}

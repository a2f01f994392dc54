/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio console, the device: registers, configuration, memory, bytes. */
#include "console.h"

#include "base/bits.h"

#define KNOWN                                                                                      \
	(ANY_CONSOLE_F_SIZE | ANY_CONSOLE_F_MULTIPORT | ANY_CONSOLE_F_EMERG_WRITE |                \
	 ANY_VIRTIO_F_EVENT_IDX | ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_RING_PACKED |        \
	 ANY_VIRTIO_F_ORDER_PLATFORM | ANY_VIRTIO_F_NOTIFICATION_DATA | ANY_VIRTIO_F_RING_RESET |  \
	 ANY_VIRTIO_F_SUSPEND)

/* ---- what the transport asks ------------------------------------------------------------------
 */

static uint32_t config_byte(const struct any_console_device *dev, uint32_t at)
{
	const struct any_console_device_config *c = &dev->config;

	if (at < ANY_CONSOLE_CFG_ROWS)
		return (uint32_t)c->cols >> 8 * at;
	if (at < ANY_CONSOLE_CFG_MAX_PORTS)
		return (uint32_t)c->rows >> 8 * (at - ANY_CONSOLE_CFG_ROWS);
	if (at < ANY_CONSOLE_CFG_EMERG_WR)
		return (uint32_t)((uint64_t)c->max_ports >> 8 * (at - ANY_CONSOLE_CFG_MAX_PORTS));
	return 0;
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (config_byte(ctx, offset + i) & 0xff) << 8 * i;
	return value;
}

/* VD-CN-01: in any state, and only the low byte. */
static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	struct any_console_device *dev = ctx;

	(void)width;
	if (offset == ANY_CONSOLE_CFG_EMERG_WR &&
	    (dev->config.features & ANY_CONSOLE_F_EMERG_WRITE))
		dev->backend->emergency(dev->ctx, (uint8_t)value);
}

static void reset(void *ctx)
{
	any_console_device_forget(ctx);
}

static const struct any_virtio_device_ops console_ops = {
	.config_read = config_read,
	.config_write = config_write,
	.reset = reset,
};

/* ---- memory ---------------------------------------------------------------------------------- */

static void *carve(char **at, size_t bytes)
{
	void *here = *at;

	*at += (bytes + 7) & ~(size_t)7;
	return here;
}

static struct any_virtio_device_queue *carve_all(struct any_console_device *dev, void *memory,
						 uint32_t n)
{
	const uint32_t max = dev->config.queue_max;
	char *at = memory;
	struct any_virtio_device_queue *queues = carve(&at, n * sizeof(*queues));

	for (uint32_t i = 0; i < n; i++)
		queues[i] = (struct any_virtio_device_queue){
			.max = max,
			.pieces = carve(&at, max * sizeof(*queues->pieces)),
			.held = carve(&at, max * sizeof(*queues->held)),
		};
	dev->ports = carve(&at, dev->config.max_ports * sizeof(*dev->ports));
	for (uint32_t i = 0; i < dev->config.max_ports; i++)
		dev->ports[i] = (struct any_console_device_port){.there = false};
	return queues;
}

static bool makes_sense(const struct any_console_backend *backend,
			const struct any_console_device_config *c)
{
	const bool multiport = c->features & ANY_CONSOLE_F_MULTIPORT;

	if ((c->features & ~KNOWN) || !any_is_pow2(c->queue_max) ||
	    c->queue_max > ANY_RING_MAX_SIZE)
		return false;
	if ((c->features & ANY_CONSOLE_F_EMERG_WRITE) && !backend->emergency)
		return false;
	return c->max_ports && c->max_ports <= (multiport ? ANY_CONSOLE_MAX_PORTS : 1);
}

int any_console_device_init(struct any_console_device *dev,
			    const struct any_console_backend *backend, void *ctx,
			    const struct any_console_device_config *config, struct any_space *space,
			    void *memory, size_t bytes)
{
	const bool multiport = config->features & ANY_CONSOLE_F_MULTIPORT;
	const uint32_t n = multiport ? ANY_CONSOLE_QUEUES(config->max_ports) : 2;
	struct any_virtio_device_queue *queues;
	int err;

	if (!makes_sense(backend, config) || (uintptr_t)memory % 8)
		return -ANY_EINVAL;
	if (bytes < ANY_CONSOLE_DEVICE_BYTES(config->max_ports, config->queue_max))
		return -ANY_ENOSPC;
	*dev = (struct any_console_device){.backend = backend, .ctx = ctx, .config = *config};
	queues = carve_all(dev, memory, n);
	dev->ports[0] = (struct any_console_device_port){
		.there = true,
		.console = true,
		.open = true,
		.cols = config->cols,
		.rows = config->rows,
	};
	err = any_virtio_device_init(&dev->virtio, &console_ops, dev, space, queues, (uint16_t)n,
				     config->features);
	if (err)
		return err;
	dev->virtio.device_id = ANY_VIRTIO_ID_CONSOLE;
	dev->virtio.config_len = ANY_CONSOLE_CFG_BYTES;
	return 0;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

bool any_console_device_listens(const struct any_console_device *dev, uint32_t port)
{
	if (!any_console_device_has(dev, ANY_CONSOLE_F_MULTIPORT))
		return port == 0 && dev->ports[0].there;
	return port < dev->config.max_ports && dev->ports[port].there &&
	       dev->ports[port].driver_open;
}

static bool fault(struct any_console_device *dev)
{
	any_virtio_device_fail(&dev->virtio, "a buffer is not the driver's memory");
	return false;
}

/* Where descriptors are split means nothing (VD-SR-01). A port that is gone has no other end. */
static bool write_out(struct any_console_device *dev, uint32_t port,
		      const struct any_ring_chain *chain)
{
	struct any_virtio_cursor out = any_virtio_cursor_out(chain);
	struct any_space_span span;
	uint64_t left = chain->out_len;

	while (left) {
		if (any_virtio_device_next(&dev->virtio, &out, left, &span))
			return fault(dev);
		if (dev->ports[port].there)
			dev->backend->write(dev->ctx, port, span.cpu, (size_t)span.len);
		left -= span.len;
	}
	return true;
}

static uint32_t process_port(struct any_console_device *dev, uint32_t port, uint32_t budget)
{
	const uint32_t queue = ANY_CONSOLE_TX(port);
	struct any_ring_chain chain;
	uint32_t n = 0;

	if (dev->ports[port].throttled)
		return 0;
	dev->virtio.queues[queue].kicked = false;
	for (; n < budget && !any_virtio_device_take(&dev->virtio, queue, &chain); n++) {
		if (!write_out(dev, port, &chain))
			break;
		any_virtio_device_use(&dev->virtio, queue, chain.head, 0);
	}
	any_virtio_device_publish(&dev->virtio, queue);
	return n;
}

uint32_t any_console_device_process(struct any_console_device *dev, uint32_t budget)
{
	const bool multiport = any_console_device_has(dev, ANY_CONSOLE_F_MULTIPORT);
	const uint32_t ports = multiport ? dev->config.max_ports : 1;
	uint32_t n = 0;

	if (multiport)
		n = any_console_device_control(dev, budget);
	for (uint32_t port = 0; port < ports; port++)
		n += process_port(dev, port, budget);
	return n;
}

/* How many bytes go into one chain; its readable part is nobody's (VG-CN-01). */
static bool read_in(struct any_console_device *dev, const struct any_ring_chain *chain,
		    const char *from, size_t len, uint32_t *written)
{
	struct any_virtio_cursor in = any_virtio_cursor_in(chain);

	*written = (uint32_t)any_min_u64(any_min_u64(chain->in_len, len), UINT32_MAX);
	return !any_virtio_device_store(&dev->virtio, &in, from, *written) || fault(dev);
}

size_t any_console_device_deliver(struct any_console_device *dev, uint32_t port, const void *bytes,
				  size_t len)
{
	const uint32_t queue = ANY_CONSOLE_RX(port);
	struct any_ring_chain chain;
	uint32_t written;
	size_t done = 0;

	if (!any_console_device_listens(dev, port))
		return 0;
	/* A chain without room comes back, too: no more than a ring of them in one go. */
	for (uint32_t i = 0; i < dev->config.queue_max && done < len; i++) {
		if (any_virtio_device_take(&dev->virtio, queue, &chain) ||
		    !read_in(dev, &chain, (const char *)bytes + done, len - done, &written))
			break;
		any_virtio_device_use(&dev->virtio, queue, chain.head, written);
		done += written;
	}
	any_virtio_device_publish(&dev->virtio, queue);
	return done;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio console, the device: ports, and the messages about them (5.3.6.2). A port is told of in
 * this order: removed, added; and once the driver has said that it is ready: a console, its name,
 * its size, open or not.
 */
#include "console.h"

#include "base/bits.h"
#include "base/endian.h"
#include "base/mem.h"

#define BIT(event) (1u << (event))
/* What is told of a port that the driver has. */
#define TELL_LATER                                                                                 \
	(BIT(ANY_CONSOLE_CONSOLE_PORT) | BIT(ANY_CONSOLE_PORT_NAME) | BIT(ANY_CONSOLE_RESIZE) |    \
	 BIT(ANY_CONSOLE_PORT_OPEN))

static struct any_console_device_port *port_at(struct any_console_device *dev, uint32_t port)
{
	return port < dev->config.max_ports ? &dev->ports[port] : NULL;
}

static void news(struct any_console_device_port *p, unsigned bits)
{
	p->news = (uint8_t)(p->news | bits);
}

static void no_news(struct any_console_device_port *p, unsigned bits)
{
	p->news = (uint8_t)(p->news & ~bits);
}

void any_console_device_forget(struct any_console_device *dev)
{
	dev->driver_ready = false;
	for (uint32_t i = 0; i < dev->config.max_ports; i++) {
		struct any_console_device_port *p = &dev->ports[i];

		p->added = p->ready = p->driver_open = false;
		p->news = 0;
	}
}

/* ---- the caller's side ----------------------------------------------------------------------- */

static void set_name(struct any_console_device_port *p, const char *name)
{
	uint32_t n = 0;

	for (; name && name[n] && n + 1 < ANY_CONSOLE_NAME_BYTES; n++)
		p->name[n] = name[n];
	p->name[n] = 0;
}

/* VD-CN-02: a number below the limit that no port has. */
int any_console_device_add(struct any_console_device *dev, uint32_t port, bool console,
			   const char *name)
{
	struct any_console_device_port *p = port_at(dev, port);

	if (!p || p->there)
		return -ANY_EINVAL;
	p->there = true;
	p->console = console;
	p->open = false;
	p->cols = p->rows = 0;
	set_name(p, name);
	if (dev->driver_ready)
		news(p, BIT(ANY_CONSOLE_PORT_ADD));
	return 0;
}

/* What the driver was never told of goes without a word. */
int any_console_device_remove(struct any_console_device *dev, uint32_t port)
{
	struct any_console_device_port *p = port_at(dev, port);

	if (!p || !p->there)
		return -ANY_ENOENT;
	p->there = p->open = p->ready = p->driver_open = false;
	no_news(p, BIT(ANY_CONSOLE_PORT_ADD) | TELL_LATER);
	if (p->added)
		news(p, BIT(ANY_CONSOLE_PORT_REMOVE));
	return 0;
}

int any_console_device_set_open(struct any_console_device *dev, uint32_t port, bool open)
{
	struct any_console_device_port *p = port_at(dev, port);

	if (!p || !p->there)
		return -ANY_ENOENT;
	p->open = open;
	if (p->ready)
		news(p, BIT(ANY_CONSOLE_PORT_OPEN));
	return 0;
}

int any_console_device_resize(struct any_console_device *dev, uint32_t port, uint16_t cols,
			      uint16_t rows)
{
	struct any_console_device_port *p = port_at(dev, port);

	if (!p || !p->there || !p->console)
		return -ANY_ENOENT;
	p->cols = cols;
	p->rows = rows;
	if (p->ready)
		news(p, BIT(ANY_CONSOLE_RESIZE));
	if (port == 0 && (dev->config.features & ANY_CONSOLE_F_SIZE)) {
		dev->config.cols = cols;
		dev->config.rows = rows;
		any_virtio_device_config_changed(&dev->virtio);
	}
	return 0;
}

int any_console_device_throttle(struct any_console_device *dev, uint32_t port, bool on)
{
	struct any_console_device_port *p = port_at(dev, port);

	if (!p || !p->there)
		return -ANY_ENOENT;
	p->throttled = on;
	return 0;
}

/* ---- from the driver ------------------------------------------------------------------------- */

/* This port, and not one of the same number that it has yet to be told is gone. */
static bool driver_has(const struct any_console_device_port *p)
{
	return p->added && !(p->news & BIT(ANY_CONSOLE_PORT_REMOVE));
}

static bool driver_is_ready(struct any_console_device *dev, uint16_t value)
{
	dev->driver_ready = value != 0;
	for (uint32_t i = 0; value && i < dev->config.max_ports; i++)
		if (dev->ports[i].there && !driver_has(&dev->ports[i]))
			news(&dev->ports[i], BIT(ANY_CONSOLE_PORT_ADD));
	return true;
}

static void port_is_ready(struct any_console_device_port *p, uint16_t value)
{
	p->ready = value != 0;
	no_news(p, TELL_LATER);
	if (!p->ready)
		return;
	if (p->console)
		news(p, BIT(ANY_CONSOLE_CONSOLE_PORT));
	if (p->name[0])
		news(p, BIT(ANY_CONSOLE_PORT_NAME));
	if (p->console && (p->cols || p->rows))
		news(p, BIT(ANY_CONSOLE_RESIZE));
	if (p->open)
		news(p, BIT(ANY_CONSOLE_PORT_OPEN));
}

/* False: a message that means nothing; it changes nothing. */
static bool obey(struct any_console_device *dev, uint32_t port, uint16_t event, uint16_t value)
{
	struct any_console_device_port *p = port_at(dev, port);

	if (event == ANY_CONSOLE_DEVICE_READY)
		return driver_is_ready(dev, value);
	if (!p || !p->there || !driver_has(p)) /* of the driver's fancy, or gone */
		return false;
	if (event == ANY_CONSOLE_PORT_READY) {
		port_is_ready(p, value);
		return true;
	}
	if (event != ANY_CONSOLE_PORT_OPEN)
		return false;
	p->driver_open = value != 0;
	if (dev->backend->opened)
		dev->backend->opened(dev->ctx, port, p->driver_open);
	return true;
}

static uint32_t hear(struct any_console_device *dev, uint32_t budget)
{
	struct any_console_message m;
	struct any_ring_chain chain;
	uint32_t n = 0;

	dev->virtio.queues[ANY_CONSOLE_CTRL_TX].kicked = false;
	for (; n < budget && !any_virtio_device_take(&dev->virtio, ANY_CONSOLE_CTRL_TX, &chain);
	     n++) {
		struct any_virtio_cursor out = any_virtio_cursor_out(&chain);
		bool good = chain.out_len >= sizeof(m);

		if (good && any_virtio_device_load(&dev->virtio, &out, &m, sizeof(m))) {
			any_virtio_device_fail(&dev->virtio,
					       "a message lies outside the device's memory");
			break;
		}
		good = good && obey(dev, any_le32_to_cpu(m.id), any_le16_to_cpu(m.event),
				    any_le16_to_cpu(m.value));
		dev->nonsense += !good;
		any_virtio_device_use(&dev->virtio, ANY_CONSOLE_CTRL_TX, chain.head, 0);
	}
	any_virtio_device_publish(&dev->virtio, ANY_CONSOLE_CTRL_TX);
	return n;
}

/* ---- to the driver --------------------------------------------------------------------------- */

/* What is told first. */
static enum any_console_event first_news(unsigned bits)
{
	static const uint8_t order[] = {ANY_CONSOLE_PORT_REMOVE,  ANY_CONSOLE_PORT_ADD,
					ANY_CONSOLE_CONSOLE_PORT, ANY_CONSOLE_PORT_NAME,
					ANY_CONSOLE_RESIZE,	  ANY_CONSOLE_PORT_OPEN};
	unsigned i = 0;

	while (!(bits & BIT(order[i])))
		i++;
	return (enum any_console_event)order[i];
}

struct news {
	struct any_console_message head;
	uint8_t more[ANY_CONSOLE_NAME_BYTES];
	size_t len;
};

static void put16(struct news *to, uint16_t value)
{
	const any_le16 le = any_cpu_to_le16(value);

	memcpy(&to->more[to->len - sizeof(to->head)], &le, sizeof(le));
	to->len += sizeof(le);
}

static void compose(const struct any_console_device_port *p, uint32_t port,
		    enum any_console_event event, struct news *to)
{
	const bool value = event == ANY_CONSOLE_PORT_OPEN ? p->open : true;

	to->head.id = any_cpu_to_le32(port);
	to->head.event = any_cpu_to_le16((uint16_t)event);
	to->head.value = any_cpu_to_le16(value);
	to->len = sizeof(to->head);
	if (event == ANY_CONSOLE_RESIZE) {
		put16(to, p->cols);
		put16(to, p->rows);
	}
	for (uint32_t i = 0; event == ANY_CONSOLE_PORT_NAME && p->name[i]; i++)
		to->more[to->len++ - sizeof(to->head)] = (uint8_t)p->name[i];
}

/* One piece of news into one buffer; a buffer too short for it gets what fits, as a driver that
 * wants no more must expect. False: there is no buffer, or it is not the driver's. */
static bool tell(struct any_console_device *dev, uint32_t port)
{
	struct any_console_device_port *p = &dev->ports[port];
	const enum any_console_event event = first_news(p->news);
	struct any_virtio_cursor in;
	struct any_ring_chain chain;
	struct news what;
	size_t len;

	if (any_virtio_device_take(&dev->virtio, ANY_CONSOLE_CTRL_RX, &chain))
		return false;
	compose(p, port, event, &what);
	in = any_virtio_cursor_in(&chain);
	len = (size_t)any_min_u64(what.len, chain.in_len);
	if (any_virtio_device_store(&dev->virtio, &in, &what, len)) {
		any_virtio_device_fail(&dev->virtio, "a message buffer is not the driver's memory");
		return false;
	}
	any_virtio_device_use(&dev->virtio, ANY_CONSOLE_CTRL_RX, chain.head, (uint32_t)len);
	no_news(p, BIT(event));
	if (event == ANY_CONSOLE_PORT_ADD || event == ANY_CONSOLE_PORT_REMOVE)
		p->added = event == ANY_CONSOLE_PORT_ADD;
	return true;
}

static uint32_t tell_all(struct any_console_device *dev, uint32_t budget)
{
	uint32_t n = 0;
	bool room = true;

	for (uint32_t port = 0; port < dev->config.max_ports && room; port++)
		while (room && n < budget && dev->ports[port].news) {
			room = tell(dev, port);
			n += room;
		}
	any_virtio_device_publish(&dev->virtio, ANY_CONSOLE_CTRL_RX);
	return n;
}

uint32_t any_console_device_control(struct any_console_device *dev, uint32_t budget)
{
	const uint32_t heard = hear(dev, budget);

	return heard + tell_all(dev, budget);
}

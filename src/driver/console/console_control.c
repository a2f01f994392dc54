/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio console, the driver: messages on the control queues (5.3.6.2). A message is copied out of
 * the device's reach and judged there; what makes no sense changes nothing (VG-CN-04).
 */
#include "console.h"

#include "base/bits.h"
#include "base/endian.h"
#include "base/mem.h"

/* What came in: the fields, and the bytes behind them. */
struct message {
	uint32_t id;
	uint16_t event, value;
	uint32_t n_more;
	uint8_t more[ANY_CONSOLE_IN_BYTES - ANY_CONSOLE_MESSAGE_BYTES];
};

/* ---- out ------------------------------------------------------------------------------------- */

/* Messages the device has read can be used again. */
static int reap(struct any_console *console)
{
	uint32_t written;
	void *cookie;
	int err;

	while (!(err = any_virtqueue_take(&console->ctrl_tx, &cookie, &written)))
		console->free_out |= 1u << (uintptr_t)cookie;
	if (err != -ANY_EAGAIN)
		return err;
	return console->free_out ? 0 : -ANY_EAGAIN;
}

static int send(struct any_console *console, uint32_t port, enum any_console_event event,
		uint16_t value)
{
	const unsigned slot = any_log2(console->free_out);
	const struct any_virtqueue_buf buf = any_console_wire_out(console, slot);
	struct any_console_message *m = buf.cpu;
	int err;

	any_store_le32(&m->id, port);
	any_store_le16(&m->event, (uint16_t)event);
	any_store_le16(&m->value, value);
	err = any_virtqueue_add(&console->ctrl_tx, &buf, 1, 0, (void *)(uintptr_t)slot);
	if (err)
		return err;
	console->free_out &= ~(1u << slot);
	any_virtqueue_kick(&console->ctrl_tx);
	return 0;
}

int any_console_set_open(struct any_console *console, uint32_t port, bool open)
{
	int err;

	if (!any_virtio_has(&console->virtio, ANY_CONSOLE_F_MULTIPORT))
		return -ANY_ENOTSUP;
	if (port >= console->n_ports)
		return -ANY_EINVAL;
	if (!console->ports[port].there)
		return -ANY_ENODEV;
	err = reap(console);
	return err ? err : send(console, port, ANY_CONSOLE_PORT_OPEN, open);
}

/* ---- in -------------------------------------------------------------------------------------- */

static int post(struct any_console *console, uint32_t slot)
{
	const struct any_virtqueue_buf buf = any_console_wire_in(console, slot);

	return any_virtqueue_add(&console->ctrl_rx, &buf, 0, 1, (void *)(uintptr_t)slot);
}

int any_console_start_control(struct any_console *console)
{
	const uint32_t n_out = console->ctrl_tx.ring.size;
	int err = 0;

	console->free_out = n_out < 32 ? (1u << n_out) - 1 : UINT32_MAX;
	for (uint32_t i = 0; i < console->ctrl_rx.ring.size && !err; i++)
		err = post(console, i);
	any_virtqueue_kick(&console->ctrl_rx);
	return err ? err : send(console, 0, ANY_CONSOLE_DEVICE_READY, 1);
}

/* Once out of the device's reach, and no more than it says it wrote (D8). */
static void copy(const void *from, uint32_t written, struct message *m)
{
	uint8_t bytes[ANY_CONSOLE_IN_BYTES];
	struct any_console_message head;

	memcpy(bytes, from, written);
	memcpy(&head, bytes, sizeof(head));
	m->id = any_le32_to_cpu(head.id);
	m->event = any_le16_to_cpu(head.event);
	m->value = any_le16_to_cpu(head.value);
	m->n_more = written - ANY_CONSOLE_MESSAGE_BYTES;
	memcpy(m->more, bytes + ANY_CONSOLE_MESSAGE_BYTES, m->n_more);
}

/* The next message, and its buffer is the device's again. */
static int fetch(struct any_console *console, struct message *m)
{
	uint32_t written, slot;
	void *cookie;
	int err = any_virtqueue_take(&console->ctrl_rx, &cookie, &written);

	if (err)
		return err;
	slot = (uint32_t)(uintptr_t)cookie;
	if (written >= ANY_CONSOLE_MESSAGE_BYTES)
		copy(any_console_wire_in(console, slot).cpu, written, m);
	err = post(console, slot);
	any_virtqueue_kick(&console->ctrl_rx);
	if (err)
		return err;
	return written >= ANY_CONSOLE_MESSAGE_BYTES ? 0 : -ANY_EIO;
}

/* ---- what is said of a port ------------------------------------------------------------------ */

/* One that is there already, or never can be, is nonsense (VD-CN-02); one that this driver has no
 * queues for is refused. */
static int add_port(struct any_console *console, const struct message *m)
{
	struct any_console_port *p;

	if (m->id >= console->max_ports)
		return -ANY_EIO;
	if (m->id >= console->n_ports)
		return send(console, m->id, ANY_CONSOLE_PORT_READY, 0);
	p = &console->ports[m->id];
	if (p->there)
		return -ANY_EIO;
	p->there = true;
	p->console = p->open = false;
	p->name[0] = 0;
	return send(console, m->id, ANY_CONSOLE_PORT_READY, 1);
}

static void set_name(struct any_console_port *p, const struct message *m)
{
	uint32_t n = 0;

	for (; n < m->n_more && n + 1 < ANY_CONSOLE_NAME_BYTES && m->more[n]; n++)
		p->name[n] = (char)m->more[n];
	p->name[n] = 0;
}

static int set_size(struct any_console_port *p, const struct message *m)
{
	if (m->n_more < 4)
		return -ANY_EIO;
	p->cols = (uint16_t)(m->more[0] | m->more[1] << 8);
	p->rows = (uint16_t)(m->more[2] | m->more[3] << 8);
	return 0;
}

static int change_port(struct any_console *console, const struct message *m)
{
	const bool refused = m->id >= console->n_ports && m->id < console->max_ports;
	struct any_console_port *p;

	if (refused && m->event == ANY_CONSOLE_PORT_REMOVE)
		return 0; /* nothing is remembered of it */
	if (m->id >= console->n_ports || !console->ports[m->id].there)
		return -ANY_EIO;
	p = &console->ports[m->id];
	switch (m->event) {
	case ANY_CONSOLE_PORT_REMOVE:
		p->there = p->open = false;
		return 0;
	case ANY_CONSOLE_CONSOLE_PORT: /* VG-CN-03 */
		p->console = true;
		return send(console, m->id, ANY_CONSOLE_PORT_OPEN, 1);
	case ANY_CONSOLE_RESIZE:
		return set_size(p, m);
	case ANY_CONSOLE_PORT_OPEN:
		p->open = m->value != 0;
		return 0;
	case ANY_CONSOLE_PORT_NAME:
		set_name(p, m);
		return 0;
	default: /* the driver's own, or nobody's */
		return -ANY_EIO;
	}
}

int any_console_control(struct any_console *console, uint32_t *port, enum any_console_event *event)
{
	struct message m;
	int err;

	if (!any_virtio_has(&console->virtio, ANY_CONSOLE_F_MULTIPORT))
		return -ANY_ENOTSUP;
	err = reap(console); /* there is room for an answer before there is a question */
	if (err)
		return err;
	err = fetch(console, &m);
	if (!err)
		err = m.event == ANY_CONSOLE_PORT_ADD ? add_port(console, &m)
						      : change_port(console, &m);
	console->nonsense += err == -ANY_EIO;
	if (err)
		return err;
	*port = m.id;
	*event = (enum any_console_event)m.event;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A console and a serial port whose other ends are the host's: each message is checked there and
 * answered by bytes that are checked here, of a length this side asks for. Both sides take the seed
 * of a port from its name. Then the same again without MULTIPORT, where there is one port and no
 * name; and a last word that needs no queue.
 */
#include <anydma/console.h>

#include "../shared/port.h"

#define QUEUE	 16u
#define PORTS	 2u
#define BUFFERS	 4u
#define BUFFER	 512u
#define MESSAGES 12u
#define HEADER	 8u /* number, -, length of the message, length of the answer (16 bits) */
#define SPAN	 65536u
#define ANSWER	 (1ull << 32)
#define LONGEST	 9000u
#define POLLS	 100000000u
#define LAST	 '\xe1' /* no message has this number */

static const uint16_t lengths[] = {1, 7, 64, 511, 512, 513, 2047, 4096, LONGEST};

struct set {
	const struct port_device *at;
	struct any_console console;
	uint8_t *out[PORTS];
	uint64_t seed[PORTS];
	bool dead;
};

static bool fail(struct set *s, const char *what, int err)
{
	s->dead = true;
	return port_ok(false, "%s: %s: %s", s->at->name, what, any_strerror(err));
}

static uint16_t length_of(uint32_t number)
{
	return lengths[number % ANY_ARRAY_SIZE(lengths)];
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool send(struct set *s, uint32_t port, uint32_t number)
{
	const uint16_t len = length_of(number), want = length_of(number * 5 + 3);
	uint8_t *at = s->out[port] + number % 3; /* it begins anywhere in a line */
	int err;

	at[0] = (uint8_t)number;
	at[1] = at[6] = at[7] = 0;
	at[2] = (uint8_t)len;
	at[3] = (uint8_t)(len >> 8);
	at[4] = (uint8_t)want;
	at[5] = (uint8_t)(want >> 8);
	port_pattern(at + HEADER, len, s->seed[port], (uint64_t)number * SPAN);
	err = any_console_transmit(&s->console, port, at, HEADER + len, at);
	if (err)
		return fail(s, "a message is taken", err);
	any_console_kick_transmit(&s->console, port);
	return true;
}

static bool sent(struct set *s, uint32_t port)
{
	int err = -ANY_EAGAIN;
	void *cookie;

	for (uint32_t i = 0; i < POLLS && err == -ANY_EAGAIN; i++)
		err = any_console_reclaim(&s->console, port, &cookie);
	return err ? fail(s, "a message is sent", err) : true;
}

static bool post(struct set *s, uint32_t port, void *buf)
{
	int err = any_console_post(&s->console, port, buf, BUFFER, buf);

	if (err)
		return fail(s, "a buffer is taken", err);
	any_console_kick_receive(&s->console, port);
	return true;
}

/* The whole answer, in as many pieces as it comes. */
static bool receive(struct set *s, uint32_t port, uint32_t number)
{
	const uint32_t want = length_of(number * 5 + 3);
	uint32_t got = 0, len = 0;
	void *cookie;

	while (got < want) {
		int err = -ANY_EAGAIN;

		for (uint32_t i = 0; i < POLLS && err == -ANY_EAGAIN; i++)
			err = any_console_receive(&s->console, port, &cookie, &len);
		if (err)
			return fail(s, "an answer comes", err);
		if (len > want - got ||
		    port_pattern_differs(cookie, len, s->seed[port],
					 ANSWER + (uint64_t)number * SPAN + got) != len)
			return fail(s, "the bytes of an answer", -ANY_EIO);
		got += len;
		if (!post(s, port, cookie))
			return false;
	}
	return true;
}

static void exchange(struct set *s, uint32_t ports)
{
	uint32_t bytes = 0;

	for (uint32_t port = 0; port < ports; port++)
		for (uint32_t i = 0; i < BUFFERS; i++)
			if (!post(s, port, port_alloc(BUFFER, 64)))
				return;
	for (uint32_t number = 0; number < MESSAGES; number++) {
		for (uint32_t port = 0; port < ports; port++)
			if (!send(s, port, number))
				return;
		for (uint32_t port = 0; port < ports; port++)
			if (!receive(s, port, number) || !sent(s, port))
				return;
		bytes += ports * (length_of(number) + length_of(number * 5 + 3));
	}
	port_ok(true, "%s: %u messages and answers on %u ports, %u bytes", s->at->name,
		(unsigned)(ports * MESSAGES), (unsigned)ports, (unsigned)bytes);
}

/* ---- ports ----------------------------------------------------------------------------------- */

/* "anydma-", and the seed. */
static bool seed_from_name(struct set *s, uint32_t port)
{
	const char *name = s->console.ports[port].name;

	s->seed[port] = 0;
	for (unsigned i = 7; name[0] == 'a' && name[i]; i++) {
		const char c = name[i];

		s->seed[port] = s->seed[port] << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return s->seed[port];
}

static bool is_up(const struct set *s, uint32_t port)
{
	const struct any_console_port *p = &s->console.ports[port];

	return p->there && p->open && p->name[0] && p->console == (port == 0);
}

/* Until both are there, named, and somebody listens at their other ends. */
static bool find_ports(struct set *s)
{
	enum any_console_event event;
	uint32_t port;
	int err = 0;

	for (uint32_t i = 0; i < POLLS && !(is_up(s, 0) && is_up(s, 1)); i++) {
		err = any_console_control(&s->console, &port, &event);
		if (err && err != -ANY_EAGAIN)
			return fail(s, "a message about a port", err);
	}
	if (!port_ok(is_up(s, 0) && is_up(s, 1) && seed_from_name(s, 0) && seed_from_name(s, 1) &&
			     !s->console.nonsense,
		     "%s: a console '%s' and a port '%s'", s->at->name, s->console.ports[0].name,
		     s->console.ports[1].name))
		return false;
	err = any_console_set_open(&s->console, 1, true);
	return err ? fail(s, "a port is opened", err) : true;
}

/* ---- life ------------------------------------------------------------------------------------ */

static bool start(struct set *s, uint64_t without)
{
	const struct any_console_options options = {
		.size = QUEUE, .ports = PORTS, .without = without};
	int err = any_console_init(&s->console, s->at->transport, s->at->dma, &options,
				   port_alloc(ANY_CONSOLE_BYTES(PORTS, QUEUE), 8),
				   ANY_CONSOLE_BYTES(PORTS, QUEUE));

	if (port_refused(s->at, err))
		return false;
	return port_ok(!err, "%s: a console comes up%s: %s%s%s", s->at->name,
		       without ? " without MULTIPORT" : "", any_strerror(err),
		       s->console.virtio.why ? ", " : "",
		       s->console.virtio.why ? s->console.virtio.why : "");
}

static void end(struct set *s)
{
	int err = any_console_stop(&s->console);
	uint32_t n = 0;
	void *cookie;

	for (uint32_t port = 0; !err && port < s->console.n_ports; port++) {
		while (!any_console_abort_receive(&s->console, port, &cookie))
			n++;
		while (!any_console_abort_transmit(&s->console, port, &cookie))
			n++;
	}
	if (!err && !s->dead && n != BUFFERS * s->console.n_ports)
		err = -ANY_EIO;
	if (!err)
		err = any_console_fini(&s->console);
	port_ok(!err, "%s: the console and its buffers are given back: %s", s->at->name,
		any_strerror(err));
}

static void run(const struct port_device *at)
{
	static struct set set;
	struct set *s = &set;
	int err;

	*s = (struct set){.at = at};
	for (uint32_t i = 0; i < PORTS; i++)
		s->out[i] = port_alloc(HEADER + LONGEST + 64, 64);
	if (!start(s, 0))
		return;
	port_say("# console %s%s\n",
		 any_virtio_has(&s->console.virtio, ANY_VIRTIO_F_RING_PACKED) ? "packed" : "split",
		 any_virtio_has(&s->console.virtio, ANY_VIRTIO_F_ACCESS_PLATFORM) ? " platform"
										  : "");
	if (find_ports(s))
		exchange(s, PORTS);
	err = any_console_emergency_write(at->transport, LAST);
	port_ok(!err, "%s: a last word: %s", at->name, any_strerror(err));
	end(s);
	if (s->dead || !start(s, ANY_CONSOLE_F_MULTIPORT))
		return;
	exchange(s, 1);
	end(s);
}

const struct port_body port_body_console = {.device_id = ANY_VIRTIO_ID_CONSOLE, .run = run};

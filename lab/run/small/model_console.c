/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console in the machine: what the driver says comes back, some time later and in other pieces.
 * While it has no room for more it takes nothing.
 */
#include <stdlib.h>

#include <anydma/console_device.h>

#include "small.h"
#include "../../rt/rt.h"

#define ROOM 4096u

struct lab_console {
	struct any_console_device device;
	uint64_t memory[ANY_CONSOLE_DEVICE_BYTES(1, LAB_SMALL_QUEUE) / 8];
	uint8_t bytes[ROOM]; /* on their way back */
	uint32_t first, n;
};

static void on_write(void *ctx, uint32_t port, const void *bytes, size_t len)
{
	struct lab_console *c = ((struct lab_model *)ctx)->small;
	const uint8_t *at = bytes;

	(void)port;
	lab_announce(bytes, len, false, lab_caller_pc());
	for (size_t i = 0; i < len; i++, c->n++)
		c->bytes[(c->first + c->n) % ROOM] = at[i];
}

static bool give(struct lab_model *d)
{
	struct lab_console *c = d->small;
	const uint32_t together = ROOM - c->first < c->n ? ROOM - c->first : c->n;
	uint32_t n;

	if (!together)
		return false;
	n = 1 + (uint32_t)(lab_device_random(d->machine) % together);
	n = (uint32_t)any_console_device_deliver(&c->device, 0, &c->bytes[c->first], n);
	c->first = (c->first + n) % ROOM;
	c->n -= n;
	return n;
}

/* While it has work it polls with kicks off; before it sleeps it turns them on and looks again. */
static bool step(void *ctx)
{
	struct lab_model *d = ctx;
	struct lab_console *c = d->small;

	(void)!any_console_device_throttle(&c->device, 0, ROOM - c->n < 2 * LAB_SMALL_LONGEST);
	if (any_console_device_process(&c->device,
				       1 + (uint32_t)(lab_device_random(d->machine) % 2))) {
		if (!d->polling && lab_device_random(d->machine) >> 63) {
			any_virtio_device_disable_kick(d->virtio, ANY_CONSOLE_TX(0));
			d->polling = true;
		}
		return true;
	}
	if (give(d))
		return true;
	if (!d->polling || !(d->virtio->status & ANY_VIRTIO_STATUS_DRIVER_OK))
		return false;
	d->polling = false;
	return any_virtio_device_enable_kick(d->virtio, ANY_CONSOLE_TX(0));
}

static const struct any_console_backend backend = {.write = on_write};

int lab_model_console(struct lab_model *d, struct lab_machine *m,
		      const struct any_lab_config *config)
{
	const struct any_console_device_config device = {
		.features = lab_model_features(d, m, config) | ANY_CONSOLE_F_MULTIPORT |
			    ANY_CONSOLE_F_SIZE,
		.cols = 80,
		.rows = 25,
		.max_ports = 1,
		.queue_max = LAB_SMALL_QUEUE};
	struct lab_console *c = calloc(1, sizeof(*c));
	int err;

	d->small = c;
	if (!c)
		return -ANY_ENOMEM;
	err = any_console_device_init(&c->device, &backend, d, &device, &d->space, c->memory,
				      sizeof(c->memory));
	lab_model_connect(d, m, &c->device.virtio, step);
	return err;
}

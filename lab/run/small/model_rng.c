/* SPDX-License-Identifier: BSD-2-Clause */
/* The entropy device in the machine: answers of any length, which go on where the last one ended.
 */
#include <stdlib.h>

#include <anydma/rng.h>

#include "small.h"
#include "../../rt/rt.h"

struct lab_rng {
	struct any_rng_device device;
	struct any_ring_piece pieces[LAB_SMALL_QUEUE];
	struct any_packed_held held[LAB_SMALL_QUEUE];
	uint64_t at; /* bytes handed out */
};

static size_t fill(void *ctx, void *to, size_t len)
{
	struct lab_model *d = ctx;
	struct lab_rng *rng = d->small;
	uint8_t *bytes = to;

	len = 1 + (size_t)(lab_device_random(d->machine) % len);
	lab_announce(to, len, true, lab_caller_pc());
	for (size_t i = 0; i < len; i++)
		bytes[i] = lab_small_byte(rng->at++);
	return len;
}

/* While it has work it polls with kicks off; before it sleeps it turns them on and looks again. */
static bool step(void *ctx)
{
	struct lab_model *d = ctx;
	struct lab_rng *rng = d->small;

	if (any_rng_device_process(&rng->device,
				   1 + (uint32_t)(lab_device_random(d->machine) % 3))) {
		if (!d->polling && lab_device_random(d->machine) >> 63) {
			any_virtio_device_disable_kick(d->virtio, 0);
			d->polling = true;
		}
		return true;
	}
	if (!d->polling || !(d->virtio->status & ANY_VIRTIO_STATUS_DRIVER_OK))
		return false;
	d->polling = false;
	return any_virtio_device_enable_kick(d->virtio, 0);
}

int lab_model_rng(struct lab_model *d, struct lab_machine *m, const struct any_lab_config *config)
{
	const uint64_t features = lab_model_features(d, m, config);
	struct lab_rng *rng = calloc(1, sizeof(*rng));
	int err;

	d->small = rng;
	if (!rng)
		return -ANY_ENOMEM;
	err = any_rng_device_init(&rng->device, fill, d, &d->space, rng->pieces, rng->held,
				  LAB_SMALL_QUEUE, features);
	lab_model_connect(d, m, &rng->device.virtio, step);
	return err;
}

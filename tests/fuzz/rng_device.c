/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver that writes anything anywhere against the entropy device: only its own writable memory
 * is ever filled, every step ends, and no more comes back than was taken. */
#include <anydma/rng.h>

#include "guest.h"
#include "hand.h"

struct state {
	struct guest guest;
	struct any_rng_device dev;
	struct any_ring_piece pieces[QUEUE];
	struct any_packed_held held[QUEUE];
};

static size_t fill(void *ctx, void *to, size_t len)
{
	const struct guest *g = ctx;
	uint8_t *at = to;

	if (!len || at < g->mem || at + len > g->mem + MEM * 3 / 4)
		abort();
	memset(to, 0xa5, len);
	return 1 + len / 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct state *s = calloc(1, sizeof(*s));
	const uint64_t features = ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_EVENT_IDX |
				  ANY_VIRTIO_F_INDIRECT_DESC | ANY_VIRTIO_F_RING_RESET |
				  (take(&in, 1) & 1 ? ANY_VIRTIO_F_RING_PACKED : 0);

	if (!s)
		abort();
	guest_init(&s->guest, &s->dev.virtio);
	if (any_rng_device_init(&s->dev, fill, &s->guest, &s->guest.space, s->pieces, s->held,
				QUEUE, features))
		abort();
	guest_bring_up(&s->guest, &in);
	while (in.left) {
		guest_act(&s->guest, &in);
		if (any_rng_device_process(&s->dev, 4) > 4 || in_hand(&s->dev.queue.ring) > QUEUE)
			abort();
	}
	free(s->guest.mem);
	free(s);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hermit-os/kernel #2669: nothing ordered the publication of a descriptor before the load of the
 * flags that say whether the device wants to be told. The load may be done first, on x86 too: then
 * the driver sees an old "do not notify", the device the old index, and both wait. (spdk #3178,
 * cloud-hypervisor #2179 and acrn-hypervisor #2733 are the same mistake on the other side.)
 */
#include "model.h"

#define ROUNDS	40u
#define BUFFERS 4u

struct sender {
	struct vq vq;
	uint8_t *bufs[BUFFERS];
	struct any_dma_mapping maps[BUFFERS];
	uint16_t sent, done;
};

static ANY_NOINLINE void notify_if_wanted(struct vq *vq, bool fixed)
{
	if (fixed)
		any_dma_mb(); /* partner: the device turns notifications on, then looks again */
	if (!(vq->ring->used.flags & VQ_QUIET)) /* BUG: may be done before the index is out */
		vq_notify(vq);
}

static int send(struct sender *s, bool fixed)
{
	uint16_t slot = s->sent % BUFFERS;
	int err;

	memset(s->bufs[slot], s->sent, VQ_BUF);
	err = any_dma_map(s->vq.dma, s->bufs[slot], VQ_BUF, ANY_DMA_TO_DEVICE, &s->maps[slot]);
	if (err)
		return err;
	vq_put(&s->vq, slot, s->maps[slot].addr.raw, VQ_BUF, 0);
	vq_publish(&s->vq);
	s->sent++;
	notify_if_wanted(&s->vq, fixed);
	return 0;
}

static void reap(struct sender *s)
{
	uint32_t id = s->vq.ring->used.ring[s->vq.used % VQ_SIZE].id;

	s->vq.used++;
	s->done++;
	if (id < BUFFERS)
		any_dma_unmap(s->vq.dma, &s->maps[id]);
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct vq_config config = {.event_idx = false};
	struct sender s = {.sent = 0};
	int err = vq_open(&s.vq, lab, &config);

	if (err)
		return err == -ANY_ENOTSUP ? 0 : err; /* no coherent memory, no ring */
	for (unsigned i = 0; i < BUFFERS; i++)
		s.bufs[i] = any_lab_alloc(lab, VQ_BUF);
	while (!err && s.done < ROUNDS) {
		if (s.sent < ROUNDS && s.sent - s.done < 2) {
			err = send(&s, fixed);
			continue;
		}
		vq_wait(&s.vq);
		reap(&s);
	}
	vq_close(&s.vq);
	return err;
}

ANY_CASE(hermit_notify, run, .name = "hermit-2669-notify_order", .issue = "hermit-os/kernel #2669",
	 .bug = "the suppression flag is read before the published index is visible",
	 .rule = ANY_LAB_FULL_ORDER, .platform = "x86-pc");

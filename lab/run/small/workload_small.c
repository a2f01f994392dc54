/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sits on top of a small device's driver: buffers of all sizes wherever the machine has
 * memory, with neighbours that go on using theirs, and a stream of bytes through them that has no
 * gap. Seen code: it is judged like the driver.
 */
#include <stdlib.h>

#include <anydma/virtio/mmio.h>

#include "small.h"

#define LEAD	  512u /* of a slot, before its buffer: the neighbour's byte and the misalignment */
#define REQUESTS  64u
#define BUFFERS	  7u
#define AHEAD	  1000u /* bytes that were said and did not come back */
#define POOL_SLOT 2048u /* of a bounce pool: what a small buffer takes */

struct buffer {
	uint8_t *slot, *at;
	uint32_t len;
	uint8_t mark;
	bool busy;
};

struct state {
	struct lab_small small;
	struct buffer in[BUFFERS], out[BUFFERS];
	uint32_t n_in, n_out; /* in use: a fair share of a pool that is tiny */
	uint32_t requests;    /* that came back */
	uint64_t said, heard; /* bytes */
};

static int wrong(struct state *s, const char *why)
{
	s->small.w->why = why;
	return -ANY_EFAULT;
}

/* Buffers start anywhere: mostly aligned, sometimes not at all; not finer than the device can. */
static void choose(struct state *s, struct buffer *b)
{
	static const uint32_t often[] = {0, 0, 0, 64, 128, 32, 16, 4, 2, 1};
	static const uint32_t sizes[] = {1, 8, 63, 64, 200, 512, 700, LAB_SMALL_LONGEST};
	struct lab_machine *m = s->small.w->machine;

	b->at = b->slot + LEAD +
		(often[lab_random(m) % ANY_ARRAY_SIZE(often)] &
		 ~(uint32_t)s->small.w->dma->min_align);
	b->len = sizes[lab_random(m) % ANY_ARRAY_SIZE(sizes)];
}

/* ---- in -------------------------------------------------------------------------------------- */

static int post(struct state *s, struct buffer *b)
{
	int err;

	choose(s, b);
	b->mark = (uint8_t)lab_random(s->small.w->machine);
	b->at[-1] = b->at[b->len] = (uint8_t)~b->mark;
	err = s->small.verbs->post(&s->small, b->at, b->len, b);
	if (err)
		return err;
	b->busy = true;
	/* Somebody else's data lies next to the buffer, and somebody else goes on with it. */
	b->at[-1] = b->at[b->len] = b->mark;
	return 0;
}

static int check(struct state *s, struct buffer *b, uint32_t len)
{
	b->busy = false;
	if (b->at[-1] != b->mark || b->at[b->len] != b->mark)
		return wrong(s, "bytes next to a buffer were lost");
	for (uint32_t i = 0; i < len; i++)
		if (b->at[i] != lab_small_byte(s->heard++))
			return wrong(s, "the stream came in with other bytes");
	s->requests++;
	s->small.w->machine->count.requests++;
	s->small.w->machine->count.bytes += len;
	return 0;
}

/* ---- out ------------------------------------------------------------------------------------- */

static int say(struct state *s, struct buffer *b)
{
	int err;

	choose(s, b);
	for (uint32_t i = 0; i < b->len; i++)
		b->at[i] = lab_small_byte(s->said + i);
	err = s->small.verbs->say(&s->small, b->at, b->len, b);
	if (err)
		return err;
	b->busy = true;
	s->said += b->len;
	return 0;
}

/* ---- both ------------------------------------------------------------------------------------ */

/* As many as there is room for. */
static int fill(struct state *s)
{
	int err = 0;

	for (uint32_t i = 0; i < s->n_in && !err; i++)
		err = s->in[i].busy ? 0 : post(s, &s->in[i]);
	for (uint32_t i = 0; i < s->n_out && !err && s->said < s->heard + AHEAD; i++)
		err = s->out[i].busy ? 0 : say(s, &s->out[i]);
	if (err && err != -ANY_ENOMEM)
		return err;
	if (lab_chance(s->small.w->machine, 2))
		s->small.verbs->kick(&s->small);
	return 0;
}

/* What came back; if nothing did, waits for the interrupt. */
static int reap(struct state *s)
{
	const struct lab_small_verbs *verbs = s->small.verbs;
	uint32_t len, n = 0;
	void *cookie;
	int err = -ANY_EAGAIN;

	for (; s->requests < REQUESTS && !(err = verbs->get(&s->small, &cookie, &len)); n++) {
		err = check(s, cookie, len);
		if (err)
			return err;
		err = -ANY_EAGAIN;
	}
	for (; err == -ANY_EAGAIN && verbs->said && !(err = verbs->said(&s->small, &cookie)); n++) {
		((struct buffer *)cookie)->busy = false;
		err = -ANY_EAGAIN;
	}
	if (err != -ANY_EAGAIN)
		return err;
	if (n)
		return 0;
	verbs->kick(&s->small);
	lab_cpu_wait(s->small.w->machine);
	return verbs->news ? verbs->news(&s->small) : 0;
}

/* A buffer each, out of the slots there are; of a pool, a quarter each way. */
static int share_out(struct state *s)
{
	const struct lab_work *w = s->small.w;
	const uint64_t units = w->machine->plat->machine.bounce_size / POOL_SLOT;
	uint32_t slots = 0, most = BUFFERS;

	while (slots < 2 * BUFFERS && w->slots[slots])
		slots++;
	if (units && units / 4 < most)
		most = (uint32_t)(units / 4);
	if (slots / 2 < most)
		most = slots / 2;
	if (!most)
		return wrong(s, "no memory for a buffer each way");
	s->n_in = most;
	s->n_out = s->small.verbs->say ? most : 0;
	for (uint32_t i = 0; i < most; i++) {
		s->in[i].slot = w->slots[2 * i];
		s->out[i].slot = w->slots[2 * i + 1];
	}
	return 0;
}

static int work(struct state *s)
{
	int err = share_out(s);

	while (!err && s->requests < REQUESTS) {
		err = fill(s);
		if (!err)
			err = reap(s);
	}
	return err;
}

static int give_back(struct state *s)
{
	const struct lab_small_verbs *verbs = s->small.verbs;
	int err = verbs->stop(&s->small);
	void *cookie;

	while (!err && verbs->abort_in && !verbs->abort_in(&s->small, &cookie))
		((struct buffer *)cookie)->busy = false;
	while (!err && verbs->abort_out && !verbs->abort_out(&s->small, &cookie))
		((struct buffer *)cookie)->busy = false;
	for (uint32_t i = 0; !err && i < BUFFERS; i++)
		if (s->in[i].busy || s->out[i].busy)
			return wrong(s, "a buffer was lost");
	return err || !verbs->fini ? err : verbs->fini(&s->small);
}

/* Where there is no coherent memory (hazard 11), one of the slots is the rings'. */
static int up(struct state *s, const struct any_virtio_transport *transport)
{
	struct lab_work *w = s->small.w;
	void *shared = w->dma->plat->coherent ? NULL : w->slots[LAB_SLOTS - 1];

	return s->small.verbs->up(&s->small, transport, shared, shared ? LAB_SLOT_SIZE : 0);
}

int lab_work_small(struct lab_work *w, const struct lab_small_verbs *verbs)
{
	struct any_virtio_transport transport;
	struct any_virtio_mmio mmio;
	struct state *s = calloc(1, sizeof(*s) + verbs->bytes);
	int err, last;

	if (!s)
		return -ANY_ENOMEM;
	w->state = s;
	s->small.w = w;
	s->small.driver = s + 1;
	s->small.verbs = verbs;
	err = any_virtio_mmio_init(&mmio, &transport, lab_ptr(w->machine, LAB_MMIO, 0),
				   ANY_VIRTIO_MMIO_CONFIG + s->small.verbs->config_bytes);
	if (!err)
		err = up(s, &transport);
	if (err) {
		if (!w->why)
			w->why = s->small.virtio && s->small.virtio->why ? s->small.virtio->why
									 : any_strerror(err);
		return err;
	}
	err = verbs->work ? verbs->work(&s->small) : work(s);
	if (err && !w->why)
		w->why = any_strerror(err);
	last = give_back(s);
	return err ? err : last;
}

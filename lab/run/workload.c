/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sits on top of the driver: a file system's worth of reads and writes of all sizes into
 * buffers wherever the machine has memory, with neighbours that go on using theirs. Seen code: it
 * is judged like the driver.
 */
#include <stdlib.h>

#include <anydma/virtio/mmio.h>

#include "run.h"

#include "base/mem.h"

#define LEAD	  512u /* of a slot, before its buffer: the neighbour's bytes and the misalignment */
#define NEIGHBOUR 16u

struct op {
	enum any_blk_type type;
	uint64_t offset;
	uint8_t *buf;
	uint32_t len;
	unsigned slot;
	uint8_t mark;	 /* what the neighbours hold */
	bool neighbours; /* somebody else's bytes on both sides are in use meanwhile */
	bool busy;
};

#define ENTRIES 6u /* of an indirect table: longer requests go without */

struct state {
	struct lab_work *w;
	struct any_blk blk;
	struct any_blk_queue more[LAB_BLK_QUEUES - 1];
	struct op ops[LAB_SLOTS];
	unsigned in_flight, n_slots;
	uint64_t next, since_flush;
	enum any_blk_type type;
	uint64_t memory[LAB_BLK_QUEUES * ((ANY_BLK_BYTES(LAB_QUEUE) + 7) / 8)];
	uint64_t tables[LAB_BLK_QUEUES][ANY_VIRTQUEUE_TABLE_BYTES(LAB_QUEUE, ENTRIES) / 8];
};

/* Buffers start anywhere a file system may put them: mostly aligned, sometimes not at all. */
static uint32_t misalignment(struct lab_machine *m)
{
	static const uint32_t often[] = {0, 0, 0, 0, 64, 128, 32, 16, 4, 1};

	return often[lab_random(m) % ANY_ARRAY_SIZE(often)];
}

static uint32_t size_of_next(struct lab_machine *m)
{
	static const uint32_t sectors[] = {1, 1, 2, 3, 8, 8, 16, 64, 127, 128};

	return 512 * sectors[lab_random(m) % ANY_ARRAY_SIZE(sectors)];
}

static void touch_neighbours(struct op *op, uint8_t mark)
{
	op->mark = mark;
	memset(op->buf - NEIGHBOUR, mark, NEIGHBOUR);
	memset(op->buf + op->len, mark, NEIGHBOUR);
}

static bool neighbours_kept(const struct op *op)
{
	uint8_t want[NEIGHBOUR];

	memset(want, op->mark, sizeof(want));
	return !memcmp(op->buf - NEIGHBOUR, want, NEIGHBOUR) &&
	       !memcmp(op->buf + op->len, want, NEIGHBOUR);
}

static int fill(struct state *s, struct op *op)
{
	int err = lab_disk_source(s->w->disk, op->offset, s->w->staging, op->len);

	if (!err)
		memcpy(op->buf, s->w->staging, op->len);
	return err;
}

static struct op *free_op(struct state *s)
{
	for (unsigned i = 0; i < s->n_slots; i++)
		if (!s->ops[i].busy && s->w->slots[i])
			return &s->ops[i];
	return NULL;
}

/* Neighbours in memory go through different queues. */
static struct any_blk_queue *queue_of(struct state *s, const struct op *op)
{
	return any_blk_queue(&s->blk, (uint16_t)(op->slot % s->blk.n_queues));
}

static void kick(struct state *s)
{
	for (uint16_t i = 0; i < s->blk.n_queues; i++)
		any_blk_queue_kick(any_blk_queue(&s->blk, i));
}

static int submit(struct state *s, struct op *op)
{
	struct any_blk_request req = {.type = op->type,
				      .sector = op->offset / 512,
				      .buf = op->buf,
				      .len = op->len,
				      .sectors = op->len / 512,
				      .cookie = op};
	int err;

	if (op->type == ANY_BLK_T_DISCARD || op->type == ANY_BLK_T_WRITE_ZEROES ||
	    op->type == ANY_BLK_T_FLUSH)
		req.buf = NULL, req.len = 0;
	err = any_blk_queue_submit(queue_of(s, op), &req);
	if (err)
		return err;
	op->busy = true;
	s->in_flight++;
	/* Somebody else's data lies next to the buffer, and somebody else goes on with it. */
	if (op->neighbours)
		touch_neighbours(op, (uint8_t)(op->mark + 1));
	return 0;
}

/* What one request may be: the driver's limit, and a fair share of a pool that is tiny. */
static uint32_t most(const struct state *s)
{
	uint64_t pool = s->w->machine->plat->machine.bounce_size / 4;
	size_t bytes = any_blk_max_bytes(&s->blk);

	if (pool >= 512 && pool < bytes)
		bytes = (size_t)(pool & ~511ull);
	return bytes < LAB_SLOT_DATA ? (uint32_t)bytes : LAB_SLOT_DATA;
}

static int start(struct state *s, struct op *op)
{
	struct lab_machine *m = s->w->machine;
	uint64_t left = s->w->disk->size - s->next;
	int err = 0;

	op->slot = (unsigned)(op - s->ops);
	op->type = s->type;
	op->offset = s->next;
	op->len = size_of_next(m);
	if (op->len > most(s))
		op->len = most(s);
	if (op->len > left)
		op->len = (uint32_t)left;
	/* What a device cannot do by itself no bounce buffer does for it (DA-37). */
	op->buf = (uint8_t *)s->w->slots[op->slot] + LEAD +
		  (misalignment(m) & ~(uint32_t)s->w->dma->min_align);
	op->neighbours = lab_chance(m, 4);
	if (op->neighbours)
		touch_neighbours(op, (uint8_t)lab_random(m));
	if (op->type == ANY_BLK_T_OUT)
		err = fill(s, op);
	if (!err)
		err = submit(s, op);
	if (!err)
		s->next += op->len;
	return err;
}

static int finish(struct state *s, const struct any_blk_completion *done)
{
	struct op *op = done->cookie;

	op->busy = false;
	s->in_flight--;
	if (done->result) {
		s->w->why = s->w->disk->error[0] ? s->w->disk->error : "a request failed";
		return done->result;
	}
	if (op->neighbours && !neighbours_kept(op)) {
		s->w->why = "bytes next to a buffer were lost";
		return -ANY_EFAULT;
	}
	if (op->type == ANY_BLK_T_IN)
		memcpy(s->w->result + op->offset, op->buf, op->len);
	if (op->type == ANY_BLK_T_IN || op->type == ANY_BLK_T_OUT)
		s->w->done += op->len;
	s->w->machine->count.requests++;
	s->w->machine->count.bytes += op->len;
	return 0;
}

static int take_all(struct state *s, struct any_blk_queue *q, bool *any)
{
	struct any_blk_completion done;
	int err;

	while (!(err = any_blk_queue_poll(q, &done))) {
		*any = true;
		err = finish(s, &done);
		if (err)
			return err;
	}
	return err == -ANY_EAGAIN ? 0 : err;
}

/* Takes what is done; if nothing is, waits for the interrupt. */
static int reap(struct state *s)
{
	bool any = false;
	int err = 0;

	for (uint16_t i = 0; i < s->blk.n_queues && !err; i++)
		err = take_all(s, any_blk_queue(&s->blk, i), &any);
	if (err || any)
		return err;
	lab_cpu_wait(s->w->machine);
	return any_blk_interrupt(&s->blk);
}

static int drain(struct state *s)
{
	int err = 0;

	kick(s);
	while (s->in_flight && !err)
		err = reap(s);
	return err;
}

/* One request that moves no image data, alone. */
static int special(struct state *s, enum any_blk_type type, uint64_t offset, uint32_t len)
{
	struct op *op = free_op(s);
	int err;

	if (!op)
		return -ANY_ENOMEM;
	op->type = type;
	op->offset = offset;
	op->len = len;
	op->slot = (unsigned)(op - s->ops);
	op->buf = (uint8_t *)s->w->slots[op->slot] + LEAD;
	op->neighbours = false;
	err = submit(s, op);
	return err ? err : drain(s);
}

static int pass(struct state *s, enum any_blk_type type)
{
	struct lab_work *w = s->w;
	int err = 0;

	s->type = type;
	s->next = 0;
	while (s->next < w->disk->size && !err) {
		struct op *op = free_op(s);

		err = op ? start(s, op) : -ANY_ENOMEM;
		if (err == -ANY_ENOMEM &&
		    s->in_flight) { /* back-pressure: something must complete */
			kick(s);
			err = reap(s);
		} else if (!err && lab_chance(w->machine, 3)) {
			kick(s);
			err = lab_chance(w->machine, 4) ? reap(s) : 0;
		}
		if (w->progress)
			w->progress(w->progress_ctx, w->done, w->disk->size * (w->write ? 2 : 1));
	}
	return err ? err : drain(s);
}

static int work(struct state *s)
{
	struct lab_work *w = s->w;
	uint64_t head = w->disk->size < 65536 ? w->disk->size : 65536;
	int err = special(s, ANY_BLK_T_GET_ID, 0, ANY_BLK_ID_BYTES);

	if (!err && w->write && s->blk.limits.write_zeroes)
		err = special(s, ANY_BLK_T_WRITE_ZEROES, 0, (uint32_t)head);
	if (!err && w->write && s->blk.limits.discard)
		err = special(s, ANY_BLK_T_DISCARD, 0, (uint32_t)head);
	if (!err && w->write)
		err = pass(s, ANY_BLK_T_OUT);
	if (!err && s->blk.limits.flush)
		err = special(s, ANY_BLK_T_FLUSH, 0, 0);
	return err ? err : pass(s, ANY_BLK_T_IN);
}

static int give_back(struct state *s)
{
	struct any_blk_completion done;
	int err = any_blk_stop(&s->blk);

	for (uint16_t i = 0; i < s->blk.n_queues && !err; i++)
		while (!any_blk_queue_abort(any_blk_queue(&s->blk, i), &done))
			;
	return err ? err : any_blk_fini(&s->blk);
}

/* Where there is no coherent memory (hazard 11), one of the buffers is the rings'. */
static int bring_up(struct state *s, const struct any_virtio_transport *transport)
{
	struct lab_work *w = s->w;
	struct any_blk_options options = {.size = LAB_QUEUE,
					  .n_more = w->two_queues ? LAB_BLK_QUEUES - 1 : 0,
					  .more = s->more,
					  .memory = s->memory,
					  .bytes = sizeof(s->memory)};

	if (!w->dma->plat->coherent) {
		s->n_slots = LAB_SLOTS - 1;
		options.shared = w->slots[LAB_SLOTS - 1];
		options.shared_bytes = LAB_SLOT_SIZE;
	}
	return any_blk_init_queues(&s->blk, transport, w->dma, &options);
}

/* Cached rings have no tables; and where coherent memory is short, some queue has none. */
static int use_tables(struct state *s)
{
	int err = 0;

	for (uint16_t i = 0; s->w->indirect && i < s->blk.n_queues && !err; i++)
		err = any_blk_use_tables(any_blk_queue(&s->blk, i), ENTRIES, s->tables[i],
					 sizeof(s->tables[i]));
	return err == -ANY_ENOTSUP || err == -ANY_ENOMEM ? 0 : err;
}

int lab_work_run(struct lab_work *w)
{
	struct any_virtio_transport transport;
	struct any_virtio_mmio mmio;
	struct state *s = calloc(1, sizeof(*s));
	int err, last;

	if (!s)
		return -ANY_ENOMEM;
	w->state = s;
	s->w = w;
	s->n_slots = LAB_SLOTS;
	err = any_virtio_mmio_init(&mmio, &transport, lab_ptr(w->machine, LAB_MMIO, 0),
				   ANY_VIRTIO_MMIO_CONFIG + ANY_BLK_CFG_BYTES);
	if (!err)
		err = bring_up(s, &transport);
	if (!err)
		err = use_tables(s);
	if (err) {
		w->why = s->blk.virtio.why ? s->blk.virtio.why : any_strerror(err);
		return err;
	}
	err = work(s);
	if (err && !w->why)
		w->why = any_strerror(err);
	last = give_back(s);
	return err ? err : last;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A disk whose first half the host has filled with a pattern, and whose second half it will look at
 * when the machine is off. Both sides take the seed from the disk's name. Requests go through all
 * queues in turn.
 */
#include <anydma/blk.h>

#include "../shared/port.h"

#define QUEUE	  64u
#define QUEUES	  2u /* as many as the host gives (ports/host/blk.py) */
#define IN_FLIGHT 8u
#define POLLS	  100000000u

struct disk {
	const struct port_device *at;
	struct any_blk blk;
	struct any_blk_queue more[QUEUES - 1];
	uint64_t seed;
	bool dead;
};

/* Lengths in sectors, turn by turn: one line of them is shorter than a page, one is many pages. */
static const uint32_t lengths[] = {1, 8, 3, 128, 2, 64, 7, 24};

/* What is done, of whichever queue. */
static int poll(struct disk *d, struct any_blk_completion *done)
{
	int err = -ANY_EAGAIN;

	for (uint16_t i = 0; i < d->blk.n_queues && err == -ANY_EAGAIN; i++)
		err = any_blk_queue_poll(any_blk_queue(&d->blk, i), done);
	return err;
}

static bool take(struct disk *d, struct any_blk_completion *done)
{
	int err = -ANY_EAGAIN;

	for (uint32_t i = 0; i < POLLS && err == -ANY_EAGAIN; i++)
		err = poll(d, done);
	if (err || done->result) {
		d->dead = true;
		port_ok(false, "%s: a request comes back: %s", d->at->name,
			any_strerror(err ? err : done->result));
	}
	return !d->dead;
}

static bool one(struct disk *d, enum any_blk_type type, void *buf, size_t len)
{
	const struct any_blk_request req = {.type = type, .buf = buf, .len = len};
	struct any_blk_completion done;
	int err = any_blk_submit(&d->blk, &req);

	if (err)
		return port_ok(false, "%s: a request is taken: %s", d->at->name, any_strerror(err));
	any_blk_kick(&d->blk);
	return take(d, &done);
}

/* One transfer, and where its bytes belong. */
struct piece {
	uint64_t sector;
	uint32_t len;
	uint8_t *buf;
	uint16_t queue;
};

static uint64_t seed_of(const struct disk *d, uint64_t sector)
{
	return d->seed + (sector >= d->blk.limits.capacity / 2);
}

static bool begin(struct disk *d, enum any_blk_type type, struct piece *p)
{
	const struct any_blk_request req = {
		.type = type, .sector = p->sector, .buf = p->buf, .len = p->len, .cookie = p};
	int err;

	if (type == ANY_BLK_T_OUT)
		port_pattern(p->buf, p->len, seed_of(d, p->sector), p->sector * ANY_BLK_SECTOR);
	else
		for (uint32_t i = 0; i < p->len; i++)
			p->buf[i] = 0xee;
	err = any_blk_queue_submit(any_blk_queue(&d->blk, p->queue), &req);
	if (err)
		d->dead = !port_ok(false, "%s: sector %llu: %s", d->at->name,
				   (unsigned long long)p->sector, any_strerror(err));
	return !d->dead;
}

static bool end(struct disk *d, enum any_blk_type type)
{
	struct any_blk_completion done;
	const struct piece *p;

	if (!take(d, &done))
		return false;
	p = done.cookie;
	if (type == ANY_BLK_T_IN && port_pattern_differs(p->buf, p->len, seed_of(d, p->sector),
							 p->sector * ANY_BLK_SECTOR) != p->len)
		d->dead = !port_ok(false, "%s: the bytes of sector %llu", d->at->name,
				   (unsigned long long)p->sector);
	return !d->dead;
}

/* From one sector to another, IN_FLIGHT requests at a time; buffers begin anywhere in a line. */
static bool pass(struct disk *d, enum any_blk_type type, uint64_t from, uint64_t to)
{
	static struct piece pieces[IN_FLIGHT];
	static uint8_t *room[IN_FLIGHT];
	uint32_t turn = 0;

	for (uint32_t i = 0; i < IN_FLIGHT; i++)
		room[i] = port_alloc(128 * ANY_BLK_SECTOR + 64, 64);
	while (from < to && !d->dead) {
		uint32_t n = 0;

		for (; n < IN_FLIGHT && from < to; n++, turn++) {
			uint64_t sectors = lengths[turn % ANY_ARRAY_SIZE(lengths)];

			sectors = sectors < to - from ? sectors : to - from;
			pieces[n] = (struct piece){from, (uint32_t)sectors * ANY_BLK_SECTOR,
						   room[n] + turn % 3 * 4,
						   (uint16_t)(turn % d->blk.n_queues)};
			if (!begin(d, type, &pieces[n]))
				return false;
			from += sectors;
		}
		for (uint16_t i = 0; i < d->blk.n_queues; i++)
			any_blk_queue_kick(any_blk_queue(&d->blk, i));
		while (n-- && end(d, type))
			;
	}
	return !d->dead;
}

/* "anydma-" and up to 13 hexadecimal digits. */
static bool seed_from_name(struct disk *d)
{
	char *id = port_alloc(ANY_BLK_ID_BYTES, 64);

	if (!one(d, ANY_BLK_T_GET_ID, id, ANY_BLK_ID_BYTES))
		return false;
	d->seed = 0;
	for (unsigned i = 7; i < ANY_BLK_ID_BYTES && id[i]; i++) {
		const char c = id[i];

		d->seed = d->seed << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return port_ok(id[0] == 'a' && d->seed, "%s: the disk's name", d->at->name);
}

static void transfers(struct disk *d)
{
	const uint64_t half = d->blk.limits.capacity / 2, all = half * 2;

	port_say("# blk %s%s%s, queues: %u, of %u entries, %llu sectors\n",
		 any_virtio_has(&d->blk.virtio, ANY_VIRTIO_F_RING_PACKED) ? "packed" : "split",
		 any_virtio_has(&d->blk.virtio, ANY_VIRTIO_F_ACCESS_PLATFORM) ? " platform" : "",
		 any_virtio_has(&d->blk.virtio, ANY_VIRTIO_F_EVENT_IDX) ? " event_idx" : "",
		 (unsigned)d->blk.n_queues, (unsigned)d->blk.queue.vq.ring.size,
		 (unsigned long long)all);
	if (!seed_from_name(d))
		return;
	port_ok(pass(d, ANY_BLK_T_IN, 0, half), "%s: reads what the host wrote", d->at->name);
	port_ok(!d->dead && pass(d, ANY_BLK_T_OUT, half, all), "%s: writes", d->at->name);
	if (!d->dead && d->blk.limits.flush)
		port_ok(one(d, ANY_BLK_T_FLUSH, NULL, 0), "%s: flushes", d->at->name);
	port_ok(!d->dead && pass(d, ANY_BLK_T_IN, half, all), "%s: reads it back", d->at->name);
}

static void run(const struct port_device *at)
{
	static struct disk disk;
	struct disk *d = &disk;
	const struct any_blk_options options = {
		.size = QUEUE,
		.n_more = QUEUES - 1,
		.more = d->more,
		.memory = port_alloc(QUEUES * ANY_BLK_BYTES(QUEUE), 8),
		.bytes = QUEUES * ANY_BLK_BYTES(QUEUE)};
	int err;

	*d = (struct disk){.at = at};
	err = any_blk_init_queues(&d->blk, at->transport, at->dma, &options);
	if (port_refused(at, err))
		return;
	if (!port_ok(!err, "%s: a disk comes up: %s%s%s", at->name, any_strerror(err),
		     d->blk.virtio.why ? ", " : "", d->blk.virtio.why ? d->blk.virtio.why : ""))
		return;
	transfers(d);
	err = any_blk_stop(&d->blk);
	if (!err && !d->dead)
		err = any_blk_fini(&d->blk);
	port_ok(!err, "%s: the disk is given back: %s", at->name, any_strerror(err));
}

const struct port_body port_body_blk = {
	.device_id = ANY_VIRTIO_ID_BLOCK, .faults = true, .run = run};

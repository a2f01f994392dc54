/* SPDX-License-Identifier: BSD-2-Clause */
#include "vblk_driver.h"
#include "vblk_board.h"

#define REG(b, at) (*(volatile uint32_t *)((b)->regs + (at)))

enum {
	MAGIC = 0x00,
	VERSION = 0x04,
	DEVICE = 0x08,
	FEATURES = 0x10,
	FEATURES_SEL = 0x14,
	ACCEPTED = 0x20,
	ACCEPTED_SEL = 0x24,
	QUEUE_SEL = 0x30,
	QUEUE_MAX = 0x34,
	QUEUE_NUM = 0x38,
	QUEUE_READY = 0x44,
	NOTIFY = 0x50,
	STATUS = 0x70,
	QUEUE_DESC = 0x80,
	QUEUE_AVAIL = 0x90,
	QUEUE_USED = 0xa0
};
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
enum { NEXT = 1, WRITE = 2 };

#define PER_REQUEST 3u	  /* descriptors: header, data, status */
#define HIGH_WANTED 0x13u /* VERSION_1, ACCESS_PLATFORM, ORDER_PLATFORM, where offered */

static void set_address(struct vblk *b, uint32_t at, const volatile void *p)
{
	uint64_t bus = board_bus_address(p);

	REG(b, at) = (uint32_t)bus;
	REG(b, at + 4) = (uint32_t)(bus >> 32);
}

static int negotiate(struct vblk *b)
{
	uint32_t high;

	REG(b, STATUS) = ACKNOWLEDGE;
	REG(b, STATUS) = ACKNOWLEDGE | DRIVER;
	REG(b, FEATURES_SEL) = 1;
	high = REG(b, FEATURES) & HIGH_WANTED;
	REG(b, ACCEPTED_SEL) = 0;
	REG(b, ACCEPTED) = 0;
	REG(b, ACCEPTED_SEL) = 1;
	REG(b, ACCEPTED) = high;
	REG(b, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK;
	return REG(b, STATUS) & FEATURES_OK ? 0 : -1;
}

int vblk_open(struct vblk *b, volatile void *regs, volatile struct vblk_mem *mem)
{
	b->regs = regs;
	b->mem = mem;
	if (REG(b, MAGIC) != 0x74726976 || REG(b, VERSION) != 2 || REG(b, DEVICE) != 2)
		return -1;
	vblk_close(b);
	if (negotiate(b))
		return -1;
	REG(b, QUEUE_SEL) = 0;
	if (REG(b, QUEUE_READY) || REG(b, QUEUE_MAX) < VBLK_QUEUE)
		return -1;
	REG(b, QUEUE_NUM) = VBLK_QUEUE;
	set_address(b, QUEUE_DESC, mem->desc);
	set_address(b, QUEUE_AVAIL, &mem->avail);
	set_address(b, QUEUE_USED, &mem->used);
	board_clean(mem, sizeof(*mem));
	REG(b, QUEUE_READY) = 1;
	REG(b, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
	return 0;
}

/* ---- a request begins */

static void describe(struct vblk *b, uint32_t i, const volatile void *p, uint32_t len, int flags)
{
	volatile struct vblk_desc *d = &b->mem->desc[i];

	d->address = board_bus_address(p);
	d->len = len;
	d->flags = (uint16_t)flags;
	d->next = (uint16_t)(i + 1);
}

static void notify(struct vblk *b)
{
	if (b->bug != VBLK_NO_BELL_BARRIER)
		board_barrier(); /* the index is there before the device looks */
	REG(b, NOTIFY) = 0;
}

static void publish(struct vblk *b, uint32_t head)
{
	volatile struct vblk_mem *m = b->mem;
	uint16_t idx = m->avail.idx;

	if (b->bug == VBLK_EARLY_BELL)
		notify(b);
	m->avail.ring[idx % VBLK_QUEUE] = (uint16_t)head;
	if (b->bug != VBLK_NO_PUBLISH) { /* each of these is a barrier, too */
		board_clean(m->desc, sizeof(m->desc));
		board_clean(m->header, sizeof(m->header));
		board_clean(m->status, sizeof(m->status));
		board_clean(&m->avail, sizeof(m->avail));
	}
	m->avail.idx = (uint16_t)(idx + 1);
	if (b->bug != VBLK_NO_BELL_BARRIER)
		board_clean(&m->avail, sizeof(m->avail));
	if (b->bug != VBLK_EARLY_BELL)
		notify(b);
}

void vblk_start(struct vblk *b, uint32_t slot, int writes, uint64_t sector, void *data,
		uint32_t len)
{
	uint32_t head = slot * PER_REQUEST;
	volatile struct vblk_mem *m = b->mem;

	b->request[slot].data = data;
	b->request[slot].len = len;
	b->request[slot].writes = (uint32_t)writes;
	b->request[slot].busy = 1;
	m->header[slot].type = (uint32_t)writes;
	m->header[slot].sector = sector;
	m->status[slot].byte = 0xff;
	describe(b, head, &m->header[slot], sizeof(m->header[slot]), NEXT);
	describe(b, head + 1, data, len, writes ? NEXT : NEXT | WRITE);
	describe(b, head + 2, &m->status[slot].byte, 1, WRITE);
	if (b->bug != VBLK_NO_CLEAN)
		board_clean(data, len); /* what is read needs it as well: no line may be dirty */
	publish(b, head);
	if (b->bug == VBLK_CHANGES)
		m->desc[head + 1].len = len / 2; /* on second thoughts */
}

/* ---- and ends */

static int take(struct vblk *b, uint32_t id, uint32_t len)
{
	uint32_t slot = id / PER_REQUEST, most;

	if (b->bug == VBLK_TRUSTS_ID)
		slot %= VBLK_REQUESTS;
	else if (id % PER_REQUEST || slot >= VBLK_REQUESTS || !b->request[slot].busy)
		return VBLK_NONSENSE;
	most = 1 + (b->request[slot].writes ? 0 : b->request[slot].len);
	if (len > most && b->bug != VBLK_TRUSTS_LEN)
		return VBLK_NONSENSE;
	b->request[slot].busy = 0;
	return (int)slot;
}

int vblk_poll(struct vblk *b, int *failed)
{
	volatile struct vblk_mem *m = b->mem;
	uint16_t ready;
	int slot;

	board_inval(&m->used, sizeof(m->used));
	ready = (uint16_t)(m->used.idx - b->used);
	if (!ready)
		return VBLK_NOTHING;
	if (ready > VBLK_QUEUE)
		return VBLK_NONSENSE;
	if (b->bug != VBLK_NO_READ_BARRIER)
		board_inval(&m->used, sizeof(m->used)); /* the entry may be older than the index */
	slot = take(b, m->used.ring[b->used % VBLK_QUEUE].id,
		    m->used.ring[b->used % VBLK_QUEUE].len);
	b->used++;
	if (slot < 0)
		return slot;
	board_inval(m->status, sizeof(m->status));
	if (!b->request[slot].writes && b->bug != VBLK_NO_INVAL)
		board_inval(b->request[slot].data, b->request[slot].len);
	*failed = m->status[slot].byte != 0;
	return slot;
}

void vblk_close(struct vblk *b)
{
	REG(b, STATUS) = 0;
	while (REG(b, STATUS))
		;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The block device against a raw ring writer, honest and hostile (A10, device rows). */
#include "disk.h"

#include <anydma/endian.h>

#define BUS  0x90000000ull
#define SIZE 64u
#define MEM  (1u << 20)
/* where the raw driver keeps things */
#define HEADER 0x8000u
#define DATA   0x10000u
#define STATUS 0x9000u
#define ANSWER 0xee /* what the status byte is before the device speaks */

struct rig {
	struct disk disk;
	struct any_space space;
	struct any_space_region region;
	struct any_blk_device dev;
	struct any_ring_piece pieces[SIZE];
	struct any_vring parts;
	uint8_t *mem;
	uint16_t n_desc, first, sent, seen;
	bool writing;
	uint32_t interrupts;
};

static void on_interrupt(void *ctx, uint32_t isr)
{
	struct rig *r = ctx;

	(void)isr;
	r->interrupts++;
}

#define PLAT (ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

static void bring_up(struct rig *r, uint64_t without)
{
	struct any_virtio_device *v = &r->dev.virtio;
	struct any_vring_layout layout;

	memset(r->mem, 0xaa, MEM);
	any_vring_layout(SIZE, 64, &layout);
	memset(r->mem, 0, layout.bytes);
	r->parts = any_vring_at(r->mem, &layout);
	r->sent = r->seen = r->n_desc = 0;
	any_virtio_device_set_status(v, 0);
	any_virtio_device_set_status(v, 3);
	any_virtio_device_set_features(v, v->offered & ~without);
	any_virtio_device_set_status(v, 0xb);
	assert_int_equal(any_virtio_device_queue_setup(v, 0, SIZE, any_dma(BUS + layout.desc),
						       any_dma(BUS + layout.avail),
						       any_dma(BUS + layout.used)),
			 0);
	any_virtio_device_set_status(v, 0xf);
	assert_int_equal(v->status, 0xf);
}

static struct rig *rig_with(bool read_only, const struct any_blk_device_config *config)
{
	struct rig *r = calloc(1, sizeof(*r));

	r->mem = aligned_alloc(4096, MEM);
	r->region = (struct any_space_region){any_dma(BUS), MEM, r->mem, ANY_DMA_BOTH};
	disk_init(&r->disk, read_only);
	assert_int_equal(any_space_init_regions(&r->space, &r->region, 1), 0);
	assert_int_equal(any_blk_device_init(&r->dev, &r->disk.backend, &r->disk, config, &r->space,
					     r->pieces, SIZE),
			 0);
	r->dev.virtio.interrupt = on_interrupt;
	r->dev.virtio.interrupt_ctx = r;
	bring_up(r, 0);
	return r;
}

static struct rig *rig_up(void)
{
	const struct any_blk_device_config config = {.features = PLAT, .max_ranges = 4,
						     .max_sectors = 128};

	return rig_with(false, &config);
}

static void rig_down(struct rig *r)
{
	free(r->mem);
	free(r);
}

/* ---- chains by hand --------------------------------------------------------------------------- */

static void begin(struct rig *r)
{
	r->n_desc = 0;
	r->first = 0;
}

static void piece(struct rig *r, uint64_t addr, uint32_t len, bool write)
{
	struct any_vring_desc *d = &r->parts.desc[r->n_desc];

	if (r->n_desc)
		any_store_le16(&d[-1].flags, (uint16_t)(any_load_le16(&d[-1].flags) | 1));
	any_store_le64(&d->addr, addr);
	any_store_le32(&d->len, len);
	any_store_le16(&d->flags, write ? ANY_VRING_DESC_WRITE : 0);
	any_store_le16(&d->next, ++r->n_desc);
}

static void header(struct rig *r, uint32_t type, uint64_t sector)
{
	struct any_blk_header *h = (void *)(r->mem + HEADER);

	any_store_le32(&h->type, type);
	any_store_le32(&h->reserved, 0);
	any_store_le64(&h->sector, sector);
	r->mem[STATUS] = ANSWER;
}

static void publish(struct rig *r)
{
	any_store_le16(&r->parts.avail->ring[r->sent % SIZE], 0);
	any_store_le16(&r->parts.avail->idx, ++r->sent);
}

/* Runs the one request that was sent; its used.len, or -1 if it never came back. */
static int64_t run(struct rig *r)
{
	publish(r);
	any_virtio_blk_device_process(&r->dev, 10);
	if (any_load_le16(&r->parts.used->idx) == r->seen)
		return -1;
	r->seen++;
	assert_int_equal(any_load_le16(&r->parts.used->idx), r->seen);
	return any_load_le32(&r->parts.used->ring[(r->seen - 1) % SIZE].len);
}

/* Header, then data in one piece, then status. */
static int64_t request(struct rig *r, uint32_t type, uint64_t sector, uint32_t len, bool in)
{
	header(r, type, sector);
	begin(r);
	piece(r, BUS + HEADER, 16, false);
	if (len)
		piece(r, BUS + DATA, len, in);
	piece(r, BUS + STATUS, 1, true);
	return run(r);
}

/* ---- what requests do ------------------------------------------------------------------------- */

static void reads_and_writes(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	assert_int_equal(request(r, ANY_BLK_T_IN, 3, 1024, true), 1025);
	assert_int_equal(r->mem[STATUS], ANY_BLK_S_OK);
	assert_memory_equal(r->mem + DATA, r->disk.data + 3 * 512, 1024);
	assert_int_equal(r->mem[DATA + 1024], 0xaa);
	memset(r->mem + DATA, 0x77, 1536);
	assert_int_equal(request(r, ANY_BLK_T_OUT, DISK_SECTORS - 3, 1536, false), 1);
	assert_int_equal(r->mem[STATUS], ANY_BLK_S_OK);
	assert_memory_equal(r->mem + DATA, r->disk.data + DISK_BYTES - 1536, 1536);
	assert_int_equal(request(r, ANY_BLK_T_GET_ID, 0, 20, true), 21);
	assert_memory_equal(r->mem + DATA, "0123456789abcdefghi", 20);
	assert_int_equal(request(r, ANY_BLK_T_FLUSH, 0, 0, false), 1);
	assert_int_equal(r->disk.syncs, 1);
	assert_int_equal(r->interrupts, 4);
	rig_down(r);
}

/* VD-SR-01, VD-BK-16: the same two requests, cut at every byte, and in 1-byte pieces. */
static void sweep(struct rig *r, uint32_t cut_out, uint32_t cut_in)
{
	const uint32_t out = 16 + 512; /* header and data lie together, as do data and status */

	memset(r->mem + HEADER + 16, (int)cut_out, 512);
	header(r, ANY_BLK_T_OUT, 9);
	begin(r);
	piece(r, BUS + HEADER, cut_out, false);
	if (cut_out < out)
		piece(r, BUS + HEADER + cut_out, out - cut_out, false);
	piece(r, BUS + STATUS, 1, true);
	assert_int_equal(run(r), 1);
	assert_int_equal(r->mem[STATUS], ANY_BLK_S_OK);
	for (int i = 0; i < 512; i++)
		assert_int_equal(r->disk.data[9 * 512 + i], (uint8_t)cut_out);
	memset(r->mem + DATA, 0xaa, 600);
	header(r, ANY_BLK_T_IN, 9);
	begin(r);
	piece(r, BUS + HEADER, 16, false);
	piece(r, BUS + DATA, cut_in, true);
	if (cut_in < 513)
		piece(r, BUS + DATA + cut_in, 513 - cut_in, true);
	assert_int_equal(run(r), 513);
	assert_memory_equal(r->mem + DATA, r->disk.data + 9 * 512, 512);
	assert_int_equal(r->mem[DATA + 512], ANY_BLK_S_OK);
	assert_int_equal(r->mem[DATA + 513], 0xaa);
}

static void vd_sr_01_any_split(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	for (uint32_t cut = 1; cut <= 528; cut++)
		sweep(r, cut, 1 + cut % 513);
	/* the header and a GET_ID answer in 1-byte pieces */
	memset(r->mem + DATA, 0xaa, 64);
	header(r, ANY_BLK_T_GET_ID, 0);
	begin(r);
	for (uint32_t i = 0; i < 16; i++)
		piece(r, BUS + HEADER + i, 1, false);
	for (uint32_t i = 0; i < 21; i++)
		piece(r, BUS + DATA + 2 * i, 1, true);
	assert_int_equal(run(r), 21);
	for (uint32_t i = 0; i < 20; i++) {
		assert_int_equal(r->mem[DATA + 2 * i], r->disk.backend.id[i]);
		assert_int_equal(r->mem[DATA + 2 * i + 1], 0xaa);
	}
	assert_int_equal(r->mem[DATA + 40], ANY_BLK_S_OK);
	rig_down(r);
}

static void expect(struct rig *r, int64_t len, uint8_t status)
{
	assert_int_equal(len, 0 + (len != 0));
	assert_int_equal(r->mem[STATUS], status);
	assert_int_equal(r->dev.virtio.status, 0xf); /* a bad request is not a broken device */
}

/* VD-BK-08: and nothing changes, whatever is tried. */
static void vd_bk_08_read_only(void **state)
{
	const struct any_blk_device_config config = {.features = PLAT};
	struct rig *r = rig_with(true, &config);
	struct disk *before = malloc(sizeof(*before));
	struct any_blk_range *range = (void *)(r->mem + DATA);

	(void)state;
	assert_true(r->dev.virtio.offered & ANY_BLK_F_RO);
	*before = r->disk;
	expect(r, request(r, ANY_BLK_T_OUT, 0, 512, false), ANY_BLK_S_IOERR);
	memset(range, 0, sizeof(*range));
	any_store_le32(&range->sectors, 8);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_IOERR);
	expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, 16, false), ANY_BLK_S_IOERR);
	assert_memory_equal(before->data, r->disk.data, DISK_BYTES);
	assert_int_equal(r->disk.writes + r->disk.discards + r->disk.zeroes, 0);
	assert_int_equal(request(r, ANY_BLK_T_IN, 0, 512, true), 513);
	free(before);
	rig_down(r);
}

static void vg_bk_06_beyond_capacity(void **state)
{
	static const struct {
		uint64_t sector;
		uint32_t sectors;
	} bad[] = {{DISK_SECTORS, 1}, {DISK_SECTORS - 1, 2}, {0, DISK_SECTORS + 1},
		   {UINT64_MAX, 1}, {UINT64_MAX, 2}, {UINT64_MAX / 512, 1}, {UINT64_MAX / 512 + 1, 1},
		   {(UINT64_MAX / 512) + 2, 8}, {1ull << 55, 1}, {1ull << 63, 1}};
	struct rig *r = rig_up();

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		const uint32_t len = bad[i].sectors * 512;

		r->mem[DATA] = 0xaa;
		expect(r, request(r, ANY_BLK_T_IN, bad[i].sector, len, true), ANY_BLK_S_IOERR);
		assert_int_equal(r->mem[DATA], 0xaa);
		expect(r, request(r, ANY_BLK_T_OUT, bad[i].sector, len, false), ANY_BLK_S_IOERR);
	}
	assert_int_equal(r->disk.reads + r->disk.writes, 0);
	rig_down(r);
}

static void vg_bk_09_bad_sizes(void **state)
{
	static const uint32_t bad[] = {1, 511, 513, 1023, 4095};
	struct rig *r = rig_up();

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		expect(r, request(r, ANY_BLK_T_IN, 0, bad[i], true), ANY_BLK_S_IOERR);
		expect(r, request(r, ANY_BLK_T_OUT, 0, bad[i], false), ANY_BLK_S_IOERR);
		expect(r, request(r, ANY_BLK_T_DISCARD, 0, bad[i], false), ANY_BLK_S_IOERR);
		expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, bad[i], false), ANY_BLK_S_IOERR);
	}
	expect(r, request(r, ANY_BLK_T_GET_ID, 0, 19, true), ANY_BLK_S_IOERR);
	expect(r, request(r, ANY_BLK_T_GET_ID, 0, 21, true), ANY_BLK_S_IOERR);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 0, false), ANY_BLK_S_IOERR);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16 * 5, false), ANY_BLK_S_IOERR); /* max_ranges */
	assert_int_equal(r->disk.reads + r->disk.writes + r->disk.discards + r->disk.zeroes, 0);
	rig_down(r);
}

static void vd_bk_16_unknown_types(void **state)
{
	static const uint32_t types[] = {2, 3, 5, 7, 9, 10, 12, 14, 16, 24, 0x80000000, UINT32_MAX};
	struct rig *r = rig_up();

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(types); i++) {
		expect(r, request(r, types[i], 0, 512, true), ANY_BLK_S_UNSUPP);
		expect(r, request(r, types[i], 0, 512, false), ANY_BLK_S_UNSUPP);
	}
	rig_down(r);
}

/* ---- discard and write zeroes ----------------------------------------------------------------- */

static void range(struct rig *r, unsigned i, uint64_t sector, uint32_t sectors, uint32_t flags)
{
	struct any_blk_range *at = (struct any_blk_range *)(void *)(r->mem + DATA) + i;

	any_store_le64(&at->sector, sector);
	any_store_le32(&at->sectors, sectors);
	any_store_le32(&at->flags, flags);
}

static void vd_bk_09_10_flags_and_zeroes(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	range(r, 0, 4, 2, 0);
	range(r, 1, 9, 1, ANY_BLK_RANGE_UNMAP);
	expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, 32, false), ANY_BLK_S_OK);
	assert_int_equal(r->disk.zeroes, 101);
	for (uint32_t i = 4 * 512; i < 6 * 512; i++)
		assert_int_equal(r->disk.data[i], 0);
	assert_int_equal(r->disk.data[9 * 512], 0);
	assert_int_not_equal(r->disk.data[6 * 512 + 1], 0);
	range(r, 0, 4, 2, 2);
	expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, 16, false), ANY_BLK_S_UNSUPP);
	range(r, 0, 4, 2, ANY_BLK_RANGE_UNMAP);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_UNSUPP);
	range(r, 0, 4, 2, 0x80000000);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_UNSUPP);
	assert_int_equal(r->disk.discards, 0);
	range(r, 0, 4, 2, 0);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_OK);
	assert_int_equal(r->disk.discards, 1);
	rig_down(r);
}

static void ranges_are_checked(void **state)
{
	static const struct {
		uint64_t sector;
		uint32_t sectors;
	} bad[] = {{DISK_SECTORS, 1}, {DISK_SECTORS - 1, 2}, {0, 129}, {0, UINT32_MAX},
		   {UINT64_MAX, 1}, {UINT64_MAX - 1, 2}, {UINT64_MAX / 512 + 1, 1}};
	struct rig *r = rig_up();

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		range(r, 0, bad[i].sector, bad[i].sectors, 0);
		expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_IOERR);
		expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, 16, false), ANY_BLK_S_IOERR);
	}
	assert_int_equal(r->disk.discards + r->disk.zeroes, 0);
	range(r, 0, 1, 0, 0); /* nothing to do is no error */
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_OK);
	bring_up(r, ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES); /* not negotiated (VD-BK-14's kin) */
	range(r, 0, 0, 1, 0);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_UNSUPP);
	expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, 16, false), ANY_BLK_S_UNSUPP);
	rig_down(r);
}

/* ---- cache mode (VD-BK-02, -12) ---------------------------------------------------------------- */

static void writeback(struct rig *r, uint32_t value)
{
	any_virtio_device_config_write(&r->dev.virtio, ANY_BLK_CFG_WRITEBACK, 1, value);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_BLK_CFG_WRITEBACK, 1),
			 value);
}

static void vd_bk_12_stable_when_it_must_be(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	request(r, ANY_BLK_T_OUT, 0, 512, false);
	assert_int_equal(r->disk.unsynced, 1); /* writeback: later */
	request(r, ANY_BLK_T_FLUSH, 0, 0, false);
	assert_int_equal(r->disk.unsynced, 0); /* (c) */
	writeback(r, 0);
	request(r, ANY_BLK_T_OUT, 0, 512, false);
	assert_int_equal(r->disk.unsynced, 0); /* (b) */
	range(r, 0, 0, 1, 0);
	request(r, ANY_BLK_T_WRITE_ZEROES, 0, 16, false);
	assert_int_equal(r->disk.unsynced, 0);
	writeback(r, 1);
	request(r, ANY_BLK_T_OUT, 0, 512, false);
	assert_int_equal(r->disk.unsynced, 1);
	bring_up(r, ANY_BLK_F_FLUSH | ANY_BLK_F_CONFIG_WCE);
	request(r, ANY_BLK_T_OUT, 0, 512, false);
	assert_int_equal(r->disk.unsynced, 0); /* (a) */
	bring_up(r, ANY_BLK_F_FLUSH); /* VD-BK-02 */
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_BLK_CFG_WRITEBACK, 1), 0);
	bring_up(r, 0);
	assert_int_equal(any_virtio_device_config_read(&r->dev.virtio, ANY_BLK_CFG_WRITEBACK, 1), 1);
	r->disk.fail_after = 2; /* a failed sync is a failed write */
	writeback(r, 0);
	expect(r, request(r, ANY_BLK_T_OUT, 0, 512, false), ANY_BLK_S_IOERR);
	rig_down(r);
}

/* ---- trouble ---------------------------------------------------------------------------------- */

/* VD-SR-15: after a failure in the middle used.len promises only what is there. */
static void backend_errors_are_honest(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	header(r, ANY_BLK_T_IN, 0);
	begin(r);
	piece(r, BUS + HEADER, 16, false);
	piece(r, BUS + DATA, 512, true);
	piece(r, BUS + DATA + 4096, 512, true);
	piece(r, BUS + STATUS, 1, true);
	r->disk.fail_after = 2;
	assert_int_equal(run(r), 512);
	assert_int_equal(r->mem[STATUS], ANY_BLK_S_IOERR);
	assert_memory_equal(r->mem + DATA, r->disk.data, 512);
	assert_int_equal(r->mem[DATA + 4096], 0xaa);
	r->disk.fail_after = 1;
	expect(r, request(r, ANY_BLK_T_FLUSH, 0, 0, false), ANY_BLK_S_IOERR);
	r->disk.fail_after = 1;
	expect(r, request(r, ANY_BLK_T_OUT, 0, 512, false), ANY_BLK_S_IOERR);
	rig_down(r);
}

/* D19: a chain that makes no sense comes back, once. */
static void d19_every_chain_comes_back_once(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	header(r, ANY_BLK_T_IN, 0);
	begin(r);
	piece(r, BUS + HEADER, 16, false); /* no room for a status */
	assert_int_equal(run(r), 0);
	begin(r);
	piece(r, BUS + HEADER, 15, false); /* half a header */
	piece(r, BUS + STATUS, 1, true);
	expect(r, run(r), ANY_BLK_S_IOERR);
	r->mem[STATUS] = ANSWER;
	begin(r);
	piece(r, BUS + STATUS, 1, true); /* no header at all */
	expect(r, run(r), ANY_BLK_S_IOERR);
	assert_int_equal(r->disk.reads, 0);
	rig_down(r);
}

/* AP-9: an address that is not the driver's: no answer, no status, a device that asks for a reset. */
static void ap_9_faults(void **state)
{
	static const struct {
		uint32_t type;
		uint64_t header, data, status;
		bool in;
	} rows[] = {
		{ANY_BLK_T_IN, 0, BUS + DATA, BUS + STATUS, true},
		{ANY_BLK_T_IN, BUS + MEM - 15, BUS + DATA, BUS + STATUS, true},
		{ANY_BLK_T_IN, BUS + HEADER, BUS - 1, BUS + STATUS, true},
		{ANY_BLK_T_IN, BUS + HEADER, BUS + MEM - 511, BUS + STATUS, true},
		{ANY_BLK_T_OUT, BUS + HEADER, 0, BUS + STATUS, false},
		{ANY_BLK_T_OUT, BUS + HEADER, BUS + MEM - 1, BUS + STATUS, false},
		{ANY_BLK_T_IN, BUS + HEADER, BUS + DATA, BUS + MEM, true},
		{ANY_BLK_T_IN, BUS + HEADER, BUS + DATA, UINT64_MAX, true},
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(rows); i++) {
		struct rig *r = rig_up();

		header(r, rows[i].type, 0);
		if (rows[i].header > BUS + DATA)
			memcpy(r->mem + MEM - 15, r->mem + HEADER, 15);
		begin(r);
		piece(r, rows[i].header, 16, false);
		piece(r, rows[i].data, 512, rows[i].in);
		piece(r, rows[i].status, 1, true);
		assert_int_equal(run(r), -1);
		assert_int_equal(r->mem[STATUS], ANSWER);
		assert_true(r->dev.virtio.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
		assert_non_null(r->dev.virtio.why);
		assert_int_equal(r->dev.virtio.isr, ANY_VIRTIO_ISR_CONFIG);
		bring_up(r, 0); /* and a reset mends it */
		assert_int_equal(request(r, ANY_BLK_T_IN, 0, 512, true), 513);
		rig_down(r);
	}
}

static void budget_is_kept(void **state)
{
	struct rig *r = rig_up();

	(void)state;
	header(r, ANY_BLK_T_FLUSH, 0);
	begin(r);
	piece(r, BUS + HEADER, 16, false);
	piece(r, BUS + STATUS, 1, true);
	for (int i = 0; i < 5; i++)
		publish(r);
	assert_int_equal(any_virtio_blk_device_process(&r->dev, 2), 2);
	assert_int_equal(any_virtio_blk_device_process(&r->dev, 0), 0);
	assert_int_equal(any_virtio_blk_device_process(&r->dev, 10), 3);
	assert_int_equal(any_virtio_blk_device_process(&r->dev, 10), 0);
	assert_int_equal(r->disk.syncs, 5);
	assert_int_equal(r->interrupts, 2); /* one a burst */
	rig_down(r);
}

/* ---- configuration ---------------------------------------------------------------------------- */

static uint32_t field(struct rig *r, uint32_t offset, unsigned width)
{
	return any_virtio_device_config_read(&r->dev.virtio, offset, width);
}

static void configuration(void **state)
{
	const struct any_blk_device_config config = {.features = PLAT, .size_max = 65536,
						     .seg_max = 14, .blk_size = 4096,
						     .max_sectors = 128, .max_ranges = 4};
	struct rig *r = rig_with(false, &config);

	(void)state;
	r->disk.backend.capacity = 0x123456789ull;
	assert_int_equal(field(r, ANY_BLK_CFG_CAPACITY, 4), 0x23456789);
	assert_int_equal(field(r, ANY_BLK_CFG_CAPACITY + 4, 4), 1);
	assert_int_equal(field(r, ANY_BLK_CFG_CAPACITY + 1, 1), 0x67);
	assert_int_equal(field(r, ANY_BLK_CFG_CAPACITY + 2, 2), 0x2345);
	assert_int_equal(field(r, ANY_BLK_CFG_SIZE_MAX, 4), 65536);
	assert_int_equal(field(r, ANY_BLK_CFG_SEG_MAX, 4), 14);
	assert_int_equal(field(r, ANY_BLK_CFG_BLK_SIZE, 4), 4096);
	assert_int_equal(field(r, ANY_BLK_CFG_MAX_DISCARD_SECTORS, 4), 128);
	assert_int_equal(field(r, ANY_BLK_CFG_MAX_WRITE_ZERO_SEG, 4), 4);
	assert_int_equal(field(r, ANY_BLK_CFG_WRITE_ZERO_MAY_UNMAP, 1), 1);
	for (uint32_t i = 33; i < 36; i++) /* VD-BK-03: unused0; num_queues is not offered */
		assert_int_equal(field(r, i, 1), 0);
	for (uint32_t i = 57; i < 60; i++)
		assert_int_equal(field(r, i, 1), 0);
	any_blk_device_resized(&r->dev); /* VD-BK-07 */
	assert_int_equal(r->dev.virtio.generation, 1);
	assert_int_equal(r->dev.virtio.isr, ANY_VIRTIO_ISR_CONFIG);
	rig_down(r);
}

static void vd_bk_01_offers(void **state)
{
	const struct any_blk_device_config none = {.features = 0};
	struct any_ring_piece pieces[4];
	struct any_space space = {.n_regions = 0};
	struct any_blk_device dev;
	struct disk *disk = malloc(sizeof(*disk));

	(void)state;
	disk_init(disk, false);
	assert_int_equal(any_blk_device_init(&dev, &disk->backend, disk, &none, &space, pieces, 4), 0);
	assert_true(dev.virtio.offered ==
		    (ANY_VIRTIO_F_VERSION_1 | ANY_BLK_F_FLUSH | ANY_BLK_F_CONFIG_WCE |
		     ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES));
	disk->backend.sync = NULL;
	disk->backend.discard = NULL;
	disk->backend.write_zeroes = NULL;
	assert_int_equal(any_blk_device_init(&dev, &disk->backend, disk, &none, &space, pieces, 4), 0);
	assert_true(dev.virtio.offered == (ANY_VIRTIO_F_VERSION_1 | ANY_BLK_F_FLUSH));
	disk->backend.capacity = UINT64_MAX;
	assert_int_equal(any_blk_device_init(&dev, &disk->backend, disk, &none, &space, pieces, 4),
			 -ANY_EINVAL);
	free(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes),
		cmocka_unit_test(vd_sr_01_any_split),
		cmocka_unit_test(vd_bk_08_read_only),
		cmocka_unit_test(vg_bk_06_beyond_capacity),
		cmocka_unit_test(vg_bk_09_bad_sizes),
		cmocka_unit_test(vd_bk_16_unknown_types),
		cmocka_unit_test(vd_bk_09_10_flags_and_zeroes),
		cmocka_unit_test(ranges_are_checked),
		cmocka_unit_test(vd_bk_12_stable_when_it_must_be),
		cmocka_unit_test(backend_errors_are_honest),
		cmocka_unit_test(d19_every_chain_comes_back_once),
		cmocka_unit_test(ap_9_faults),
		cmocka_unit_test(budget_is_kept),
		cmocka_unit_test(configuration),
		cmocka_unit_test(vd_bk_01_offers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

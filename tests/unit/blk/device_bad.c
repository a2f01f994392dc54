/* SPDX-License-Identifier: BSD-2-Clause */
/* What the block device does with requests it must refuse (A10, AP-9, D19). */
#include "raw.h"

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
	} bad[] = {{DISK_SECTORS, 1},	      {DISK_SECTORS - 1, 2},
		   {0, DISK_SECTORS + 1},     {UINT64_MAX, 1},
		   {UINT64_MAX, 2},	      {UINT64_MAX / 512, 1},
		   {UINT64_MAX / 512 + 1, 1}, {(UINT64_MAX / 512) + 2, 8},
		   {1ull << 55, 1},	      {1ull << 63, 1}};
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
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16 * 5, false),
	       ANY_BLK_S_IOERR); /* max_ranges */
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

static void ranges_are_checked(void **state)
{
	static const struct {
		uint64_t sector;
		uint32_t sectors;
	} bad[] = {{DISK_SECTORS, 1},	     {DISK_SECTORS - 1, 2}, {0, 129},
		   {0, UINT32_MAX},	     {UINT64_MAX, 1},	    {UINT64_MAX - 1, 2},
		   {UINT64_MAX / 512 + 1, 1}};
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
	bring_up(r,
		 ANY_BLK_F_DISCARD | ANY_BLK_F_WRITE_ZEROES); /* not negotiated (VD-BK-14's kin) */
	range(r, 0, 0, 1, 0);
	expect(r, request(r, ANY_BLK_T_DISCARD, 0, 16, false), ANY_BLK_S_UNSUPP);
	expect(r, request(r, ANY_BLK_T_WRITE_ZEROES, 0, 16, false), ANY_BLK_S_UNSUPP);
	rig_down(r);
}

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
	assert_int_equal(r->mem[HEADER + 15], 0); /* and none is written elsewhere (VD-SR-03) */
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

/* AP-9: an address that is not the driver's: no answer, no status, a device that asks for a reset.
 */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vd_bk_08_read_only),
		cmocka_unit_test(vg_bk_06_beyond_capacity),
		cmocka_unit_test(vg_bk_09_bad_sizes),
		cmocka_unit_test(vd_bk_16_unknown_types),
		cmocka_unit_test(ranges_are_checked),
		cmocka_unit_test(backend_errors_are_honest),
		cmocka_unit_test(d19_every_chain_comes_back_once),
		cmocka_unit_test(ap_9_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

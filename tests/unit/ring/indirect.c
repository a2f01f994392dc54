/* SPDX-License-Identifier: BSD-2-Clause */
/* Feature 28: tables as they must be, and tables that must not be. */
#include "both.h"

#define TABLE 0x7000000ull

static struct any_vring_desc table[MOST];

static unsigned flags_of(const struct both *b, const struct any_vring_desc *d)
{
	return any_load_le16(b->config.packed ? &d->next : &d->flags);
}

/* Reads the table as its device would; false: refused. */
static bool read_table(struct both *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!any_ring_add_entry(&b->device, &b->chain, &table[i]))
			return false;
	return true;
}

/* One descriptor with INDIRECT and nothing else; in the table WRITE, and NEXT where it links. */
static void vg_pr_10_a_table_for_a_chain(void **state)
{
	(void)state;
	EACH_FORMAT(packed)
	{
		struct any_ring_buf buf[MOST];
		struct any_ring_done done;
		struct both b;
		uint16_t id = 0;

		both_init(&b, 8, packed, false);
		both_bufs(buf, 5, 7);
		memset(table, 0xff, sizeof(table));
		assert_int_equal(any_ring_make_indirect(&b.driver, table, TABLE, buf, 2, 3, &id),
				 0);
		assert_int_equal(b.driver.n_free, 7);
		for (uint32_t i = 0; i < 5; i++) {
			const unsigned write = i < 2 ? 0 : ANY_VRING_DESC_WRITE;

			assert_true(any_load_le64(&table[i].addr) == buf[i].addr);
			assert_int_equal(any_load_le32(&table[i].len), buf[i].len);
			assert_int_equal(flags_of(&b, &table[i]),
					 packed ? write
						: write | (i < 4 ? ANY_VRING_DESC_NEXT : 0));
			if (!packed && i < 4)
				assert_int_equal(any_load_le16(&table[i].next), i + 1);
		}
		any_ring_publish_avail(&b.driver);
		assert_int_equal(any_ring_take_avail(&b.device, &b.chain), ANY_RING_TABLE);
		assert_true(b.chain.table.addr == TABLE);
		assert_int_equal(b.chain.table.len, 80);
		assert_true(read_table(&b, 5));
		assert_int_equal(b.chain.n_out, 2);
		assert_int_equal(b.chain.n_in, 3);
		assert_true(b.chain.in_len == 18 + 19 + 20);
		any_ring_make_used(&b.device, b.chain.head, 57);
		any_ring_publish_used(&b.device);
		assert_int_equal(any_ring_take_used(&b.driver, &done), 0);
		assert_int_equal(done.id, id);
		assert_int_equal(done.count, 1);
		assert_int_equal(done.written, 57);
		assert_int_equal(b.driver.n_free, 8);
		both_fini(&b);
	}
}

/* As many requests as descriptors, whatever their length; and no chain longer than the ring
 * (VG-SR-07). */
static void vg_sr_07_one_descriptor_each(void **state)
{
	(void)state;
	EACH_FORMAT(packed)
	{
		struct any_ring_buf buf[MOST];
		struct any_ring_done done;
		struct both b;
		uint16_t id = 0;
		int n = 0;

		both_init(&b, 4, packed, false);
		both_bufs(buf, 5, 1);
		assert_int_equal(any_ring_make_indirect(&b.driver, table, TABLE, buf, 2, 3, &id),
				 -ANY_E2BIG);
		assert_int_equal(any_ring_make_indirect(&b.driver, table, TABLE, buf, 0, 0, &id),
				 -ANY_EINVAL);
		for (; n < 4; n++)
			assert_int_equal(
				any_ring_make_indirect(&b.driver, table, TABLE, buf, 1, 3, &id), 0);
		assert_int_equal(any_ring_make_indirect(&b.driver, table, TABLE, buf, 1, 3, &id),
				 -ANY_ENOMEM);
		buf[1].len = 0;
		any_ring_publish_avail(&b.driver);
		while (!any_ring_detach(&b.driver, &done))
			n--;
		assert_int_equal(n, 0);
		assert_int_equal(any_ring_make_indirect(&b.driver, table, TABLE, buf, 1, 3, &id),
				 -ANY_EINVAL);
		both_fini(&b);
	}
}

/* A driver that writes what it likes: one descriptor, `flags` besides the format's own. */
static int take(bool packed, bool agreed, uint64_t addr, uint32_t len, unsigned flags)
{
	struct both b;
	int err;

	both_init(&b, 8, packed, false);
	b.device.indirect = agreed;
	if (packed) {
		any_store_le64(&b.slots[0].addr, addr);
		any_store_le32(&b.slots[0].len, len);
		any_store_le16(&b.slots[0].flags, (uint16_t)(flags | ANY_PACKED_DESC_AVAIL));
		any_store_le64(&b.slots[1].addr, 0x1000);
		any_store_le32(&b.slots[1].len, 4);
		any_store_le16(&b.slots[1].flags, ANY_PACKED_DESC_AVAIL);
	} else {
		struct any_vring_desc *d = b.config.parts.desc;

		any_store_le64(&d[0].addr, addr);
		any_store_le32(&d[0].len, len);
		any_store_le16(&d[0].flags, (uint16_t)flags);
		any_store_le16(&d[0].next, 1);
		any_store_le64(&d[1].addr, 0x1000);
		any_store_le32(&d[1].len, 4);
		any_store_le16(&d[1].flags, 0);
		any_store_le16(&b.config.parts.avail->ring[0], 0);
		any_store_le16(&b.config.parts.avail->idx, 1);
	}
	err = any_ring_take_avail(&b.device, &b.chain);
	assert_int_equal(b.device.broken, err < 0);
	both_fini(&b);
	return err;
}

static void d10_tables_that_are_none(void **state)
{
	static const uint32_t lengths[] = {0, 15, 17, UINT32_MAX};
	const unsigned it = ANY_VRING_DESC_INDIRECT;

	(void)state;
	EACH_FORMAT(packed)
	{
		assert_int_equal(take(packed, true, TABLE, 32, it), ANY_RING_TABLE);
		assert_int_equal(take(packed, false, TABLE, 32, it), -ANY_EPROTO); /* VG-FB-01 */
		/* VG-SR-08, VG-PR-10 */
		assert_int_equal(take(packed, true, TABLE, 32, it | ANY_VRING_DESC_NEXT),
				 -ANY_EPROTO);
		/* VD-SR-06, VD-PR-08: WRITE says nothing here */
		assert_int_equal(take(packed, true, TABLE, 32, it | ANY_VRING_DESC_WRITE),
				 ANY_RING_TABLE);
		for (size_t i = 0; i < ANY_ARRAY_SIZE(lengths); i++)
			assert_int_equal(take(packed, true, TABLE, lengths[i], it), -ANY_EPROTO);
		assert_int_equal(take(packed, true, UINT64_MAX - 30, 32, it), -ANY_EPROTO);
		assert_int_equal(take(packed, true, UINT64_MAX - 31, 32, it), ANY_RING_TABLE);
	}
}

/* Direct ones, then a table: a split ring's device takes both (VD-SR-07); packed, it is refused
 * (VG-PR-10). */
static void vd_sr_07_direct_ones_then_a_table(void **state)
{
	(void)state;
	EACH_FORMAT(packed)
	{
		struct any_ring_buf buf[MOST];
		struct both b;
		uint16_t id = 0;

		both_init(&b, 8, packed, false);
		both_bufs(buf, 3, 1);
		assert_int_equal(any_ring_make_avail(&b.driver, buf, 1, 1, &id), 0);
		any_ring_publish_avail(&b.driver);
		if (packed) {
			any_store_le32(&b.slots[1].len, 32);
			any_store_le16(&b.slots[1].flags,
				       ANY_VRING_DESC_INDIRECT | ANY_PACKED_DESC_AVAIL);
			assert_int_equal(any_ring_take_avail(&b.device, &b.chain), -ANY_EPROTO);
		} else {
			struct any_vring_desc *d =
				&b.config.parts.desc[any_ring_next(&b.driver, id)];

			any_store_le32(&d->len, 32);
			any_store_le16(&d->flags, ANY_VRING_DESC_INDIRECT);
			assert_int_equal(any_ring_take_avail(&b.device, &b.chain), ANY_RING_TABLE);
			assert_int_equal(b.chain.n_out, 1);
			assert_int_equal(b.chain.table.len, 32);
			any_store_le64(&table[0].addr, 0x2000);
			any_store_le32(&table[0].len, 8);
			any_store_le16(&table[0].flags, ANY_VRING_DESC_WRITE);
			assert_true(read_table(&b, 1));
			assert_int_equal(b.chain.n_in, 1);
			assert_true(b.chain.piece[1].addr == 0x2000);
		}
		both_fini(&b);
	}
}

/* Entries of a table one by one, after a first readable one. */
static bool entry(bool packed, uint64_t addr, uint32_t len, unsigned flags, uint32_t before,
		  unsigned before_flags)
{
	struct any_vring_desc e = {0};
	struct both b;
	bool taken = true;

	both_init(&b, 4, packed, false);
	for (uint32_t i = 0; i < before; i++) {
		any_store_le64(&e.addr, 0x1000);
		any_store_le32(&e.len, 0x80000000u);
		any_store_le16(packed ? &e.next : &e.flags, (uint16_t)before_flags);
		any_store_le16(packed ? &e.flags : &e.next, 0xdead); /* an id, or a link */
		assert_true(any_ring_add_entry(&b.device, &b.chain, &e));
	}
	any_store_le64(&e.addr, addr);
	any_store_le32(&e.len, len);
	any_store_le16(packed ? &e.next : &e.flags, (uint16_t)flags);
	taken = any_ring_add_entry(&b.device, &b.chain, &e);
	both_fini(&b);
	return taken;
}

static void vg_sr_06_entries_that_must_not_be(void **state)
{
	(void)state;
	EACH_FORMAT(packed)
	{
		const unsigned in = ANY_VRING_DESC_WRITE, nested = ANY_VRING_DESC_INDIRECT;

		assert_true(entry(packed, 0x1000, 16, 0, 0, 0));
		assert_false(entry(packed, 0x1000, 0, 0, 0, 0));
		assert_false(entry(packed, UINT64_MAX - 14, 16, 0, 0, 0));
		assert_true(entry(packed, UINT64_MAX - 15, 16, 0, 0, 0));
		/* no table in a table; packed: the flag means nothing there (VD-PR-08) */
		assert_int_equal(entry(packed, 0x1000, 16, nested, 0, 0), packed);
		assert_true(entry(packed, 0x1000, 16, in, 1, 0));
		assert_false(entry(packed, 0x1000, 16, 0, 1, in)); /* VG-SR-03 */
		assert_true(entry(packed, 0x1000, 0x80000000u, in, 1, in));
		assert_false(entry(packed, 0x1000, 1, in, 2, in)); /* VG-SR-05 */
	}
}

/* No more than there is room for. */
static void vg_sr_07_no_more_than_fit(void **state)
{
	(void)state;
	EACH_FORMAT(packed)
	{
		struct any_vring_desc e = {0};
		struct both b;

		both_init(&b, 4, packed, false);
		any_store_le32(&e.len, 1);
		for (unsigned i = 0; i < 4; i++)
			assert_true(any_ring_add_entry(&b.device, &b.chain, &e));
		assert_false(any_ring_add_entry(&b.device, &b.chain, &e));
		both_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vg_pr_10_a_table_for_a_chain),
		cmocka_unit_test(vg_sr_07_one_descriptor_each),
		cmocka_unit_test(d10_tables_that_are_none),
		cmocka_unit_test(vd_sr_07_direct_ones_then_a_table),
		cmocka_unit_test(vg_sr_06_entries_that_must_not_be),
		cmocka_unit_test(vg_sr_07_no_more_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

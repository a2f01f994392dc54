/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Feature 28 with the DMA API on one side and a space on the other: what is mapped and unmapped,
 * that a table is found by its bus address (AP-7), and tables that a device must survive (D10).
 */
#include <anydma/endian.h>
#include <anydma/virtio_device.h>

#include "world.h"

#define SIZE	8u
#define ENTRIES 5u
#define RINGS	(ANY_VIRTIO_F_INDIRECT_DESC | ANY_VIRTIO_F_EVENT_IDX)
#define PLAT	(ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

struct rig {
	struct world world;
	struct any_virtio_device dev;
	struct any_virtio_device_queue queue;
	struct any_ring_piece pieces[SIZE];
	struct any_packed_held held[SIZE];
	struct any_virtio_transport transport;
	struct any_virtio_driver driver;
	struct any_virtqueue vq;
	struct any_ring_chain chain;
	uint64_t memory[ANY_VIRTQUEUE_BYTES(SIZE) / 8];
	uint64_t tables[ANY_VIRTQUEUE_TABLE_BYTES(SIZE, ENTRIES) / 8];
};

static const struct any_virtio_device_ops none = {.features_ok = NULL};

static struct rig *rig_up(enum world_kind kind, uint64_t features)
{
	struct rig *r = calloc(1, sizeof(*r));

	world_init(&r->world, kind);
	r->queue =
		(struct any_virtio_device_queue){.max = SIZE, .pieces = r->pieces, .held = r->held};
	assert_int_equal(any_virtio_device_init(&r->dev, &none, r, &r->world.space, &r->queue, 1,
						PLAT | features),
			 0);
	any_virtio_inproc_init(&r->transport, &r->dev);
	assert_int_equal(any_virtio_begin(&r->driver, &r->transport, &r->world.dev, UINT64_MAX, 0),
			 0);
	assert_int_equal(
		any_virtqueue_init(&r->vq, &r->driver, 0, SIZE, r->memory, sizeof(r->memory)), 0);
	return r;
}

static struct rig *rig_with_tables(enum world_kind kind, uint64_t features)
{
	struct rig *r = rig_up(kind, RINGS | features);

	assert_int_equal(any_virtqueue_use_tables(&r->vq, ENTRIES, r->tables, sizeof(r->tables)),
			 0);
	any_virtio_ready(&r->driver);
	return r;
}

static void rig_down(struct rig *r)
{
	void *cookie;

	assert_int_equal(any_virtio_reset(&r->driver), 0);
	while (any_virtqueue_detach(&r->vq, &cookie) == 0)
		;
	assert_int_equal(any_virtqueue_fini(&r->vq), 0);
	assert_true(r->world.dev.stats.maps == r->world.dev.stats.unmaps);
	world_fini(&r->world); /* no page of coherent memory is left */
	free(r);
}

static const uint64_t formats[] = {0, ANY_VIRTIO_F_RING_PACKED, ANY_VIRTIO_F_IN_ORDER,
				   ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_IN_ORDER};

#define EACH_MACHINE(kind, f)                                                                      \
	for (enum world_kind kind = 0; kind < WORLD_KINDS; kind++)                                 \
		for (size_t f = 0; f < ANY_ARRAY_SIZE(formats); f++)

static void fill(struct rig *r, struct any_virtqueue_buf *buf, uint32_t n, uint32_t tag)
{
	for (uint32_t i = 0; i < n; i++) {
		buf[i] = (struct any_virtqueue_buf){.cpu = r->world.ram + tag * 32768 + i * 4096,
						    .len = 100 + i};
		memset(buf[i].cpu, (int)(tag * 8 + i), buf[i].len);
	}
}

/* The device: reads what it may and writes the sum of it into all it may write. */
static void serve(struct rig *r, uint32_t written)
{
	struct any_virtio_cursor out, in;
	uint8_t bytes[512], sum = 0;
	size_t len;

	assert_int_equal(any_virtio_device_take(&r->dev, 0, &r->chain), 0);
	len = (size_t)r->chain.out_len;
	out = any_virtio_cursor_out(&r->chain);
	assert_int_equal(any_virtio_device_load(&r->dev, &out, bytes, len), 0);
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + bytes[i]);
	memset(bytes, sum, sizeof(bytes));
	in = any_virtio_cursor_in(&r->chain);
	assert_int_equal(any_virtio_device_store(&r->dev, &in, bytes, (size_t)r->chain.in_len), 0);
	any_virtio_device_use(&r->dev, 0, r->chain.head, written);
	any_virtio_device_publish(&r->dev, 0);
}

/* Twice as many requests as the ring would hold, on every machine and in every format. */
static void there_and_back(void **state)
{
	(void)state;
	EACH_MACHINE(kind, f)
	{
		struct rig *r = rig_with_tables(kind, formats[f]);
		struct any_virtqueue_buf buf[4];
		uint32_t written;
		void *cookie;

		for (uint32_t round = 0; round < 5; round++) {
			for (uint32_t i = 0; i < SIZE; i++) {
				fill(r, buf, 4, i);
				assert_int_equal(
					any_virtqueue_add(&r->vq, buf, 2, 2, r->world.ram + i), 0);
			}
			assert_int_equal(any_virtqueue_add(&r->vq, buf, 2, 2, NULL), -ANY_ENOMEM);
			any_virtqueue_kick(&r->vq);
			for (uint32_t i = 0; i < SIZE; i++) {
				const uint8_t sum = (uint8_t)(100 * i * 8 + 101 * (i * 8 + 1));

				serve(r, 102 + 103);
				assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), 0);
				assert_ptr_equal(cookie, r->world.ram + i);
				assert_int_equal(written, 205);
				for (uint32_t k = 2; k < 4; k++) {
					const uint8_t *b = r->world.ram + i * 32768 + k * 4096;

					assert_int_equal(b[0], sum);
					assert_int_equal(b[99 + k], sum);
				}
			}
			assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written),
					 -ANY_EAGAIN);
		}
		rig_down(r);
	}
}

/* Longer than a table goes the old way; a single buffer too; and all of them mixed. */
static void mixed(void **state)
{
	(void)state;
	EACH_MACHINE(kind, f)
	{
		struct rig *r = rig_with_tables(kind, formats[f]);
		struct any_virtqueue_buf buf[ENTRIES + 1];
		uint32_t written;
		void *cookie;

		for (uint32_t n = 1; n <= ENTRIES + 1; n++) {
			fill(r, buf, n, n);
			assert_int_equal(any_virtqueue_add(&r->vq, buf, n - 1, 1, buf), 0);
			assert_int_equal(SIZE - r->vq.ring.n_free, n > ENTRIES ? n : 1);
			any_virtqueue_kick(&r->vq);
			serve(r, 100 + n - 1);
			assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), 0);
			assert_int_equal(r->vq.ring.n_free, SIZE);
		}
		rig_down(r);
	}
}

/* A buffer that cannot be mapped: those before it are not either; reset with tables out. */
static void nothing_stays_mapped(void **state)
{
	(void)state;
	EACH_MACHINE(kind, f)
	{
		struct rig *r = rig_with_tables(kind, formats[f]);
		struct any_virtqueue_buf buf[ENTRIES + 1];

		fill(r, buf, 3, 0);
		buf[2].cpu = r; /* not RAM */
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 2, r), -ANY_EFAULT);
		assert_true(r->world.dev.stats.maps == r->world.dev.stats.unmaps);
		assert_int_equal(r->vq.ring.n_free, SIZE);
		fill(r, buf, 3, 0);
		buf[1].len = 0;
		assert_int_not_equal(any_virtqueue_add(&r->vq, buf, 1, 2, r), 0);
		assert_true(r->world.dev.stats.maps == r->world.dev.stats.unmaps);
		fill(r, buf, 3, 0);
		for (int i = 1; i < 3; i++) { /* VG-SR-05: together too long */
			buf[i].coherent = true;
			buf[i].len = 0x90000000u;
		}
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 2, r), -ANY_E2BIG);
		assert_true(r->world.dev.stats.maps == r->world.dev.stats.unmaps);
		for (int i = 3; i <= (int)ENTRIES; i++) /* the same without a table */
			buf[i] = buf[1];
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, ENTRIES, r), -ANY_E2BIG);
		assert_true(r->world.dev.stats.maps == r->world.dev.stats.unmaps);
		buf[1].len = 0;
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 2, r), -ANY_EINVAL);
		assert_true(r->world.dev.stats.maps == r->world.dev.stats.unmaps);
		fill(r, buf, 3, 0);
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 1, 2, r), 0);
		for (int i = 0; i < 3; i++) /* DA-08 */
			assert_int_equal(r->vq.table_maps[i].dir,
					 i < 1 ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE);
		any_virtqueue_kick(&r->vq);
		assert_int_equal(any_virtqueue_fini(&r->vq), -ANY_EBUSY);
		rig_down(r);
	}
}

static unsigned looks;

static int only_reads(void *ctx, struct any_dma_addr addr, uint64_t len, enum any_dma_dir dir,
		      struct any_space_span *span)
{
	struct rig *r = ctx;

	if (addr.raw - r->vq.tables.addr.raw < r->vq.tables.size) {
		assert_int_equal(dir, ANY_DMA_TO_DEVICE);
		looks++;
	}
	return any_space_resolve(&r->world.space, addr, len, dir, span);
}

static const struct any_space_ops only_reads_ops = {only_reads};

/* AP-7: through the space, and a table is never written. */
static void ap_7_a_table_is_read_through_the_space(void **state)
{
	(void)state;
	for (size_t f = 0; f < ANY_ARRAY_SIZE(formats); f++) {
		struct rig *r = rig_with_tables(WORLD_OFFSET, formats[f]);
		struct any_virtqueue_buf buf[4];
		struct any_space space;
		uint32_t written;
		void *cookie;

		any_space_init_ops(&space, &only_reads_ops, r);
		r->dev.space = &space;
		looks = 0;
		fill(r, buf, 4, 0);
		assert_int_equal(any_virtqueue_add(&r->vq, buf, 2, 2, r), 0);
		any_virtqueue_kick(&r->vq);
		serve(r, 205);
		assert_int_equal(any_virtqueue_take(&r->vq, &cookie, &written), 0);
		assert_int_equal(looks, 4);
		rig_down(r);
	}
}

static void refusals(void **state)
{
	struct rig *r = rig_up(WORLD_OFFSET, ANY_VIRTIO_F_EVENT_IDX);

	(void)state;
	assert_int_equal(any_virtqueue_use_tables(&r->vq, ENTRIES, r->tables, sizeof(r->tables)),
			 -ANY_ENOTSUP);
	rig_down(r);
	r = rig_up(WORLD_OFFSET, RINGS);
	assert_int_equal(any_virtqueue_use_tables(&r->vq, 1, r->tables, sizeof(r->tables)),
			 -ANY_EINVAL);
	assert_int_equal(
		any_virtqueue_use_tables(&r->vq, ENTRIES, (char *)r->tables + 4, sizeof(r->tables)),
		-ANY_EINVAL);
	assert_int_equal(
		any_virtqueue_use_tables(&r->vq, ENTRIES, r->tables, sizeof(r->tables) - 1),
		-ANY_ENOSPC);
	assert_int_equal(any_virtqueue_use_tables(&r->vq, ENTRIES, r->tables, sizeof(r->tables)),
			 0);
	assert_int_equal(any_virtqueue_use_tables(&r->vq, ENTRIES, r->tables, sizeof(r->tables)),
			 -ANY_EINVAL); /* once */
	rig_down(r);
}

/* ---- a driver that writes its tables as it likes ----------------------------------------------
 */

static struct any_vring_desc *table_of(struct rig *r, uint32_t id)
{
	return (struct any_vring_desc *)r->vq.tables.cpu + (size_t)id * ENTRIES;
}

/* One request of four buffers is out; the test spoils its table, or where that is. */
static struct rig *spoiled(uint64_t format, void (*spoil)(struct rig *r, struct any_vring_desc *t))
{
	struct rig *r = rig_with_tables(WORLD_OFFSET, format);
	struct any_virtqueue_buf buf[4];

	fill(r, buf, 4, 0);
	assert_int_equal(any_virtqueue_add(&r->vq, buf, 2, 2, r), 0);
	spoil(r, table_of(r, 0));
	any_virtqueue_kick(&r->vq);
	return r;
}

static void is_refused(uint64_t format, void (*spoil)(struct rig *r, struct any_vring_desc *t))
{
	struct rig *r = spoiled(format, spoil);

	assert_int_equal(any_virtio_device_take(&r->dev, 0, &r->chain), -ANY_EPROTO);
	assert_true(r->dev.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
	assert_non_null(r->dev.why);
	rig_down(r);
}

static void is_taken(uint64_t format, void (*spoil)(struct rig *r, struct any_vring_desc *t),
		     uint32_t n)
{
	struct rig *r = spoiled(format, spoil);

	assert_int_equal(any_virtio_device_take(&r->dev, 0, &r->chain), 0);
	assert_int_equal(r->chain.n_out + r->chain.n_in, n);
	rig_down(r);
}

static void empty_entry(struct rig *r, struct any_vring_desc *t)
{
	(void)r;
	any_store_le32(&t[2].len, 0);
}

static void nested(struct rig *r, struct any_vring_desc *t)
{
	uint16_t *flags = r->driver.features & ANY_VIRTIO_F_RING_PACKED ? &t[1].next : &t[1].flags;

	any_store_le16(flags, (uint16_t)(any_load_le16(flags) | ANY_VRING_DESC_INDIRECT));
}

static void loop(struct rig *r, struct any_vring_desc *t)
{
	(void)r;
	any_store_le16(&t[3].flags, ANY_VRING_DESC_WRITE | ANY_VRING_DESC_NEXT);
	any_store_le16(&t[3].next, 3);
}

static void out_of_table(struct rig *r, struct any_vring_desc *t)
{
	(void)r;
	any_store_le16(&t[1].next, 5);
}

static void just_behind(struct rig *r, struct any_vring_desc *t)
{
	(void)r;
	any_store_le16(&t[1].next, 4);
}

static void other_way_round(struct rig *r, struct any_vring_desc *t)
{
	(void)r;
	any_store_le16(&t[0].next, 3); /* 0, 3, 2 */
	any_store_le16(&t[3].flags, ANY_VRING_DESC_WRITE | ANY_VRING_DESC_NEXT);
	any_store_le16(&t[3].next, 2);
	any_store_le16(&t[2].flags, ANY_VRING_DESC_WRITE);
}

static void ids_and_links(struct rig *r, struct any_vring_desc *t)
{
	(void)r;
	for (int i = 0; i < 4; i++) { /* a packed entry's id, and flags that mean nothing there */
		any_store_le16(&t[i].flags, 0xdead);
		any_store_le16(&t[i].next, (uint16_t)(any_load_le16(&t[i].next) |
						      ANY_VRING_DESC_NEXT | 0x8080));
	}
}

static void readable_behind_writable(struct rig *r, struct any_vring_desc *t)
{
	uint16_t *flags = r->driver.features & ANY_VIRTIO_F_RING_PACKED ? &t[0].next : &t[0].flags;

	any_store_le16(flags, (uint16_t)(any_load_le16(flags) | ANY_VRING_DESC_WRITE));
}

static void elsewhere(struct rig *r, struct any_vring_desc *t)
{
	(void)t;
	any_store_le64(&r->vq.ring.parts.desc[0].addr, 0x10);
}

static void too_long(struct rig *r, struct any_vring_desc *t)
{
	(void)t;
	for (uint32_t i = 0; i < 16; i++) {
		t[i] = t[0];
		any_store_le16(&t[i].next, (uint16_t)(i + 1));
	}
	any_store_le32(&r->vq.ring.parts.desc[0].len, 16 * 16);
	if (r->driver.features & ANY_VIRTIO_F_RING_PACKED)
		for (uint32_t i = 0; i < 16; i++)
			any_store_le16(&t[i].next, 0);
}

static void d10_hostile_tables(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		is_refused(formats[packed], empty_entry);
		is_refused(formats[packed], readable_behind_writable);
		is_refused(formats[packed], elsewhere);
		is_refused(formats[packed], too_long); /* VG-SR-07 */
	}
	is_refused(0, nested); /* VG-SR-06 */
	is_taken(ANY_VIRTIO_F_RING_PACKED, nested, 4);
	is_refused(0, loop);
	is_refused(0, out_of_table);
	is_refused(0, just_behind);
	is_taken(0, other_way_round, 3);
	is_taken(ANY_VIRTIO_F_RING_PACKED, ids_and_links, 4); /* VD-PR-08 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(mixed),
		cmocka_unit_test(nothing_stays_mapped),
		cmocka_unit_test(refusals),
		cmocka_unit_test(ap_7_a_table_is_read_through_the_space),
		cmocka_unit_test(d10_hostile_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

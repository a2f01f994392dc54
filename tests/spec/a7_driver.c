/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A7, between our two sides: the block driver over our PCI transport, on our function's registers,
 * each access seen on its way. The transport is built with accessors that end here.
 */
#include "mock_blk.h"

#include "../unit/blk/disk.h"
#include "any_arch.h"

#include <anydma/virtio/pci.h>
#include <anydma/virtio/pci_device.h>

#define BAR_BUS 0x180000000ull
#define VECTORS 3u

/* Common configuration: where a field begins, how wide it is, and whether it may be written. */
static const struct {
	uint8_t at, width;
	bool write;
} common[] = {{0, 4, true},   {4, 4, false}, {8, 4, true},   {12, 4, true}, {16, 2, true},
	      {18, 2, false}, {20, 1, true}, {21, 1, false}, {22, 2, true}, {24, 2, true},
	      {26, 2, true},  {28, 2, true}, {30, 2, false}, {32, 4, true}, {36, 4, true},
	      {40, 4, true},  {44, 4, true}, {48, 4, true},  {52, 4, true}, {56, 2, false},
	      {58, 2, true}};

static struct {
	struct world world;
	struct disk disk;
	struct any_blk_device dev;
	struct any_ring_piece pieces[BLK_QUEUE];
	struct any_packed_held held[BLK_QUEUE];
	struct any_virtio_queue_registers queues[1];
	struct any_virtio_pci_vector vectors[VECTORS];
	struct any_virtio_pci_device fn;
	struct any_virtio_pci pci;
	struct any_virtio_transport transport;
	struct any_blk blk;
	uint64_t memory[ANY_BLK_BYTES(BLK_QUEUE) / 8];
	uint8_t bar[ANY_VIRTIO_PCI_DEVICE_BAR]; /* its places only */
	/* the script, and what was seen */
	uint32_t slow, isr_reads, kicks, kick, kick_width, revision, subsystem;
	bool no_vector, ordered, up;
} it;

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	uint32_t value = any_virtio_pci_device_config_read(&it.fn, offset, width);

	(void)ctx;
	if (offset == 8 && it.revision)
		value = (value & ~0xffu) | it.revision;
	if (offset == 0x2e && it.subsystem)
		value = it.subsystem;
	return value;
}

/* Command, BAR 0, MSI-X control: nothing else is a driver's to write (VG-PC-08). */
static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	(void)ctx;
	assert_true(offset == 4 || (offset >= 0x10 && offset < 0x28) || offset == 0x9a);
	if (offset == 4 && (value & 4))
		assert_true(it.dev.virtio.status & ANY_VIRTIO_STATUS_FEATURES_OK);
	any_virtio_pci_device_config_write(&it.fn, offset, width, value);
}

static volatile void *map(void *ctx, uint64_t bus, uint64_t size)
{
	(void)ctx;
	assert_true(bus >= BAR_BUS && bus - BAR_BUS + size <= sizeof(it.bar));
	return it.bar + (bus - BAR_BUS);
}

static const struct any_pci_ops fn_ops = {config_read, config_write, map};

static void check_common(uint32_t at, unsigned width, bool write)
{
	size_t i = 0;

	while (i < ANY_ARRAY_SIZE(common) && common[i].at != at)
		i++;
	assert_true(i < ANY_ARRAY_SIZE(common) && common[i].width == width); /* VG-PC-03 */
	assert_true(common[i].write || !write);				     /* VG-PC-09 */
}

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	const uint32_t at = (uint32_t)((const volatile uint8_t *)reg - it.bar);

	assert_true(at < sizeof(it.bar) && at % width == 0);
	if (at < 0x40)
		check_common(at, width, false);
	if (at == 20 && it.slow) { /* a reset takes its time */
		it.slow--;
		return 0xf;
	}
	if (at == 26 && it.no_vector)
		return 0xffff;
	it.isr_reads += at == 0x1000;
	return any_virtio_pci_device_read(&it.fn, at, width);
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	const uint32_t at = (uint32_t)((volatile uint8_t *)reg - it.bar);
	const bool live = any_virtio_device_queue_ready(&it.dev.virtio, 0);

	assert_true(at < sizeof(it.bar) && at % width == 0);
	if (at < 0x40)
		check_common(at, width, true);
	if (at == 20 && value)
		assert_int_equal(it.slow, 0); /* VG-ST-13: not before the reset was seen */
	if (at == 24)
		assert_true(value && value <= it.dev.queue.max && (value & (value - 1)) == 0);
	if (at == 24 || (at >= 32 && at < 56))
		assert_false(live);
	if (at == 28) { /* VG-PC-11 */
		assert_int_equal(value, 1);
		assert_true(it.queues[0].parts[0] && it.queues[0].parts[1] &&
			    it.queues[0].parts[2] && it.queues[0].size);
	}
	if (at >= 0x3000 && at < 0x4000) {
		assert_true(it.ordered);
		it.kicks++;
		it.kick = value;
		it.kick_width = width;
	}
	any_virtio_pci_device_write(&it.fn, at, width, value);
	it.ordered = false;
}

void mock_barrier(const char *name)
{
	it.ordered |= strcmp(name, "wmb") == 0;
}

static void on_message(void *ctx, uint64_t addr, uint32_t data)
{
	(void)ctx;
	assert_true(addr == 0xfee00000);
	any_virtio_pci_fired(&it.pci, (uint16_t)data);
}

static const struct any_virtio_pci_device_ops device_ops = {.message = on_message};

static int find(void)
{
	const struct any_pci_function fn = {&fn_ops, NULL};
	const char *why = NULL;

	return any_virtio_pci_init(&it.pci, &it.transport, &fn, &why);
}

static void it_init(uint64_t features)
{
	const struct any_blk_device_config config = {
		.features = ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM | features,
		.held = it.held};

	memset(&it, 0, sizeof(it));
	world_init(&it.world, WORLD_OFFSET);
	disk_init(&it.disk, false);
	assert_int_equal(any_blk_device_init(&it.dev, &it.disk.backend, &it.disk, &config,
					     &it.world.space, it.pieces, BLK_QUEUE),
			 0);
	assert_int_equal(any_virtio_pci_device_init(&it.fn, &it.dev.virtio, it.queues, it.vectors,
						    VECTORS, 0x010000),
			 0);
	it.fn.ops = &device_ops;
	any_virtio_pci_device_config_write(&it.fn, 0x10, 4, (uint32_t)BAR_BUS);
	any_virtio_pci_device_config_write(&it.fn, 0x14, 4, (uint32_t)(BAR_BUS >> 32));
	assert_int_equal(find(), 0);
}

static int begin(void)
{
	const int err = any_blk_init(&it.blk, &it.transport, &it.world.dev, BLK_QUEUE, it.memory,
				     sizeof(it.memory));

	it.up = !err;
	return err;
}

static void it_fini(void)
{
	struct any_blk_completion done;

	if (it.up) {
		assert_int_equal(any_blk_stop(&it.blk), 0);
		while (any_blk_abort(&it.blk, &done) == 0)
			;
		assert_int_equal(any_blk_fini(&it.blk), 0);
	}
	world_fini(&it.world);
}

static void one(enum any_blk_type type, uint64_t sector, void *buf, size_t len)
{
	const struct any_blk_request req = {.type = type, .sector = sector, .buf = buf, .len = len};
	struct any_blk_completion done;

	assert_int_equal(any_blk_submit(&it.blk, &req), 0);
	any_blk_kick(&it.blk);
	while (any_virtio_blk_device_process(&it.dev, 8))
		;
	assert_int_equal(any_blk_interrupt(&it.blk), 0);
	assert_int_equal(any_blk_poll(&it.blk, &done), 0);
	assert_int_equal(done.result, 0);
	assert_int_equal(any_blk_poll(&it.blk, &done), -ANY_EAGAIN);
}

static void work(void)
{
	uint8_t *buf = it.world.ram;

	for (uint32_t i = 0; i < 100; i++) {
		memset(buf, (int)i, 1024);
		one(ANY_BLK_T_OUT, i, buf, 1024);
		memset(buf, 0xee, 1024);
		one(ANY_BLK_T_IN, i, buf, 1024);
		assert_int_equal(buf[1023], i);
	}
}

static const uint64_t forms[] = {0, ANY_VIRTIO_F_NOTIFICATION_DATA | ANY_VIRTIO_F_EVENT_IDX,
				 ANY_VIRTIO_F_RING_RESET};

static void a_disk_over_a_function(void **state)
{
	(void)state;
	for (size_t f = 0; f < ANY_ARRAY_SIZE(forms); f++) {
		it_init(forms[f]);
		it.slow = 0;
		assert_int_equal(begin(), 0);
		work();
		assert_int_equal(any_blk_set_writeback(&it.blk, false), 0);
		assert_int_equal(it.dev.writeback, 0);
		assert_true(it.isr_reads >= 200);
		assert_int_equal(it.kick_width, forms[f] & ANY_VIRTIO_F_NOTIFICATION_DATA ? 4 : 2);
		assert_int_equal(it.kick & 0xffff, 0);
		it_fini();
	}
}

static void a_reset_is_waited_for(void **state)
{
	(void)state;
	it_init(0);
	it.slow = 500; /* each write before it is 0 fails the test */
	assert_int_equal(begin(), 0);
	assert_int_equal(it.slow, 0);
	it_fini();
}

static void any_revision_and_subsystem(void **state)
{
	(void)state;
	it_init(0);
	for (uint32_t i = 1; i < 256; i++) {
		it.revision = i;
		it.subsystem = i * 257;
		assert_int_equal(find(), 0);
		assert_int_equal(it.transport.device_id, ANY_VIRTIO_ID_BLOCK);
	}
	it_fini();
}

/* With MSI-X the ISR is not read; a vector may be shared by both causes. */
static void messages(void **state)
{
	(void)state;
	for (unsigned shared = 0; shared < 2; shared++) {
		it_init(0);
		for (uint16_t v = 0; v < 2; v++)
			assert_int_equal(any_virtio_pci_vector(&it.pci, v, 0xfee00000, v), 0);
		assert_int_equal(any_virtio_pci_vector(&it.pci, VECTORS, 0xfee00000, 0),
				 -ANY_EINVAL);
		it.pci.config_vector = 0;
		it.pci.queue_vector[0] = shared ? 0 : 1;
		assert_int_equal(begin(), 0);
		work();
		it.disk.backend.capacity = 100;
		any_blk_device_resized(&it.dev);
		assert_int_equal(any_blk_interrupt(&it.blk), 0);
		assert_int_equal(it.blk.limits.capacity, 100);
		assert_int_equal(it.isr_reads, 0);
		it_fini();
	}
	it_init(0); /* no room for a vector: said, not passed over */
	assert_int_equal(any_virtio_pci_vector(&it.pci, 0, 0xfee00000, 0), 0);
	it.pci.queue_vector[0] = 0;
	it.no_vector = true;
	assert_int_not_equal(begin(), 0);
	assert_true(it.dev.virtio.status & ANY_VIRTIO_STATUS_FAILED);
	it_fini();
}

/* A queue that was reset takes the size of its new life. */
static void a_queue_reset_and_set_up_again(void **state)
{
	const struct any_virtio_transport_ops *ops;

	(void)state;
	it_init(ANY_VIRTIO_F_RING_RESET);
	assert_int_equal(begin(), 0);
	work();
	assert_int_equal(any_virtqueue_reset(&it.blk.queue.vq), 0);
	ops = it.transport.ops;
	assert_int_equal(ops->queue_max(it.transport.ctx, 0), BLK_QUEUE);
	assert_int_equal(ops->queue_setup(it.transport.ctx, 0, 4, any_dma(WORLD_PHYS),
					  any_dma(WORLD_PHYS + 4096), any_dma(WORLD_PHYS + 8192)),
			 0);
	assert_int_equal(ops->queue_reset(it.transport.ctx, 0), 0);
	assert_int_equal(ops->queue_max(it.transport.ctx, 0), BLK_QUEUE);
	assert_int_equal(ops->queue_max(it.transport.ctx, 1), 0); /* there is no such queue */
	it_fini();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(a_disk_over_a_function,
		     "VG-PC-03 VG-PC-08 VG-PC-09 VG-PC-10 VG-PC-11 VG-PC-19 VD-PC-18"),
		SPEC(a_reset_is_waited_for, "VG-ST-13"),
		SPEC(any_revision_and_subsystem, "VG-PC-01 VG-PC-02"),
		SPEC(messages, "VG-PC-14 VG-PC-17 VG-PC-20 VD-PC-26"),
		SPEC(a_queue_reset_and_set_up_again, "VG-PC-12 VG-PC-18 VG-FB-20"),
	};

	return cmocka_run_group_tests_name("a7_driver", tests, NULL, NULL);
}

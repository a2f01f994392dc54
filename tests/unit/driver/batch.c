/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a burst costs, counted: every store that makes requests visible and every write of a
 * doorbell, over registers (MMIO and PCI), split and packed, with EVENT_IDX and without. The ring
 * is built with the compiler's announcements of its accesses, the transports with accessors that
 * end here.
 */
#include "../blk/disk.h"
#include "../ring/watched.h"
#include "../virtio/world.h"

#include "any_arch.h"

#include <anydma/endian.h>
#include <anydma/virtio/mmio.h>
#include <anydma/virtio/pci.h>
#include <anydma/virtio/pci_device.h>

#define QUEUE	64u
#define BURST	(QUEUE / 3)
#define BAR_BUS 0x180000000ull
#define VECTORS 2u
#define PLAT	(ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM)

static struct {
	struct world world;
	struct disk disk;
	struct any_blk_device dev;
	struct any_ring_piece pieces[QUEUE];
	struct any_packed_held held[QUEUE];
	struct any_virtio_queue_registers queues[1];
	struct any_virtio_pci_vector vectors[VECTORS];
	struct any_virtio_pci_device fn;
	struct any_virtio_mmio_device window;
	struct any_virtio_pci pci;
	struct any_virtio_mmio mmio;
	struct any_virtio_transport transport;
	struct any_blk blk;
	uint64_t memory[ANY_BLK_BYTES(QUEUE) / 8];
	uint8_t regs[ANY_VIRTIO_PCI_DEVICE_BAR]; /* its places only */
	bool is_pci;
	/* counted */
	const void *publish;
	uint32_t publishes, doorbells, calls;
} it;

/* ---- registers ------------------------------------------------------------------------------- */

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	const uint32_t at = (uint32_t)((const volatile uint8_t *)reg - it.regs);

	return it.is_pci ? any_virtio_pci_device_read(&it.fn, at, width)
			 : any_virtio_mmio_device_read(&it.window, at, width);
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	const uint32_t at = (uint32_t)((volatile uint8_t *)reg - it.regs);

	it.doorbells += it.is_pci ? at >= 0x3000 && at < 0x4000 : at == ANY_VIRTIO_MMIO_NOTIFY;
	if (it.is_pci)
		any_virtio_pci_device_write(&it.fn, at, width, value);
	else
		any_virtio_mmio_device_write(&it.window, at, width, value);
}

void mock_barrier(const char *name)
{
	(void)name;
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	(void)ctx;
	return any_virtio_pci_device_config_read(&it.fn, offset, width);
}

static void config_write(void *ctx, uint32_t offset, unsigned width, uint32_t value)
{
	(void)ctx;
	any_virtio_pci_device_config_write(&it.fn, offset, width, value);
}

static volatile void *map(void *ctx, uint64_t bus, uint64_t size)
{
	(void)ctx;
	assert_true(bus >= BAR_BUS && bus - BAR_BUS + size <= sizeof(it.regs));
	return it.regs + (bus - BAR_BUS);
}

static const struct any_pci_ops fn_ops = {config_read, config_write, map};

static void on_message(void *ctx, uint64_t addr, uint32_t data)
{
	(void)ctx;
	(void)addr;
	(void)data;
}

static void on_line(void *ctx, bool high)
{
	(void)ctx;
	it.calls += high;
}

static const struct any_virtio_pci_device_ops pci_ops = {on_message, on_line};

static void on_interrupt(void *ctx, uint32_t isr)
{
	(void)ctx;
	(void)isr;
	it.calls++;
}

/* ---- both sides ------------------------------------------------------------------------------ */

static int find_device(void)
{
	static const struct any_pci_function fn = {.ops = &fn_ops, .ctx = &it};
	const char *why;

	if (!it.is_pci) {
		any_virtio_mmio_device_init(&it.window, &it.dev.virtio, it.queues, 0);
		it.dev.virtio.interrupt = on_interrupt;
		return any_virtio_mmio_init(&it.mmio, &it.transport, it.regs, 4096);
	}
	assert_int_equal(any_virtio_pci_device_init(&it.fn, &it.dev.virtio, it.queues, it.vectors,
						    VECTORS, 0x010000),
			 0);
	it.fn.ops = &pci_ops;
	config_write(NULL, 0x10, 4, (uint32_t)BAR_BUS);
	config_write(NULL, 0x14, 4, (uint32_t)(BAR_BUS >> 32));
	config_write(NULL, 0x04, 2, 2);
	return any_virtio_pci_init(&it.pci, &it.transport, &fn, &why);
}

static void up(bool is_pci, uint64_t features)
{
	const struct any_blk_device_config config = {.features = PLAT | features, .held = it.held};

	memset(&it, 0, sizeof(it));
	it.is_pci = is_pci;
	world_init(&it.world, WORLD_OFFSET);
	disk_init(&it.disk, false);
	assert_int_equal(any_blk_device_init(&it.dev, &it.disk.backend, &it.disk, &config,
					     &it.world.space, it.pieces, QUEUE),
			 0);
	assert_int_equal(find_device(), 0);
	assert_int_equal(any_blk_init(&it.blk, &it.transport, &it.world.dev, QUEUE, it.memory,
				      sizeof(it.memory)),
			 0);
	assert_true((it.blk.virtio.features & features) == features);
}

static void down(void)
{
	assert_int_equal(any_blk_stop(&it.blk), 0);
	assert_int_equal(any_blk_fini(&it.blk), 0);
	world_fini(&it.world);
}

/* ---- counting -------------------------------------------------------------------------------- */

static void on_access(void *ctx, uintptr_t at, unsigned bytes, bool store)
{
	(void)ctx;
	assert_true(bytes <= 8);
	it.publishes += store && at == (uintptr_t)it.publish;
}

/* What is written last and shows everything: the index, or a packed burst's first flags. */
static void count_publishes(void)
{
	const struct any_ring_driver *ring = &it.blk.queue.vq.ring;
	const struct any_packed_desc *slots = (const void *)ring->parts.desc;

	it.publish = ring->packed ? (const void *)&slots[(uint16_t)ring->next].flags
				  : (const void *)&ring->parts.avail->idx;
	it.publishes = it.doorbells = it.calls = 0;
	watched = (struct watched){.from = (uintptr_t)it.world.ram,
				   .to = (uintptr_t)it.world.ram + WORLD_RAM + WORLD_COHERENT,
				   .access = on_access};
}

static void submit(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct any_blk_request req = {.type = ANY_BLK_T_IN,
						    .sector = i,
						    .buf = it.world.ram + i * 4096,
						    .len = 512,
						    .cookie = &it};

		assert_int_equal(any_blk_submit(&it.blk, &req), 0);
	}
}

/* The device's answer: all of them, one index store and one call at most. */
static void answer(uint32_t n)
{
	struct any_blk_completion done;

	it.calls = 0;
	assert_int_equal(any_virtio_blk_device_process(&it.dev, BURST + 1), n);
	assert_int_equal(it.calls, 1);
	(void)it.transport.ops->read_isr(it.transport.ctx);
	while (n--) {
		assert_int_equal(any_blk_poll(&it.blk, &done), 0);
		assert_int_equal(done.result, 0);
	}
	assert_int_equal(any_blk_poll(&it.blk, &done), -ANY_EAGAIN);
}

static void a_burst_of(uint32_t n)
{
	count_publishes();
	submit(n);
	assert_int_equal(it.publishes, 0); /* nothing is shown before the kick */
	assert_int_equal(it.doorbells, 0);
	any_blk_kick(&it.blk);
	assert_int_equal(it.publishes, 1);
	assert_int_equal(it.doorbells, 1); /* it slept */
	any_blk_kick(&it.blk);
	assert_int_equal(it.publishes, 1);
	assert_int_equal(it.doorbells, 1);
	watched.access = NULL;
	answer(n);
}

/* A second burst while the device is at the first: with EVENT_IDX it is not disturbed. */
static void two_bursts(uint32_t n, bool event_idx)
{
	submit(n);
	any_blk_kick(&it.blk);
	count_publishes();
	submit(BURST - n);
	any_blk_kick(&it.blk);
	assert_int_equal(it.publishes, 1);
	assert_int_equal(it.doorbells, event_idx ? 0 : 1);
	watched.access = NULL;
	answer(BURST);
}

static void bursts(bool is_pci, uint64_t features)
{
	up(is_pci, features);
	for (uint32_t round = 0; round < 3; round++)
		for (uint32_t n = 1; n <= BURST; n++) {
			a_burst_of(n);
			if (n < BURST)
				two_bursts(n, features & ANY_VIRTIO_F_EVENT_IDX);
		}
	down();
}

static void over_mmio(void **state)
{
	(void)state;
	bursts(false, 0);
	bursts(false, ANY_VIRTIO_F_EVENT_IDX);
}

static void over_mmio_packed(void **state)
{
	(void)state;
	bursts(false, ANY_VIRTIO_F_RING_PACKED);
	bursts(false, ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_EVENT_IDX);
}

static void over_pci(void **state)
{
	(void)state;
	bursts(true, 0);
	bursts(true, ANY_VIRTIO_F_EVENT_IDX);
}

static void over_pci_packed(void **state)
{
	(void)state;
	bursts(true, ANY_VIRTIO_F_RING_PACKED);
	bursts(true, ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_EVENT_IDX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_mmio),
		cmocka_unit_test(over_mmio_packed),
		cmocka_unit_test(over_pci),
		cmocka_unit_test(over_pci_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A8, the device's rows: its registers as a driver of any kind meets them. */
#include "../unit/virtio/device_rig.h"
#include "spec.h"

#include <anydma/virtio/mmio.h>

#undef TEST

#define OFFER (PLAT | 6 | ANY_VIRTIO_F_RING_RESET)

struct mmio_rig {
	struct rig *r;
	struct any_virtio_queue_registers queues[2];
	struct any_virtio_mmio_device m;
};

static uint32_t get(struct mmio_rig *m, uint32_t offset)
{
	return any_virtio_mmio_device_read(&m->m, offset, 4);
}

static void put(struct mmio_rig *m, uint32_t offset, uint32_t value)
{
	any_virtio_mmio_device_write(&m->m, offset, 4, value);
}

static int up(void **state)
{
	struct mmio_rig *m = calloc(1, sizeof(*m));

	setup((void **)&m->r);
	assert_int_equal(any_virtio_device_init(&m->r->dev, &ops, m->r, &m->r->space, m->r->queues,
						2, OFFER),
			 0);
	m->r->dev.config_len = 12;
	m->r->dev.device_id = 42;
	m->r->dev.interrupt = on_interrupt;
	m->r->dev.interrupt_ctx = m->r;
	any_virtio_mmio_device_init(&m->m, &m->r->dev, m->queues, 0x1234);
	*state = m;
	return 0;
}

static int down(void **state)
{
	struct mmio_rig *m = *state;

	teardown((void **)&m->r);
	free(m);
	return 0;
}

static void negotiate_by_registers(struct mmio_rig *m, uint64_t features)
{
	put(m, ANY_VIRTIO_MMIO_STATUS, 0);
	put(m, ANY_VIRTIO_MMIO_STATUS, 1);
	put(m, ANY_VIRTIO_MMIO_STATUS, 3);
	put(m, ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	put(m, ANY_VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> 32));
	put(m, ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	put(m, ANY_VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
	put(m, ANY_VIRTIO_MMIO_STATUS, 0xb);
}

static void queue_by_registers(struct mmio_rig *m, uint32_t queue, uint32_t size)
{
	const struct any_vring_layout *l = &m->r->layout;
	const uint64_t at[3] = {BUS + l->desc, BUS + l->avail, BUS + l->used};

	put(m, ANY_VIRTIO_MMIO_QUEUE_SEL, queue);
	put(m, ANY_VIRTIO_MMIO_QUEUE_NUM, size);
	for (uint32_t i = 0; i < 3; i++) { /* high half first: either order will do */
		put(m, ANY_VIRTIO_MMIO_QUEUE_DESC + 16 * i + 4, (uint32_t)(at[i] >> 32));
		put(m, ANY_VIRTIO_MMIO_QUEUE_DESC + 16 * i, (uint32_t)at[i]);
	}
	put(m, ANY_VIRTIO_MMIO_QUEUE_READY, 1);
}

static void up_by_registers(struct mmio_rig *m)
{
	negotiate_by_registers(m, OFFER | ANY_VIRTIO_F_VERSION_1);
	queue_by_registers(m, 0, SIZE);
	put(m, ANY_VIRTIO_MMIO_STATUS, 0xf);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_STATUS), 0xf);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 1);
}

static void who_it_is(void **state)
{
	struct mmio_rig *m = *state;

	assert_int_equal(get(m, ANY_VIRTIO_MMIO_MAGIC), 0x74726976);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_VERSION), 2);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_DEVICE_ID), 42);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_VENDOR_ID), 0x1234);
	for (uint32_t sel = 2; sel > 1; sel *= 2) {
		put(m, ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL, sel);
		assert_int_equal(get(m, ANY_VIRTIO_MMIO_DEVICE_FEATURES), 0);
	}
	put(m, ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_DEVICE_FEATURES),
			 (OFFER | ANY_VIRTIO_F_VERSION_1) >> 32);
	put(m, ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_DEVICE_FEATURES), 6);
}

/* A bit set where there are no bits is a bit that was not offered. */
static void features_of_no_place(void **state)
{
	struct mmio_rig *m = *state;

	negotiate_by_registers(m, OFFER | ANY_VIRTIO_F_VERSION_1);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_STATUS), 0xb);
	put(m, ANY_VIRTIO_MMIO_STATUS, 0);
	put(m, ANY_VIRTIO_MMIO_STATUS, 3);
	put(m, ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 2);
	put(m, ANY_VIRTIO_MMIO_DRIVER_FEATURES, 1);
	put(m, ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	put(m, ANY_VIRTIO_MMIO_DRIVER_FEATURES, (OFFER | ANY_VIRTIO_F_VERSION_1) >> 32);
	put(m, ANY_VIRTIO_MMIO_STATUS, 0xb);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_STATUS), 3);
	/* nor is 41, whose queues are not of this transport, ever there */
	for (unsigned bit = 41; bit < 64; bit++)
		assert_false(m->r->dev.offered & 1ull << bit);
}

static void causes_stay_until_acknowledged(void **state)
{
	struct mmio_rig *m = *state;
	struct any_ring_chain chain;

	assert_int_equal(get(m, ANY_VIRTIO_MMIO_ISR), 0);
	up_by_registers(m);
	fill(m->r, 0);
	put(m, ANY_VIRTIO_MMIO_NOTIFY, 0);
	assert_int_equal(any_virtio_device_take(&m->r->dev, 0, &chain), 0);
	any_virtio_device_use(&m->r->dev, 0, chain.head, 0);
	any_virtio_device_publish(&m->r->dev, 0);
	any_virtio_device_config_changed(&m->r->dev);
	for (int i = 0; i < 3; i++) /* reading does not clear */
		assert_int_equal(get(m, ANY_VIRTIO_MMIO_ISR), 3);
	put(m, ANY_VIRTIO_MMIO_ISR_ACK, 1);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_ISR), 2);
	put(m, ANY_VIRTIO_MMIO_ISR_ACK, 0xfffffffc); /* neither */
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_ISR), 2);
	put(m, ANY_VIRTIO_MMIO_ISR_ACK, 2);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_ISR), 0);
}

static void a_reset_clears_causes_and_queues(void **state)
{
	struct mmio_rig *m = *state;

	up_by_registers(m);
	queue_by_registers(m, 1, 4);
	any_virtio_device_config_changed(&m->r->dev);
	put(m, ANY_VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_STATUS), 0);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_ISR), 0);
	for (uint32_t q = 0; q < 2; q++) {
		put(m, ANY_VIRTIO_MMIO_QUEUE_SEL, q);
		assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 0);
		assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_RESET), 0);
	}
	/* and what was written before it is not what the next driver gets */
	negotiate_by_registers(m, OFFER | ANY_VIRTIO_F_VERSION_1);
	put(m, ANY_VIRTIO_MMIO_QUEUE_SEL, 0);
	put(m, ANY_VIRTIO_MMIO_QUEUE_READY, 1);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 0);
}

static void the_generation_turns_with_the_configuration(void **state)
{
	struct mmio_rig *m = *state;
	uint32_t last = get(m, ANY_VIRTIO_MMIO_GENERATION);

	for (unsigned n = 1; n <= 600; n++) { /* also over what eight bits could tell */
		for (unsigned i = 0; i < n; i++)
			any_virtio_device_config_changed(&m->r->dev);
		assert_int_not_equal(get(m, ANY_VIRTIO_MMIO_GENERATION), last);
		last = get(m, ANY_VIRTIO_MMIO_GENERATION);
		assert_int_equal(get(m, ANY_VIRTIO_MMIO_GENERATION), last);
	}
}

static void nothing_of_a_queue_that_is_not_ready(void **state)
{
	struct mmio_rig *m = *state;
	struct any_ring_chain chain;
	uint8_t *canary = malloc(MEM);

	up_by_registers(m);
	fill(m->r, 0);
	assert_int_equal(any_virtio_device_take(&m->r->dev, 0, &chain), 0);
	put(m, ANY_VIRTIO_MMIO_QUEUE_READY, 0); /* with a chain in hand */
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 0);
	memcpy(canary, m->r->mem, MEM);
	m->r->interrupts = 0;
	any_virtio_device_use(&m->r->dev, 0, chain.head, 0);
	any_virtio_device_publish(&m->r->dev, 0);
	put(m, ANY_VIRTIO_MMIO_NOTIFY, 0);
	assert_int_equal(any_virtio_device_take(&m->r->dev, 0, &chain), -ANY_EAGAIN);
	(void)any_virtio_device_enable_kick(&m->r->dev, 0);
	any_virtio_device_disable_kick(&m->r->dev, 0);
	assert_memory_equal(canary, m->r->mem, MEM);
	assert_int_equal(m->r->interrupts, 0);
	free(canary);
}

/* Over when it reads 0, and then neither bit is set; only once it was negotiated. */
static void a_queue_is_reset_alone(void **state)
{
	struct mmio_rig *m = *state;
	struct any_ring_chain chain;

	up_by_registers(m);
	queue_by_registers(m, 1, 4);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_RESET), 0);
	put(m, ANY_VIRTIO_MMIO_QUEUE_RESET, 1);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_RESET), 0);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 0);
	put(m, ANY_VIRTIO_MMIO_QUEUE_READY, 1); /* nothing of its set-up is left */
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 0);
	put(m, ANY_VIRTIO_MMIO_QUEUE_SEL, 0);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 1); /* the other one goes on */
	fill(m->r, 0);
	assert_int_equal(any_virtio_device_take(&m->r->dev, 0, &chain), 0);
	queue_by_registers(m, 1, 2);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 1);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_RESET), 0);
	assert_int_equal(m->r->queues[1].size, 2);
	negotiate_by_registers(m, GOOD);
	queue_by_registers(m, 0, SIZE);
	put(m, ANY_VIRTIO_MMIO_QUEUE_RESET, 1);
	assert_int_equal(get(m, ANY_VIRTIO_MMIO_QUEUE_READY), 1);
}

static void there_is_no_shared_memory(void **state)
{
	struct mmio_rig *m = *state;

	for (uint32_t id = 0; id < 300; id += 7) {
		put(m, ANY_VIRTIO_MMIO_SHM_SEL, id);
		for (uint32_t at = 0xb0; at < 0xc0; at += 4)
			assert_int_equal(get(m, at), 0xffffffff);
	}
}

/* Any access of any width anywhere: nothing happens but what is written down. */
static void any_access_is_survived(void **state)
{
	struct mmio_rig *m = *state;
	uint64_t rng = 3;

	up_by_registers(m);
	for (unsigned i = 0; i < 200000; i++) {
		uint32_t offset;

		rng = rng * 6364136223846793005ull + 1442695040888963407ull;
		offset = (uint32_t)(rng >> 40) & (rng >> 33 & 1 ? 0x1ff : 0xffffff);
		if (rng >> 35 & 1)
			any_virtio_mmio_device_write(&m->m, offset, rng >> 36 & 7,
						     (uint32_t)(rng >> 10));
		else
			(void)any_virtio_mmio_device_read(&m->m, offset, rng >> 36 & 7);
		assert_true((m->r->dev.status & 0x30) == 0);
		assert_true(m->r->dev.isr <= 3);
	}
	up_by_registers(m); /* and a reset mends it all */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC_IN(who_it_is, "VD-MM-01", up, down),
		SPEC_IN(features_of_no_place, "VB-FB-02 VD-FT-03", up, down),
		SPEC_IN(causes_stay_until_acknowledged, "VD-MM-02", up, down),
		SPEC_IN(a_reset_clears_causes_and_queues, "VD-MM-03 VD-ST-04", up, down),
		SPEC_IN(the_generation_turns_with_the_configuration, "VD-MM-04", up, down),
		SPEC_IN(nothing_of_a_queue_that_is_not_ready, "VD-MM-05 VD-ST-05", up, down),
		SPEC_IN(a_queue_is_reset_alone, "VD-MM-06 VD-FB-15", up, down),
		SPEC_IN(there_is_no_shared_memory, "VD-MM-07", up, down),
		SPEC_IN(any_access_is_survived, "VD-ST-06", up, down),
	};

	return cmocka_run_group_tests_name("a8_device", tests, NULL, NULL);
}

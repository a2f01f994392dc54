/* SPDX-License-Identifier: BSD-2-Clause */
/* A device's packed queue: where its parts are asked for, and when it asks to be kicked. */
#include "device_rig.h"

#include <stdio.h>

#define EVENTS (0x1000u)

static struct any_packed_held held[2][SIZE];
static char asked[256];
static bool torn; /* what is read and what is written do not lie in one place */

static int resolve(void *ctx, struct any_dma_addr addr, uint64_t len, enum any_dma_dir dir,
		   struct any_space_span *span)
{
	struct rig *r = ctx;
	char text[64];

	snprintf(text, sizeof(text), "%s%llx+%u", dir == ANY_DMA_TO_DEVICE ? "r" : "w",
		 (unsigned long long)(addr.raw - BUS), (unsigned)len);
	if (dir != ANY_DMA_TO_DEVICE && dir != ANY_DMA_FROM_DEVICE)
		strcpy(text, "both");
	strcat(strcat(asked, asked[0] ? " " : ""), text);
	span->cpu = r->mem + (addr.raw - BUS) +
		    (torn && dir == ANY_DMA_FROM_DEVICE && len > 4 ? 4096 : 0);
	span->len = len;
	return 0;
}

static const struct any_space_ops space_ops = {resolve};

static int up(void **state)
{
	const uint64_t all = PLAT | ANY_VIRTIO_F_RING_PACKED | ANY_VIRTIO_F_EVENT_IDX;
	struct rig *r;

	setup(state);
	r = *state;
	for (int i = 0; i < 2; i++)
		r->queues[i].held = i ? NULL : held[i];
	any_space_init_ops(&r->space, &space_ops, r);
	assert_int_equal(any_virtio_device_init(&r->dev, &ops, r, &r->space, r->queues, 2, all),
			 -ANY_EINVAL);
	r->queues[1].held = held[1];
	assert_int_equal(any_virtio_device_init(&r->dev, &ops, r, &r->space, r->queues, 2, all), 0);
	r->dev.interrupt = on_interrupt;
	r->dev.interrupt_ctx = r;
	any_virtio_device_set_status(&r->dev, 3);
	any_virtio_device_set_features(&r->dev, all | ANY_VIRTIO_F_VERSION_1);
	any_virtio_device_set_status(&r->dev, 0xb);
	asked[0] = 0;
	torn = false;
	return 0;
}

static int queue(struct rig *r, uint32_t size, uint64_t avail, uint64_t used)
{
	int err = any_virtio_device_queue_setup(&r->dev, 0, size, any_dma(BUS),
						any_dma(BUS + avail), any_dma(BUS + used));

	any_virtio_device_set_status(&r->dev, 0xf);
	return err;
}

static struct any_packed_desc *slot(struct rig *r, uint32_t i)
{
	return (struct any_packed_desc *)(void *)r->mem + i;
}

static void give(struct rig *r, uint32_t i, unsigned flags)
{
	any_store_le64(&slot(r, i)->addr, BUS + 0x2000);
	any_store_le32(&slot(r, i)->len, 16);
	any_store_le16(&slot(r, i)->flags, (uint16_t)flags);
}

static void vg_pr_01_02_alignment_and_size(void **state)
{
	struct rig *r = *state;

	assert_int_equal(queue(r, 3, EVENTS + 2, EVENTS + 8), -ANY_EINVAL);
	assert_int_equal(queue(r, 3, EVENTS, EVENTS + 6), -ANY_EINVAL);
	assert_int_equal(queue(r, SIZE + 1, EVENTS, EVENTS + 4), -ANY_EINVAL);
	assert_int_equal(queue(r, 3, EVENTS, EVENTS + 4), 0);
}

static void vd_each_part_is_asked_for_as_it_is_used(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	assert_int_equal(queue(r, 3, EVENTS, EVENTS + 4), 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	assert_string_equal(asked, "r0+48 w0+48 r1000+4 w1004+4");
}

static void a_ring_in_two_places_is_none(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;

	torn = true;
	assert_int_equal(queue(r, 3, EVENTS, EVENTS + 4), 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EPROTO);
	assert_true(r->dev.status & ANY_VIRTIO_STATUS_NEEDS_RESET);
}

/* VB-PR-02: an empty look asks for the next kick, at the slot it will be about. */
static void an_empty_look_asks_for_a_kick(void **state)
{
	struct any_ring_chain chain;
	struct rig *r = *state;
	uint32_t *wish = (uint32_t *)(void *)(r->mem + EVENTS + 4);

	assert_int_equal(queue(r, 3, EVENTS, EVENTS + 4), 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	assert_int_equal(any_load_le32(wish), 0); /* as it was cleared: always */
	for (uint32_t i = 0; i < 3; i++)
		give(r, i, ANY_PACKED_DESC_AVAIL);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
		any_virtio_device_use(&r->dev, 0, chain.head, 0);
	}
	any_virtio_device_publish(&r->dev, 0);
	assert_int_equal(r->interrupts, 1);
	assert_int_equal(slot(r, 0)->flags, any_cpu_to_le16(0x8080));
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	assert_int_equal(any_load_le32(wish), 2u << 16); /* slot 0, second lap */
	any_virtio_device_disable_kick(&r->dev, 0);
	assert_int_equal(any_load_le32(wish) >> 16, 1);
	give(r, 0, ANY_PACKED_DESC_USED);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), 0);
	assert_int_equal(any_virtio_device_take(&r->dev, 0, &chain), -ANY_EAGAIN);
	assert_int_equal(any_load_le32(wish) >> 16, 1); /* it said no */
	give(r, 1, ANY_PACKED_DESC_USED);
	assert_true(any_virtio_device_enable_kick(&r->dev, 0));
	assert_int_equal(any_load_le32(wish), 2u << 16 | 1);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vg_pr_01_02_alignment_and_size),
		TEST(vd_each_part_is_asked_for_as_it_is_used),
		TEST(a_ring_in_two_places_is_none),
		TEST(an_empty_look_asks_for_a_kick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every driver does when its device fails, vanishes or does not answer a reset: each request
 * ends once, with an error that says what became of its memory, and memory the device may still
 * write is nobody else's. A driver brings a table of its verbs; it has `n` requests out when asked.
 */
#ifndef ANYDMA_TESTS_LOST_H
#define ANYDMA_TESTS_LOST_H

#include "vanish.h"

#define LOST_MAX    16u
#define LOST_AGREED 8u /* accesses until features are: two for each of reset, offer and answer */

struct lost {
	struct world *world;
	struct vanish vanish;
	struct any_virtio_driver *driver;
	struct any_virtio_device *device;
	void *rig;
	uint32_t n;		  /* requests that begin() leaves out */
	uint32_t ended[LOST_MAX]; /* how often each was handed back */
	int (*init)(void *rig);
	void (*begin)(struct lost *l);
	int (*interrupt)(void *rig); /* NULL: any_virtio_check is all there is */
	int (*stop)(void *rig);
	/* The next request, by its number: 0, ENODEV, or another error and no request. */
	int (*abort)(void *rig, uint32_t *which);
	int (*fini)(void *rig);
	void (*serve)(void *rig); /* the device does what it was asked */
};

/* How many ended, all with `result`, and none twice. */
static inline uint32_t lost_abort_all(struct lost *l, int result)
{
	uint32_t which = LOST_MAX, n = 0;
	int err;

	while ((err = l->abort(l->rig, &which)) == 0 || err == -ANY_ENODEV) {
		assert_int_equal(err, result);
		assert_true(which < l->n);
		assert_int_equal(++l->ended[which], 1);
		n++;
	}
	assert_int_equal(err, -ANY_EAGAIN);
	return n;
}

static inline int lost_interrupt(struct lost *l)
{
	return l->interrupt ? l->interrupt(l->rig) : any_virtio_check(l->driver);
}

static inline void lost_start(struct lost *l)
{
	memset(l->ended, 0, sizeof(l->ended));
	assert_int_equal(l->init(l->rig), 0);
	l->begin(l);
}

/* Nothing is left of it, and the next life is as good as the first. */
static inline void lost_all_back(struct lost *l)
{
	assert_int_equal(l->fini(l->rig), 0);
	assert_int_equal(l->world->dev.stats.maps, l->world->dev.stats.unmaps);
	assert_int_equal(l->world->pool.counters.live, 0);
	assert_int_equal(l->world->coherent.pages_used, 0);
}

static inline void lost_live_again(struct lost *l)
{
	l->vanish.mode = VANISH_NOT;
	lost_start(l);
	l->serve(l->rig);
	assert_int_equal(any_virtio_check(l->driver), 0);
	assert_int_equal(l->stop(l->rig), 0);
	lost_abort_all(l, 0);
	lost_all_back(l);
}

/* VG-ST-11: what is in flight is neither done nor not done, and comes back once it was reset. */
static inline void lost_needs_reset(struct lost *l)
{
	uint32_t which;

	lost_start(l);
	assert_int_equal(lost_interrupt(l), 0);
	any_virtio_device_fail(l->device, "test");
	assert_int_equal(lost_interrupt(l), -ANY_EPROTO);
	assert_non_null(strstr(l->driver->why, "asks for a reset"));
	assert_int_equal(l->abort(l->rig, &which), -ANY_EBUSY);
	assert_int_equal(l->fini(l->rig), -ANY_EBUSY);
	assert_int_equal(l->stop(l->rig), 0);
	assert_int_equal(lost_abort_all(l, 0), l->n);
	lost_all_back(l);
	lost_live_again(l);
}

/* A device that was reset behind the driver's back is not waited for. */
static inline void lost_reset_by_others(struct lost *l)
{
	lost_start(l);
	any_virtio_device_set_status(l->device, 0);
	assert_int_equal(any_virtio_check(l->driver), -ANY_EPROTO);
	assert_non_null(strstr(l->driver->why, "has been reset"));
	assert_int_equal(l->stop(l->rig), 0);
	assert_int_equal(lost_abort_all(l, 0), l->n);
	lost_all_back(l);
	lost_live_again(l);
}

/* Somebody else's memory where the device may still write: what it is given must be other. */
struct lost_other {
	struct any_dma_mapping map[8];
	uint8_t *cpu[8];
};

static inline void lost_map_others(struct lost *l, struct lost_other *o)
{
	for (uint32_t i = 0; i < 8; i++) {
		uint8_t *at = l->world->ram + 0x300000 + i * 4096;

		memset(at, 0x77, 4096);
		assert_int_equal(
			any_dma_map(&l->world->dev, at, 4096, ANY_DMA_TO_DEVICE, &o->map[i]), 0);
		o->cpu[i] =
			l->world->ram + ((o->map[i].addr.raw ^ world_xor(l->world)) - WORLD_PHYS);
	}
}

static inline void lost_others_are_whole(struct lost *l, struct lost_other *o)
{
	for (uint32_t i = 0; i < 8; i++) {
		for (uint32_t k = 0; k < 4096; k++)
			assert_int_equal(o->cpu[i][k], 0x77);
		any_dma_unmap(&l->world->dev, &o->map[i]);
	}
}

/*
 * It does not reset, and goes on: requests are told of, their memory and the rings are what the
 * device still writes to. When it listens at last everything comes back, and nothing twice.
 */
static inline void lost_deaf(struct lost *l)
{
	const uint32_t before = l->world->pool.counters.live;
	struct lost_other others;
	uint32_t held, pages;

	lost_start(l);
	held = l->world->pool.counters.live;
	pages = l->world->coherent.pages_used;
	assert_true(held > before || l->world->kind != WORLD_BOUNCE);
	l->vanish.mode = VANISH_DEAF;
	assert_int_equal(l->stop(l->rig), -ANY_ENODEV);
	assert_non_null(strstr(l->driver->why, "reset"));
	assert_int_equal(lost_abort_all(l, -ANY_ENODEV), l->n);
	assert_int_equal(l->fini(l->rig), -ANY_EBUSY);
	assert_int_equal(l->world->pool.counters.live, held);
	assert_int_equal(l->world->coherent.pages_used, pages);
	lost_map_others(l, &others);
	l->serve(l->rig);
	lost_others_are_whole(l, &others);
	l->vanish.mode = VANISH_NOT;
	assert_int_equal(l->stop(l->rig), 0);
	assert_int_equal(lost_abort_all(l, 0), 0);
	lost_all_back(l);
	lost_live_again(l);
}

/* Half of them are told of, then it resets: the others come back as after any reset. */
static inline void lost_deaf_for_a_while(struct lost *l)
{
	uint32_t which;

	lost_start(l);
	l->vanish.mode = VANISH_DEAF;
	assert_int_equal(l->stop(l->rig), -ANY_ENODEV);
	assert_int_equal(l->abort(l->rig, &which), -ANY_ENODEV);
	assert_true(which < l->n);
	l->ended[which]++;
	l->vanish.mode = VANISH_NOT;
	assert_int_equal(l->stop(l->rig), 0);
	assert_int_equal(lost_abort_all(l, 0), l->n - 1);
	lost_all_back(l);
}

/* All ones: found at once, and never waited for. Memory comes back when somebody answers for it. */
static inline void lost_gone(struct lost *l)
{
	uint32_t before, held;

	lost_start(l);
	held = l->world->pool.counters.live;
	l->vanish.mode = VANISH_GONE;
	assert_int_equal(lost_interrupt(l), -ANY_ENODEV);
	assert_non_null(strstr(l->driver->why, "gone"));
	before = l->vanish.touched;
	assert_int_equal(l->stop(l->rig), -ANY_ENODEV);
	assert_true(l->vanish.touched - before < 2000);
	assert_non_null(strstr(l->driver->why, "gone"));
	assert_int_equal(lost_abort_all(l, -ANY_ENODEV), l->n);
	assert_int_equal(l->fini(l->rig), -ANY_EBUSY);
	assert_int_equal(l->world->pool.counters.live, held);
	before = l->vanish.touched;
	any_virtio_removed(l->driver);
	assert_int_equal(any_virtio_check(l->driver), -ANY_ENODEV);
	assert_int_equal(l->stop(l->rig), 0);
	lost_all_back(l); /* fini by itself: nobody has to be told any more */
	any_virtio_fail(l->driver, "test");
	assert_int_equal(l->vanish.touched, before); /* another device may be there by now */
	lost_live_again(l);
}

/* At any step of bring-up. */
static inline void lost_gone_early(struct lost *l)
{
	uint32_t failed = 0, k = 1;
	int err;

	do {
		memset(l->ended, 0, sizeof(l->ended));
		l->vanish.touched = 0;
		l->vanish.after = k;
		err = l->init(l->rig);
		if (err) {
			failed++;
			assert_true(l->vanish.touched < k + 6000);
			assert_non_null(l->driver->why);
			if (k <= LOST_AGREED)
				assert_non_null(strstr(l->driver->why, "gone"));
		} else {
			err = l->stop(l->rig);
			assert_int_equal(err, l->vanish.mode == VANISH_GONE ? -ANY_ENODEV : 0);
		}
		any_virtio_removed(l->driver);
		lost_all_back(l);
		any_virtio_device_set_status(l->device, 0);
	} while (l->vanish.mode == VANISH_GONE ? (l->vanish.mode = VANISH_NOT, k++) : 0);
	l->vanish.after = 0;
	assert_true(failed >= 5);
	lost_live_again(l);
}

#define LOST_TESTS(rig_for)                                                                        \
	static void needs_reset(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		rig_for(lost_needs_reset);                                                         \
	}                                                                                          \
	static void reset_by_others(void **state)                                                  \
	{                                                                                          \
		(void)state;                                                                       \
		rig_for(lost_reset_by_others);                                                     \
	}                                                                                          \
	static void does_not_reset(void **state)                                                   \
	{                                                                                          \
		(void)state;                                                                       \
		rig_for(lost_deaf);                                                                \
	}                                                                                          \
	static void does_not_reset_for_a_while(void **state)                                       \
	{                                                                                          \
		(void)state;                                                                       \
		rig_for(lost_deaf_for_a_while);                                                    \
	}                                                                                          \
	static void gone(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		rig_for(lost_gone);                                                                \
	}                                                                                          \
	static void gone_at_any_step_of_bring_up(void **state)                                     \
	{                                                                                          \
		(void)state;                                                                       \
		rig_for(lost_gone_early);                                                          \
	}                                                                                          \
	static const struct CMUnitTest lost_tests[] = {                                            \
		cmocka_unit_test(needs_reset),	  cmocka_unit_test(reset_by_others),               \
		cmocka_unit_test(does_not_reset), cmocka_unit_test(does_not_reset_for_a_while),    \
		cmocka_unit_test(gone),		  cmocka_unit_test(gone_at_any_step_of_bring_up),  \
	};

#endif

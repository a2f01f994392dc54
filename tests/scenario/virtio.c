/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio disk's model, by the bare-metal driver of the examples: right, and each of its bugs.
 */
#include "scenes.h"

#include <anydma/lab/virtio.h>

#include <string.h>

#include "../../examples/lab/vblk_driver.c"

#define BYTES 512u
#define ALL_TRANSPORT                                                                              \
	(ANY_LAB_VIRTIO_ACCESS_PLATFORM | ANY_LAB_VIRTIO_ORDER_PLATFORM |                          \
	 ANY_LAB_VIRTIO_EVENT_IDX | ANY_LAB_VIRTIO_RING_RESET)

struct shared { /* a page that the linker set aside for this device */
	struct vblk_mem mem;
	uint8_t data[VBLK_REQUESTS][BYTES] VBLK_LINE;
};

struct rig {
	struct any_lab *lab;
	struct vblk b;
	uint8_t *data[VBLK_REQUESTS];
	bool waits, singly;
};

struct plan {
	struct any_lab_virtio_config virtio;
	enum vblk_bug bug;
	bool uncached, heap, waits, singly;
};

static int vblk_rig(struct rig *g, struct any_lab *lab, const struct plan *plan)
{
	const struct any_lab_virtio_blk_config config = {.virtio = plan->virtio};
	volatile void *regs = any_lab_virtio_blk_attach(lab, &config);
	struct shared *shared = plan->heap
					? any_lab_alloc(lab, sizeof(*shared))
					: any_lab_dma_memory(lab, sizeof(*shared), plan->uncached);

	*g = (struct rig){
		.lab = lab, .b = {.bug = plan->bug}, .waits = plan->waits, .singly = plan->singly};
	if (plan->heap)
		memset(shared, 0, sizeof(*shared));
	for (uint32_t i = 0; i < VBLK_REQUESTS; i++)
		g->b.request[i].data = g->data[i] = shared->data[i];
	return vblk_open(&g->b, regs, &shared->mem);
}

/* In the handler's place: acknowledged first, then looked. */
static void wait_for_interrupt(struct rig *g)
{
	any_lab_wait(g->lab);
	REG(&g->b, 0x64) = REG(&g->b, 0x60);
	(void)REG(&g->b, 0x60); /* pushes what the device wrote before */
}

/* The next that is done; -1: the device was refused. */
static int await(struct rig *g, int *failed)
{
	int slot;

	while ((slot = vblk_poll(&g->b, failed)) == VBLK_NOTHING) {
		if (g->waits)
			wait_for_interrupt(g);
		else
			any_lab_relax(g->lab);
	}
	return slot == VBLK_NONSENSE ? -1 : slot;
}

/* Until all are done. */
static bool finish(struct rig *g, uint32_t n, int failed[VBLK_REQUESTS])
{
	while (n--) {
		int bad = 0, slot = await(g, &bad);

		if (slot < 0)
			return false;
		failed[slot] = bad;
	}
	return true;
}

/* Writes one sector while the other is read, or one after the other. */
static bool round_trip(struct rig *g, uint32_t turn)
{
	int failed[VBLK_REQUESTS] = {0};
	uint64_t from = 2 * (turn % 8), to = from + 1;
	uint8_t disk[BYTES];

	memset(disk, (int)turn + 1, BYTES);
	any_lab_virtio_blk_put(g->lab, from * BYTES, disk, BYTES);
	memset(g->data[0], (int)turn + 2, BYTES); /* to be written */
	vblk_start(&g->b, 0, 1, to, g->data[0], BYTES);
	if (g->singly && !finish(g, 1, failed))
		return false;
	vblk_start(&g->b, 1, 0, from, g->data[1], BYTES);
	if (!finish(g, g->singly ? 1 : VBLK_REQUESTS, failed))
		return false;
	if (!failed[1])
		ANY_LAB_CHECK(g->lab, !memcmp(g->data[1], disk, BYTES)); /* what was read */
	any_lab_virtio_blk_get(g->lab, to * BYTES, disk, BYTES);
	if (!failed[0])
		ANY_LAB_CHECK(g->lab, !memcmp(g->data[0], disk, BYTES)); /* what was written */
	any_lab_count(g->lab, 2, 2 * BYTES);
	return true;
}

static int run(struct any_lab *lab, const struct plan *plan)
{
	uint64_t turns = any_lab_operations(lab, 8);
	struct rig g;

	if (vblk_rig(&g, lab, plan))
		return -ANY_ENODEV;
	ANY_LAB_CHECK(lab, any_lab_virtio_features(lab) >> 32 & 1);
	for (uint64_t i = 0; i < turns; i++) {
		if (round_trip(&g, (uint32_t)i))
			continue;
		any_lab_refused(lab);
		break;
	}
	vblk_close(&g.b);
	return 0;
}

#define RUN(name, ...)                                                                             \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		const struct plan plan = {__VA_ARGS__};                                            \
		return run(lab, &plan);                                                            \
	}
#define LIES(lie) .virtio = {.hostile = lie}
RUN(right, .virtio = {.queue_size = 8})
RUN(any_memory, .heap = true)
RUN(all_features, .virtio = {.features = ALL_TRANSPORT}, .waits = true)
RUN(unkind, .virtio = {.features = ANY_LAB_VIRTIO_ACCESS_PLATFORM, .hostile = ANY_LAB_UNKIND},
    .waits = true)
RUN(no_call, LIES(ANY_LAB_VIRTIO_NO_CALL | ANY_LAB_LATE))
RUN(bad_id, LIES(ANY_LAB_VIRTIO_BAD_ID))
RUN(bad_len, LIES(ANY_LAB_VIRTIO_BAD_LEN))
RUN(twice, LIES(ANY_LAB_VIRTIO_TWICE))
RUN(bad_idx, LIES(ANY_LAB_VIRTIO_BAD_IDX))
RUN(overrun, LIES(ANY_LAB_OVERRUN))
RUN(no_clean, .bug = VBLK_NO_CLEAN)
RUN(no_inval, .bug = VBLK_NO_INVAL)
RUN(no_publish, .bug = VBLK_NO_PUBLISH)
RUN(no_store_barrier, .bug = VBLK_NO_PUBLISH, .uncached = true)
RUN(no_bell_barrier, .bug = VBLK_NO_BELL_BARRIER, .uncached = true)
RUN(early_bell, .bug = VBLK_EARLY_BELL, .waits = true)
RUN(no_read_barrier, .bug = VBLK_NO_READ_BARRIER, .uncached = true)
RUN(trusts_id, .bug = VBLK_TRUSTS_ID, .singly = true, LIES(ANY_LAB_VIRTIO_BAD_ID))
RUN(trusts_len, .bug = VBLK_TRUSTS_LEN, LIES(ANY_LAB_VIRTIO_BAD_LEN))
RUN(changes, .bug = VBLK_CHANGES, LIES(ANY_LAB_LATE))

/* The ring's memory goes while the device still has a request: nobody waited, nobody reset. */
static int freed(struct any_lab *lab)
{
	const struct plan plan = {.heap = true, .virtio = {.hostile = ANY_LAB_LATE}};
	struct rig g;
	int failed;

	if (vblk_rig(&g, lab, &plan))
		return -ANY_ENODEV;
	vblk_start(&g.b, 0, 0, 1, g.data[0], BYTES);
	for (uint64_t n = any_lab_random(lab) % 64; n; n--)
		any_lab_relax(lab);
	if (vblk_poll(&g.b, &failed) == VBLK_NOTHING)
		any_lab_free(lab, (void *)(uintptr_t)g.b.mem); /* too early */
	vblk_close(&g.b);
	return 0;
}

const struct scene scenes_virtio[] = {
	SCENE("virtio", right, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	/* A ring that nobody set aside: no window in the way, no IOMMU. */
	SCENE("virtio-any-memory", any_memory, ANY_LAB_RAW, ANY_LAB_OK, NULL, "arm64-nc"),
	SCENE("virtio-features", all_features, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("virtio-unkind", unkind, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("virtio-no-call", no_call, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("virtio-bad-id", bad_id, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("virtio-bad-len", bad_len, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("virtio-twice", twice, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("virtio-bad-idx", bad_idx, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("virtio-overrun", overrun, ANY_LAB_RAW, ANY_LAB_OUTSIDE, NULL, "x86-pc"),
	SCENE_AT("virtio-no-clean", no_clean, ANY_LAB_RAW, ANY_LAB_DIRTY_READ, NULL, "arm64-nc",
		 NULL, "to be written"),
	SCENE_AT("virtio-no-inval", no_inval, ANY_LAB_RAW, ANY_LAB_STALE_READ, NULL, "arm64-nc",
		 NULL, "what was read"),
	SCENE_AT("virtio-no-publish", no_publish, ANY_LAB_RAW, ANY_LAB_DIRTY_READ, NULL, "arm64-nc",
		 NULL, NULL),
	SCENE_AT("virtio-no-wmb", no_store_barrier, ANY_LAB_RAW, ANY_LAB_STORE_ORDER, NULL,
		 "arm64-nc", NULL, "avail.ring[idx"),
	SCENE_AT("virtio-no-bell-barrier", no_bell_barrier, ANY_LAB_RAW, ANY_LAB_DOORBELL, NULL,
		 "arm64-nc", NULL, "NOTIFY) = 0"),
	SCENE("virtio-early-bell", early_bell, ANY_LAB_RAW, ANY_LAB_HANG, NULL, "x86-pc"),
	SCENE("virtio-no-rmb", no_read_barrier, ANY_LAB_RAW, ANY_LAB_LOAD_ORDER, "vblk_poll",
	      "arm64-nc"),
	SCENE("virtio-trusts-id", trusts_id, ANY_LAB_RAW, ANY_LAB_TRUSTED, "vblk_poll", "x86-pc"),
	SCENE("virtio-trusts-len", trusts_len, ANY_LAB_RAW, ANY_LAB_TRUSTED, "vblk_poll", "x86-pc"),
	SCENE_AT("virtio-changed", changes, ANY_LAB_RAW, ANY_LAB_CPU_TOUCH, "vblk_start", "x86-pc",
		 NULL, "on second thoughts"),
	SCENE_AT("virtio-freed", freed, ANY_LAB_RAW, ANY_LAB_FREED, NULL, "x86-pc", NULL,
		 "too early"),
};
const size_t n_scenes_virtio = ANY_ARRAY_SIZE(scenes_virtio);

/* SPDX-License-Identifier: BSD-2-Clause */
/* The template's driver passes; what it can forget is found. */
#include "../example/copy.h"
#include "scenes.h"

#define N 640U

static int scene(struct any_lab *lab, enum bug bug)
{
	const struct any_lab_engine_config config = {
		.hostile = bug ? 0 : ANY_LAB_LATE | ANY_LAB_AT_ONCE};
	volatile uint8_t *regs = any_lab_engine_attach(lab, &config);
	uint64_t turns = any_lab_operations(lab, 4);
	uint8_t *from = acme_dma_alloc(N), *to = acme_dma_alloc(N);

	for (uint64_t turn = 0; turn < turns; turn++) {
		for (uint32_t i = 0; i < N; i++) {
			from[i] = (uint8_t)(turn + i * 3); /* the fill */
			to[i] = 0;			   /* earlier use */
		}
		acme_copy(regs, from, to, N, bug);
		for (uint32_t i = 0; i < N; i++)
			ANY_LAB_CHECK(lab, to[i] == (uint8_t)(turn + i * 3)); /* the use */
		any_lab_count(lab, 1, N);
	}
	return 0;
}

#define HAS(name, bug)                                                                             \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		return scene(lab, bug);                                                            \
	}
HAS(good, NO_BUG)
HAS(no_clean, NO_CLEAN)
HAS(inval_for_clean, INVAL_FOR_CLEAN)
HAS(no_inval_before, NO_INVAL_BEFORE)
HAS(no_inval_after, NO_INVAL_AFTER)

#define AT(name, function, rule, line, fix)                                                        \
	SCENE_FIX(name, function, ANY_LAB_RAW, rule, NULL, "arm64-nc", NULL, line, NULL, fix)

static const struct scene scenes[] = {
	SCENE("generic-copy", good, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	AT("generic-no-clean", no_clean, ANY_LAB_DIRTY_READ, "the fill",
	   "acme_cache_writeback() after"),
	AT("generic-inval-for-clean", inval_for_clean, ANY_LAB_LOST_WRITE, "wrong operation",
	   "acme_cache_purge()"),
	AT("generic-no-inval-before", no_inval_before, ANY_LAB_DIRTY_UNDER_DMA, "earlier use",
	   "acme_cache_discard() or "),
	AT("generic-no-inval-after", no_inval_after, ANY_LAB_STALE_READ, "the use",
	   "acme_cache_discard() after"),
};
static const size_t n_scenes = ANY_ARRAY_SIZE(scenes);

const struct scene_list scene_lists[] = {{scenes, &n_scenes}};
const size_t n_scene_lists = 1;

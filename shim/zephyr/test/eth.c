/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver passes; what it can forget is found. */
#include "../example/eth.h"
#include "scenes.h"

/* sh-dreamcast's device reaches 32 KiB and no more: rings and buffers of this driver have no room
 * there. */
static bool possible(const struct any_dma_platform *plat)
{
	return plat->coherent && (!plat->bounce || plat->bounce->mem.size >= 128u << 10);
}

static int scene(struct any_lab *lab, enum eth_bug bug, uint32_t hostile)
{
	static struct eth eth;
	static uint8_t out[256], in[1518];
	const struct any_lab_nic_config config = {.hostile = hostile};
	uint64_t turns = any_lab_operations(lab, 12);

	if (!possible(any_lab_dma(lab)->plat))
		return 0;
	eth_init(&eth, any_lab_nic_attach(lab, &config), bug);
	for (uint64_t turn = 0; turn < turns; turn++) {
		uint32_t len = 64 + (uint32_t)(any_lab_random(lab) % 190);

		for (uint32_t i = 0; i < len; i++)
			out[i] = (uint8_t)(turn + i);
		eth_send(&eth, out, len);
		ANY_LAB_CHECK(lab, eth_receive(&eth, in) == len);
		ANY_LAB_CHECK(lab, !memcmp(in, out, len));
		any_lab_count(lab, 1, len);
	}
	return 0;
}

#define HAS(name, bug)                                                                             \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		return scene(lab, bug, 0);                                                         \
	}
HAS(good, ETH_GOOD)

/* Not reordered: frames come back in the order of the ring, and the driver relies on it. */
static int unkind(struct any_lab *lab)
{
	return scene(lab, ETH_GOOD, ANY_LAB_LATE | ANY_LAB_SPURIOUS | ANY_LAB_AT_ONCE);
}

HAS(no_clean, ETH_NO_CLEAN)
HAS(invd_for_flush, ETH_INVD_FOR_FLUSH)
HAS(no_invd_before, ETH_NO_INVD_BEFORE)
HAS(no_invd_after, ETH_NO_INVD_AFTER)
HAS(no_barrier, ETH_NO_BARRIER)
HAS(invd_all, ETH_INVD_ALL)

#define AT(name, function, rule, line, fix)                                                        \
	SCENE_FIX(name, function, ANY_LAB_RAW, rule, NULL, "arm64-nc", NULL, line, NULL, fix)

static const struct scene scenes[] = {
	SCENE("zephyr-eth", good, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	SCENE("zephyr-eth-unkind", unkind, ANY_LAB_RAW, ANY_LAB_OK, NULL, NULL),
	AT("zephyr-eth-no-clean", no_clean, ANY_LAB_DIRTY_READ, "the fill",
	   "sys_cache_data_flush_range() after"),
	AT("zephyr-eth-invd-for-flush", invd_for_flush, ANY_LAB_LOST_WRITE, "wrong operation",
	   "sys_cache_data_flush_and_invd_range()"),
	AT("zephyr-eth-no-invd-before", no_invd_before, ANY_LAB_DIRTY_UNDER_DMA, "mark",
	   "sys_cache_data_invd_range() or "),
	AT("zephyr-eth-no-invd-after", no_invd_after, ANY_LAB_STALE_READ, "the use",
	   "sys_cache_data_invd_range() after"),
	AT("zephyr-eth-no-barrier", no_barrier, ANY_LAB_DOORBELL, "the doorbell",
	   "barrier_dmem_fence_full()"),
	AT("zephyr-eth-invd-all", invd_all, ANY_LAB_MISUSE, "all of it", "zephyr/cache.h"),
};
static const size_t n_scenes = ANY_ARRAY_SIZE(scenes);

const struct scene_list scene_lists[] = {{scenes, &n_scenes}};
const size_t n_scene_lists = 1;

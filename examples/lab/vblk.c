/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bare-metal driver for a virtio disk, which knows nothing of this project, against the lab's own
 * virtio device: attached, written, read back, compared.
 */
#include <anydma/lab.h>
#include <anydma/lab/virtio.h>

#include <string.h>

#include "vblk_driver.h"

#define BYTES 1024u

/* The section that the linker script keeps for this device. */
struct section {
	struct vblk_mem mem;
	uint8_t out[BYTES] VBLK_LINE, in[BYTES] VBLK_LINE;
};

/* Both requests at once; 0 when both are done well, -1: the device is not to be believed. */
static int both(struct any_lab *lab, struct vblk *b, uint8_t *out, uint8_t *in, uint64_t sector)
{
	int failed[VBLK_REQUESTS];

	vblk_start(b, 0, 1, sector, out, BYTES);
	vblk_start(b, 1, 0, 32 - sector, in, BYTES);
	for (uint32_t done = 0; done < VBLK_REQUESTS;) {
		int bad = 0, slot = vblk_poll(b, &bad);

		if (slot == VBLK_NONSENSE)
			return -1;
		if (slot == VBLK_NOTHING) {
			any_lab_relax(lab);
			continue;
		}
		failed[slot] = bad;
		done++;
	}
	return failed[0] | failed[1];
}

static int vblk(struct any_lab *lab)
{
	const struct any_lab_virtio_blk_config config = {
		.virtio = {.features = ANY_LAB_VIRTIO_ACCESS_PLATFORM, .hostile = ANY_LAB_UNKIND}};
	volatile void *regs = any_lab_virtio_blk_attach(lab, &config);
	struct section *s = any_lab_dma_memory(lab, sizeof(*s), false);
	uint64_t turns = any_lab_operations(lab, 8);
	struct vblk b = {.bug = VBLK_RIGHT};
	uint8_t disk[BYTES];

	if (vblk_open(&b, regs, &s->mem))
		return -ANY_ENODEV;
	for (uint64_t i = 0; i < turns; i++) {
		int failed;

		memset(s->out, (int)i + 1, BYTES);
		failed = both(lab, &b, s->out, s->in, i % 16);
		ANY_LAB_CHECK(lab, failed >= 0);
		if (failed)
			continue; /* the disk may: it said so */
		any_lab_virtio_blk_get(lab, i % 16 * 512, disk, BYTES);
		ANY_LAB_CHECK(lab, !memcmp(disk, s->out, BYTES));
		any_lab_virtio_blk_get(lab, (32 - i % 16) * 512, disk, BYTES);
		ANY_LAB_CHECK(lab, !memcmp(disk, s->in, BYTES));
		any_lab_count(lab, 2, 2 * BYTES);
	}
	vblk_close(&b);
	return 0;
}

int main(int argc, char **argv)
{
	const struct any_lab_scenario scenarios[] = {{"vblk", vblk, ANY_LAB_RAW}};

	return anydma_lab_main(argc, argv, scenarios, 1);
}

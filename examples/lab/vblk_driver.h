/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk behind virtio-mmio, as bare-metal code has it: no library, no maps. */
#ifndef VBLK_DRIVER_H
#define VBLK_DRIVER_H

#include <stdint.h>

#define VBLK_QUEUE    8u
#define VBLK_REQUESTS 2u
#define VBLK_LINE     __attribute__((aligned(128))) /* the longest cache line there is */

/* What both sides see. What the device writes has cache lines of its own. */
struct vblk_mem {
	struct vblk_desc {
		uint64_t address;
		uint32_t len;
		uint16_t flags, next;
	} desc[VBLK_QUEUE] VBLK_LINE;
	struct {
		uint16_t flags, idx, ring[VBLK_QUEUE], event;
	} avail VBLK_LINE;
	struct {
		uint16_t flags, idx;
		struct {
			uint32_t id, len;
		} ring[VBLK_QUEUE];
		uint16_t event;
	} used VBLK_LINE;
	struct {
		uint32_t type, reserved;
		uint64_t sector;
	} header[VBLK_REQUESTS] VBLK_LINE;
	struct {
		uint8_t byte VBLK_LINE;
	} status[VBLK_REQUESTS];
};

/* What can be forgotten: the tests try each. */
enum vblk_bug {
	VBLK_RIGHT,
	VBLK_NO_CLEAN,	      /* of the data */
	VBLK_NO_INVAL,	      /* of the data */
	VBLK_NO_PUBLISH,      /* descriptors and entry before the index */
	VBLK_NO_BELL_BARRIER, /* the index before the doorbell */
	VBLK_EARLY_BELL,      /* the doorbell before the index */
	VBLK_NO_READ_BARRIER, /* the used index before its entry */
	VBLK_TRUSTS_ID,
	VBLK_TRUSTS_LEN,
	VBLK_CHANGES, /* a descriptor while the device has it */
};

struct vblk {
	volatile uint8_t *regs;
	volatile struct vblk_mem *mem;
	struct {
		void *data;
		uint32_t len, writes, busy;
	} request[VBLK_REQUESTS];
	uint16_t used;
	enum vblk_bug bug;
};

/* -1: no disk, or one that this driver does not know. The memory is zero. */
int vblk_open(struct vblk *b, volatile void *regs, volatile struct vblk_mem *mem);
/* Starts a request; data is the driver's until it is done. */
void vblk_start(struct vblk *b, uint32_t slot, int writes, uint64_t sector, void *data,
		uint32_t len);
enum { VBLK_NOTHING = -1, VBLK_NONSENSE = -2 };
/* The request that is done: its slot, or one of the above; *failed: the disk says so. */
int vblk_poll(struct vblk *b, int *failed);
/* When it returns, the device leaves memory alone. */
void vblk_close(struct vblk *b);

#endif

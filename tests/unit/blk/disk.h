/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk in memory, with a volatile cache: what was not synced is told apart. */
#ifndef ANYDMA_TESTS_DISK_H
#define ANYDMA_TESTS_DISK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/blk.h>

#define DISK_SECTORS 256u
#define DISK_BYTES   (DISK_SECTORS * ANY_BLK_SECTOR)

struct disk {
	struct any_blk_backend backend;
	uint8_t data[DISK_BYTES];
	uint32_t reads, writes, syncs, discards, zeroes, unsynced;
	uint32_t fail_after; /* operations until one fails; 0: never */
};

static inline int disk_fails(struct disk *d)
{
	return d->fail_after && --d->fail_after == 0 ? -ANY_EIO : 0;
}

/* The device promises ranges on the disk; a broken promise must not become a crash of the test. */
static inline void disk_check(uint64_t offset, uint64_t len)
{
	assert_true(len > 0 && offset < DISK_BYTES && len <= DISK_BYTES - offset);
}

static int disk_read(void *ctx, uint64_t offset, void *to, size_t len)
{
	struct disk *d = ctx;

	disk_check(offset, len);
	if (disk_fails(d))
		return -ANY_EIO;
	d->reads++;
	memcpy(to, d->data + offset, len);
	return 0;
}

static int disk_write(void *ctx, uint64_t offset, const void *from, size_t len)
{
	struct disk *d = ctx;

	disk_check(offset, len);
	if (disk_fails(d))
		return -ANY_EIO;
	d->writes++;
	d->unsynced++;
	memcpy(d->data + offset, from, len);
	return 0;
}

static int disk_discard(void *ctx, uint64_t offset, uint64_t len)
{
	struct disk *d = ctx;

	disk_check(offset, len);
	d->discards++;
	memset(d->data + offset, 0xdd, len);
	return disk_fails(d);
}

static int disk_write_zeroes(void *ctx, uint64_t offset, uint64_t len, bool unmap)
{
	struct disk *d = ctx;

	disk_check(offset, len);
	d->zeroes += unmap ? 100 : 1;
	d->unsynced++;
	memset(d->data + offset, 0, len);
	return disk_fails(d);
}

static int disk_sync(void *ctx)
{
	struct disk *d = ctx;

	d->syncs++;
	d->unsynced = 0;
	return disk_fails(d);
}

static inline void disk_init(struct disk *d, bool read_only)
{
	memset(d, 0, sizeof(*d));
	d->backend = (struct any_blk_backend){
		.read = disk_read,
		.write = disk_write,
		.discard = disk_discard,
		.write_zeroes = disk_write_zeroes,
		.sync = disk_sync,
		.capacity = DISK_SECTORS,
		.read_only = read_only,
		.may_unmap = true,
		.id = "0123456789abcdefghi",
	};
	for (uint32_t i = 0; i < DISK_BYTES; i++)
		d->data[i] = (uint8_t)(i * 7 + i / 512);
}

#endif

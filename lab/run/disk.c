/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disk behind the device. Reads come from the source image; in write mode the device's own
 * medium (a file or memory) holds what the driver wrote. A file may shrink or vanish at any time:
 * that is an I/O error with one line, nothing worse.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

static int failed(struct lab_disk *disk, const char *what, uint64_t offset)
{
	snprintf(disk->error, sizeof(disk->error), "%s at byte %llu: %s", what,
		 (unsigned long long)offset, errno ? strerror(errno) : "the image became shorter");
	return -ANY_EIO;
}

static int read_file(struct lab_disk *disk, int fd, uint64_t offset, uint8_t *to, size_t len)
{
	while (len) {
		ssize_t n;

		errno = 0;
		n = pread(fd, to, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return failed(disk, "cannot read the image", offset);
		to += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_file(struct lab_disk *disk, uint64_t offset, const uint8_t *from, size_t len)
{
	while (len) {
		ssize_t n;

		errno = 0;
		n = pwrite(disk->target, from, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return failed(disk, "cannot write the target", offset);
		from += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int lab_disk_open(struct lab_disk *disk, const struct any_lab_config *config)
{
	struct stat st;

	memset(disk, 0, sizeof(*disk));
	disk->fd = config->source;
	disk->target = config->write ? config->target : -1;
	if (fstat(disk->fd, &st) || !S_ISREG(st.st_mode)) {
		snprintf(disk->error, sizeof(disk->error), "the image is not a file");
		return -ANY_EINVAL;
	}
	disk->size = (uint64_t)st.st_size;
	if (config->limit && config->limit < disk->size)
		disk->size = config->limit;
	if (!disk->size || disk->size % 512) {
		snprintf(disk->error, sizeof(disk->error),
			 "the image has %llu bytes: not a whole number of 512-byte sectors",
			 (unsigned long long)disk->size);
		return -ANY_EINVAL;
	}
	if (!config->write || disk->target >= 0)
		return 0;
	disk->memory = calloc(1, disk->size);
	if (disk->memory)
		return 0;
	snprintf(disk->error, sizeof(disk->error), "no memory for the written image");
	return -ANY_ENOMEM;
}

void lab_disk_close(struct lab_disk *disk)
{
	free(disk->memory);
	disk->memory = NULL;
}

int lab_disk_source(struct lab_disk *disk, uint64_t offset, void *to, size_t len)
{
	return read_file(disk, disk->fd, offset, to, len);
}

int lab_disk_read(struct lab_disk *disk, uint64_t offset, void *to, size_t len)
{
	if (disk->memory) {
		lab_copy(to, disk->memory + offset, len);
		return 0;
	}
	return read_file(disk, disk->target >= 0 ? disk->target : disk->fd, offset, to, len);
}

int lab_disk_write(struct lab_disk *disk, uint64_t offset, const void *from, size_t len)
{
	if (disk->target >= 0)
		return write_file(disk, offset, from, len);
	if (!disk->memory)
		return -ANY_EPERM;
	lab_copy(disk->memory + offset, from, len);
	return 0;
}

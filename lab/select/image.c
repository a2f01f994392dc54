/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in and out. Everything that can be wrong with them is found before the first run. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../main/run.h"

#define SECTOR	512u
#define MADE_UP (1u << 20)

static int wrong(const char *path, const char *what)
{
	cli_error("%s: %s", path, what);
	return CLI_USAGE;
}

/* Without --image: bytes that are the same everywhere and differ in every sector. */
static int make_up(struct cli_image *image)
{
	uint64_t block[SECTOR / 8], state = 0;

	image->fd = memfd_create("anydma-lab", MFD_CLOEXEC);
	for (uint32_t at = 0; image->fd >= 0 && at < MADE_UP; at += SECTOR) {
		for (unsigned i = 0; i < SECTOR / 8; i++) { /* splitmix64 */
			uint64_t z = state += 0x9e3779b97f4a7c15u;

			z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
			z = (z ^ z >> 27) * 0x94d049bb133111ebu;
			block[i] = z ^ z >> 31;
		}
		if (pwrite(image->fd, block, SECTOR, at) != SECTOR)
			return wrong("made-up image", strerror(errno));
	}
	image->size = MADE_UP;
	return image->fd < 0 ? wrong("made-up image", strerror(errno)) : 0;
}

static int check(const char *path, const struct stat *st, struct cli_image *image)
{
	off_t end;

	if (S_ISDIR(st->st_mode))
		return wrong(path, "is a directory, not an image");
	if (!S_ISREG(st->st_mode) && !S_ISBLK(st->st_mode))
		return wrong(path, "is neither a file nor a block device");
	end = lseek(image->fd, 0, SEEK_END);
	if (end < 0)
		return wrong(path, strerror(errno));
	if (!end)
		return wrong(path, "is empty");
	if (end % SECTOR) {
		cli_error("%s: %lld bytes is not a multiple of 512 (whole sectors)", path,
			  (long long)end);
		return CLI_USAGE;
	}
	image->size = (uint64_t)end;
	image->changed_s = (int64_t)st->st_mtim.tv_sec;
	image->changed_ns = (int64_t)st->st_mtim.tv_nsec;
	return 0;
}

int cli_image_open(const char *path, struct cli_image *image)
{
	struct stat st;
	char probe;

	*image = (struct cli_image){.path = path, .fd = -1};
	if (!path)
		return make_up(image);
	/* O_NONBLOCK: a named pipe must be an error, not a wait. */
	image->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (image->fd < 0 || fstat(image->fd, &st))
		return wrong(path, strerror(errno));
	if (check(path, &st, image))
		return CLI_USAGE;
	if (pread(image->fd, &probe, 1, (off_t)image->size - 1) != 1)
		return wrong(path, "cannot be read to its end");
	return 0;
}

/* Another image than the one the run began with: its verdicts are about nothing. */
bool cli_image_changed(const struct cli_image *image)
{
	struct stat st;

	if (!image->path)
		return false;
	if (fstat(image->fd, &st))
		return true;
	return lseek(image->fd, 0, SEEK_END) != (off_t)image->size ||
	       st.st_mtim.tv_sec != image->changed_s || st.st_mtim.tv_nsec != image->changed_ns;
}

static bool same_file(int a, int b)
{
	struct stat sa, sb;

	return !fstat(a, &sa) && !fstat(b, &sb) && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

int cli_output(const char *path, const struct cli_image *image, bool *made)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	*made = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		cli_error("cannot write %s: %s", path, strerror(errno));
		return -1;
	}
	if (image->fd >= 0 && same_file(fd, image->fd)) {
		cli_error("%s is the image itself and would be overwritten", path);
		close(fd);
		return -1;
	}
	return fd;
}

int cli_directory(const char *path)
{
	struct stat st;

	if (mkdir(path, 0777) && errno != EEXIST) {
		cli_error("cannot make directory %s: %s", path, strerror(errno));
		return CLI_USAGE;
	}
	if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
		cli_error("%s is not a directory", path);
		return CLI_USAGE;
	}
	return 0;
}

char *cli_keep_path(const struct cli_run *run, const struct cli_platform *platform)
{
	char *path;

	return asprintf(&path, "%s/%s.img", run->options->keep, platform->name) < 0 ? NULL : path;
}

char *cli_log_path(const struct cli_run *run, const struct cli_result *result)
{
	const struct cli_platform *p = cli_platform_of(run, result);
	const char *log = run->options->log;
	char *path;
	int n;

	if (cli_cells(run) == 1)
		n = asprintf(&path, "%s", log);
	else
		n = asprintf(&path, "%s.%s.%s.%" PRIu64, log, p->name,
			     p->scenario      ? p->scenario->name
			     : result->bypass ? "bypass"
					      : "api",
			     result->seed);
	return n < 0 ? NULL : path;
}

/* Room on the disk for the whole image, now: not an I/O error in the middle of the last run. */
static int prepare(const struct cli_run *run, const char *path)
{
	bool made;
	int err, fd = cli_output(path, &run->image, &made);

	if (fd < 0)
		return CLI_USAGE;
	err = ftruncate(fd, 0) ? errno : posix_fallocate(fd, 0, (off_t)run->image.size);
	close(fd);
	if (!err)
		return 0;
	cli_error("cannot make room for the image in %s: %s", path, strerror(err));
	unlink(path);
	return CLI_USAGE;
}

int cli_keep_prepare(const struct cli_run *run)
{
	int status = cli_directory(run->options->keep);

	for (size_t i = 0; !status && i < run->n_platforms; i++) {
		char *path = cli_keep_path(run, &run->platforms[i]);

		status = path ? prepare(run, path) : CLI_USAGE;
		free(path);
	}
	return status;
}

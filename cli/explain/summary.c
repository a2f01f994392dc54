/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many boards: worker processes take one after the other and write what they count into shared
 * memory, so that a tree that kills its worker costs one line and not the census.
 */
#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/explain/census.h"

#define JOBS_MAX 256

struct shared {
	_Atomic size_t next;
	struct census_row rows[];
};

static struct {
	char **list;
	size_t n;
	bool full;
} files; /* nftw has no argument for its caller */

static void file_add(const char *path)
{
	char **list = files.list;

	if (!(files.n & (files.n - 1)))
		list = realloc(list, (files.n ? 2 * files.n : 1) * sizeof(*list));
	if (!list) {
		files.full = true;
		return;
	}
	files.list = list;
	list[files.n++] = strdup(path);
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	size_t n = strlen(path);

	(void)st;
	/* What was named is taken as it is; what is found in a directory must look like a tree. */
	if (type == FTW_F && (!at->level || (n > 4 && !strcmp(path + n - 4, ".dtb"))))
		file_add(path);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int collect(const struct explain *o)
{
	for (size_t i = 0; i < o->n_files; i++) {
		size_t before = files.n;

		if (access(o->files[i], F_OK) && !strchr(o->files[i], '/'))
			file_add(o->files[i]); /* perhaps of the catalogue */
		else if (nftw(o->files[i], visit, 16, FTW_PHYS)) {
			cli_error("explain: %s: %s", o->files[i], strerror(errno));
			return CLI_USAGE;
		}
		if (before == files.n) {
			cli_error("explain: %s: has no *.dtb", o->files[i]);
			return CLI_USAGE;
		}
		if (files.n > before)
			qsort(files.list + before, files.n - before, sizeof(*files.list), by_name);
	}
	return files.full ? CLI_USAGE : 0;
}

static void worker(struct shared *s, const struct explain *o)
{
	size_t i;

	while ((i = atomic_fetch_add(&s->next, 1)) < files.n) {
		s->rows[i].state = CENSUS_STARTED;
		census_count(files.list[i], o->as, &s->rows[i]);
	}
	_exit(0);
}

static size_t jobs(const struct explain *o)
{
	cpu_set_t set;
	size_t n = o->jobs;

	CPU_ZERO(&set);
	if (!n)
		n = sched_getaffinity(0, sizeof(set), &set) ? 1 : (size_t)CPU_COUNT(&set);
	n = n > files.n ? files.n : n;
	return n > JOBS_MAX ? JOBS_MAX : n;
}

/* A worker that died left its board started; another one goes on behind it. */
static int all_boards(struct shared *s, const struct explain *o)
{
	size_t n = jobs(o), busy = 0;

	fflush(NULL);
	while (busy || atomic_load(&s->next) < files.n) {
		while (busy < n && atomic_load(&s->next) < files.n) {
			pid_t pid = fork();

			if (!pid)
				worker(s, o);
			if (pid < 0 && !busy) {
				cli_error("explain: cannot start a process: %s", strerror(errno));
				return CLI_USAGE;
			}
			if (pid < 0)
				break;
			busy++;
		}
		if (wait(NULL) > 0)
			busy--;
		else if (errno != EINTR)
			break;
	}
	return 0;
}

int explain_summary(const struct explain *options)
{
	struct shared *s;
	size_t size;
	int status = collect(options);

	if (status)
		return status;
	size = sizeof(*s) + files.n * sizeof(struct census_row);
	s = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED) {
		cli_error("explain: out of memory");
		return CLI_USAGE;
	}
	status = all_boards(s, options);
	if (!status && options->markdown)
		census_markdown(s->rows, files.n);
	else if (!status)
		census_text(s->rows, files.n);
	for (size_t i = 0; i < files.n; i++) {
		if (s->rows[i].state != CENSUS_DONE && !status)
			status = CLI_FAILED;
		free(files.list[i]);
	}
	free(files.list);
	munmap(s, size);
	return status;
}

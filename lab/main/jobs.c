/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Code under test may die, hang or scribble, so it runs in children. A child takes some seeds of
 * one platform, sends a struct any_lab_cell for each through its pipe, and tells its progress
 * through a shared word. One that dies or hangs fails the seed it was at; a new child gets the
 * rest. The image driver's cells are long, and have a child each.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define TICK_MS	  100
#define BATCH_MAX 64 /* seeds a child: enough that its start costs nothing */

struct slot {
	pid_t pid; /* 0: idle */
	int fd;
	size_t cell, end; /* where it is, and where it stops */
	size_t got;
	uint32_t last; /* permille, and since when it has not moved */
	int64_t moved_ms;
	bool timed_out;
	size_t killed; /* the cell that took too long */
	struct any_lab_cell answer;
};

struct jobs {
	struct cli_run *run;
	struct cli_screen *screen;
	struct cli_progress progress;
	struct slot *slots;
	struct cli_active *active; /* the slots as the progress line sees them */
	struct pollfd *polls;
	_Atomic uint32_t *permille; /* shared with the children, one a slot */
	size_t n, busy, batch;
	struct {
		size_t first, end;
	} * left; /* by children that died: at most one a slot */
	size_t n_left;
	size_t next;	/* cell to start, when nothing is left */
	size_t settled; /* cells before this one are done */
};

static volatile sig_atomic_t ended_by;

static void on_signal(int number)
{
	ended_by = number;
}

int cli_ended_by(void)
{
	return ended_by;
}

void cli_catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction old, action = {.sa_handler = on_signal};

	for (size_t i = 0; i < ANY_ARRAY_SIZE(numbers); i++) {
		/* What nohup or a script's & ignores stays ignored. */
		if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

static size_t default_jobs(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (size_t)CPU_COUNT(&set);
}

/* So many that starting children costs little, so few that all CPUs have work to the end. */
static size_t batch_size(const struct jobs *j)
{
	size_t fair = cli_cells(j->run) / (j->n * 8);

	return !cli_users(j->run) || !fair ? 1 : fair < BATCH_MAX ? fair : BATCH_MAX;
}

static bool prepare(struct jobs *j)
{
	size_t cells = cli_cells(j->run);
	void *shared;

	j->n = j->run->options->jobs ? j->run->options->jobs : default_jobs();
	j->n = j->n > cells ? cells : j->n;
	j->batch = batch_size(j);
	j->left = calloc(j->n, sizeof(*j->left));
	j->slots = calloc(j->n, sizeof(*j->slots));
	j->active = calloc(j->n, sizeof(*j->active));
	j->polls = calloc(j->n, sizeof(*j->polls));
	shared = mmap(NULL, j->n * sizeof(*j->permille), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	j->permille = shared;
	if (j->left && j->slots && j->active && j->polls && shared != MAP_FAILED)
		return true;
	cli_error("out of memory");
	return false;
}

static pid_t spawn(struct jobs *j, size_t i, int fd)
{
	const struct cli_work work = {j->run, j->slots[i].cell, j->slots[i].end, &j->permille[i],
				      getpid()};
	pid_t pid;

	fflush(NULL); /* or the child prints our buffers too */
	pid = fork();
	if (!pid)
		cli_cell_run(&work, fd);
	return pid;
}

static bool more(const struct jobs *j)
{
	return j->n_left || j->next < cli_cells(j->run);
}

/* What to run next: never more than the rest of a row. */
static void choose(const struct jobs *j, struct slot *s)
{
	size_t row_end = (j->next / j->run->per_platform + 1) * j->run->per_platform;

	s->cell = j->n_left ? j->left[j->n_left - 1].first : j->next;
	s->end = j->n_left			? j->left[j->n_left - 1].end
		 : row_end - j->next < j->batch ? row_end
						: j->next + j->batch;
}

/* False: no process can be had just now. */
static bool start(struct jobs *j, size_t i)
{
	struct slot *s = &j->slots[i];
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return false;
	*s = (struct slot){.fd = ends[0], .moved_ms = cli_now_ms()};
	choose(j, s);
	atomic_store(&j->permille[i], 0);
	s->pid = spawn(j, i, ends[1]);
	close(ends[1]); /* so that the child's end is the only one: its death is our EOF */
	if (s->pid < 0) {
		close(ends[0]);
		s->pid = 0;
		return false;
	}
	if (j->n_left)
		j->n_left--;
	else
		j->next = s->end;
	j->busy++;
	return true;
}

static int start_all(struct jobs *j)
{
	for (size_t i = 0; i < j->n && more(j); i++) {
		if (j->slots[i].pid || start(j, i))
			continue;
		if (j->busy)
			return 0; /* one of them will end and make room */
		cli_error("cannot start a process: %s", strerror(errno));
		return CLI_USAGE;
	}
	return 0;
}

static void rows(struct jobs *j)
{
	size_t cells = cli_cells(j->run);

	while (j->settled < cells && j->run->results[j->settled].done)
		j->settled++;
	while (j->screen && j->screen->shown < j->settled / j->run->per_platform) {
		cli_progress_clear(&j->progress);
		cli_screen_row(j->screen, j->screen->shown);
	}
}

static uint32_t moved(const struct jobs *j, size_t i)
{
	uint32_t permille = atomic_load_explicit(&j->permille[i], memory_order_relaxed);

	return permille > 1000 ? 1000 : permille; /* the child's word: any bits */
}

static void take(struct jobs *j, size_t i, enum cli_end end, int status)
{
	struct slot *s = &j->slots[i];
	struct cli_result *result = &j->run->results[s->cell];

	cli_cell_take(j->run, result, &s->answer, end, status, moved(j, i));
	cli_progress_done(&j->progress, result);
	rows(j);
	s->cell++;
	s->got = 0;
	s->moved_ms = cli_now_ms();
}

static void finish(struct jobs *j, size_t i)
{
	struct slot *s = &j->slots[i];
	int status = 0;

	close(s->fd);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
	j->busy--;
	if (ended_by || s->cell == s->end) /* the terminal's ^C may have killed it: not a verdict */
		return;
	if (!s->timed_out)
		take(j, i, CLI_END_DIED, status);
	else if (s->cell == s->killed) /* or it answered while we struck */
		take(j, i, CLI_END_TIMEOUT, status);
	if (s->cell == s->end)
		return;
	j->left[j->n_left].first = s->cell;
	j->left[j->n_left++].end = s->end;
}

/* The length of the answer that is coming, as far as it can be told. */
static size_t expected(const struct slot *s)
{
	return s->got >= CLI_HEAD && s->answer.verdict != ANY_LAB_PASS ? sizeof(s->answer)
								       : CLI_HEAD;
}

static void receive(struct jobs *j, size_t i)
{
	struct slot *s = &j->slots[i];
	ssize_t n = read(s->fd, (char *)&s->answer + s->got, expected(s) - s->got);

	if (n < 0 && errno == EINTR)
		return;
	s->got += n > 0 ? (size_t)n : 0;
	if (n > 0 && s->got == expected(s))
		take(j, i, CLI_END_WHOLE, 0);
	if (n <= 0 || s->cell == s->end)
		finish(j, i);
}

/* Kills what has not moved for --timeout seconds; its pipe then tells as usual. */
static void watch(struct jobs *j, size_t i)
{
	struct slot *s = &j->slots[i];
	uint32_t permille = moved(j, i);
	int64_t now = cli_now_ms();

	if (permille != s->last) {
		s->last = permille;
		s->moved_ms = now;
	}
	if (j->run->options->timeout && !s->timed_out &&
	    (uint64_t)(now - s->moved_ms) > j->run->options->timeout * 1000) {
		s->timed_out = true;
		s->killed = s->cell;
		kill(s->pid, SIGKILL);
	}
}

static void wait_some(struct jobs *j)
{
	for (size_t i = 0; i < j->n; i++) {
		bool busy = j->slots[i].pid > 0;

		j->polls[i] = (struct pollfd){.fd = busy ? j->slots[i].fd : -1, .events = POLLIN};
		if (busy)
			watch(j, i);
		j->active[i].cell = busy ? &j->run->results[j->slots[i].cell] : NULL;
		j->active[i].permille = j->slots[i].last;
	}
	cli_progress_draw(&j->progress, j->active, j->n);
	if (poll(j->polls, (nfds_t)j->n, TICK_MS) <= 0)
		return;
	for (size_t i = 0; i < j->n; i++)
		if (j->polls[i].revents)
			receive(j, i);
}

static void end_children(struct jobs *j)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->slots[i].pid)
			kill(j->slots[i].pid, SIGKILL);
	for (size_t i = 0; i < j->n; i++)
		while (j->slots[i].pid && waitpid(j->slots[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
}

int cli_jobs(struct cli_run *run, struct cli_screen *screen)
{
	struct jobs j = {.run = run, .screen = screen};
	int status = 0;

	if (!prepare(&j))
		return CLI_USAGE;
	cli_catch_signals();
	cli_progress_start(&j.progress, run);
	while (!status && !ended_by && (more(&j) || j.busy)) {
		status = start_all(&j);
		if (!status)
			wait_some(&j);
	}
	if (ended_by || status)
		end_children(&j);
	cli_progress_clear(&j.progress);
	munmap(j.permille, j.n * sizeof(*j.permille));
	free(j.left);
	free(j.polls);
	free(j.active);
	free(j.slots);
	return ended_by ? -ended_by : status;
}

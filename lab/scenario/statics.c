/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's writable static data as memory of the machine. Its pages get a second address in
 * the machine's first view (one memory file behind both), so that everything else in the lab need
 * not know. The linker script keeps the lab's own data out of it; a program that was linked without
 * it has no static data in the machine.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program.h"
#include "scenario.h"

#define PAGE 4096ull

extern char __anydma_lab_start[] __attribute__((weak));
extern char __data_start[] __attribute__((weak));
extern char _end[];

struct lab_statics lab_statics;

/* Of this process: a child has to make its own, or it shares with its brothers. */
static struct {
	pid_t owner;
	int fd;
	uint64_t from, size;
	void *at_start;
} own = {.fd = -1};

bool lab_statics_size(uint64_t *size)
{
	uint64_t from = (uint64_t)(uintptr_t)__data_start & ~(PAGE - 1);

	if (!__anydma_lab_start || !__data_start)
		return false;
	own.from = from;
	own.size = ((uint64_t)(uintptr_t)_end + PAGE - 1 - from) & ~(PAGE - 1);
	*size = own.size;
	return true;
}

/* The kernel moves the bytes: a sanitizer's red zones between variables are no concern of it. */
static bool move(long call, int fd, uint64_t at, uint64_t size)
{
	return syscall(call, fd, at, size, 0l) == (long)size;
}

static bool share(void)
{
	bool again = own.fd >= 0;
	void *at;

	if (own.owner == getpid())
		return true;
	if (again)
		close(own.fd);
	own.fd = memfd_create("anydma-statics", MFD_CLOEXEC);
	if (own.fd < 0 || ftruncate(own.fd, (off_t)own.size) ||
	    !move(SYS_pwrite64, own.fd, own.from, own.size))
		return false;
	at = mmap((void *)(uintptr_t)own.from, own.size, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_FIXED, own.fd, 0);
	if (at == MAP_FAILED)
		return false;
	own.owner = getpid();
	if (!own.at_start)
		own.at_start = mmap(NULL, own.size, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return own.at_start != MAP_FAILED &&
	       (again || move(SYS_pread64, own.fd, (uint64_t)(uintptr_t)own.at_start, own.size));
}

void lab_statics_begin(struct any_lab *lab)
{
	struct lab_machine *m = lab->m;
	void *view;

	if (!own.size || !__anydma_lab_start)
		return;
	if (!share() || !move(SYS_pwrite64, own.fd, (uint64_t)(uintptr_t)own.at_start, own.size))
		lab_scenario_cannot(lab, "the host does not share the program's static data");
	view = lab_ptr(m, LAB_VIEW0, m->program->statics);
	if (mmap(view, own.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, own.fd, 0) != view)
		lab_scenario_cannot(lab, "the host has no address space for static data");
	lab_statics = (struct lab_statics){own.from, own.size};
	/* The DMA API finds memory by the driver's pointer: this piece has two. */
	lab->port->ram[lab->port->plat.n_ram++] = (struct any_dma_region){
		(void *)(uintptr_t)own.from, {m->program->statics}, own.size, 0};
}

void lab_statics_end(void)
{
	lab_statics.size = 0;
}

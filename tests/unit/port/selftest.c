/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The porter's self-test against a cache that is a second array, and each hook wrong in the ways
 * that hooks are wrong: each is named.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../ports/selftest/selftest.h"

#define SIZE 16384u
#define PAGE 4096u

static uint8_t *cached, *memory, heap[SIZE] __attribute__((aligned(4096)));
static int file;
static char said[512];
static size_t true_line; /* of this cache, whatever the board says */
static size_t step;	 /* of the operations' loops */

static void each(uint8_t *to, const uint8_t *from, void *va, size_t len)
{
	const uintptr_t begin = (uintptr_t)va - (uintptr_t)cached;

	for (uintptr_t at = begin & ~(step - 1); at < begin + len; at += step)
		memcpy(to + (at & ~(true_line - 1)), from + (at & ~(true_line - 1)), true_line);
}

static void clean(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	(void)ctx;
	(void)phys;
	each(memory, cached, va, len);
}

static void inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	(void)ctx;
	(void)phys;
	each(cached, memory, va, len);
}

/* Lines that left the cache are the memory itself, for whoever reads them next. */
static void clean_inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	uint8_t *page = (uint8_t *)((uintptr_t)va & ~(uintptr_t)(PAGE - 1));

	clean(ctx, va, phys, len);
	assert_ptr_equal(mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
			      page - cached),
			 page);
}

static void nothing(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	(void)ctx;
	(void)va;
	(void)phys;
	(void)len;
}

static void inval_writes_back(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	if (memory[6 * true_line] == 0xa5) /* the CPU's bytes are the newer ones */
		clean(ctx, va, phys, len);
	else
		inval(ctx, va, phys, len);
}

static void inval_every_other(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	for (size_t at = 0; at < len; at += 2 * true_line)
		inval(ctx, (uint8_t *)va + at, phys, 1);
}

/* Too short by its last byte: what a loop up to `end - 1` does to a range that is not aligned. */
static void clean_short(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	if (len > true_line)
		len -= true_line;
	clean(ctx, va, phys, len);
}

static void clean_drops(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	inval(ctx, va, phys, len);
}

static void wait_for(void *ctx)
{
	(void)ctx;
}

/* Operations that sync should have waited for, and does not. */
static void sync_never(void *ctx)
{
	(void)ctx;
	memset(memory, 0, SIZE);
}

static void drain(void *ctx, enum any_dma_dir dir)
{
	(void)ctx;
	(void)dir;
}

static void drain_changes(void *ctx, enum any_dma_dir dir)
{
	(void)ctx;
	(void)dir;
	cached[0] ^= 1;
}

static volatile void *map(uint64_t phys, uint64_t size)
{
	(void)phys;
	(void)size;
	return NULL;
}

static void put(char c)
{
	(void)c;
}

static ANY_NORETURN void off(void)
{
	abort();
}

static void tell(const char *check, const char *wrong)
{
	assert_non_null(check);
	if (!wrong)
		return;
	strncat(said, wrong, sizeof(said) - strlen(said) - 2);
	strcat(said, ";");
}

static struct any_dma_cache_ops ops;
static struct port board;

static int set_up(void **state)
{
	(void)state;
	file = memfd_create("memory", 0);
	assert_true(file >= 0 && !ftruncate(file, SIZE));
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	cached = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(memory != MAP_FAILED && cached != MAP_FAILED);
	true_line = step = 64;
	said[0] = '\0';
	ops = (struct any_dma_cache_ops){clean, inval, clean_inval, wait_for};
	board = (struct port){.name = "mock",
			      .heap = {heap, any_phys(0x40000000), SIZE, 0},
			      .uncached = {memory, any_phys(0x50000000), SIZE, 0},
			      .coherent = cached,
			      .cache = &ops,
			      .line = 64,
			      .drain = drain,
			      .map = map,
			      .put = put,
			      .off = off};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return munmap(memory, SIZE) || munmap(cached, SIZE) || close(file);
}

static void names(const char *what)
{
	unsigned bad = any_port_selftest(&board, tell);

	if (!strstr(said, what))
		fail_msg("\"%s\" is not said; said: \"%s\"", what, said);
	assert_true(bad > 0);
}

static void a_right_board_passes(void **state)
{
	(void)state;
	if (any_port_selftest(&board, tell))
		fail_msg("%s", said);
}

static void a_board_without_caches_passes(void **state)
{
	(void)state;
	board.cache = NULL;
	board.coherent = memory;
	if (any_port_selftest(&board, tell))
		fail_msg("%s", said);
}

static void one_function_for_both_is_no_mistake(void **state)
{
	(void)state;
	ops.inval = clean_inval;
	(void)any_port_selftest(&board, tell);
	assert_null(strstr(said, "inval writes back"));
}

#define WRONG(name, how, what)                                                                     \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		how;                                                                               \
		names(what);                                                                       \
	}

WRONG(no_drain, board.drain = NULL, "drain is missing")
WRONG(no_map, board.map = NULL, "put, off or map is missing")
WRONG(no_sync, ops.sync = NULL, "or sync is missing")
WRONG(no_inval, ops.inval = NULL, "or sync is missing")
WRONG(odd_line, board.line = 48, "line is not the size of a cache line")
WRONG(no_line, board.line = 0, "line is not the size of a cache line")
WRONG(no_memory, board.uncached.cpu = NULL, "a region of memory is missing")
WRONG(no_coherent, board.coherent = NULL, "coherent is missing")
WRONG(it_wraps, board.heap.phys = any_phys(UINT64_MAX - PAGE + 1), "wrap")
WRONG(other_offset, board.heap.phys.raw += 64, "the offset in the page differs")
WRONG(shared_line, board.heap.size -= 32, "shares a cache line")
WRONG(they_overlap, board.uncached.phys.raw = 0x40000000 + PAGE, "heap and uncached overlap")
WRONG(another_memory, board.uncached.cpu = heap, "are not the same memory")
WRONG(draining_changes, board.drain = drain_changes, "drain changes memory")
WRONG(clean_does_nothing, ops.clean = nothing, "clean does not write back")
WRONG(clean_is_inval, ops.clean = clean_drops, "clean loses what the CPU wrote")
WRONG(clean_is_short, ops.clean = clean_short, "clean leaves lines out")
WRONG(steps_too_far, step = 128, "clean leaves lines out")
WRONG(inval_steps_too_far, ops.inval = inval_every_other, "inval leaves lines out")
WRONG(sync_does_not_wait, ops.sync = sync_never, "sync does not wait")
WRONG(inval_does_nothing, ops.inval = nothing, "inval leaves old bytes")
WRONG(inval_cleans, ops.inval = inval_writes_back, "inval writes back what it should drop")
WRONG(larger_lines, (true_line = step = 256), "lines are larger than line says")
WRONG(clean_inval_does_nothing, ops.clean_inval = nothing, "clean_inval does not write back")
WRONG(clean_inval_keeps, ops.clean_inval = clean, "clean_inval leaves the lines")

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_right_board_passes),
		CASE(a_board_without_caches_passes),
		CASE(one_function_for_both_is_no_mistake),
		CASE(no_drain),
		CASE(no_map),
		CASE(no_sync),
		CASE(no_inval),
		CASE(odd_line),
		CASE(no_line),
		CASE(no_memory),
		CASE(no_coherent),
		CASE(it_wraps),
		CASE(other_offset),
		CASE(shared_line),
		CASE(they_overlap),
		CASE(another_memory),
		CASE(draining_changes),
		CASE(clean_does_nothing),
		CASE(clean_is_inval),
		CASE(clean_is_short),
		CASE(steps_too_far),
		CASE(inval_steps_too_far),
		CASE(sync_does_not_wait),
		CASE(inval_does_nothing),
		CASE(inval_cleans),
		CASE(larger_lines),
		CASE(clean_inval_does_nothing),
		CASE(clean_inval_keeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

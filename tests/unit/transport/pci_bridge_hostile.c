/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration space that lies: it ends, and nothing is shown that has no sound way to it. */
#include "pci_tree.h"

#define READS 3000000u /* where all there is claims to be a bridge */

/* A bridge whose numbers are these, with a function behind it. */
static int numbered(int parent, uint8_t devfn, uint32_t numbers)
{
	const int i = bridge(&tree, parent, devfn, PLAIN, NO_PREFETCH);

	node_put(&tree.nodes[i], 0x18, 4, numbers);
	function(&tree, i, 8, 4096, 0);
	return i;
}

static void numbers_that_cannot_be(void **state)
{
	static const uint32_t wrong[] = {
		0x00000000, /* nobody's: not wrong, and nothing there */
		0x00020000, /* behind it is the bus it is on */
		0x00010200, /* ends before it begins */
		0x00ff0100, /* below another: past what that one passes */
		0x00020200, /* below another: its own parent's bus */
		0x00040200,
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(wrong); i++) {
		const bool below = i >= 3;
		int above;

		up(NULL);
		above = below ? numbered(ROOT, 8, 0x00050200) : ROOT;
		numbered(above, 16, i == 3 ? 0x00ff0302 : wrong[i]);
		assert_int_equal(walk(), i ? -ANY_EPROTO : 0);
		assert_int_equal(n_found, below);
		assert_int_equal(tree.nodes[tree.n - 2].space[4], 0); /* it is not opened */
	}
}

/* Below one bridge is what is behind another: there it is seen, and by that one's way. */
static void a_bus_that_is_elsewhere(void **state)
{
	const int first = numbered(ROOT, 8, 0x00060500);

	(void)state;
	numbered(first, 16, 0x00030305);
	numbered(ROOT, 24, 0x00030300);
	assert_int_equal(walk(), -ANY_EPROTO);
	assert_int_equal(n_found, 2);
	assert_int_equal(place_of(0x308)->n_path, 1);
	assert_int_equal(place_of(0x308)->path[0], 24);
}

/* Two bridges say the same bus is behind them: it is entered once. */
static void a_bus_that_is_behind_two(void **state)
{
	(void)state;
	numbered(ROOT, 8, 0x00030100);
	numbered(ROOT, 16, 0x00010100);
	assert_int_equal(walk(), -ANY_EPROTO);
	assert_int_equal(n_found, 1);
}

/* ---- registers that do not keep what they are told */

static void numbers_that_do_not_stick(void **state)
{
	static const uint32_t masks[] = {0, 0x00ff0000, 0x0000ff00, 0x000fff00, 0x00ffff00};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(masks); i++) {
		const bool good = masks[i] == 0x00ffff00; /* the primary is nobody's business */
		int lying, next;

		up(NULL);
		tree.root = 3;
		lying = numbered(ROOT, 8, 0);
		next = numbered(ROOT, 16, 0);
		node_mask(&tree.nodes[lying], 0x18, 4, masks[i]);
		assert_int_equal(enumerate(), good ? 0 : -ANY_EPROTO);
		assert_int_equal(buses(next), 0x050503); /* the others go on */
		assert_int_equal(walk(), 0);
		assert_int_equal(n_found, 1 + good);
	}
}

static void windows_that_do_not_stick(void **state)
{
	static const struct {
		uint32_t at, mask;
	} cases[] = {{0x20, 0}, {0x20, 0xff00fff0}, {0x24, 0xf000f000}, {0x28, 0}, {0x2c, 0}};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(cases); i++) {
		int lying, next;

		up(NULL);
		windows[0].next += 5 * MIB;
		windows[1].next += 5 * MIB;
		lying = bridge(&tree, ROOT, 8, PLAIN, PREFETCH_64);
		function(&tree, lying, 8, 4096, 0);
		bar(&tree, tree.n - 1, 2, 4096, 12);
		next = numbered(ROOT, 16, 0);
		node_mask(&tree.nodes[lying], cases[i].at, 4, cases[i].mask);
		assert_int_equal(enumerate(), -ANY_EPROTO);
		assert_int_equal(buses(lying), 0);
		assert_int_equal(walk(), 0);
		assert_int_equal(n_found, 1);
		assert_int_equal(place_of(0x208)->path[0], 0x10);
		assert_int_equal(answers(&tree, ROOT, bar_of(&tree.nodes[next + 1], 0)), next + 1);
	}
}

/* Its second BAR says that it has an upper half; and the first thing wrong is what is told. */
static void a_bar_over_the_numbers(void **state)
{
	const int i = numbered(ROOT, 8, 0);

	(void)state;
	bar(&tree, i, 1, 4096, 0);
	node_put(&tree.nodes[i], 0x14, 4, 4);
	bar(&tree, i + 1, 1, 1ull << 31, 0); /* no room */
	assert_int_equal(enumerate(), -ANY_EPROTO);
	assert_int_equal(walk(), 0);
	assert_int_equal(n_found, 1);
}

/* ---- what is not there, and no kind of header */

static void headers_of_no_kind(void **state)
{
	static const uint8_t types[] = {2, 3, 0x7f, 0x82, 0xff};
	const int good = function(&tree, ROOT, 8, 4096, 0);
	int odd = add(&tree, ROOT, 16, 0);

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(types); i++) {
		tree.nodes[odd].space[0x0e] = types[i];
		memset(&tree.nodes[odd].mask[0x10], 0xff, 0x20);
		assert_int_equal(enumerate(), 0);
		assert_int_equal(walk(), 0);
		assert_int_equal(n_found, 1);
		assert_int_equal(node_get(&tree.nodes[odd], 0x18, 4), 0);
		assert_int_equal(node_get(&tree.nodes[odd], 0x10, 4), 0);
	}
	assert_int_equal(answers(&tree, ROOT, bar_of(&tree.nodes[good], 0)), good);
}

/* Others count where function 0 is and says so; a link has one device, whoever else answers. */
static void functions_that_are_echoes(void **state)
{
	const int port = bridge(&tree, ROOT, 8, ROOT_PORT, NO_PREFETCH);
	const int down = bridge(&tree, ROOT, 16, DOWNSTREAM, NO_PREFETCH);

	(void)state;
	function(&tree, ROOT, 25, 4096, 0); /* no function 0 */
	for (uint8_t device = 0; device < 32; device++) {
		function(&tree, device & 1 ? port : down, (uint8_t)((device & ~1u) << 3), 4096, 0);
		if (tree.n > 40)
			break;
	}
	function(&tree, port, 1, 4096, 0); /* function 0 has not said that there is one */
	assert_int_equal(enumerate(), 0);
	assert_int_equal(walk(), 0);
	assert_int_equal(n_found, 2);
	for (int i = 5; i < tree.n; i++)
		assert_int_equal(bar_of(&tree.nodes[i], 0), 0);
}

static void capabilities_without_an_end(void **state)
{
	const int i = bridge(&tree, ROOT, 8, PLAIN, NO_PREFETCH);

	(void)state;
	function(&tree, i, 8, 4096, 0);
	node_put(&tree.nodes[i], 6, 2, 0x10);
	tree.nodes[i].space[0x34] = 0xfc;
	node_put(&tree.nodes[i], 0xfc, 4, 0xfc09);
	assert_int_equal(enumerate(), 0);
	assert_int_equal(walk(), 0);
	assert_int_equal(place_of(0x108)->requester, 8);
	assert_true(tree.reads < 20000);
	tree.nodes[i].space[0x34] = 0x3c; /* in the header */
	node_put(&tree.nodes[i], 0x3c, 4, 0x00700010);
	assert_int_equal(walk(), 0);
	assert_int_equal(place_of(0x108)->requester, 8);
	tree.nodes[i].space[0x34] = 0x80;
	node_put(&tree.nodes[i], 0x80, 4, 0x00700010);
	assert_int_equal(walk(), 0);
	assert_int_equal(place_of(0x108)->requester, 0x100);
	node_put(&tree.nodes[i], 6, 2, 0); /* there is no list */
	assert_int_equal(walk(), 0);
	assert_int_equal(place_of(0x108)->requester, 8);
}

/* ---- too much */

static void a_chain_that_is_too_deep(void **state)
{
	int parent = ROOT;

	(void)state;
	for (unsigned i = 0; i < ANY_PCI_DEPTH; i++)
		parent = bridge(&tree, parent, 8, PLAIN, NO_PREFETCH);
	function(&tree, parent, 8, 4096, 0);
	assert_int_equal(enumerate(), 0);
	assert_int_equal(walk(), 0);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].n_path, ANY_PCI_DEPTH);
	check_reach();
	parent = bridge(&tree, parent, 16, PLAIN, NO_PREFETCH);
	function(&tree, parent, 8, 4096, 0);
	assert_int_equal(enumerate(), -ANY_ENOSPC);
	assert_int_equal(walk(), 0);
	assert_int_equal(n_found, 1);
	node_put(&tree.nodes[parent], 0x18, 4, 0x0010100f); /* as firmware might */
	for (int i = 0; i < parent; i++)
		tree.nodes[i].space[0x1a] = 0x10;
	assert_int_equal(walk(), -ANY_EPROTO);
	assert_int_equal(n_found, 1);
}

static void no_bus_left(void **state)
{
	struct any_pci_host few = host();

	(void)state;
	few.last = 1;
	n_found = 0;
	numbered(ROOT, 8, 0);
	numbered(ROOT, 16, 0);
	assert_int_equal(any_pci_enumerate(&few, windows, 2), -ANY_ENOSPC);
	assert_int_equal(any_pci_walk(&few, see, &tree), 0);
	assert_int_equal(n_found, 1);
	node_put(&tree.nodes[2], 0x18, 4, 0x00020200); /* configuration space does not go there */
	n_found = 0;
	assert_int_equal(any_pci_walk(&few, see, &tree), -ANY_EPROTO);
	assert_int_equal(n_found, 1);
}

static void no_room_left(void **state)
{
	const int first = bridge(&tree, ROOT, 8, PLAIN, PREFETCH_64);
	const int second = bridge(&tree, ROOT, 16, PLAIN, PREFETCH_64);
	const int large = function(&tree, first, 8, 4 * MIB, 0);
	const int small = function(&tree, second, 8, 4096, 0);

	(void)state;
	windows[0].end = LOW + 3 * MIB - 4097;				   /* two whole MiB */
	windows[1] = (struct any_pci_window){HIGH, HIGH + MIB - 2, false}; /* and not even one */
	assert_int_equal(enumerate(), -ANY_ENOSPC);
	assert_int_equal(bar_of(&tree.nodes[large], 0), 0);
	assert_int_equal(bar_of(&tree.nodes[small], 0), LOW);
	assert_int_equal(walk(), 0); /* it is there, and its driver finds no BAR */
	assert_int_equal(n_found, 2);
	assert_int_equal(answers(&tree, ROOT, LOW), small);
}

/* Every function of every bus is a bridge that takes whatever it is told, or nothing. */
static uint32_t n_reads;
static bool deaf;
static uint8_t space[65536][0x40];

static uint32_t mirror_read(void *ctx, uint32_t function, uint32_t offset, unsigned width)
{
	uint32_t value = 0;

	(void)ctx;
	n_reads++;
	if (offset == 0x0e)
		return 0x81;
	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)space[function][(offset + i) & 0x3f] << 8 * i;
	return value;
}

static void mirror_write(void *ctx, uint32_t function, uint32_t offset, unsigned width,
			 uint32_t value)
{
	(void)ctx;
	for (unsigned i = 0; i < width && !deaf; i++)
		space[function][(offset + i) & 0x3f] = (uint8_t)(value >> 8 * i);
}

static void nothing_but_bridges(void **state)
{
	const struct any_pci_host all = {mirror_read, mirror_write, &tree, 0, 255};

	(void)state;
	for (int i = 0; i < 2; i++) {
		deaf = i;
		n_reads = 0;
		n_found = 0;
		memset(space, 0x20, sizeof(space)); /* and all have the same numbers */
		assert_int_not_equal(any_pci_enumerate(&all, windows, 2), 0);
		assert_true(any_pci_walk(&all, see, &tree) <= 0);
		assert_int_equal(n_found, 0);
		assert_true(n_reads < READS);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_that_cannot_be),
		TEST(a_bus_that_is_elsewhere),
		TEST(a_bus_that_is_behind_two),
		TEST(a_bar_over_the_numbers),
		TEST(numbers_that_do_not_stick),
		TEST(windows_that_do_not_stick),
		TEST(headers_of_no_kind),
		TEST(functions_that_are_echoes),
		TEST(capabilities_without_an_end),
		TEST(a_chain_that_is_too_deep),
		TEST(no_bus_left),
		TEST(no_room_left),
		TEST(nothing_but_bridges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

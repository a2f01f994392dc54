/* SPDX-License-Identifier: BSD-2-Clause */
/* Bridges: numbers and windows, and who is known by which id. */
#include "pci_tree.h"

#define READS 400000u /* more than any of these trees needs */

/* A port with a device, a switch, a PCIe-to-PCI bridge with a conventional one behind it. */
static void who_is_where(void **state)
{
	const int port = bridge(&tree, ROOT, 8, ROOT_PORT, PREFETCH_64);
	const int second = bridge(&tree, ROOT, 16, ROOT_PORT, PREFETCH_64);
	const int upper = bridge(&tree, second, 0, UPSTREAM, PREFETCH_64);
	const int lower = bridge(&tree, upper, 24, DOWNSTREAM, PREFETCH_64);
	const int pci = bridge(&tree, ROOT, 32, TO_PCI, PREFETCH_64);
	const int plain = bridge(&tree, pci, 16, PLAIN, PREFETCH_32);
	const int other = bridge(&tree, ROOT, 40, PLAIN, NO_PREFETCH);

	(void)state;
	function(&tree, ROOT, 48, 4096, 0);
	function(&tree, port, 0, 4096, 0);
	function(&tree, lower, 0, 4096, 0);
	function(&tree, pci, 8, 4096, 0);
	function(&tree, plain, 24, 4096, 0);
	function(&tree, other, 8, 4096, 0);
	tree.nodes[plain].space[0x1b] = 0x40; /* its timer stays */
	tree.nodes[port].space[0x0e] = 0x81;  /* it has other functions */
	assert_int_equal(enumerate(), 0);
	assert_int_equal(buses(port), 0x010100);
	assert_int_equal(buses(second), 0x040200);
	assert_int_equal(buses(upper), 0x040302);
	assert_int_equal(buses(lower), 0x040403);
	assert_int_equal(buses(pci), 0x060500);
	assert_int_equal(buses(plain), 0x40060605);
	assert_int_equal(buses(other), 0x070700);
	assert_int_equal(tree.nodes[port].space[4], 0); /* nothing passes before it is walked */
	assert_int_equal(walk(), 0);
	assert_int_equal(n_found, 6);
	assert_int_equal(tree.nodes[port].space[4], 6);
	assert_int_equal(place_of(0x30)->n_path, 0);
	assert_int_equal(place_of(0x30)->requester, 0x30);
	assert_int_equal(place_of(0x100)->requester, 0x100);
	assert_int_equal(place_of(0x400)->requester, 0x400);
	assert_false(place_of(0x400)->aliased);
	assert_int_equal(place_of(0x400)->n_path, 3);
	assert_int_equal(place_of(0x400)->path[0], 0x10);
	assert_int_equal(place_of(0x400)->path[2], 0x318);
	assert_int_equal(place_of(0x508)->requester, 0x500); /* the secondary bus, device 0 */
	assert_true(place_of(0x508)->aliased);
	assert_int_equal(place_of(0x618)->requester, 0x500); /* and that is all the host sees */
	assert_int_equal(place_of(0x618)->path[1], 0x510);
	assert_int_equal(place_of(0x708)->requester, 0x28); /* the bridge's own */
	assert_true(place_of(0x708)->aliased);
}

static int stop(void *ctx, const struct any_pci_place *place)
{
	(void)place;
	return ++*(int *)ctx == 2 ? -ANY_EBUSY : 0;
}

static void the_first_that_is_not_0_ends_it(void **state)
{
	const struct any_pci_host all = host();
	int calls = 0, port;

	(void)state;
	port = bridge(&tree, ROOT, 8, ROOT_PORT, NO_PREFETCH);
	for (uint8_t i = 0; i < 3; i++)
		function(&tree, port, i, 4096, 0);
	tree.nodes[port + 1].space[0x0e] = 0x80;
	assert_int_equal(enumerate(), 0);
	assert_int_equal(any_pci_walk(&all, stop, &calls), -ANY_EBUSY);
	assert_int_equal(calls, 2);
}

static void windows_are_whole_and_tight(void **state)
{
	const int port = bridge(&tree, ROOT, 8, ROOT_PORT, PREFETCH_64);
	const int next = bridge(&tree, ROOT, 16, ROOT_PORT, PREFETCH_64);
	const int none = bridge(&tree, ROOT, 24, ROOT_PORT, PREFETCH_64);

	(void)state;
	windows[0].next += 4096; /* something stands there */
	function(&tree, port, 0, 8192, 0);
	bar(&tree, tree.n - 1, 2, 2 * MIB, 12);
	function(&tree, next, 0, 4096, 0);
	assert_int_equal(enumerate(), 0);
	assert_int_equal(node_get(&tree.nodes[port], 0x20, 4), 0x40104010);
	assert_int_equal(node_get(&tree.nodes[port], 0x24, 4), 0x00110001);
	assert_int_equal(node_get(&tree.nodes[port], 0x28, 4), 8);
	assert_int_equal(node_get(&tree.nodes[port], 0x2c, 4), 8);
	assert_int_equal(node_get(&tree.nodes[next], 0x20, 4), 0x40204020);
	assert_int_equal(node_get(&tree.nodes[next], 0x24, 4), 0x0001fff1);
	assert_int_equal(node_get(&tree.nodes[none], 0x20, 4), 0x0000fff0);
	assert_int_equal(windows[0].next, LOW + 3 * MIB);
	assert_int_equal(windows[1].next, HIGH + 2 * MIB);
	assert_int_equal(walk(), 0);
	check_reach();
	assert_int_equal(answers(&tree, ROOT, LOW + 3 * MIB), NONE);
}

/* Without such a window, or above what it decodes, a prefetchable BAR takes the other one. */
static void kinds_of_prefetchable_window(void **state)
{
	(void)state;
	for (int kind = NO_PREFETCH; kind <= PREFETCH_64; kind++) {
		int port, i;

		up(NULL);
		port = bridge(&tree, ROOT, 8, PLAIN, kind);
		i = function(&tree, port, 0, MIB, 12);
		assert_int_equal(enumerate(), 0);
		assert_int_equal(walk(), 0);
		assert_int_equal(bar_of(&tree.nodes[i], 0) >= HIGH, kind == PREFETCH_64);
		check_reach();
	}
	for (int kind = NO_PREFETCH; kind <= PREFETCH_64; kind++) {
		up(NULL); /* the host's second window is below 4 GiB */
		windows[1] = (struct any_pci_window){0xc0000000, UINT32_MAX, true};
		function(&tree, bridge(&tree, ROOT, 8, PLAIN, kind), 0, MIB, 8);
		assert_int_equal(enumerate(), 0);
		assert_int_equal(walk(), 0);
		check_reach();
		assert_int_equal(bar_of(&tree.nodes[1], 0) == 0xc0000000, kind != NO_PREFETCH);
	}
}

/* Where the host has several, the roomiest that may be used; of a piece of a MiB nothing may. */
static void which_window_of_the_host(void **state)
{
	static const struct {
		struct any_pci_window windows[2];
		int err;
		unsigned used;
	} cases[] = {
		{{{LOW, LOW + MIB - 1, false}, {2 * LOW, 2 * LOW + 16 * MIB, false}}, 0, 1},
		{{{LOW, LOW + 16 * MIB, false}, {2 * LOW, 2 * LOW + MIB - 1, false}}, 0, 0},
		{{{LOW, 2 * LOW, true}, {2 * LOW, 2 * LOW + 8 * MIB, false}}, 0, 1},
		{{{LOW + 4096, LOW + 8191, false}, {2 * LOW, 2 * LOW + 8 * MIB, false}}, 0, 1},
		{{{UINT64_MAX - 5, UINT64_MAX, false}, {2 * LOW, 3 * LOW, false}}, 0, 1},
		{{{4096, MIB / 2, false}, {1, 0, false}}, -ANY_ENOSPC, 0},
		{{{LOW, LOW + 4 * MIB + MIB / 2, false}, {1, 0, false}}, -ANY_ENOSPC, 0},
		{{{0, 16 * MIB, false}, {1, 0, false}}, 0, 0}, /* and not at 0, which is none */
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(cases); i++) {
		const struct any_pci_window *w = &cases[i].windows[cases[i].used];
		int port, far;

		up(NULL);
		memcpy(windows, cases[i].windows, sizeof(windows));
		port = bridge(&tree, ROOT, 8, PLAIN, PREFETCH_64);
		far = function(&tree, port, 8, 4 * MIB, 0);
		function(&tree, port, 16, MIB / 4, 4);
		assert_int_equal(enumerate(), cases[i].err);
		assert_int_equal(walk(), 0);
		if (cases[i].err)
			continue;
		check_reach();
		assert_true(bar_of(&tree.nodes[far], 0) - w->next <= w->end - w->next);
	}
}

/* ---- any tree at all */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static uint16_t number_of(int i)
{
	const int parent = tree.nodes[i].parent;

	return (uint16_t)((parent < 0 ? tree.root : tree.nodes[parent].space[0x19]) << 8 |
			  tree.nodes[i].devfn);
}

static void grow(uint32_t *seed, int parent, unsigned depth);

/* Some have registers of their own. */
static void grow_bridge(uint32_t *seed, int i, unsigned depth)
{
	if (next_random(seed) % 2)
		bar(&tree, i, 0, 4096, 4);
	grow(seed, i, depth);
}

static void grow(uint32_t *seed, int parent, unsigned depth)
{
	static const enum port ports[] = {ROOT_PORT, UPSTREAM, DOWNSTREAM, TO_PCI, FROM_PCI, PLAIN};
	const enum port above = parent < 0 || !tree.nodes[parent].space[6]
					? PLAIN
					: (enum port)(tree.nodes[parent].space[0x4a] >> 4);
	const bool single = above == ROOT_PORT || above == DOWNSTREAM;

	for (uint32_t dev = next_random(seed) % 3; dev < 32 && tree.n < NODES - 1;) {
		const uint8_t devfn = single ? 0 : (uint8_t)(dev << 3);

		if (depth && next_random(seed) % 2)
			grow_bridge(seed,
				    bridge(&tree, parent, devfn, ports[next_random(seed) % 6],
					   (int)(next_random(seed) % 3)),
				    depth - 1);
		else
			function(&tree, parent, devfn, 16ull << next_random(seed) % 20,
				 (next_random(seed) % 4) * 4);
		dev += 1 + next_random(seed) % 12;
		if (single)
			return;
	}
}

/* From the function up: each bridge that has an id of its own takes the place of what was below. */
static uint16_t requester_of(int i, bool *aliased)
{
	int parent = tree.nodes[i].parent;
	uint16_t id = number_of(i);

	for (*aliased = false; parent != ROOT; parent = tree.nodes[parent].parent) {
		const struct node *node = &tree.nodes[parent];
		const int port = node->space[6] ? node->space[0x4a] >> 4 : PLAIN;

		if (port == TO_PCI)
			id = (uint16_t)(node->space[0x19] << 8);
		else if (port == PLAIN || port == FROM_PCI)
			id = number_of(parent);
		*aliased |= port == TO_PCI || port == PLAIN || port == FROM_PCI;
	}
	return id;
}

/* What an earlier run has left: numbers, windows, and addresses behind bridges. */
static void leave(uint32_t *random)
{
	for (int i = 0; i < tree.n; i++) {
		struct node *node = &tree.nodes[i];

		for (uint32_t at = 4; at < 0x30; at++)
			if (at >= 0x18 ? is_bridge(node) : node->parent != ROOT)
				node->space[at] |= (uint8_t)(next_random(random) & node->mask[at]);
	}
}

static void check_places(void)
{
	int functions = 0;

	for (int i = 0; i < tree.n; i++) {
		const struct any_pci_place *at = place_of(number_of(i));
		bool aliased;

		if (is_bridge(&tree.nodes[i])) {
			assert_null(at);
			continue;
		}
		functions++;
		assert_non_null(at);
		assert_int_equal(at->requester, requester_of(i, &aliased));
		assert_int_equal(at->aliased, aliased);
	}
	assert_int_equal(functions, n_found);
}

static void any_tree(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 2000; seed++) {
		uint32_t random = seed;

		up(NULL);
		tree.root = (uint8_t)(seed % 7);
		grow(&random, ROOT, 5);
		leave(&random);
		assert_int_equal(enumerate(), 0);
		for (int i = 0; i < tree.n; i++)
			assert_int_equal(tree.nodes[i].space[4], 0);
		assert_int_equal(walk(), 0);
		check_reach();
		check_places();
		assert_true(tree.reads < READS);
	}
}

/* A machine with firmware: numbers in any order, and nothing but the way opened. */
static void as_firmware_left_it(void **state)
{
	const int first = bridge(&tree, ROOT, 8, ROOT_PORT, NO_PREFETCH);
	const int second = bridge(&tree, ROOT, 16, TO_PCI, NO_PREFETCH);
	const int empty = bridge(&tree, ROOT, 24, ROOT_PORT, NO_PREFETCH);
	struct tree before;

	(void)state;
	function(&tree, first, 0, 4096, 0);
	function(&tree, second, 8, 4096, 0);
	node_put(&tree.nodes[first], 0x18, 4, 0x00090900);
	node_put(&tree.nodes[second], 0x18, 4, 0x00050300); /* with room for more */
	tree.nodes[second].space[4] = 1;
	before = tree;
	assert_int_equal(walk(), 0);
	assert_int_equal(n_found, 2);
	assert_int_equal(place_of(0x900)->requester, 0x900);
	assert_int_equal(place_of(0x308)->requester, 0x300);
	assert_int_equal(tree.nodes[second].space[4], 7);
	assert_int_equal(tree.nodes[empty].space[4], 0); /* nobody has set it up */
	before.nodes[first].space[4] = 6;
	before.nodes[second].space[4] = 7;
	assert_memory_equal(before.nodes, tree.nodes, sizeof(tree.nodes));
}

/* The machine uses what has an address already; how its bridge sees memory is none of our business.
 */
static void the_root_bus_keeps_what_it_has(void **state)
{
	const int bridge_itself = function(&tree, ROOT, 0, 0x10000000, 0);
	const int console = function(&tree, ROOT, 8, 4096, 0);
	struct node before;

	(void)state;
	node_put(&tree.nodes[bridge_itself], 0x0a, 2, 0x0600);
	node_put(&tree.nodes[bridge_itself], 4, 2, 6);
	before = tree.nodes[bridge_itself];
	node_put(&tree.nodes[console], 0x10, 4, 0x50000000);
	node_put(&tree.nodes[console], 4, 2, 2);
	assert_int_equal(enumerate(), 0);
	assert_memory_equal(&before, &tree.nodes[bridge_itself], sizeof(before));
	assert_int_equal(bar_of(&tree.nodes[console], 0), 0x50000000);
	assert_int_equal(tree.nodes[console].space[4], 2);
}

#define TEST(name) cmocka_unit_test_setup(name, up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_is_where),
		TEST(the_first_that_is_not_0_ends_it),
		TEST(windows_are_whole_and_tight),
		TEST(kinds_of_prefetchable_window),
		TEST(which_window_of_the_host),
		TEST(any_tree),
		TEST(as_firmware_left_it),
		TEST(the_root_bus_keeps_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

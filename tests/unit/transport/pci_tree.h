/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PCI tree by hand: configuration accesses reach a function only through bridges whose numbers
 * let them pass, memory accesses only through windows, and what does not stick does not.
 */
#ifndef ANYDMA_TESTS_PCI_TREE_H
#define ANYDMA_TESTS_PCI_TREE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <anydma/virtio/pci_bus.h>

#define NODES 64
#define ROOT  (-1)
#define NONE  (-2)

enum port { ROOT_PORT = 4, UPSTREAM = 5, DOWNSTREAM = 6, TO_PCI = 7, FROM_PCI = 8, PLAIN = 16 };

struct node {
	int parent; /* ROOT, or a bridge */
	uint8_t devfn;
	uint8_t space[256], mask[256]; /* mask: what can be written */
};

struct tree {
	struct node nodes[NODES];
	int n;
	uint8_t root; /* its bus number */
	uint32_t reads;
};

static inline uint32_t node_get(const struct node *node, uint32_t at, unsigned width)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)node->space[at + i] << 8 * i;
	return value;
}

static inline void node_put(struct node *node, uint32_t at, unsigned width, uint32_t value)
{
	for (unsigned i = 0; i < width; i++)
		node->space[at + i] = (uint8_t)(value >> 8 * i);
}

static inline void node_mask(struct node *node, uint32_t at, unsigned width, uint32_t value)
{
	for (unsigned i = 0; i < width; i++)
		node->mask[at + i] = (uint8_t)(value >> 8 * i);
}

static inline bool is_bridge(const struct node *node)
{
	return (node->space[0x0e] & 0x7f) == 1;
}

/* The function that an access to this bus ends at, beginning on the bus behind `parent`. */
static inline struct node *route(struct tree *t, int parent, uint8_t at, uint32_t function)
{
	const uint8_t bus = (uint8_t)(function >> 8);
	struct node *end = NULL;

	for (int i = 0; i < t->n; i++) {
		struct node *node = &t->nodes[i];
		const uint8_t secondary = node->space[0x19], last = node->space[0x1a];

		if (node->parent != parent)
			continue;
		if (bus == at && node->devfn == (uint8_t)function)
			return node;
		if (bus != at && is_bridge(node) && secondary <= bus && bus <= last && secondary)
			end = route(t, i, secondary, function); /* of several the last answers */
	}
	return end;
}

static inline uint32_t tree_read(void *ctx, uint32_t function, uint32_t offset, unsigned width)
{
	struct tree *t = ctx;
	const struct node *node = route(t, ROOT, t->root, function);

	assert_true(function < 65536 && offset % width == 0 && offset + width <= 256);
	t->reads++;
	return node	    ? node_get(node, offset, width)
	       : width == 4 ? UINT32_MAX
			    : (1u << 8 * width) - 1;
}

static inline void tree_write(void *ctx, uint32_t function, uint32_t offset, unsigned width,
			      uint32_t value)
{
	struct tree *t = ctx;
	struct node *node = route(t, ROOT, t->root, function);

	assert_true(function < 65536 && offset % width == 0 && offset + width <= 256);
	for (unsigned i = 0; node && i < width; i++) {
		const uint8_t mask = node->mask[offset + i];
		uint8_t *byte = &node->space[offset + i];

		*byte = (uint8_t)((*byte & ~mask) | (value >> 8 * i & mask));
	}
}

static inline int add(struct tree *t, int parent, uint8_t devfn, uint8_t header)
{
	struct node *node = &t->nodes[t->n];

	memset(node, 0, sizeof(*node));
	node->parent = parent;
	node->devfn = devfn;
	node_put(node, 0, 4, 0x10421af4);
	node->space[0x0e] = header;
	node_mask(node, 4, 2, 0x7);
	return t->n++;
}

/* BAR n, of type `flags`: 0 32 bits, 4 64 bits, 8 prefetchable. */
static inline void bar(struct tree *t, int i, unsigned n, uint64_t size, uint32_t flags)
{
	struct node *node = &t->nodes[i];

	node_put(node, 0x10 + 4 * n, 4, flags);
	node_mask(node, 0x10 + 4 * n, 4, (uint32_t) ~(size - 1));
	if (flags & 4)
		node_mask(node, 0x14 + 4 * n, 4, (uint32_t)(~(size - 1) >> 32));
}

static inline int function(struct tree *t, int parent, uint8_t devfn, uint64_t size, uint32_t flags)
{
	const int i = add(t, parent, devfn, 0);

	bar(t, i, 0, size, flags);
	return i;
}

enum { NO_PREFETCH, PREFETCH_32, PREFETCH_64 };

static inline int bridge(struct tree *t, int parent, uint8_t devfn, enum port port, int prefetch)
{
	const int i = add(t, parent, devfn, 1);
	struct node *node = &t->nodes[i];

	node_mask(node, 0x18, 4, UINT32_MAX);
	node_mask(node, 0x20, 4, 0xfff0fff0);
	if (prefetch != NO_PREFETCH)
		node_mask(node, 0x24, 4, 0xfff0fff0);
	if (prefetch == PREFETCH_64) {
		node_put(node, 0x24, 4, 0x00010001);
		node_mask(node, 0x28, 4, UINT32_MAX);
		node_mask(node, 0x2c, 4, UINT32_MAX);
	}
	if (port != PLAIN) {
		node_put(node, 6, 2, 0x10);
		node->space[0x34] = 0x40;
		node_put(node, 0x40, 4, 0x4801); /* another capability, then this one */
		node_put(node, 0x48, 4, 0x10 | (uint32_t)port << 20);
	}
	return i;
}

static inline uint64_t bar_of(const struct node *node, unsigned n)
{
	const uint32_t low = node_get(node, 0x10 + 4 * n, 4);
	const uint64_t high = low & 4 ? node_get(node, 0x14 + 4 * n, 4) : 0;

	return (low & ~0xfu) | high << 32;
}

static inline uint64_t size_of(const struct node *node, unsigned n)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < 4; i++)
		mask |= (uint32_t)node->mask[0x10 + 4 * n + i] << 8 * i;
	return (uint64_t)(~mask) + 1;
}

static inline bool in_memory(const struct node *node, uint64_t at)
{
	const uint32_t m = node_get(node, 0x20, 4);

	return at >= (m & 0xfff0u) << 16 && at <= ((m & 0xfff00000u) | 0xfffffu);
}

static inline bool passes(const struct node *node, uint64_t at)
{
	const uint32_t p = node_get(node, 0x24, 4);
	const uint64_t low = (uint64_t)node_get(node, 0x28, 4) << 32,
		       high = (uint64_t)node_get(node, 0x2c, 4) << 32;

	if (!(node->space[4] & 2))
		return false;
	if (in_memory(node, at))
		return true;
	if (!node->mask[0x25]) /* it has no such window: the register reads 0, and is none */
		return false;
	return at >= ((p & 0xfff0u) << 16 | low) && at <= ((p & 0xfff00000u) | 0xfffffu | high);
}

/* Who answers a memory access: NONE, or two at once: ROOT. */
static inline int answers(const struct tree *t, int parent, uint64_t at)
{
	int who = NONE;

	for (int i = 0; i < t->n; i++) {
		const struct node *node = &t->nodes[i];
		int one = NONE;

		if (node->parent != parent)
			continue;
		if (bar_of(node, 0) && at - bar_of(node, 0) < size_of(node, 0))
			one = i;
		else if (is_bridge(node) && passes(node, at))
			one = answers(t, i, at);
		if (one != NONE)
			who = who == NONE ? one : ROOT;
	}
	return who;
}

/* ---- one tree, what it is given, and what is found in it */

#define MIB  (1ull << 20)
#define LOW  0x40000000ull
#define HIGH 0x800000000ull

static struct tree tree;
static struct any_pci_window windows[2];
static struct any_pci_place found[NODES];
static int n_found;

static inline int up(void **state)
{
	(void)state;
	memset(&tree, 0, sizeof(tree));
	windows[0] = (struct any_pci_window){LOW, LOW + 0x3fffffff, false};
	windows[1] = (struct any_pci_window){HIGH, HIGH + 0x3ffffffff, false};
	return 0;
}

static inline struct any_pci_host host(void)
{
	return (struct any_pci_host){tree_read, tree_write, &tree, tree.root, 255};
}

static inline int see(void *ctx, const struct any_pci_place *place)
{
	assert_ptr_equal(ctx, &tree);
	assert_true(n_found < NODES);
	found[n_found++] = *place;
	return 0;
}

static inline int walk(void)
{
	const struct any_pci_host all = host();

	n_found = 0;
	return any_pci_walk(&all, see, &tree);
}

static inline int enumerate(void)
{
	const struct any_pci_host all = host();

	return any_pci_enumerate(&all, windows, 2);
}

static inline uint32_t buses(int i)
{
	return node_get(&tree.nodes[i], 0x18, 4);
}

static inline const struct any_pci_place *place_of(uint16_t function)
{
	for (int i = 0; i < n_found; i++)
		if (found[i].function == function)
			return &found[i];
	return NULL;
}

/* Each first BAR has an address, and it alone answers there. What is read may change: no
 * prefetching. */
static inline void check_reach(void)
{
	for (int i = 0; i < tree.n; i++) {
		const struct node *node = &tree.nodes[i];
		const uint64_t at = bar_of(node, 0);

		if (!node->mask[0x13])
			continue;
		assert_true(at);
		assert_int_equal(answers(&tree, ROOT, at), i);
		assert_int_equal(answers(&tree, ROOT, at + size_of(node, 0) - 1), i);
		for (int p = node->parent; p != ROOT && !(node->space[0x10] & 8);
		     p = tree.nodes[p].parent)
			assert_true(in_memory(&tree.nodes[p], at));
	}
}

#endif

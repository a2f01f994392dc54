/* SPDX-License-Identifier: BSD-2-Clause */
/* Base address registers: how large they are, and where they go if nobody has said. */
#include <anydma/virtio/pci.h>

#define COMMAND	       0x04u
#define COMMAND_MEMORY 0x2u
#define HEADER	       0x0eu
#define HEADER_TYPE    0x7fu
#define BAR0	       0x10u
#define BAR_IO	       0x1u
#define BAR_TYPE       0x6u
#define BAR_WIDE       0x4u
#define BAR_PREFETCH   0x8u
#define BAR_FLAGS      0xfu

static uint32_t get(const struct any_pci_function *fn, unsigned bar)
{
	return fn->ops->config_read(fn->ctx, BAR0 + 4 * bar, 4);
}

static void put(const struct any_pci_function *fn, unsigned bar, uint32_t value)
{
	fn->ops->config_write(fn->ctx, BAR0 + 4 * bar, 4, value);
}

/* What stays writable says the size; the register is as before afterwards. */
static uint32_t writable(const struct any_pci_function *fn, unsigned bar, uint32_t was)
{
	uint32_t mask;

	put(fn, bar, UINT32_MAX);
	mask = get(fn, bar);
	put(fn, bar, was);
	return mask;
}

/* By the header's type: behind a bridge's second one lie its bus numbers and windows. */
static unsigned registers(const struct any_pci_function *fn)
{
	const uint32_t type = fn->ops->config_read(fn->ctx, HEADER, 1) & HEADER_TYPE;

	return type == 0 ? ANY_PCI_BARS : type == 1 ? 2 : 0;
}

/* How many registers it takes of those up to `end`; 0: what reads back is no size. */
static unsigned size_one(const struct any_pci_function *fn, unsigned n, unsigned end,
			 struct any_pci_bar *bar)
{
	const uint32_t low = get(fn, n);
	uint64_t mask = writable(fn, n, low) & ~BAR_FLAGS;

	if (low & BAR_IO)
		return 1;
	bar->wide = (low & BAR_TYPE) == BAR_WIDE;
	bar->prefetchable = low & BAR_PREFETCH;
	bar->bus = low & ~BAR_FLAGS;
	if (bar->wide) {
		uint32_t high;

		if (n + 1 == end)
			return 0;
		high = get(fn, n + 1);
		bar->bus |= (uint64_t)high << 32;
		mask |= (uint64_t)writable(fn, n + 1, high) << 32;
	} else if (mask) {
		mask |= 0xffffffff00000000u;
	}
	bar->size = mask & (~mask + 1);
	if (mask && ~mask + 1 != bar->size) /* ones from the size up */
		return 0;
	return bar->wide ? 2 : 1;
}

int any_pci_bars(const struct any_pci_function *fn, struct any_pci_bar bars[ANY_PCI_BARS])
{
	const uint32_t command = fn->ops->config_read(fn->ctx, COMMAND, 2);
	const unsigned end = registers(fn);
	int err = 0;

	for (unsigned i = 0; i < ANY_PCI_BARS; i++)
		bars[i] = (struct any_pci_bar){.size = 0};
	/* All ones is somebody else's address for as long as it stands there. */
	fn->ops->config_write(fn->ctx, COMMAND, 2, command & ~COMMAND_MEMORY);
	for (unsigned i = 0; i < end && !err;) {
		const unsigned took = size_one(fn, i, end, &bars[i]);

		err = took ? 0 : -ANY_EPROTO;
		if (err)
			bars[i].size = 0;
		i += took;
	}
	fn->ops->config_write(fn->ctx, COMMAND, 2, command);
	return err;
}

/* The first address of that size in the window, aligned to it; false: it does not fit. */
static bool take(struct any_pci_window *w, const struct any_pci_bar *bar, uint64_t *at)
{
	const uint64_t start = (w->next + bar->size - 1) & ~(bar->size - 1);

	if (w->prefetchable && !bar->prefetchable)
		return false;
	if (start < w->next || start > w->end || bar->size - 1 > w->end - start)
		return false;
	if (!bar->wide && start + (bar->size - 1) > UINT32_MAX)
		return false;
	*at = start;
	w->next = start + bar->size;
	return true;
}

int any_pci_assign(const struct any_pci_function *fn, struct any_pci_window *windows, unsigned n)
{
	struct any_pci_bar bars[ANY_PCI_BARS];
	int err = any_pci_bars(fn, bars);

	for (unsigned i = 0; i < ANY_PCI_BARS && !err; i++) {
		uint64_t at = 0;
		unsigned w = 0;

		if (!bars[i].size || bars[i].bus)
			continue;
		while (w < n && !take(&windows[w], &bars[i], &at))
			w++;
		if (w == n)
			return -ANY_ENOSPC;
		put(fn, i, (uint32_t)at);
		if (bars[i].wide)
			put(fn, i + 1, (uint32_t)(at >> 32));
	}
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The capability list: where a device says its structures are (4.1.4). */
#include "pci.h"

#define STATUS	    0x06u
#define STATUS_LIST 0x10u
#define LIST	    0x34u
#define FIRST	    0x40u /* capabilities lie behind the header */
#define SPACE	    256u
#define MOST	    48u /* as many of the shortest as there is room for: then it is a loop */

#define CAP_VENDOR 0x09u
#define CAP_MSIX   0x11u

#define CFG_COMMON 1u
#define CFG_NOTIFY 2u
#define CFG_ISR	   3u
#define CFG_DEVICE 4u

#define COMMON_LEAST 56u   /* up to queue_device */
#define CONFIG_MOST  4096u /* as 4.1.4 lets a driver have it: no device has more */

struct walk {
	struct any_virtio_pci *pci;
	struct any_pci_bar bars[ANY_PCI_BARS];
	const char *why;
};

static uint32_t get(const struct any_virtio_pci *pci, uint32_t offset, unsigned width)
{
	return pci->fn.ops->config_read(pci->fn.ctx, offset, width);
}

/* How much of a piece there must be, how much is of use, and how it lies. */
struct want {
	uint32_t least, most, align;
};

static const struct want wants[] = {
	[CFG_COMMON] = {COMMON_LEAST, PCI_COMMON_RESET, 4},
	[CFG_NOTIFY] = {2, UINT32_MAX, 2},
	[CFG_ISR] = {1, 1, 1},
	[CFG_DEVICE] = {1, CONFIG_MOST, 4},
};

/*
 * A piece of a BAR, if the BAR is there, has an address, and the least of the piece lies in it.
 * Whatever length is claimed, no more is mapped than is of use, and nothing behind the BAR's end
 * (VG-PC-06, -07).
 */
static bool place(struct walk *w, unsigned bar, uint32_t offset, uint32_t len,
		  const struct want *want, struct any_virtio_pci_part *part)
{
	const struct any_virtio_pci *pci = w->pci;
	const struct any_pci_bar *b;

	if (bar >= ANY_PCI_BARS) /* reserved values are passed over (VG-PC-04) */
		return false;
	b = &w->bars[bar];
	if (!b->size || !b->bus || offset >= b->size || offset % want->align)
		return false;
	if (len > want->most)
		len = want->most;
	if (len > b->size - offset)
		len = (uint32_t)(b->size - offset);
	if (len < want->least)
		return false;
	part->at = pci->fn.ops->map(pci->fn.ctx, b->bus + offset, len);
	part->len = part->at ? len : 0;
	return part->at;
}

/* The first usable one of its kind is taken (VG-PC-05); others are not looked at. */
static void structure(struct walk *w, uint32_t cap)
{
	struct any_virtio_pci *pci = w->pci;
	struct any_virtio_pci_part *const parts[] = {
		[CFG_COMMON] = &pci->common,
		[CFG_NOTIFY] = &pci->notify,
		[CFG_ISR] = &pci->isr,
		[CFG_DEVICE] = &pci->device,
	};
	uint32_t type, cap_len;

	if (cap > SPACE - 16)
		return;
	cap_len = get(pci, cap + 2, 1); /* may be more than we know (VG-PC-06) */
	type = get(pci, cap + 3, 1);
	if (cap_len < 16 || type < CFG_COMMON || type > CFG_DEVICE || parts[type]->at)
		return;
	if (type == CFG_NOTIFY && (cap_len < 20 || cap > SPACE - 20))
		return;
	if (place(w, get(pci, cap + 4, 1), get(pci, cap + 8, 4), get(pci, cap + 12, 4),
		  &wants[type], parts[type]) &&
	    type == CFG_NOTIFY)
		pci->multiplier = get(pci, cap + 16, 4);
}

static void msix(struct walk *w, uint32_t cap)
{
	struct any_virtio_pci *pci = w->pci;
	uint32_t size, table;
	struct want all = {.align = 8};

	if (pci->msix_at || cap > SPACE - 12)
		return;
	size = (get(pci, cap + 2, 2) & 0x7ff) + 1;
	table = get(pci, cap + 4, 4);
	all.least = all.most = size * 16;
	if (place(w, table & 7u, table & ~7u, size * 16, &all, &pci->msix)) {
		pci->msix_at = (uint16_t)cap;
		pci->msix_size = (uint16_t)size;
	}
}

static void list(struct walk *w)
{
	uint32_t cap;

	if (!(get(w->pci, STATUS, 2) & STATUS_LIST))
		return;
	cap = get(w->pci, LIST, 1) & ~3u;
	for (unsigned n = 0; cap >= FIRST && n < MOST; n++) {
		const uint32_t id = get(w->pci, cap, 1);

		if (id == CAP_VENDOR)
			structure(w, cap);
		else if (id == CAP_MSIX)
			msix(w, cap);
		cap = get(w->pci, cap + 1, 1) & ~3u;
	}
}

int any_pci_find_parts(struct any_virtio_pci *pci, const char **why)
{
	struct walk w = {.pci = pci};

	if (any_pci_bars(&pci->fn, w.bars)) {
		*why = "a base address register has no size";
		return -ANY_EPROTO;
	}
	list(&w);
	if (!pci->common.at || !pci->notify.at || !pci->isr.at) {
		*why = "the common, notification or interrupt structure is missing or unusable";
		return -ANY_ENODEV;
	}
	/* A doorbell is a multiple of it away from the next: of two bytes, or all are one. */
	if (pci->multiplier & (pci->multiplier - 1) || pci->multiplier == 1) {
		*why = "the notification multiplier is not a power of two";
		return -ANY_EPROTO;
	}
	return 0;
}

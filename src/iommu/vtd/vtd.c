/* SPDX-License-Identifier: BSD-2-Clause */
/* A unit's registers: what it can do, checked, and how it is turned on and off. */
#include "vtd.h"

#include "base/bits.h"

#define POLLS 1000000u /* looks at a register before the unit is given up */

int any_vtd_fail(struct any_vtd *u, int err, const char *why)
{
	if (!u->why)
		u->why = why;
	return err;
}

static int poll(struct any_vtd *u, uint32_t reg, uint32_t mask, uint32_t expect)
{
	for (uint32_t i = 0; i < POLLS; i++) {
		const uint32_t now = vtd_read(u, reg);

		if (now == VTD_GONE)
			break;
		if ((now & mask) == expect)
			return 0;
		any_cpu_relax();
	}
	u->dead = true;
	return any_vtd_fail(u, -ANY_ENODEV, "a command is not carried out");
}

int any_vtd_command(struct any_vtd *u, uint32_t bit, bool on, bool expect)
{
	const uint32_t now = vtd_read(u, VTD_GSTS);

	if (u->dead || now == VTD_GONE)
		return any_vtd_fail(u, -ANY_ENODEV, "it is gone");
	vtd_write(u, VTD_GCMD, (now & VTD_STAYS & ~bit) | (on ? bit : 0));
	return poll(u, VTD_GSTS, bit, expect ? bit : 0);
}

/* ---- what it can do */

/* The widest walk it offers, of four levels at most; and no more bits than it takes. */
static int choose_format(struct any_vtd *u)
{
	const unsigned widths = u->cap >> 8 & 31u, bits = (u->cap >> 16 & 63u) + 1;

	u->format = any_iommu_vtd_second;
	if (!(widths & 6u))
		return any_vtd_fail(u, -ANY_ENOTSUP, "no walk of three or four levels");
	u->format.levels = widths & 4u ? 4 : 3;
	u->format.input_bits = (uint8_t)any_min_u64(u->format.levels == 4 ? 48 : 39, bits);
	u->format.leaves = (uint8_t)(1u | (u->cap >> 34 & 3u) << 1);
	if (bits < 32)
		return any_vtd_fail(u, -ANY_EPROTO, "addresses of less than 32 bits");
	return 0;
}

static int find_records(struct any_vtd *u, size_t size)
{
	u->records = (uint32_t)(u->cap >> 24 & 0x3ffu) * 16;
	u->n_records = (uint32_t)(u->cap >> 40 & 0xffu) + 1;
	if (u->records < VTD_END || u->records + u->n_records * VTD_RECORD_BYTES > size)
		return any_vtd_fail(u, -ANY_EPROTO, "fault records are not among the registers");
	return 0;
}

static int check(struct any_vtd *u, size_t size)
{
	const uint32_t version = size < VTD_END ? VTD_GONE : vtd_read(u, VTD_VER);
	int err;

	if (version == VTD_GONE || !(version >> 4 & 15u))
		return any_vtd_fail(u, -ANY_ENODEV, "no unit is there");
	u->cap = vtd_read64(u, VTD_CAP);
	u->ecap = vtd_read64(u, VTD_ECAP);
	if (u->cap == UINT64_MAX || u->ecap == UINT64_MAX || (u->cap & 7u) == 7)
		return any_vtd_fail(u, -ANY_EPROTO, "its capabilities make no sense");
	if (!(u->ecap & VTD_ECAP_QI))
		return any_vtd_fail(u, -ANY_ENOTSUP, "no queued invalidation");
	err = choose_format(u);
	return err ? err : find_records(u, size);
}

/* Page walks that snoop need no operation on caches; others cannot do without. */
static int take_pages(struct any_vtd *u)
{
	int err;

	if (u->ecap & VTD_ECAP_C)
		u->pages->cache = NULL;
	else if (!u->pages->cache)
		return any_vtd_fail(u, -ANY_ENOTSUP, "it does not snoop, and nothing cleans");
	err = any_iommu_pages_init(u->pages);
	if (err)
		return any_vtd_fail(u, err, "pages for tables are not what they should be");
	u->root = any_iommu_pages_take(u->pages, 1);
	u->queue = any_iommu_pages_take(u->pages, 1);
	u->status = any_iommu_pages_take(u->pages, 1);
	return u->status ? 0 : any_vtd_fail(u, -ANY_ENOMEM, "no pages for a root and a queue");
}

/* ---- on and off */

static int set_root(struct any_vtd *u)
{
	int err;

	vtd_write64(u, VTD_RTADDR, any_iommu_pages_addr(u->pages, u->root).raw);
	err = any_vtd_command(u, VTD_SRTP, true, true);
	if (err)
		return err;
	/* What it remembers is of other tables: contexts first, then what they led to. */
	any_vtd_inval_context(u, VTD_GLOBAL, 0, 0);
	err = any_vtd_wait(u);
	if (err)
		return err;
	any_vtd_inval_iotlb(u, VTD_GLOBAL, 0, 0);
	return any_vtd_wait(u);
}

/* Firmware's guard over some memory: tables do that now, and it would stop what they allow. */
static int open_guard(struct any_vtd *u)
{
	if (!vtd_cap(u, VTD_CAP_PLMR) && !vtd_cap(u, VTD_CAP_PHMR))
		return 0;
	vtd_write(u, VTD_PMEN, vtd_read(u, VTD_PMEN) & ~VTD_PMEN_ON);
	return poll(u, VTD_PMEN, VTD_PMEN_ACTIVE, 0);
}

static int turn_on(struct any_vtd *u)
{
	const uint32_t now = vtd_read(u, VTD_GSTS);
	int err = 0;

	if (now == VTD_GONE)
		return any_vtd_fail(u, -ANY_ENODEV, "it is gone");
	if (now & VTD_TE && vtd_read(u, VTD_RTADDR) & VTD_RTADDR_MODE)
		return any_vtd_fail(u, -ANY_EBUSY, "somebody else drives it in scalable mode");
	if (now & VTD_QIE)
		err = any_vtd_queue_off(u);
	if (err)
		return err;
	vtd_write(u, VTD_FECTL, VTD_FECTL_MASK); /* faults are looked for */
	vtd_write(u, VTD_FSTS, VTD_FSTS_OVERFLOW | VTD_FSTS_QUEUE);
	err = any_vtd_queue_on(u);
	if (!err)
		err = any_vtd_seen(u);
	if (!err)
		err = set_root(u);
	if (!err)
		err = any_vtd_command(u, VTD_TE, true, true);
	return err ? err : open_guard(u);
}

static void give(struct any_vtd *u, void *page)
{
	if (page)
		any_iommu_pages_give(u->pages, page);
}

static int turn_off(struct any_vtd *u)
{
	int err = any_vtd_command(u, VTD_TE, false, false);

	if (!err)
		err = any_vtd_queue_off(u);
	if (err)
		return err;
	any_vtd_give_contexts(u);
	give(u, u->root);
	give(u, u->queue);
	give(u, u->status);
	u->root = NULL;
	return 0;
}

int any_vtd_fini(struct any_vtd *unit)
{
	if (!unit->root)
		return 0;
	if (any_vtd_attached(unit, 0))
		return -ANY_EBUSY;
	return turn_off(unit);
}

int any_vtd_init(struct any_vtd *unit, volatile void *regs, size_t size,
		 struct any_iommu_pages *pages)
{
	int err;

	*unit = (struct any_vtd){.regs = regs, .pages = pages};
	err = check(unit, size);
	if (!err)
		err = take_pages(unit);
	if (!err)
		err = turn_on(unit);
	if (err)
		unit->dead = true; /* what it was told of stays taken: it may still look there */
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The unit's walk, from root to leaf, with all it may remember on the way (VT-d 3.4, 3.6, 6.2). */
#include "unit.h"

static struct memory *find(enum kind kind, uint32_t sid, uint32_t did, uint64_t iova)
{
	for (unsigned i = 0; i < 64; i++) {
		struct memory *m = &unit.memory[i];

		if (m->valid && m->kind == kind && (kind == IS_CONTEXT || m->did == did) &&
		    (kind == IS_CONTEXT ? m->sid == sid : iova - m->at < m->size))
			return m;
	}
	return NULL;
}

static void remember(struct memory m)
{
	if (m.value[0] || m.value[1] || (unit.cap & CAP_CM)) {
		m.valid = true;
		unit.memory[unit.victim++ % 64] = m;
	}
}

static bool fetch(uint64_t at, uint64_t *words, unsigned n)
{
	if (at - BASE > BYTES - 8 * n || at % 8)
		return false;
	memcpy(words, unit.view + (at - BASE), 8 * n);
	return true;
}

static uint32_t stop(uint32_t sid, uint64_t iova, unsigned access, uint32_t reason)
{
	uint32_t *r = unit.record[unit.next];

	if (r[3] >> 31 || (unit.fsts & 1)) {
		unit.fsts |= 1;
		return reason;
	}
	if (!unit_pending())
		unit.fsts = (unit.fsts & ~0xff00u) | unit.next << 8;
	r[0] = (uint32_t)iova & ~0xfffu;
	r[1] = (uint32_t)(iova >> 32);
	r[2] = sid;
	r[3] = 1u << 31 | (access == 1 ? 1u << 30 : 0) | reason;
	unit.next = (unit.next + 1) % RECORDS;
	return reason;
}

/* 0 and the entry. */
static uint32_t context(uint32_t sid, uint64_t *entry)
{
	const struct memory *m = find(IS_CONTEXT, sid, 0, 0);
	uint64_t root[2];

	if (m) {
		memcpy(entry, m->value, 16);
		return entry[0] & 1 ? 0 : 2;
	}
	entry[0] = entry[1] = 0;
	if (!fetch((unit.root & ~0xfffull) + 16 * (sid >> 8), root, 2))
		return 8;
	if ((root[0] & 1) && !fetch((root[0] & ~0xfffull) + 16 * (sid & 255), entry, 2))
		return 9;
	if ((entry[0] & 1) && ((entry[0] & 0xffe) || entry[1] >> 24))
		return 11;
	remember((struct memory){.kind = IS_CONTEXT,
				 .sid = sid,
				 .did = entry[0] & 1 ? entry[1] >> 8 & 0xffff : 0,
				 .value = {entry[0], entry[1]}});
	return entry[0] & 1 ? 0 : root[0] & 1 ? 2 : 1;
}

/* What may not be set in an entry: address bits nobody has, snooping and sizes it does not know. */
static bool reserved(uint64_t entry, unsigned level)
{
	const bool large = entry >> 7 & 1;

	return entry >> 52 || (entry & 0x77c && !large) ||
	       (entry >> 11 & 1 && !(unit.ecap & ECAP_SC)) ||
	       (large && level && !(unit.cap >> (33 + level) & 1)) || (large && level > 2) ||
	       (large && entry & ((1ull << 9 * level) - 1) << 12 && level);
}

static uint32_t walk(uint32_t did, uint64_t iova, uint64_t table, unsigned level, uint64_t *leaf,
		     uint64_t *size)
{
	for (;; level--) {
		const unsigned shift = 12 + 9 * level;

		*size = 1ull << shift;
		if (!fetch(table + 8 * (iova >> shift & 511), leaf, 1))
			return 7;
		if (!(*leaf & 3)) {
			*leaf = 0;
			return 0;
		}
		if (reserved(*leaf, level))
			return 12;
		if (!level || *leaf >> 7 & 1)
			return 0;
		table = *leaf & 0xffffffffff000ull;
		if (level == 1)
			remember((struct memory){.kind = IS_TABLE,
						 .did = did,
						 .at = iova & ~0x1fffffull,
						 .size = 0x200000,
						 .value = {table, 1}});
	}
}

/* A translation that it remembers for this function, whatever the tables of contexts say now. */
static bool known(uint32_t sid, uint64_t iova, uint64_t *leaf, uint64_t *size)
{
	for (unsigned i = 0; i < 64; i++) {
		const struct memory *m = &unit.memory[i];

		if (m->valid && m->kind == IS_LEAF && m->sid == sid && iova - m->at < m->size) {
			*leaf = m->value[0];
			*size = m->size;
			return true;
		}
	}
	return false;
}

static uint32_t translate(uint32_t sid, const uint64_t *entry, uint64_t iova, uint64_t *leaf,
			  uint64_t *size)
{
	const uint32_t did = entry[1] >> 8 & 0xffff, levels = 2 + (uint32_t)(entry[1] & 7);
	const struct memory *m = find(IS_LEAF, 0, did, iova);
	uint32_t err;

	if (!(unit.cap >> (8 + levels - 2) & 1))
		return 3;
	if (iova >> (12 + 9 * levels))
		return 4;
	if (m) {
		*leaf = m->value[0];
		*size = m->size;
		return 0;
	}
	m = find(IS_TABLE, 0, did, iova);
	err = m ? walk(did, iova, m->value[0], 0, leaf, size)
		: walk(did, iova, entry[0] & ~0xfffull, levels - 1, leaf, size);
	if (!err)
		remember((struct memory){.kind = IS_LEAF,
					 .sid = sid,
					 .did = did,
					 .at = iova & ~(*size - 1),
					 .size = *size,
					 .value = {*leaf, 0}});
	return err;
}

uint32_t unit_access(uint32_t sid, uint64_t iova, unsigned access, uint64_t *phys)
{
	uint64_t entry[2], leaf = 0, size = 0;
	uint32_t err = 0;

	if (!(unit.gsts & TE)) {
		*phys = iova;
		return 0;
	}
	if (!known(sid, iova, &leaf, &size)) {
		err = context(sid, entry);
		if (!err)
			err = translate(sid, entry, iova, &leaf, &size);
	}
	if (!err && (access & ~leaf & 3))
		err = access & 2 ? 5 : 6;
	if (err)
		return stop(sid, iova, access, err);
	*phys = (leaf & 0xffffffffff000ull & ~(size - 1)) | (iova & (size - 1));
	return 0;
}

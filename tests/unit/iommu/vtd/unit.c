/* SPDX-License-Identifier: BSD-2-Clause */
/* The unit's registers, its memory's way, and its queue. */
#include "unit.h"

#include "any_arch.h"

struct unit unit;
static const volatile uint8_t *regs; /* of the first read: VER */

/* ---- memory */

static void arrive(void)
{
	if (!(unit.cap & CAP_RWBF))
		memcpy(unit.view, unit.buffer, BYTES);
}

static void clean(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	const size_t at = (size_t)((uint8_t *)va - unit.ram) & ~63ul;
	const size_t end = ((size_t)((uint8_t *)va - unit.ram) + len + 63) & ~63ul;

	(void)ctx;
	assert_true(end <= BYTES && phys.raw - BASE == (uint64_t)((uint8_t *)va - unit.ram));
	assert_false(unit.ecap & ECAP_C); /* for nothing */
	memcpy(unit.stage + at, unit.ram + at, end - at);
}

static void sync(void *ctx)
{
	(void)ctx;
	memcpy(unit.buffer, unit.stage, BYTES);
	arrive();
}

const struct any_dma_cache_ops unit_cache = {clean, clean, clean, sync};

/* An entry is made valid last and invalid first: in between it must not be seen by halves. */
static void look_for_halves(void)
{
	uint64_t now[2], seen[2];

	for (size_t at = 0; at < BYTES; at += 16) {
		memcpy(now, unit.ram + at, 16);
		memcpy(seen, unit.view + at, 16);
		if (now[0] & 1)
			continue;
		unit.prepared += !(seen[0] & 1) && now[1] && !seen[1];
		unit.retired += (seen[0] & 1) && now[1] && now[1] == seen[1];
	}
}

void mock_barrier(const char *name)
{
	const uint64_t queue = unit.iqa & ~0xfffull;

	if (!strcmp(name, "dma_wmb"))
		look_for_halves();
	unit.loads += !strcmp(name, "dma_rmb");
	if (strcmp(name, "wmb"))
		return;
	if (unit.ecap & ECAP_C) {
		memcpy(unit.buffer, unit.ram, BYTES);
		arrive();
	}
	if (queue - BASE < BYTES) /* always snooped */
		memcpy(unit.view + (queue - BASE), unit.ram + (queue - BASE), 4096);
}

/* ---- what it forgets */

static void note(const char *what)
{
	if (strlen(unit.log) + strlen(what) < sizeof(unit.log))
		strcat(unit.log, what);
}

static void forget_contexts(uint32_t granularity, uint32_t did, uint32_t sid)
{
	unit.contexts++;
	note(granularity == 1 ? "C" : "c");
	for (unsigned i = 0; i < 64; i++) {
		struct memory *m = &unit.memory[i];

		if (m->kind == IS_CONTEXT &&
		    (granularity == 1 || (m->did == did && (granularity == 2 || m->sid == sid))))
			m->valid = false;
	}
}

static void forget_translations(uint32_t granularity, uint32_t did, uint64_t high)
{
	const uint64_t size = 4096ull << (high & 63), at = high & ~0xfffull;

	unit.iotlbs++;
	unit.singles += granularity == 3;
	unit.wholes += granularity == 2;
	note(granularity == 1 ? "T" : "t");
	assert_true(granularity != 3 || (unit.cap >> 39 & 1)); /* PSI, MAMV */
	assert_true(granularity != 3 || (high & 63) <= (unit.cap >> 48 & 63));
	assert_true(granularity != 3 || !(at & (size - 1)));
	for (unsigned i = 0; i < 64; i++) {
		struct memory *m = &unit.memory[i];

		if (m->kind == IS_CONTEXT || (granularity != 1 && m->did != did && m->did))
			continue;
		if (granularity != 3 || (m->at < at + size && at < m->at + m->size))
			m->valid = false;
	}
}

static bool descriptor(uint64_t low, uint64_t high)
{
	const uint32_t granularity = low >> 4 & 3, did = low >> 16 & 0xffff;
	uint32_t data;

	switch (low & 15) {
	case 1:
		if (!granularity || high || low >> 50 || (low & 0xffc0))
			return false;
		forget_contexts(granularity, did, low >> 32 & 0xffff);
		unit.unfenced = true;
		return true;
	case 2:
		if (!granularity || low >> 32 || (low & 0xff00) || (granularity != 3 && high) ||
		    (high & 0xf80))
			return false;
		forget_translations(granularity, did, high);
		return !unit.unfenced; /* it may do this one before those of contexts */
	case 5:
		if ((low & 0xffffff80) || !(low & 0x20) || high - BASE >= BYTES || (high & 3))
			return false;
		data = (uint32_t)(low >> 32);
		memcpy(unit.ram + (high - BASE), &data, 4);
		memcpy(unit.stage + (high - BASE), &data, 4);
		unit.waits++;
		unit.unfenced = false;
		return true;
	default:
		return false;
	}
}

static void run_queue(void)
{
	while (!unit.stuck && (unit.gsts & QIE) && !(unit.fsts & 0x70) && unit.iqh != unit.iqt) {
		uint64_t words[2];

		memcpy(words, unit.view + ((unit.iqa & ~0xfffull) - BASE) + unit.iqh, 16);
		if (!descriptor(words[0], words[1])) {
			unit.fsts |= 0x10;
			return;
		}
		unit.iqh = (unit.iqh + 16) % 4096;
	}
}

/* ---- commands */

static void carry_out(void)
{
	const uint32_t now = unit.command & ~unit.mute, changed = unit.command ^ unit.gsts;

	unit.commanded = false;
	if (changed & TE & ~unit.mute) {
		unit.gsts ^= TE;
		note(now & TE ? "E" : "e");
	}
	if (changed & QIE & ~unit.mute) {
		assert_true(unit.iqh == unit.iqt);
		unit.gsts ^= QIE;
		unit.iqh = 0;
		note(now & QIE ? "Q" : "q");
	}
	if (now & SRTP) {
		unit.root = unit.rtaddr;
		unit.gsts |= SRTP;
		note("R");
	}
	if (now & WBF) {
		memcpy(unit.view, unit.buffer, BYTES);
		unit.gsts &= ~WBF;
		unit.flushes++;
	}
}

static uint32_t read_gsts(void)
{
	if (unit.commanded && !--unit.countdown)
		carry_out();
	return unit.gsts;
}

/* One at a time, the others repeated as they are. */
static void give_command(uint32_t value)
{
	const uint32_t stays = TE | QIE | IRE, changed = (value ^ unit.gsts) & stays;
	const uint32_t once = value & ~stays;

	if (unit.lies && !unit.truth) /* no wonder */
		return;

	assert_false(unit.commanded);
	assert_true(!(changed & (changed - 1)) && !(once & (once - 1)) && !(changed && once));
	assert_false(changed & IRE);
	unit.command = value;
	unit.commanded = true;
	unit.countdown = 3;
	unit.gsts &= ~(value & SRTP);
	unit.gsts |= value & WBF;
}

/* ---- registers */

static uint32_t read_record(uint32_t at)
{
	at -= RECORD;
	return at < sizeof(unit.record) ? unit.record[at / 16][at % 16 / 4] : 0;
}

bool unit_pending(void)
{
	for (unsigned i = 0; i < RECORDS; i++)
		if (unit.record[i][3] >> 31)
			return true;
	return false;
}

/* One read in four, once it has begun. */
static bool lie(void)
{
	if (!unit.lies || (unit.truth && unit.truth--))
		return false;
	unit.lies ^= unit.lies << 13;
	unit.lies ^= unit.lies >> 17;
	unit.lies ^= unit.lies << 5;
	return !(unit.lies >> 7 & 3);
}

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	uint32_t at;

	if (!regs)
		regs = reg;
	at = (uint32_t)((const volatile uint8_t *)reg - regs);
	assert_true(width == 4 && at < REGS && !(at & 3));
	if (unit.vanish && !--unit.vanish)
		unit.vanish = 1; /* from now on */
	if (unit.vanish == 1)
		return UINT32_MAX;
	run_queue();
	if (lie())
		return unit.lies;
	switch (at) {
	case 0x00:
		return unit.version;
	case 0x08:
	case 0x0c:
		return (uint32_t)(unit.cap >> 8 * (at & 4));
	case 0x10:
	case 0x14:
		return (uint32_t)(unit.ecap >> 8 * (at & 4));
	case 0x1c:
		return read_gsts();
	case 0x20:
		return (uint32_t)unit.rtaddr;
	case 0x34:
		return unit.fsts | (unit_pending() ? 2u : 0);
	case 0x64:
		return unit.pmen;
	case 0x80:
		return unit.iqh;
	case 0x88:
		return unit.iqt;
	default:
		return read_record(at);
	}
}

static void put_half(uint64_t *word, uint32_t at, uint32_t value)
{
	const unsigned shift = 8 * (at & 4);

	*word = (*word & ~(0xffffffffull << shift)) | (uint64_t)value << shift;
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	const uint32_t at = (uint32_t)((volatile uint8_t *)reg - regs);

	assert_int_equal(width, 4);
	unit.writes++;
	if (at == 0x18)
		give_command(value);
	else if ((at & ~4u) == 0x20)
		put_half(&unit.rtaddr, at, value);
	else if (at == 0x34)
		unit.fsts &= ~(value & 0x71);
	else if (at == 0x38)
		unit.fectl = value;
	else if (at == 0x64)
		unit.pmen = value >> 31 ? 0x80000001 : 0;
	else if (at == 0x88)
		unit.iqt = value;
	else if ((at & ~4u) == 0x90)
		put_half(&unit.iqa, at, value);
	else if (at - RECORD < sizeof(unit.record) && at % 16 == 12)
		unit.record[(at - RECORD) / 16][3] &= ~(value & 0x80000000u);
	else
		assert_int_equal(at, 0x8c); /* the tail's upper half: nothing there */
}

void unit_init(uint64_t cap, uint64_t ecap)
{
	unit = (struct unit){.cap = cap, .ecap = ecap, .version = 0x10, .pmen = 0x80000001};
	unit.ram = aligned_alloc(4096, 4ul * BYTES);
	assert_non_null(unit.ram);
	unit.stage = unit.ram + BYTES;
	unit.buffer = unit.stage + BYTES;
	unit.view = unit.buffer + BYTES;
	memset(unit.ram, 0xa5, 4ul * BYTES);
	regs = NULL;
}

void unit_fini(void)
{
	free(unit.ram);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SerenityOS #27036, the Raspberry Pi's mailbox: the request is written to memory, its address rung
 * at the VideoCore, and the answer appears in the same memory. The kernel read it without
 * invalidating its lines first, and saw its own request.
 */
#include <any_raw.h>

#include <anydma/lab/model.h>

#include "case.h"

#define WORDS	 8u
#define RESPONSE 0x80000000u
#define STATUS	 0x0u /* registers */
#define WRITE	 0x8u

/* ---- the VideoCore */

struct videocore {
	struct any_lab *lab;
	uint64_t request;
	bool rung, done; /* address 0 is memory too */
};

static uint64_t vc_read(void *ctx, uint32_t offset, unsigned bytes)
{
	struct videocore *vc = ctx;

	(void)bytes;
	return offset == STATUS && vc->done;
}

static void vc_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct videocore *vc = ctx;

	(void)bytes;
	if (offset != WRITE)
		return;
	vc->request = value;
	vc->rung = true;
	vc->done = false;
}

static bool vc_step(void *ctx)
{
	struct videocore *vc = ctx;
	uint32_t message[WORDS];

	if (!vc->rung)
		return false;
	any_lab_model_takes(vc->lab, vc->request, sizeof(message), ANY_DMA_BOTH);
	any_lab_bus_read(vc->lab, vc->request, message, sizeof(message));
	message[1] = RESPONSE;
	message[5] = message[2] + 1; /* "the clock's rate" */
	any_lab_bus_write(vc->lab, vc->request, message, sizeof(message));
	any_lab_model_returns(vc->lab, vc->request, sizeof(message));
	vc->rung = false;
	vc->done = true;
	return true;
}

/* ---- the kernel */

struct mailbox {
	volatile uint8_t *regs;
	volatile uint32_t *message; /* lines of its own */
	bool fixed;
};

static bool send_queue(struct mailbox *m, uint32_t tag)
{
	for (uint32_t i = 0; i < WORDS; i++)
		m->message[i] = 0;
	m->message[0] = WORDS * 4;
	m->message[2] = tag;
	any_raw_clean_inval(m->message, WORDS * 4);
	any_lab_mmio_write(m->regs + WRITE, any_raw_bus(m->message), 8);
	while (!any_lab_mmio_read(m->regs + STATUS, 4))
		any_raw_relax();
	any_raw_full();
	if (m->fixed)
		any_raw_inval(m->message, WORDS * 4);
	return m->message[1] == RESPONSE; /* BUG: fetched while the VideoCore wrote it */
}

static int run(struct any_lab *lab, bool fixed)
{
	struct videocore *vc = any_lab_keep(lab, sizeof(*vc));
	const struct any_lab_model model = {vc_read, vc_write, vc_step, vc, WRITE, 8};
	struct mailbox m = {.fixed = fixed};

	vc->lab = lab;
	m.regs = any_lab_attach(lab, &model);
	m.message = any_raw_dma_alloc(128);
	for (uint32_t n = 0; n < 12; n++) {
		ANY_LAB_CHECK(lab, send_queue(&m, 100 + n));
		ANY_LAB_CHECK(lab, m.message[5] == 101 + n);
	}
	return 0;
}

ANY_CASE(serenity_mailbox, run, .name = "serenity-27036-mailbox",
	 .issue = "SerenityOS/serenity #27036",
	 .bug = "the mailbox's answer is read without an invalidate", .rule = ANY_LAB_STALE_READ,
	 .platform = "rpi4-bcm2711", .flags = ANY_LAB_RAW);

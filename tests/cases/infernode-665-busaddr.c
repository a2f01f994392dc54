/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * infernode-os/infernode #665 (raspberrypi/linux #3509 is the same device in Linux): some masters
 * of the Raspberry Pi 4 address the first gigabyte. A kernel whose drivers compute a bus address
 * from any pointer works while it uses no more memory than that, and under emulation always. The
 * mend is memory from an arena that the device reaches.
 */
#include <string.h>

#include <any_raw.h>
#include <anydma/lab/engine.h>

#include "case.h"

#define LEN   512u
#define READS 8u

#define CH(regs, at) ((regs) + ANY_LAB_ENGINE_CH(0) + (at))

static uint8_t *dmaalloc(struct any_lab *lab, bool fixed)
{
	return fixed ? any_raw_dma_alloc(LEN) : any_lab_alloc(lab, LEN);
}

static __attribute__((noinline)) void start(volatile uint8_t *regs, const uint8_t *buf)
{
	uint64_t busaddr = any_raw_bus(buf);

	any_raw_write32(CH(regs, ANY_LAB_ENGINE_CH_DST_LO), (uint32_t)busaddr);
	any_raw_write32(CH(regs, ANY_LAB_ENGINE_CH_DST_HI), (uint32_t)(busaddr >> 32));
	any_raw_write32(CH(regs, ANY_LAB_ENGINE_CH_LEN), LEN);
	any_raw_full();
	any_raw_write32(regs + ANY_LAB_ENGINE_DOORBELL(0), 0); /* BUG: out of the device's reach */
}

static void dmaread(volatile uint8_t *regs, uint8_t *buf)
{
	any_raw_clean_inval(buf, LEN);
	start(regs, buf);
	while (!(any_raw_read32(CH(regs, ANY_LAB_ENGINE_CH_STATUS)) & ANY_LAB_ENGINE_CH_DONE))
		any_raw_relax();
	any_raw_io_rmb();
	any_raw_inval(buf, LEN);
}

static int run(struct any_lab *lab, bool fixed)
{
	const struct any_lab_engine_config config = {.hostile = ANY_LAB_LATE};
	volatile uint8_t *regs = any_lab_engine_attach(lab, &config);
	uint8_t *buf = dmaalloc(lab, fixed);

	any_raw_write32(regs + ANY_LAB_ENGINE_CTRL, ANY_LAB_ENGINE_ENABLE);
	any_raw_write32(CH(regs, ANY_LAB_ENGINE_CH_MODE),
			ANY_LAB_ENGINE_MODE_DIRECT |
				ANY_LAB_ENGINE_MODE_KIND(ANY_LAB_ENGINE_FROM_FIFO));
	for (uint32_t i = 0; i < READS; i++) {
		dmaread(regs, buf);
		ANY_LAB_CHECK(lab, buf[LEN - 1] == (uint8_t)((i * LEN + LEN - 1) * 7));
	}
	return 0;
}

ANY_CASE(infernode_busaddr, run, .name = "infernode-665-busaddr",
	 .issue = "infernode-os/infernode #665", .bug = "a bus address computed of any pointer",
	 .rule = ANY_LAB_WRONG_WINDOW, .flags = ANY_LAB_RAW, .platform = "rpi4-bcm2711");

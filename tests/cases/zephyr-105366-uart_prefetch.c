/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Zephyr #105366: a vendor tells driver authors three rules. Clean before the device reads;
 * invalidate before it writes; and invalidate again when it has written, as the core fetches ahead.
 * The first two are known and the third is widely overlooked. An asynchronous UART with two receive
 * buffers: the parser reads the one while the other is filled, and the core, reading upwards,
 * fetches what lies behind.
 */
#include <zephyr/kernel.h>

#include "case.h"
#include "transfer.h"

#define BUF_LEN 256u

struct uart_async {
	volatile uint8_t *regs;
	uint8_t *buf[2];
	uint32_t sum, received;
	bool fixed;
};

static void rx_enable(struct uart_async *u, uint8_t *buf)
{
	sys_cache_data_invd_range(buf, BUF_LEN); /* rule 2 */
	transfer_start(u->regs, ANY_LAB_ENGINE_FROM_FIFO, k_mem_phys_addr(buf), BUF_LEN);
}

static void rx_ready(struct uart_async *u, uint8_t *buf)
{
	transfer_wait(u->regs);
	if (u->fixed)
		sys_cache_data_invd_range(buf, BUF_LEN); /* rule 3 */
}

static void parse(struct any_lab *lab, struct uart_async *u, const uint8_t *buf)
{
	for (uint32_t i = 0; i < BUF_LEN; i++) {
		uint8_t byte = buf[i]; /* BUG: fetched before it was received, perhaps */

		ANY_LAB_CHECK(lab, byte == transfer_byte(u->received));
		u->received++;
		u->sum += byte;
	}
}

static int run(struct any_lab *lab, bool fixed)
{
	struct uart_async u = {.fixed = fixed};
	uint8_t *memory = anydma_zephyr_dma_memory(2 * BUF_LEN);

	u.regs = transfer_attach(lab);
	u.buf[0] = memory;
	u.buf[1] = memory + BUF_LEN;
	rx_enable(&u, u.buf[0]);
	for (uint32_t n = 0; n < 6; n++) {
		rx_ready(&u, u.buf[n % 2]);
		rx_enable(&u, u.buf[(n + 1) % 2]);
		parse(lab, &u, u.buf[n % 2]);
	}
	transfer_wait(u.regs);
	return 0;
}

ANY_CASE(
	zephyr_prefetch, run, .name = "zephyr-105366-uart_prefetch",
	.issue = "zephyrproject-rtos/zephyr #105366",
	.bug = "receive buffers are not invalidated after the transfer, and the core fetches ahead",
	.rule = ANY_LAB_STALE_READ, .platform = "arm64-imx8", .flags = ANY_LAB_RAW);

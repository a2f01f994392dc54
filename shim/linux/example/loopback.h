/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scenario of the driver beside it, and of its variants that are wrong: frames go out, come
 * back and are compared.
 */
#ifndef SHIM_LINUX_LOOPBACK_H
#define SHIM_LINUX_LOOPBACK_H

#include <anydma/lab/engine.h>
#include <anydma_linux.h>
#include <linux/delay.h>
#include <linux/slab.h>

#include "nic.h"

#define FRAMES 24u
#define AHEAD  6u

struct loopback {
	struct any_lab *lab;
	unsigned int sent, received;
	u8 seed[256]; /* of each frame, by its number */
	u16 len[256];
};

static u8 loopback_byte(u8 seed, unsigned int i)
{
	return (u8)(seed + i * 13u);
}

static void loopback_received(void *ctx, const void *frame, unsigned int len)
{
	struct loopback *l = ctx;
	const u8 *bytes = frame;
	u8 number = bytes[0];
	bool same = len == l->len[number];

	for (unsigned int i = 1; i < len && same; i++)
		same = bytes[i] == loopback_byte(l->seed[number], i);
	ANY_LAB_CHECK(l->lab, same);
	l->received++;
	any_lab_count(l->lab, 1, len);
}

static void loopback_sent(void *ctx, void *frame)
{
	(void)ctx;
	kfree(frame);
}

static int loopback_send(struct platform_device *pdev, struct loopback *l)
{
	u8 number = (u8)l->sent;
	unsigned int len = 14 + (unsigned int)(any_lab_random(l->lab) % 400);
	u8 *frame;
	int err;

	if (any_lab_random(l->lab) % 3 == 0)
		len += 1000;
	frame = kmalloc(len, GFP_KERNEL);
	if (!frame)
		return -ENOMEM;
	l->seed[number] = (u8)any_lab_random(l->lab);
	l->len[number] = (u16)len;
	frame[0] = number;
	for (unsigned int i = 1; i < len; i++)
		frame[i] = loopback_byte(l->seed[number], i);
	err = nic_xmit(pdev, frame, len);
	if (err)
		kfree(frame);
	else
		l->sent++;
	return err;
}

static int loopback_run(struct any_lab *lab, u32 hostile, unsigned int frames)
{
	const struct any_lab_nic_config config = {.hostile = hostile};
	struct platform_device *pdev = any_linux_device(lab, any_lab_nic_attach(lab, &config));
	static struct loopback l;
	const struct nic_ops ops = {loopback_received, loopback_sent, &l};
	int err;

	l = (struct loopback){.lab = lab};
	err = nic_probe(pdev, &ops, true);
	if (!err) {
		while (!err && l.received < frames) {
			if (l.sent < frames && l.sent - l.received < AHEAD)
				err = loopback_send(pdev, &l);
			else
				cpu_relax();
			if (err && l.sent > l.received)
				err = 0; /* something comes back and makes room */
		}
		nic_remove(pdev);
	}
	any_linux_unbind(pdev);
	return err;
}

#endif

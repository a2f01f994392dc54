/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario for the driver in nic_driver.c: frames go out, come back by loopback, and must arrive
 * once each, whole, on a card that is late, takes buffers out of order, interrupts for nothing and
 * answers before the doorbell write returns.
 */
#include <anydma/lab/engine.h>

#include <string.h>

#include "nic_driver.h"

#define FRAMES	40u /* unless --operations says more */
#define BUFFERS 4u  /* of each kind, in turn */
#define LEN_MAX 1500u

struct net {
	struct any_lab *lab;
	struct nic nic;
	void *spare[BUFFERS]; /* frames to send that nobody has */
	uint32_t n_spare;
	uint64_t received;
	bool under_way[256]; /* by number, which is a frame's first byte */
};

static uint32_t length_of(uint8_t number)
{
	return 64u + number * 37u % (LEN_MAX - 64u);
}

static void fill(uint8_t *frame, uint8_t number)
{
	for (uint32_t i = 0; i < length_of(number); i++)
		frame[i] = (uint8_t)(number + i);
}

static void check(struct net *net, const uint8_t *frame, uint32_t len)
{
	ANY_LAB_CHECK(net->lab, len && net->under_way[frame[0]]);
	ANY_LAB_CHECK(net->lab, len == length_of(frame[0]));
	for (uint32_t i = 0; i < len; i++)
		ANY_LAB_CHECK(net->lab, frame[i] == (uint8_t)(frame[0] + i));
	net->under_way[frame[0]] = false;
	net->received++;
	any_lab_count(net->lab, 1, len);
}

/* What an interrupt handler's bottom half does. */
static void look(struct net *net)
{
	uint32_t len;
	bool good;
	void *buf;

	nic_acknowledge(&net->nic);
	while ((buf = nic_sent(&net->nic, &good)) != NULL) {
		ANY_LAB_CHECK(net->lab, good);
		net->spare[net->n_spare++] = buf;
	}
	while ((buf = nic_receive(&net->nic, &len)) != NULL) {
		check(net, buf, len);
		ANY_LAB_CHECK(net->lab, !nic_give(&net->nic, buf)); /* its place was just freed */
	}
}

/* Sends it, when there is room: in the ring, and where the platform copies, in its pool. */
static int send(struct net *net, uint8_t number)
{
	int err = -ANY_ENOMEM;

	while (err == -ANY_ENOMEM) {
		if (net->n_spare) {
			void *frame = net->spare[net->n_spare - 1];

			fill(frame, number);
			err = nic_send(&net->nic, frame, length_of(number));
			net->n_spare -= !err;
			net->under_way[number] |= !err;
		}
		if (err == -ANY_ENOMEM) {
			any_lab_wait(net->lab);
			look(net);
		}
	}
	return err;
}

static int traffic(struct net *net)
{
	uint64_t frames = any_lab_operations(net->lab, FRAMES);
	int err = 0;

	for (uint64_t i = 0; i < frames && !err; i++)
		err = send(net, (uint8_t)i);
	while (!err && net->received < frames) {
		any_lab_wait(net->lab);
		look(net);
	}
	return err;
}

static int nic(struct any_lab *lab)
{
	const struct any_lab_nic_config config = {.hostile = ANY_LAB_LATE | ANY_LAB_REORDERED |
							     ANY_LAB_SPURIOUS | ANY_LAB_AT_ONCE};
	struct net net = {.lab = lab};
	int err = nic_open(&net.nic, any_lab_dma(lab), any_lab_nic_attach(lab, &config), LEN_MAX);

	if (err) /* rings need coherent memory, and a few machines have none */
		return err == -ANY_ENOTSUP ? 0 : err;
	for (; net.n_spare < BUFFERS; net.n_spare++) {
		net.spare[net.n_spare] = any_lab_alloc(lab, LEN_MAX);
		err = err ? err : nic_give(&net.nic, any_lab_alloc(lab, LEN_MAX));
	}
	err = err ? err : traffic(&net);
	nic_close(&net.nic);
	return err;
}

int main(int argc, char **argv)
{
	return ANYDMA_LAB_MAIN(argc, argv, nic);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is measured: the driver of examples/lab moves frames of 1500 bytes, out and back in. The
 * work around it is what a network stack does at least: a copy in, a checksum over the header, a
 * comparison of the payload. Compiled twice from this one file.
 */
#include "work.h"

#include <anydma/lab/engine.h>

#include <string.h>

#include "../../examples/lab/nic_driver.h"

#define HEADER	34u
#define BUFFERS 8u

struct work {
	struct any_lab *lab;
	struct nic nic;
	uint8_t *spare[BUFFERS], *template;
	uint32_t n_spare, received, wrong;
};

static uint16_t checksum(const uint8_t *p, uint32_t len)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static void look(struct work *w)
{
	uint32_t len;
	bool good;
	void *buf;

	nic_acknowledge(&w->nic);
	while ((buf = nic_sent(&w->nic, &good)) != NULL)
		w->spare[w->n_spare++] = buf;
	while ((buf = nic_receive(&w->nic, &len)) != NULL) {
		w->wrong += len != WORK_LEN ||
			    checksum(buf, HEADER) != checksum(w->template, HEADER) ||
			    memcmp(buf, w->template, len) != 0;
		w->wrong += nic_give(&w->nic, buf) != 0;
		w->received++;
	}
}

static int traffic(struct work *w, unsigned frames)
{
	for (unsigned sent = 0; w->received < frames;) {
		while (sent < frames && w->n_spare) {
			uint8_t *frame = w->spare[--w->n_spare];

			memcpy(frame, w->template, WORK_LEN);
			if (nic_send(&w->nic, frame, WORK_LEN))
				return -ANY_EIO;
			sent++;
		}
		any_lab_wait(w->lab);
		look(w);
	}
	return w->wrong ? -ANY_EIO : 0;
}

int bench_work(struct any_lab *lab, unsigned frames, double *ns)
{
	const struct any_lab_nic_config config = {.mtu = WORK_LEN};
	struct work w = {.lab = lab};
	int err = nic_open(&w.nic, any_lab_dma(lab), any_lab_nic_attach(lab, &config), WORK_LEN);

	w.template = any_lab_alloc(lab, WORK_LEN);
	for (uint32_t i = 0; i < WORK_LEN; i++)
		w.template[i] = (uint8_t)(i * 7);
	for (; w.n_spare < BUFFERS && !err; w.n_spare++) {
		w.spare[w.n_spare] = any_lab_alloc(lab, WORK_LEN);
		err = nic_give(&w.nic, any_lab_alloc(lab, WORK_LEN));
	}
	if (err)
		return err;
	*ns = -bench_clock();
	err = traffic(&w, frames);
	*ns += bench_clock();
	nic_close(&w.nic);
	return err;
}

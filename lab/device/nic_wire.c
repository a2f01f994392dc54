/* SPDX-License-Identifier: BSD-2-Clause */
/* The network card's wire: frames that arrive, frames that leave. */
#include "nic.h"
#include "../core/machine.h"

uint8_t *lab_nic_push(struct lab_nic *n, struct lab_frames *f, uint32_t len)
{
	uint32_t at = (f->first + f->n) % LAB_NIC_FRAMES;

	if (f->n == LAB_NIC_FRAMES)
		return NULL;
	if (!f->bytes[at])
		f->bytes[at] = any_lab_keep(n->u.lab, n->config.mtu);
	f->len[at] = len;
	f->n++;
	return f->bytes[at];
}

void lab_nic_pop(struct lab_frames *f)
{
	f->first = (f->first + 1) % LAB_NIC_FRAMES;
	f->n--;
}

void lab_nic_send(struct lab_nic *n)
{
	struct lab_frames *f = n->ctrl & ANY_LAB_NIC_LOOPBACK ? &n->in : &n->out;
	uint8_t *to;

	if (!n->frame_bad && n->frame_len) {
		if (f == &n->out && f->n == LAB_NIC_FRAMES)
			lab_nic_pop(f);
		to = lab_nic_push(n, f, n->frame_len);
		if (to)
			lab_copy(to, n->frame, n->frame_len);
		else
			n->dropped++;
		n->packets[ANY_LAB_NIC_TX]++;
	}
	n->frame_len = 0;
	n->frame_bad = false;
}

bool any_lab_nic_inject(struct any_lab *lab, const void *frame, size_t len)
{
	struct lab_nic *n = lab_nic_of(lab);
	uint8_t *to =
		n && len && len <= n->config.mtu ? lab_nic_push(n, &n->in, (uint32_t)len) : NULL;

	if (!to)
		return false;
	lab_unit_from_scenario(to, frame, len);
	any_lab_model_wake(lab);
	return true;
}

size_t any_lab_nic_sent(struct any_lab *lab, void *to, size_t room)
{
	struct lab_nic *n = lab_nic_of(lab);
	size_t len;

	if (!n || !n->out.n)
		return 0;
	len = n->out.len[n->out.first];
	lab_unit_to_scenario(to, n->out.bytes[n->out.first], len < room ? len : room);
	lab_nic_pop(&n->out);
	return len;
}

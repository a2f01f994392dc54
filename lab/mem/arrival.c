/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device writes on their way to the CPU. DRAM holds the device's truth at once; until a write is
 * delivered the CPU is shown the bytes that were there before. Writes are delivered in order, as a
 * bus posts them, but late; and what the CPU then reads without a barrier is judged by the order of
 * the writes, not by what this run happened to return.
 */
#include "mem.h"
#include "../bus/device.h"

static struct lab_write *write_at(const struct lab_machine *m, uint64_t seq)
{
	return (struct lab_write *)&m->writes[seq % LAB_WRITES];
}

void lab_arrival_deliver(struct lab_machine *m, uint64_t below)
{
	if (below > m->write_head)
		below = m->write_head;
	if (m->delivered >= below)
		return;
	lab_log_event(m, LAB_EV_DELIVER, LAB_DRAM, write_at(m, m->delivered)->phys,
		      (uint32_t)(below - m->delivered), 0);
	m->delivered = below;
	if (m->lab)
		lab_scenario_moved(m); /* what a loop waited for may be here */
	if (m->delivered == m->write_head)
		m->old_used = 0;
}

/* Called before the device's store happens: DRAM still has the old bytes. */
void lab_arrival_record(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	struct lab_write *w;

	if (m->old_used + len > LAB_OLD_BYTES || m->write_head - m->delivered >= LAB_WRITES / 2)
		lab_arrival_deliver(m, m->write_head);
	if (m->write_head - m->write_tail == LAB_WRITES)
		m->write_tail++;
	w = write_at(m, m->write_head);
	*w = (struct lab_write){
		phys, m->write_head, pc, m->step, len, m->old_used, lab_write_pushes(m, phys)};
	m->write_head++;
	if (m->calm || len > LAB_OLD_BYTES) {
		lab_arrival_deliver(m, m->write_head);
		return;
	}
	lab_copy(m->old_bytes + m->old_used, lab_ptr(m, LAB_DRAM, phys), len);
	m->old_used += len;
}

/* DRAM as the CPU may see it: newest first, so that the oldest undelivered write's "before" wins.
 */
void lab_arrival_copy(const struct lab_machine *m, void *to, uint64_t phys, uint64_t len)
{
	lab_copy_word(to, lab_ptr(m, LAB_DRAM, phys), len);
	for (uint64_t s = m->write_head; s > m->delivered; s--) {
		const struct lab_write *w = write_at(m, s - 1);
		uint64_t from = w->phys > phys ? w->phys : phys;
		uint64_t end = w->phys + w->len < phys + len ? w->phys + w->len : phys + len;

		if (from < end)
			lab_copy((uint8_t *)to + (from - phys),
				 m->old_bytes + w->old + (from - w->phys), end - from);
	}
}

static const struct lab_write *newest(const struct lab_machine *m, uint64_t above, uint64_t phys,
				      uint32_t len)
{
	uint64_t stop = above + 1 > m->write_tail ? above + 1 : m->write_tail;

	for (uint64_t s = m->write_head; s > stop; s--) {
		const struct lab_write *w = write_at(m, s - 1);

		if (w->phys < phys + len && phys < w->phys + w->len)
			return w;
	}
	return NULL;
}

/* Words that are asked again and again announce themselves: reading one early only means asking
 * again. */
bool lab_polled(const struct lab_machine *m, uint64_t phys, uint32_t len)
{
	for (uint32_t i = 0; i < m->n_polled; i++)
		if (lab_in_words(&m->polled[i], phys, len))
			return true;
	return false;
}

/* The other side has looked after it wrote a wish, and its look pushed what it wrote: whoever reads
 * an old one has been seen. */
static bool is_wish(const struct lab_machine *m, uint64_t phys, uint32_t len)
{
	for (uint32_t i = 0; i < m->n_polled; i++)
		if (m->polled[i].wish && lab_in_words(&m->polled[i], phys, len))
			return true;
	return false;
}

static void judge_drain(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	const struct lab_write *w = newest(m, m->in_drained, phys, len);

	if (w && w->seq <= m->irq_taken && !is_wish(m, phys, len))
		lab_found(m, ANY_LAB_DRAIN_IN, pc, w->pc, w->step, phys, len,
			  "The interrupt had arrived, but the device's write of %u bytes at 0x%llx "
			  "before it may still be in the bridge when the CPU reads it.",
			  w->len, (unsigned long long)w->phys);
}

/*
 * The CPU loads [phys, len). Having seen a later device write without a read barrier since, it may
 * have read this one earlier still (A4.2 row 2). Rule by sequence numbers, whatever the load
 * returned.
 */
void lab_arrival_observe(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	const struct lab_write *w;

	if (!m->irq_pushes && m->irq_taken > m->in_drained)
		judge_drain(m, phys, len, pc);
	if (m->cpu->acquired + 1 >= m->write_head)
		return;
	w = newest(m, m->cpu->acquired, phys, len);
	if (!w || (w->seq >= m->delivered && w->seq > m->cpu->cpu_seen))
		return; /* not device-written since the barrier, or not arrived and nothing
			   announced it */
	if (w->seq < m->cpu->cpu_seen && !lab_polled(m, phys, len))
		lab_found(
			m, ANY_LAB_LOAD_ORDER, pc, m->cpu->cpu_seen_pc, 0, phys, len,
			"The CPU read what announces these %u bytes, then the bytes, with no read "
			"barrier against the device in between: it may have read them before.",
			len);
	if (w->seq > m->cpu->cpu_seen) {
		m->cpu->cpu_seen = w->seq;
		m->cpu->cpu_seen_pc = pc;
	}
}

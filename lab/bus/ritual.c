/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last mile (M12, M13): what holds stores on their way to the device, or the device's writes on
 * their way to the CPU, lets go only by this machine's own ritual. Any other one does nothing, half
 * of one does nothing, and the forbidden one stops the machine (hazard 9).
 */
#include "bridge.h"
#include "../cache/cache.h"
#include "../mem/mem.h"
#include "../oracle/oracle.h"

#define POLLS 2u /* reads that still say "busy" */

static enum any_dma_dir dir_of(uint32_t offset)
{
	return offset < LAB_DRAIN(ANY_DMA_FROM_DEVICE) ? ANY_DMA_TO_DEVICE : ANY_DMA_FROM_DEVICE;
}

static enum any_ritual ritual_of(const struct lab_machine *m, enum any_dma_dir dir)
{
	return dir == ANY_DMA_TO_DEVICE ? m->plat->machine.drain_to_device
					: m->plat->machine.drain_from_device;
}

static struct lab_ritual *state_of(struct lab_machine *m, enum any_dma_dir dir)
{
	return &m->rituals[dir == ANY_DMA_FROM_DEVICE];
}

bool lab_ritual_needed(enum any_ritual ritual)
{
	return ritual != ANY_RITUAL_NONE && ritual != ANY_RITUAL_FORBIDDEN;
}

static void empty(struct lab_machine *m, enum any_dma_dir dir)
{
	m->count.drains++;
	lab_log_event(m, LAB_EV_DRAIN, LAB_MMIO, dir, 0, 0);
	if (dir == ANY_DMA_TO_DEVICE) {
		lab_drain_all(m);
		m->cpu->out_drained = m->cpu->store_head;
		m->clean_waits = false;
		return;
	}
	lab_arrival_deliver(m, m->write_head);
	m->in_drained = m->write_head - 1;
	lab_read_ahead_empty(m);
	m->pushed = m->in_drained;
}

static void begin(struct lab_machine *m, enum any_dma_dir dir)
{
	state_of(m, dir)->busy = POLLS;
}

/* One look at a ritual under way; the last one finds it done. */
static uint64_t look(struct lab_machine *m, enum any_dma_dir dir)
{
	struct lab_ritual *r = state_of(m, dir);

	if (!r->busy)
		return 0;
	if (--r->busy)
		return 1;
	empty(m, dir);
	return 0;
}

static void judge_forbidden(struct lab_machine *m, enum any_dma_dir dir)
{
	if (ritual_of(m, dir) == ANY_RITUAL_FORBIDDEN)
		lab_fail(m, ANY_LAB_DEADLOCK, lab_caller_pc(), 0, 0, 0, 0,
			 "The port drains a buffer of this machine that must not be drained: the "
			 "bus and the CPU now wait for each other.");
}

void lab_ritual_write(struct lab_machine *m, uint32_t offset, uint64_t value)
{
	enum any_dma_dir dir = dir_of(offset);
	struct lab_ritual *r = state_of(m, dir);

	judge_forbidden(m, dir);
	switch (offset - LAB_DRAIN(dir)) {
	case LAB_DRAIN_TRIGGER:
		if (value && (ritual_of(m, dir) == ANY_RITUAL_MMIO_WRITE_POLL ||
			      ritual_of(m, dir) == ANY_RITUAL_FLAG))
			begin(m, dir);
		break;
	case LAB_DRAIN_HELPER_LEN:
		r->helper_len = (uint32_t)value;
		break;
	case LAB_DRAIN_HELPER_GO: /* a transfer of nothing pushes nothing */
		if (value && r->helper_len && ritual_of(m, dir) == ANY_RITUAL_HELPER_DMA)
			begin(m, dir);
		r->helper_len = 0;
		break;
	default:
		break;
	}
}

uint64_t lab_ritual_read(struct lab_machine *m, uint32_t offset)
{
	enum any_dma_dir dir = dir_of(offset);
	enum any_ritual ritual = ritual_of(m, dir);

	judge_forbidden(m, dir);
	switch (offset - LAB_DRAIN(dir)) {
	case LAB_DRAIN_TRIGGER:
		if (ritual == ANY_RITUAL_MMIO_READ)
			empty(m, dir);
		return 0;
	case LAB_DRAIN_STATUS:
		return ritual == ANY_RITUAL_MMIO_WRITE_POLL ? look(m, dir) : 0;
	case LAB_DRAIN_HELPER_GO:
		return ritual == ANY_RITUAL_HELPER_DMA ? look(m, dir) : 0;
	default:
		return 0;
	}
}

/* Memory: the flag the bridge writes, and the alias that is read or stored to. */
void lab_ritual_touch(struct lab_machine *m, uint32_t offset, bool store)
{
	enum any_dma_dir dir = dir_of(offset);
	enum any_ritual ritual = ritual_of(m, dir);
	uint32_t at = offset - LAB_DRAIN(dir);

	if (at == LAB_DRAIN_FLAG && ritual == ANY_RITUAL_FLAG && !store) {
		if (state_of(m, dir)->busy && !look(m, dir))
			*(volatile uint32_t *)lab_ptr(m, LAB_MMIO, offset) = 1;
	} else if (at == LAB_DRAIN_WORD &&
		   ritual == (store ? ANY_RITUAL_STORE : ANY_RITUAL_UNCACHED_READ)) {
		empty(m, dir);
	}
}

void lab_ritual_instruction(struct lab_machine *m, enum any_dma_dir dir)
{
	lab_log_event(m, LAB_EV_BARRIER, LAB_MMIO, 0x100u + dir, 0, lab_caller_pc());
	judge_forbidden(m, dir);
	if (ritual_of(m, dir) == ANY_RITUAL_INSTRUCTION)
		empty(m, dir);
}

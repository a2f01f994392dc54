/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of virtio-mmio version 2 (4.2.2), and when the device works. */

#include "virtio.h"
#include "../../scenario/scenario.h"

#define VENDOR	0x594e41u
#define LINGER	8u	/* pieces of work after a reset, at most */
#define AT_ONCE 100000u /* steps inside a notification, at most */

static uint32_t read32(void *ctx, uint32_t offset)
{
	struct lab_virtio *v = ctx;

	return any_virtio_mmio_device_read(&v->mmio, offset, 4);
}

static uint64_t reg_read(void *ctx, uint32_t offset, unsigned bytes)
{
	struct lab_virtio *v = ctx;

	if (bytes == 8 || offset < ANY_VIRTIO_MMIO_CONFIG)
		return lab_unit_read(read32, ctx, offset, bytes);
	return any_virtio_mmio_device_read(&v->mmio, offset, bytes);
}

/* ---- */

static bool step(void *ctx);

static void notify(struct lab_virtio *v, uint32_t queue)
{
	any_virtio_device_kick(v->dev, queue);
	for (uint32_t n = 0; v->u.hostile & ANY_LAB_AT_ONCE && n < AT_ONCE && step(v);)
		n++;
}

static void stop(struct lab_virtio *v)
{
	lab_virtio_drop(v);
	any_virtio_mmio_device_write(&v->mmio, ANY_VIRTIO_MMIO_STATUS, 4, 0);
	memset(v->polling, 0, sizeof(v->polling));
	v->u.lingers = v->u.late = 0;
	v->lied = false;
	any_lab_model_shares(v->u.lab, 0, 0);
}

/* Until STATUS reads 0 the device may still use memory (VD-ST-04, VG-ST-15). */
static void set_status(struct lab_virtio *v, uint32_t status)
{
	if (v->u.lingers)
		return;
	if (status)
		any_virtio_mmio_device_write(&v->mmio, ANY_VIRTIO_MMIO_STATUS, 4, status);
	else if (v->u.hostile & ANY_LAB_LINGERS && lab_virtio_in_hand(v))
		v->u.lingers = 1 + lab_unit_below(&v->u, LINGER);
	else
		stop(v);
}

/* On the bus everything is ordered as for hardware, whatever the driver accepted. */
static void set_queue(struct lab_virtio *v, uint32_t offset, uint32_t value)
{
	struct any_virtio_device_queue *q;
	bool was_ready;

	if (v->mmio.queue_sel >= v->dev->n_queues)
		return;
	q = &v->dev->queues[v->mmio.queue_sel];
	was_ready = q->ready;
	any_virtio_mmio_device_write(&v->mmio, offset, 4, value);
	if (q->ready)
		q->ring.order_platform = true;
	else if (was_ready)
		lab_virtio_drop(v);
	lab_virtio_declare(v);
}

static void acknowledge(struct lab_virtio *v, uint32_t causes)
{
	any_virtio_device_isr_ack(v->dev, causes);
	if (v->dev->isr)
		any_lab_interrupt(v->u.lab); /* the line is a level */
}

static void write32(void *ctx, uint32_t offset, uint32_t value)
{
	struct lab_virtio *v = ctx;

	switch (offset) {
	case ANY_VIRTIO_MMIO_QUEUE_READY:
	case ANY_VIRTIO_MMIO_QUEUE_RESET:
		set_queue(v, offset, value);
		break;
	case ANY_VIRTIO_MMIO_NOTIFY:
		notify(v, value);
		break;
	case ANY_VIRTIO_MMIO_ISR_ACK:
		acknowledge(v, value);
		break;
	case ANY_VIRTIO_MMIO_STATUS:
		set_status(v, value);
		break;
	default:
		any_virtio_mmio_device_write(&v->mmio, offset, 4, value);
	}
}

static void reg_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct lab_virtio *v = ctx;

	if (offset < ANY_VIRTIO_MMIO_CONFIG)
		lab_unit_write(write32, ctx, offset, value, bytes);
	else
		any_virtio_mmio_device_write(&v->mmio, offset, bytes, (uint32_t)value);
}

/* ---- */

static void interrupt(void *ctx, uint32_t isr)
{
	struct lab_virtio *v = ctx;

	(void)isr;
	if (!lab_unit_may(&v->u, ANY_LAB_VIRTIO_NO_CALL, 4))
		any_lab_interrupt(v->u.lab);
}

/* Only what the driver wrote can make this device need a reset. */
static void judge_broken(struct lab_virtio *v)
{
	struct lab_machine *m = v->u.lab->m;

	if (v->dev->status & ANY_VIRTIO_STATUS_NEEDS_RESET && !v->u.lingers && v->dev->why)
		lab_fail(m, ANY_LAB_MISUSE, m->doorbell_pc, 0, 0, 0, 0,
			 "The virtio device needs a reset: %s.", v->dev->why);
}

static bool step(void *ctx)
{
	struct lab_virtio *v = ctx;
	bool did;

	if (v->u.lingers && --v->u.lingers == 0) {
		stop(v);
		return true;
	}
	did = lab_virtio_work(v);
	judge_broken(v);
	if (v->u.lingers && !did) {
		stop(v);
		return true;
	}
	return did;
}

struct lab_virtio *lab_virtio_of(struct any_lab *lab)
{
	const struct any_lab_model *model = any_lab_attached(lab);

	return model && model->step == step ? model->ctx : NULL;
}

uint64_t any_lab_virtio_features(struct any_lab *lab)
{
	const struct lab_virtio *v = lab_virtio_of(lab);

	return v && v->dev->status & ANY_VIRTIO_STATUS_FEATURES_OK ? v->dev->features : 0;
}

uint32_t lab_virtio_queue_size(const struct any_lab_virtio_config *config)
{
	uint32_t size = config->queue_size ? config->queue_size : LAB_VIRTIO_SIZE;

	if (size > LAB_VIRTIO_SIZE || size & (size - 1))
		any_lab_misuse("A virtio queue has a power of two of entries, at most %u.",
			       LAB_VIRTIO_SIZE);
	return size;
}

volatile void *lab_virtio_attach(struct any_lab *lab, struct lab_virtio *v,
				 struct any_virtio_device *dev,
				 const struct any_lab_virtio_config *config)
{
	struct any_lab_model model = {.read = reg_read,
				      .write = reg_write,
				      .step = step,
				      .ctx = v,
				      .doorbell = ANY_VIRTIO_MMIO_NOTIFY,
				      .doorbell_size = 4};

	v->u = (struct lab_unit){.lab = lab, .hostile = config->hostile};
	v->dev = dev;
	any_virtio_mmio_device_init(&v->mmio, dev, v->queues, VENDOR);
	dev->interrupt = interrupt;
	dev->interrupt_ctx = v;
	return any_lab_attach(lab, &model);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of virtio-mmio version 2 (4.2.2), and when the device works. */
#include <anydma/virtio/mmio.h>

#include "virtio.h"
#include "../../scenario/scenario.h"

#define VENDOR	0x594e41u
#define LINGER	8u	/* pieces of work after a reset, at most */
#define AT_ONCE 100000u /* steps inside a notification, at most */

static struct lab_virtio_setup *setup(struct lab_virtio *v)
{
	return v->queue_sel < v->dev->n_queues ? &v->setup[v->queue_sel] : NULL;
}

static uint32_t offered(const struct lab_virtio *v)
{
	return v->features_sel > 1 ? 0 : (uint32_t)(v->dev->offered >> (32 * v->features_sel));
}

static uint32_t read32(void *ctx, uint32_t offset)
{
	struct lab_virtio *v = ctx;

	switch (offset) {
	case ANY_VIRTIO_MMIO_MAGIC:
		return ANY_VIRTIO_MMIO_MAGIC_VALUE;
	case ANY_VIRTIO_MMIO_VERSION:
		return 2;
	case ANY_VIRTIO_MMIO_DEVICE_ID:
		return v->dev->device_id;
	case ANY_VIRTIO_MMIO_VENDOR_ID:
		return VENDOR;
	case ANY_VIRTIO_MMIO_DEVICE_FEATURES:
		return offered(v);
	case ANY_VIRTIO_MMIO_QUEUE_MAX:
		return any_virtio_device_queue_max(v->dev, v->queue_sel);
	case ANY_VIRTIO_MMIO_QUEUE_READY:
		return any_virtio_device_queue_ready(v->dev, v->queue_sel);
	case ANY_VIRTIO_MMIO_ISR:
		return v->dev->isr;
	case ANY_VIRTIO_MMIO_STATUS:
		return v->dev->status;
	case ANY_VIRTIO_MMIO_GENERATION:
		return v->dev->generation;
	default: /* no shared memory region has a length or a base of -1 (4.2.2.1) */
		return offset >= ANY_VIRTIO_MMIO_SHM_LEN && offset < ANY_VIRTIO_MMIO_QUEUE_RESET
			       ? ~0u
			       : 0;
	}
}

static uint64_t reg_read(void *ctx, uint32_t offset, unsigned bytes)
{
	struct lab_virtio *v = ctx;
	uint32_t at = offset - ANY_VIRTIO_MMIO_CONFIG;

	if (offset < ANY_VIRTIO_MMIO_CONFIG)
		return lab_unit_read(read32, ctx, offset, bytes);
	if (bytes == 8)
		return any_virtio_device_config_read(v->dev, at, 4) |
		       (uint64_t)any_virtio_device_config_read(v->dev, at + 4, 4) << 32;
	return any_virtio_device_config_read(v->dev, at, bytes);
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
	any_virtio_device_set_status(v->dev, 0);
	for (uint32_t i = 0; i < LAB_VIRTIO_QUEUES; i++) {
		v->setup[i] = (struct lab_virtio_setup){.num = 0};
		v->polling[i] = false;
	}
	v->driver_features = 0;
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
		any_virtio_device_set_status(v->dev, (uint8_t)status);
	else if (v->u.hostile & ANY_LAB_LINGERS && lab_virtio_in_hand(v))
		v->u.lingers = 1 + lab_unit_below(&v->u, LINGER);
	else
		stop(v);
}

static void set_features(struct lab_virtio *v, uint32_t half)
{
	if (v->driver_sel < 2)
		lab_unit_half(&v->driver_features, v->driver_sel, half);
	any_virtio_device_set_features(v->dev, v->driver_features);
}

/* On the bus everything is ordered as for hardware, whatever the driver accepted. */
static void set_ready(struct lab_virtio *v, const struct lab_virtio_setup *s, bool ready)
{
	if (ready &&
	    !any_virtio_device_queue_setup(v->dev, v->queue_sel, s->num, any_dma(s->parts[0]),
					   any_dma(s->parts[1]), any_dma(s->parts[2])))
		v->dev->queues[v->queue_sel].ring.order_platform = true;
	else if (!ready)
		any_virtio_device_queue_reset(v->dev, v->queue_sel);
	if (!ready)
		lab_virtio_drop(v);
	lab_virtio_declare(v);
}

static void queue_write(struct lab_virtio *v, uint32_t offset, uint32_t value)
{
	struct lab_virtio_setup *s = setup(v);

	if (!s)
		return;
	if (offset == ANY_VIRTIO_MMIO_QUEUE_NUM)
		s->num = value;
	else if (offset == ANY_VIRTIO_MMIO_QUEUE_READY)
		set_ready(v, s, value);
	else if (offset == ANY_VIRTIO_MMIO_QUEUE_RESET && value)
		set_ready(v, s, false);
	else if (offset >= ANY_VIRTIO_MMIO_QUEUE_DESC && offset < ANY_VIRTIO_MMIO_QUEUE_USED + 8 &&
		 !(offset & 8u))
		lab_unit_half(&s->parts[(offset - ANY_VIRTIO_MMIO_QUEUE_DESC) >> 4], offset & 4u,
			      value);
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
	case ANY_VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		v->features_sel = value;
		break;
	case ANY_VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		v->driver_sel = value;
		break;
	case ANY_VIRTIO_MMIO_DRIVER_FEATURES:
		set_features(v, value);
		break;
	case ANY_VIRTIO_MMIO_QUEUE_SEL:
		v->queue_sel = value;
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
		queue_write(v, offset, value);
	}
}

static void reg_write(void *ctx, uint32_t offset, uint64_t value, unsigned bytes)
{
	struct lab_virtio *v = ctx;

	if (offset < ANY_VIRTIO_MMIO_CONFIG)
		lab_unit_write(write32, ctx, offset, value, bytes);
	else
		any_virtio_device_config_write(v->dev, offset - ANY_VIRTIO_MMIO_CONFIG, bytes,
					       (uint32_t)value);
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
	dev->interrupt = interrupt;
	dev->interrupt_ctx = v;
	return any_lab_attach(lab, &model);
}

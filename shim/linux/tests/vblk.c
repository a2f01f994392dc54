/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio disk's driver as Linux would have it: the ring in coherent memory, buffers mapped a
 * request, an interrupt, notifications suppressed by flags or by index. Right, and without each of
 * its barriers.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include <anydma/lab/virtio.h>
#include <anydma_linux.h>
#include <string.h>

#include "possible.h"
#include "scenes.h"

#define RING   8u
#define BYTES  1024u
#define ROUNDS 12u

enum {
	FEATURES = 0x10,
	FEATURES_SEL = 0x14,
	ACCEPTED = 0x20,
	ACCEPTED_SEL = 0x24,
	QUEUE_SEL = 0x30,
	QUEUE_NUM = 0x38,
	QUEUE_READY = 0x44,
	NOTIFY = 0x50,
	ISR = 0x60,
	ISR_ACK = 0x64,
	STATUS = 0x70,
	QUEUE_DESC = 0x80,
	QUEUE_AVAIL = 0x90,
	QUEUE_USED = 0xa0
};

struct vring {
	struct {
		__le64 addr;
		__le32 len;
		__le16 flags, next;
	} desc[RING];
	struct {
		__le16 flags, idx, ring[RING], used_event;
	} avail;
	struct {
		__le16 flags, idx;
		struct {
			__le32 id, len;
		} ring[RING];
		__le16 avail_event;
	} used;
};

struct request {
	struct {
		__le32 type, reserved;
		__le64 sector;
	} * header;
	u8 *status, *data;
	dma_addr_t header_dma, status_dma, data_dma;
	enum dma_data_direction dir;
	bool done;
};

enum forget { NOTHING, WMB, WMB_IS_SMP, RMB, MB };

struct disk {
	struct device *dev;
	char __iomem *regs;
	struct vring *ring;
	dma_addr_t dma;
	struct request request[2]; /* descriptors 0 to 2, and 3 to 5 */
	u16 avail, used;
	bool event_idx, broken;
	enum forget forget;
};

static void write64(struct disk *d, u32 reg, u64 value)
{
	writel(lower_32_bits(value), d->regs + reg);
	writel(upper_32_bits(value), d->regs + reg + 4);
}

static int negotiate(struct disk *d)
{
	u32 low, high;

	writel(0, d->regs + STATUS);
	writel(3, d->regs + STATUS);
	writel(0, d->regs + FEATURES_SEL);
	low = readl(d->regs + FEATURES) & (u32)ANY_LAB_VIRTIO_EVENT_IDX;
	writel(1, d->regs + FEATURES_SEL);
	high = readl(d->regs + FEATURES) & 0x13; /* VERSION_1, ACCESS_PLATFORM, ORDER_PLATFORM */
	writel(0, d->regs + ACCEPTED_SEL);
	writel(low, d->regs + ACCEPTED);
	writel(1, d->regs + ACCEPTED_SEL);
	writel(high, d->regs + ACCEPTED);
	writel(0xb, d->regs + STATUS);
	d->event_idx = low;
	return high == 0x13 && readl(d->regs + STATUS) == 0xb ? 0 : -ENODEV;
}

static int ring_open(struct disk *d)
{
	d->ring = dmam_alloc_coherent(d->dev, sizeof(*d->ring), &d->dma, GFP_KERNEL);
	if (!d->ring)
		return -ENOMEM;
	writel(0, d->regs + QUEUE_SEL);
	writel(RING, d->regs + QUEUE_NUM);
	write64(d, QUEUE_DESC, d->dma);
	write64(d, QUEUE_AVAIL, d->dma + offsetof(struct vring, avail));
	write64(d, QUEUE_USED, d->dma + offsetof(struct vring, used));
	writel(1, d->regs + QUEUE_READY);
	writel(0xf, d->regs + STATUS);
	return 0;
}

/* ---- a request */

static int map(struct disk *d, struct request *r)
{
	r->header_dma = dma_map_single(d->dev, r->header, sizeof(*r->header), DMA_TO_DEVICE);
	if (dma_mapping_error(d->dev, r->header_dma))
		return -ENOMEM;
	r->status_dma = dma_map_single(d->dev, r->status, 1, DMA_FROM_DEVICE);
	if (dma_mapping_error(d->dev, r->status_dma))
		goto no_status;
	r->data_dma = dma_map_single(d->dev, r->data, BYTES, r->dir);
	if (!dma_mapping_error(d->dev, r->data_dma))
		return 0;
	dma_unmap_single(d->dev, r->status_dma, 1, DMA_FROM_DEVICE);
no_status:
	dma_unmap_single(d->dev, r->header_dma, sizeof(*r->header), DMA_TO_DEVICE);
	return -ENOMEM;
}

static void unmap(struct disk *d, struct request *r)
{
	dma_unmap_single(d->dev, r->header_dma, sizeof(*r->header), DMA_TO_DEVICE);
	dma_unmap_single(d->dev, r->status_dma, 1, DMA_FROM_DEVICE);
	dma_unmap_single(d->dev, r->data_dma, BYTES, r->dir);
}

static void set(struct disk *d, u32 i, dma_addr_t addr, u32 len, u16 flags)
{
	d->ring->desc[i].addr = cpu_to_le64(addr);
	d->ring->desc[i].len = cpu_to_le32(len);
	d->ring->desc[i].flags = cpu_to_le16(flags);
	d->ring->desc[i].next = cpu_to_le16((u16)(i + 1));
}

static bool kick_needed(struct disk *d)
{
	if (d->forget != MB)
		mb(); /* the index before the device's wish is read */
	if (!d->event_idx)
		return !(le16_to_cpu(READ_ONCE(d->ring->used.flags)) & 1);
	return le16_to_cpu(READ_ONCE(d->ring->used.avail_event)) == (u16)(d->avail - 1);
}

static int queue(struct disk *d, u32 n, u64 sector)
{
	struct request *r = &d->request[n];
	bool in = r->dir == DMA_FROM_DEVICE;
	int err;

	r->header->type = cpu_to_le32(in ? 0 : 1);
	r->header->sector = cpu_to_le64(sector);
	err = map(d, r);
	if (err)
		return err;
	r->done = false;
	set(d, 3 * n, r->header_dma, sizeof(*r->header), 1);
	set(d, 3 * n + 1, r->data_dma, BYTES, in ? 3 : 1);
	set(d, 3 * n + 2, r->status_dma, 1, 2);
	d->ring->avail.ring[d->avail % RING] = cpu_to_le16((u16)(3 * n)); /* the entry */
	if (d->forget == WMB_IS_SMP)
		smp_wmb();
	else if (d->forget != WMB)
		dma_wmb(); /* all of it before the index */
	WRITE_ONCE(d->ring->avail.idx, cpu_to_le16(++d->avail));
	if (kick_needed(d))
		writel(0, d->regs + NOTIFY);
	return 0;
}

static bool more_used(struct disk *d)
{
	return le16_to_cpu(READ_ONCE(d->ring->used.idx)) != d->used;
}

static void take(struct disk *d)
{
	u32 id;

	if (d->forget != RMB)
		dma_rmb(); /* the index before the entry */
	id = le32_to_cpu(READ_ONCE(d->ring->used.ring[d->used++ % RING].id));
	if (id % 3 || id / 3 > 1 || d->request[id / 3].done) {
		d->broken = true;
		return;
	}
	unmap(d, &d->request[id / 3]);
	d->request[id / 3].done = true;
}

static irqreturn_t disk_interrupt(int irq, void *data)
{
	struct disk *d = data;

	(void)irq;
	writel(readl(d->regs + ISR), d->regs + ISR_ACK);
	(void)readl(d->regs + ISR); /* pushes what the interrupt speaks of */
	do {
		while (more_used(d) && !d->broken)
			take(d);
		if (d->event_idx)
			WRITE_ONCE(d->ring->avail.used_event, cpu_to_le16(d->used));
		mb(); /* the wish before the last look */
	} while (more_used(d) && !d->broken);
	return IRQ_HANDLED;
}

/* ---- the scenario */

static int round_trip(struct any_lab *lab, struct disk *d, u32 i)
{
	u64 out = 2 * (i % 8), in = 16 + out;
	u8 bytes[BYTES];
	int err;

	memset(bytes, (int)i + 1, BYTES);
	any_lab_virtio_blk_put(lab, in * 512, bytes, BYTES);
	memset(d->request[0].data, (int)i + 2, BYTES);
	err = queue(d, 0, out);
	if (err)
		return err;
	if (d->forget == MB) /* an interrupt between would be a barrier */
		wait_event(q, d->request[0].done);
	err = queue(d, 1, in);
	wait_event(q, d->request[0].done && d->request[1].done);
	if (err)
		return err;
	ANY_LAB_CHECK(lab, !*d->request[0].status && !*d->request[1].status);
	ANY_LAB_CHECK(lab, !memcmp(d->request[1].data, bytes, BYTES));
	any_lab_virtio_blk_get(lab, out * 512, bytes, BYTES);
	ANY_LAB_CHECK(lab, !memcmp(d->request[0].data, bytes, BYTES));
	any_lab_count(lab, 2, 2 * BYTES);
	return 0;
}

static int disk_open(struct disk *d, struct platform_device *pdev)
{
	d->dev = &pdev->dev;
	d->regs = devm_platform_ioremap_resource(pdev, 0);
	for (u32 i = 0; i < 2; i++) {
		struct request *r = &d->request[i];

		r->done = true;
		r->dir = i ? DMA_FROM_DEVICE : DMA_TO_DEVICE;
		r->header = devm_kzalloc(d->dev, sizeof(*r->header), GFP_KERNEL);
		r->status = devm_kzalloc(d->dev, 1, GFP_KERNEL);
		r->data = devm_kzalloc(d->dev, BYTES, GFP_KERNEL);
		if (!r->header || !r->status || !r->data)
			return -ENOMEM;
	}
	if (dma_set_mask_and_coherent(d->dev, DMA_BIT_MASK(64)))
		return -EIO;
	return negotiate(d);
}

static int run(struct any_lab *lab, u64 features, u32 hostile, enum forget forget)
{
	const struct any_lab_virtio_blk_config config = {
		.virtio = {.features = features | ANY_LAB_VIRTIO_ACCESS_PLATFORM |
				       ANY_LAB_VIRTIO_ORDER_PLATFORM,
			   .hostile = hostile}};
	struct platform_device *pdev =
		any_linux_device(lab, any_lab_virtio_blk_attach(lab, &config));
	unsigned int irq = (unsigned int)platform_get_irq(pdev, 0);
	struct disk *d = devm_kzalloc(&pdev->dev, sizeof(*d), GFP_KERNEL);
	u64 rounds = any_lab_operations(lab, ROUNDS);
	int err;

	if (!d)
		return -ENOMEM;
	d->forget = forget;
	err = disk_open(d, pdev);
	if (!err)
		err = request_irq(irq, disk_interrupt, 0, "vblk", d);
	if (!err) {
		err = ring_open(d);
		for (u64 i = 0; i < rounds && !err; i++)
			err = round_trip(lab, d, (u32)i);
		writel(0, d->regs + STATUS);
		while (readl(d->regs + STATUS))
			cpu_relax();
		for (u32 n = 0; n < 2; n++)
			if (!d->request[n].done)
				unmap(d, &d->request[n]);
		free_irq(irq, d);
	}
	any_linux_unbind(pdev);
	return judge_error(lab, err);
}

#define RUN(name, features, hostile, forget)                                                       \
	static int name(struct any_lab *lab)                                                       \
	{                                                                                          \
		return run(lab, features, hostile, forget);                                        \
	}
#define ENTITLED                                                                                   \
	(ANY_LAB_LATE | ANY_LAB_REORDERED | ANY_LAB_SPURIOUS | ANY_LAB_AT_ONCE | ANY_LAB_LINGERS)
RUN(flags, 0, 0, NOTHING)
RUN(event_idx, ANY_LAB_VIRTIO_EVENT_IDX, 0, NOTHING)
RUN(unkind, ANY_LAB_VIRTIO_EVENT_IDX, ENTITLED, NOTHING)
RUN(no_wmb, 0, 0, WMB)
RUN(smp_wmb_only, 0, 0, WMB_IS_SMP)
RUN(no_rmb, 0, 0, RMB)
RUN(no_mb, 0, 0, MB)

const struct scene scenes_vblk[] = {
	SCENE("linux-vblk", flags, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("linux-vblk-event-idx", event_idx, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("linux-vblk-unkind", unkind, 0, ANY_LAB_OK, NULL, NULL),
	SCENE("linux-vblk-no-wmb", no_wmb, 0, ANY_LAB_STORE_ORDER, NULL, "arm64-nc"),
	SCENE("linux-vblk-smp-wmb", smp_wmb_only, 0, ANY_LAB_STORE_ORDER, NULL, "arm64-nc"),
	SCENE_AT("linux-vblk-no-rmb", no_rmb, 0, ANY_LAB_LOAD_ORDER, NULL, "arm64-nc", NULL,
		 "used.ring[d->used++"),
	SCENE("linux-vblk-no-mb", no_mb, 0, ANY_LAB_FULL_ORDER, NULL, "x86-pc"),
};
const size_t n_scenes_vblk = ANY_ARRAY_SIZE(scenes_vblk);

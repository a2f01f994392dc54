/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtio function and a driver that reads and writes its registers by hand. */
#ifndef ANYDMA_TESTS_SPEC_PCI_RIG_H
#define ANYDMA_TESTS_SPEC_PCI_RIG_H

#include "../unit/virtio/device_rig.h"
#include "spec.h"

#include <anydma/virtio/pci_device.h>

#undef TEST

#define VECTORS	  5u
#define NO_VECTOR 0xffffu
#define PCI_OFFER (PLAT | 6 | ANY_VIRTIO_F_RING_RESET | ANY_VIRTIO_F_NOTIFICATION_DATA)

struct cap {
	uint32_t at, len, offset, length;
	uint8_t bar;
};

struct pci_rig {
	struct rig *r;
	struct any_virtio_queue_registers queues[2];
	struct any_virtio_pci_vector vectors[VECTORS];
	struct any_virtio_pci_device p;
	struct cap caps[6]; /* by cfg_type */
	uint32_t msix;
	uint32_t multiplier;
	uint32_t messages[VECTORS], lines;
	bool high;
};

static uint32_t cfg(struct pci_rig *p, uint32_t at, unsigned width)
{
	return any_virtio_pci_device_config_read(&p->p, at, width);
}

static void set_cfg(struct pci_rig *p, uint32_t at, unsigned width, uint32_t value)
{
	any_virtio_pci_device_config_write(&p->p, at, width, value);
}

/* A register of a structure, by its type. */
static uint32_t get(struct pci_rig *p, unsigned type, uint32_t at, unsigned width)
{
	return any_virtio_pci_device_read(&p->p, p->caps[type].offset + at, width);
}

static void set(struct pci_rig *p, unsigned type, uint32_t at, unsigned width, uint32_t value)
{
	any_virtio_pci_device_write(&p->p, p->caps[type].offset + at, width, value);
}

static void on_message(void *ctx, uint64_t addr, uint32_t data)
{
	struct pci_rig *p = ctx;

	assert_true(data < VECTORS && addr == 0xfee0000000ull + 16 * data);
	p->messages[data]++;
}

static void on_line(void *ctx, bool high)
{
	struct pci_rig *p = ctx;

	assert_int_not_equal(p->high, high);
	p->high = high;
	p->lines++;
}

static const struct any_virtio_pci_device_ops pci_ops = {on_message, on_line};

/* The capability list, as a driver walks it. */
static inline void find_caps(struct pci_rig *p)
{
	uint32_t at = cfg(p, 0x34, 1), n = 0;

	for (; at; at = cfg(p, at + 1, 1), n++) {
		const unsigned type = cfg(p, at + 3, 1);

		assert_true(n < 48 && at >= 0x40 && at % 4 == 0);
		if (cfg(p, at, 1) == 0x11)
			p->msix = at;
		if (cfg(p, at, 1) != 0x09)
			continue;
		assert_true(type >= 1 && type <= 5 && !p->caps[type].at);
		p->caps[type] = (struct cap){at, cfg(p, at + 2, 1), cfg(p, at + 8, 4),
					     cfg(p, at + 12, 4), (uint8_t)cfg(p, at + 4, 1)};
		if (type == 2)
			p->multiplier = cfg(p, at + 16, 4);
	}
}

static inline int pci_up(void **state)
{
	struct pci_rig *p = calloc(1, sizeof(*p));

	setup((void **)&p->r);
	assert_int_equal(any_virtio_device_init(&p->r->dev, &ops, p->r, &p->r->space, p->r->queues,
						2, PCI_OFFER),
			 0);
	p->r->dev.config_len = 12;
	p->r->dev.device_id = 2;
	assert_int_equal(any_virtio_pci_device_init(&p->p, &p->r->dev, p->queues, p->vectors,
						    VECTORS, 0x010000),
			 0);
	p->p.ops = &pci_ops;
	p->p.ctx = p;
	find_caps(p);
	*state = p;
	return 0;
}

static inline int pci_down(void **state)
{
	struct pci_rig *p = *state;

	teardown((void **)&p->r);
	free(p);
	return 0;
}

/* Common configuration, by offset (4.1.4.3). */
#define C_STATUS 20u
#define C_QSEL	 22u

static inline void pci_negotiate(struct pci_rig *p, uint64_t features)
{
	set(p, 1, C_STATUS, 1, 0);
	set(p, 1, C_STATUS, 1, 3);
	for (uint32_t i = 0; i < 2; i++) {
		set(p, 1, 8, 4, i);
		set(p, 1, 12, 4, (uint32_t)(features >> 32 * i));
	}
	set(p, 1, C_STATUS, 1, 0xb);
}

static inline void pci_queue(struct pci_rig *p, uint32_t queue, uint32_t size)
{
	const struct any_vring_layout *l = &p->r->layout;
	const uint64_t at[3] = {BUS + l->desc, BUS + l->avail, BUS + l->used};

	set(p, 1, C_QSEL, 2, queue);
	set(p, 1, 24, 2, size);
	for (uint32_t i = 0; i < 3; i++) {
		const uint32_t swap = queue ? 4 : 0; /* either half first (VD-PC-04) */

		set(p, 1, 32 + 8 * i + swap, 4, (uint32_t)(at[i] >> 8 * swap));
		set(p, 1, 36 + 8 * i - swap, 4, (uint32_t)(at[i] >> (32 - 8 * swap)));
	}
	set(p, 1, 28, 2, 1);
}

static inline void pci_ready(struct pci_rig *p, uint64_t features)
{
	pci_negotiate(p, features | ANY_VIRTIO_F_VERSION_1);
	pci_queue(p, 0, SIZE);
	set(p, 1, C_STATUS, 1, 0xf);
	assert_int_equal(get(p, 1, C_STATUS, 1), 0xf);
	assert_int_equal(get(p, 1, 28, 2), 1);
}

/* The device uses one chain of queue 0. */
static inline void pci_use_one(struct pci_rig *p)
{
	struct any_ring_chain chain;

	fill(p->r, any_load_le16(&p->r->parts.avail->idx));
	assert_int_equal(any_virtio_device_take(&p->r->dev, 0, &chain), 0);
	any_virtio_device_use(&p->r->dev, 0, chain.head, 0);
	any_virtio_device_publish(&p->r->dev, 0);
}

#endif

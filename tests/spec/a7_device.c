/* SPDX-License-Identifier: BSD-2-Clause */
/* A7, the device's rows: who the function is, its structures and its common configuration. */
#include "pci_rig.h"

static void who_it_is(void **state)
{
	struct pci_rig *p = *state;

	assert_int_equal(cfg(p, 0, 2), 0x1af4);
	assert_int_equal(cfg(p, 2, 2), 0x1042);
	assert_true(cfg(p, 8, 1) >= 1);
	assert_true(cfg(p, 0x2e, 2) >= 0x40);
	assert_int_equal(cfg(p, 0x09, 1) | cfg(p, 0x0a, 2) << 8, 0x010000);
	assert_int_equal(cfg(p, 0x0e, 1), 0); /* an ordinary header */
	assert_true(cfg(p, 6, 2) & 0x10);     /* with capabilities */
	for (uint32_t id = 1; id <= 0x40; id++) {
		p->r->dev.device_id = id;
		assert_int_equal(any_virtio_pci_device_init(&p->p, &p->r->dev, p->queues,
							    p->vectors, VECTORS, 0),
				 id < 0x40 ? 0 : -ANY_EINVAL);
		if (id < 0x40)
			assert_int_equal(cfg(p, 2, 2), 0x1040 + id);
	}
}

/* Every register and every capability against every write: only what may change does. */
static void what_may_not_be_written_is_not(void **state)
{
	struct pci_rig *p = *state;
	uint32_t before[64], low, high;

	for (uint32_t i = 0; i < 64; i++)
		before[i] = cfg(p, 4 * i, 4);
	for (uint32_t i = 0; i < 64; i++) {
		const bool bar = i == 4 || i == 5,
			   window = 4 * i >= p->caps[5].at && 4 * i < p->caps[5].at + 20;

		set_cfg(p, 4 * i, 4, 0xffffffff);
		if (i == 1)
			assert_int_equal(cfg(p, 4, 4) ^ before[1], 0x0406);
		else if (4 * i == p->msix)
			assert_int_equal(cfg(p, 4 * i, 4) ^ before[i], 0xc0000000);
		else if (i == 0x3c / 4)
			assert_int_equal(cfg(p, 4 * i, 4) ^ before[i], 0xff);
		else if (!bar && !window)
			assert_int_equal(cfg(p, 4 * i, 4), before[i]);
	}
	low = cfg(p, 0x10, 4);
	high = cfg(p, 0x14, 4);
	assert_int_equal(low & 0xf, 4); /* 64 bits wide, memory */
	assert_int_equal(((uint64_t)high << 32 | (low & ~0xfu)) + ANY_VIRTIO_PCI_DEVICE_BAR, 0);
}

/* Sizes cover what is there, offsets lie on their boundaries, all in one BAR, none over another. */
static void structures_lie_where_they_may(void **state)
{
	static const uint32_t align[6] = {0, 4, 4, 1, 4, 0}, least[6] = {0, 16, 20, 16, 16, 20};
	struct pci_rig *p = *state;

	for (unsigned type = 1; type <= 5; type++) {
		assert_true(p->caps[type].at && p->caps[type].len >= least[type]);
		assert_true(p->caps[type].at + p->caps[type].len <= 256);
		if (!align[type])
			continue;
		assert_int_equal(p->caps[type].bar, 0);
		assert_int_equal(p->caps[type].offset % align[type], 0);
		assert_true(p->caps[type].offset + p->caps[type].length <=
			    ANY_VIRTIO_PCI_DEVICE_BAR);
		for (unsigned other = 1; other < type; other++)
			assert_true(p->caps[other].offset + p->caps[other].length <=
					    p->caps[type].offset ||
				    p->caps[type].offset + p->caps[type].length <=
					    p->caps[other].offset);
	}
	assert_true(p->caps[1].length >= 64);
	assert_int_equal(p->caps[4].length, 12);
	assert_true(p->multiplier >= 4 && (p->multiplier & (p->multiplier - 1)) == 0);
	assert_int_equal(get(p, 1, 18, 2), 2);
	for (uint32_t q = 0; q < 2; q++) {
		set(p, 1, C_QSEL, 2, q);
		assert_true(p->caps[2].length >= get(p, 1, 30, 2) * p->multiplier + 4);
	}
	p->r->dev.n_queues = 1025; /* more than there is room for */
	assert_int_equal(
		any_virtio_pci_device_init(&p->p, &p->r->dev, p->queues, p->vectors, VECTORS, 0),
		-ANY_EINVAL);
}

static void features_by_halves(void **state)
{
	struct pci_rig *p = *state;
	const uint64_t offered = PCI_OFFER | ANY_VIRTIO_F_VERSION_1;
	static const uint32_t beyond[] = {2, 3, 4, 5, 0x80000000, 0xffffffff};

	for (size_t i = 0; i < ANY_ARRAY_SIZE(beyond); i++) {
		set(p, 1, 0, 4, beyond[i]);
		assert_int_equal(get(p, 1, 0, 4), beyond[i]);
		assert_int_equal(get(p, 1, 4, 4), 0);
	}
	for (uint32_t i = 0; i < 2; i++) {
		set(p, 1, 0, 4, i);
		assert_int_equal(get(p, 1, 4, 4), (uint32_t)(offered >> 32 * i));
	}
	pci_negotiate(p, offered & ~2ull);
	for (uint32_t i = 0; i < 2; i++) {
		set(p, 1, 8, 4, i);
		assert_int_equal(get(p, 1, 12, 4), (uint32_t)((offered & ~2ull) >> 32 * i));
	}
	set(p, 1, C_STATUS, 1, 0);
	set(p, 1, C_STATUS, 1, 3);
	set(p, 1, 8, 4, 2); /* a bit above 63 is one that was not offered */
	set(p, 1, 12, 4, 1);
	pci_negotiate(p, offered);
	assert_int_equal(get(p, 1, C_STATUS, 1), 0xb); /* forgotten by the reset */
	set(p, 1, C_STATUS, 1, 0);
	set(p, 1, C_STATUS, 1, 3);
	set(p, 1, 8, 4, 2);
	set(p, 1, 12, 4, 1);
	set(p, 1, C_STATUS, 1, 0xb);
	assert_int_equal(get(p, 1, C_STATUS, 1), 3);
}

/* Eight bits, and any number of changes between two looks. */
static void the_generation_turns(void **state)
{
	struct pci_rig *p = *state;
	uint32_t last = get(p, 1, 21, 1);

	for (unsigned n = 0; n <= 1024; n++) {
		for (unsigned i = 0; i < n; i++)
			any_virtio_device_config_changed(&p->r->dev);
		if (n)
			assert_int_not_equal(get(p, 1, 21, 1), last);
		last = get(p, 1, 21, 1);
		assert_int_equal(get(p, 1, 21, 1), last); /* and stands still with it */
	}
}

static void a_reset_is_whole(void **state)
{
	struct pci_rig *p = *state;

	pci_ready(p, PCI_OFFER);
	set(p, 1, 16, 2, 1);
	set(p, 1, 26, 2, 2);
	assert_int_equal(get(p, 1, 16, 2), 1);
	set(p, 1, C_STATUS, 1, 0);
	assert_int_equal(get(p, 1, C_STATUS, 1), 0);
	assert_int_equal(get(p, 1, 28, 2), 0);
	assert_int_equal(get(p, 1, 58, 2), 0);
	assert_int_equal(get(p, 1, 24, 2), SIZE);
	assert_int_equal(get(p, 1, 16, 2), NO_VECTOR);
	assert_int_equal(get(p, 1, 26, 2), NO_VECTOR);
	for (uint32_t at = 32; at < 56; at += 4)
		assert_int_equal(get(p, 1, at, 4), 0);
}

static void a_queue_is_reset_alone(void **state)
{
	struct pci_rig *p = *state;

	pci_ready(p, PCI_OFFER);
	pci_queue(p, 1, 4);
	assert_int_equal(get(p, 1, 28, 2), 1);
	set(p, 1, 58, 2, 1);
	assert_int_equal(get(p, 1, 58, 2), 0); /* over, and both are 0 */
	assert_int_equal(get(p, 1, 28, 2), 0);
	assert_int_equal(get(p, 1, 24, 2), SIZE); /* as it was before anybody set it up */
	assert_int_equal(get(p, 1, 32, 4), 0);
	set(p, 1, C_QSEL, 2, 0);
	assert_int_equal(get(p, 1, 28, 2), 1);
	pci_queue(p, 1, 2);
	assert_int_equal(get(p, 1, 28, 2), 1);
	assert_int_equal(get(p, 1, 58, 2), 0);
	assert_int_equal(p->r->queues[1].size, 2);
	set(p, 1, 28, 2, 0); /* not how a queue is stopped */
	assert_int_equal(get(p, 1, 28, 2), 1);
}

static void queues_that_are_not_there(void **state)
{
	struct pci_rig *p = *state;

	for (uint32_t q = 0; q < 70000; q += q < 10 ? 1 : 997) {
		set(p, 1, C_QSEL, 2, q);
		assert_int_equal(get(p, 1, 24, 2), (q & 0xffff) < 2 ? SIZE : 0);
		if ((q & 0xffff) < 2)
			continue;
		set(p, 1, 24, 2, 4);
		set(p, 1, 26, 2, 1);
		set(p, 1, 28, 2, 1);
		assert_int_equal(get(p, 1, 24, 2), 0);
		assert_int_equal(get(p, 1, 26, 2), NO_VECTOR);
		assert_int_equal(get(p, 1, 28, 2), 0);
	}
}

/* The halves of 64-bit fields, one by one and in any order. */
static void halves_are_independent(void **state)
{
	struct pci_rig *p = *state;

	for (uint32_t i = 0; i < 3; i++) {
		set(p, 1, 36 + 8 * i, 4, 0x11223344);
		assert_int_equal(get(p, 1, 32 + 8 * i, 4), 0);
		set(p, 1, 32 + 8 * i, 4, 0x55667788 + i);
		assert_int_equal(get(p, 1, 36 + 8 * i, 4), 0x11223344);
		assert_int_equal(get(p, 1, 32 + 8 * i, 4), 0x55667788 + i);
		assert_true(p->queues[0].parts[i] == 0x1122334455667788ull + i);
	}
}

static void the_window_reaches_every_structure(void **state)
{
	struct pci_rig *p = *state;
	const uint32_t w = p->caps[5].at;

	set_cfg(p, w + 8, 4, p->caps[1].offset + 18);
	set_cfg(p, w + 12, 4, 2);
	assert_int_equal(cfg(p, w + 16, 4), 2); /* num_queues */
	set_cfg(p, w + 8, 4, p->caps[1].offset + C_STATUS);
	set_cfg(p, w + 12, 4, 1);
	set_cfg(p, w + 16, 1, 3);
	assert_int_equal(p->r->dev.status, 3);
	assert_int_equal(cfg(p, w + 16, 1), 3);
	set_cfg(p, w + 8, 4, p->caps[4].offset + 8);
	set_cfg(p, w + 12, 4, 4);
	assert_int_equal(cfg(p, w + 16, 4), get(p, 4, 8, 4));
	pci_ready(p, PLAT);
	set_cfg(p, w + 8, 4, p->caps[2].offset);
	set_cfg(p, w + 12, 4, 2);
	set_cfg(p, w + 16, 2, 0);
	assert_true(p->r->queues[0].kicked);
	any_virtio_device_config_changed(&p->r->dev);
	set_cfg(p, w + 8, 4, p->caps[3].offset);
	set_cfg(p, w + 12, 4, 1);
	assert_int_equal(cfg(p, w + 16, 1), 2);
	assert_int_equal(p->r->dev.isr, 0); /* read, and so cleared */
	/* elsewhere it reaches nothing */
	set_cfg(p, w + 4, 1, 1);
	set_cfg(p, w + 8, 4, p->caps[1].offset + C_STATUS);
	set_cfg(p, w + 16, 1, 0);
	assert_int_equal(p->r->dev.status, 0xf);
	set_cfg(p, w + 4, 1, 0);
	set_cfg(p, w + 12, 4, 3);
	set_cfg(p, w + 16, 1, 0);
	assert_int_equal(p->r->dev.status, 0xf);
}

static void any_access_is_survived(void **state)
{
	struct pci_rig *p = *state;
	uint64_t rng = 5;

	pci_ready(p, PCI_OFFER);
	p->p.ops = NULL;
	for (unsigned i = 0; i < 300000; i++) {
		uint32_t offset;

		rng = rng * 6364136223846793005ull + 1442695040888963407ull;
		offset = (uint32_t)(rng >> 34) & (rng >> 33 & 1 ? 0x703f : 0xffffffff);
		switch (rng >> 61 & 3) {
		case 0:
			(void)any_virtio_pci_device_read(&p->p, offset, rng >> 52 & 7);
			break;
		case 1:
			any_virtio_pci_device_write(&p->p, offset, rng >> 52 & 7,
						    (uint32_t)(rng >> 10));
			break;
		case 2:
			(void)cfg(p, offset & 0x1ff, rng >> 52 & 7);
			break;
		default:
			set_cfg(p, offset & 0x1ff, rng >> 52 & 7, (uint32_t)(rng >> 10));
		}
		assert_int_equal(p->r->dev.status & 0x30, 0);
	}
	pci_ready(p, PCI_OFFER);
}

#define PCI(f, rows) SPEC_IN(f, rows, pci_up, pci_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PCI(who_it_is, "VD-PC-02 VD-PC-03"),
		PCI(what_may_not_be_written_is_not, "VD-PC-05"),
		PCI(structures_lie_where_they_may,
		    "VD-PC-05 VD-PC-06 VD-PC-07 VD-PC-16 VD-PC-17 VD-PC-19"),
		PCI(features_by_halves, "VD-PC-08 VD-PC-09"),
		PCI(the_generation_turns, "VD-PC-10"),
		PCI(a_reset_is_whole, "VD-PC-11 VD-PC-12 VD-ST-04"),
		PCI(a_queue_is_reset_alone, "VD-PC-13 VD-FB-14 VD-FB-15"),
		PCI(queues_that_are_not_there, "VD-PC-14"),
		PCI(halves_are_independent, "VD-PC-04"),
		PCI(the_window_reaches_every_structure, "VD-PC-22"),
		PCI(any_access_is_survived, "VD-ST-06"),
	};

	return cmocka_run_group_tests_name("a7_device", tests, NULL, NULL);
}

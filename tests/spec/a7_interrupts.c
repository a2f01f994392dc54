/* SPDX-License-Identifier: BSD-2-Clause */
/* A7, the device's rows: ISR and the line, MSI-X and its table. */
#include "pci_rig.h"

#define TABLE 0x4000u

static void map(struct pci_rig *p, uint32_t vector)
{
	const uint32_t at = (cfg(p, p->msix + 4, 4) & ~7u) + 16 * vector;

	any_virtio_pci_device_write(&p->p, at, 4, 0xe0000000u + 16 * vector);
	any_virtio_pci_device_write(&p->p, at + 4, 4, 0xfe);
	any_virtio_pci_device_write(&p->p, at + 8, 4, vector);
	any_virtio_pci_device_write(&p->p, at + 12, 4, 0);
}

static void msix_on(struct pci_rig *p)
{
	for (uint32_t i = 0; i < VECTORS; i++)
		map(p, i);
	set_cfg(p, p->msix + 2, 2, 0x8000);
}

static uint32_t told(const struct pci_rig *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < VECTORS; i++)
		n += p->messages[i];
	return n;
}

static void isr_and_the_line(void **state)
{
	struct pci_rig *p = *state;

	pci_ready(p, PLAT);
	assert_false(p->high);
	assert_int_equal(cfg(p, 6, 2) & 8, 0);
	pci_use_one(p);
	assert_true(p->high && (cfg(p, 6, 2) & 8));
	any_virtio_device_config_changed(&p->r->dev);
	assert_int_equal(p->lines, 1); /* a level */
	assert_int_equal(get(p, 3, 0, 1), 3);
	assert_false(p->high);
	assert_int_equal(cfg(p, 6, 2) & 8, 0);
	assert_int_equal(get(p, 3, 0, 1), 0); /* read, and so cleared */
	any_virtio_device_config_changed(&p->r->dev);
	assert_true(p->high);
	set_cfg(p, 5, 1, 4); /* INTx switched off */
	assert_false(p->high);
	set_cfg(p, 5, 1, 0);
	assert_true(p->high);
	assert_int_equal(get(p, 3, 0, 1), 2);
	assert_int_equal(told(p), 0);
}

static void the_table_is_as_large_as_it_says(void **state)
{
	struct pci_rig *p = *state;

	assert_int_equal((cfg(p, p->msix + 2, 2) & 0x7ff) + 1u, VECTORS);
	for (uint32_t n = 0; n < 300; n++) {
		static struct any_virtio_pci_vector many[ANY_VIRTIO_PCI_DEVICE_VECTORS];
		const int err = any_virtio_pci_device_init(&p->p, &p->r->dev, p->queues, many,
							   (uint16_t)n, 0);

		assert_int_equal(err, n >= 2 && n <= 128 ? 0 : -ANY_EINVAL);
		if (!err)
			assert_int_equal((cfg(p, p->msix + 2, 2) & 0x7ff) + 1u, n);
	}
}

/* Any event to any vector, unmapped again, out of range refused, read back each time. */
static void events_are_mapped_and_read_back(void **state)
{
	struct pci_rig *p = *state;

	pci_ready(p, PLAT);
	msix_on(p);
	set(p, 1, C_QSEL, 2, 0);
	for (uint32_t v = 0; v < 0x10000; v += v < 20 ? 1 : 641) {
		const uint32_t want = v < VECTORS ? v : NO_VECTOR, before = told(p);

		set(p, 1, 26, 2, v);
		assert_int_equal(get(p, 1, 26, 2), want);
		set(p, 1, 16, 2, v);
		assert_int_equal(get(p, 1, 16, 2), want);
		pci_use_one(p);
		any_virtio_device_config_changed(&p->r->dev);
		assert_int_equal(told(p), before + (v < VECTORS ? 2 : 0));
	}
	for (uint32_t i = 0; i < VECTORS; i++)
		assert_int_equal(p->messages[i], 2);
	set(p, 1, 26, 2, NO_VECTOR);
	assert_int_equal(get(p, 1, 26, 2), NO_VECTOR);
	assert_false(p->high); /* nor by the line */
}

static void each_event_goes_to_its_own_vector(void **state)
{
	struct pci_rig *p = *state;

	pci_ready(p, PLAT);
	msix_on(p);
	set(p, 1, 16, 2, 3);
	set(p, 1, 26, 2, NO_VECTOR);
	pci_use_one(p); /* a queue without a vector says nothing */
	assert_int_equal(told(p), 0);
	any_virtio_device_config_changed(&p->r->dev);
	assert_int_equal(p->messages[3], 1);
	set(p, 1, 16, 2, NO_VECTOR); /* nor does a configuration without one */
	any_virtio_device_config_changed(&p->r->dev);
	any_virtio_device_fail(&p->r->dev, "test");
	assert_int_equal(told(p), 1);
}

/* What is masked waits, and is said once. */
static void what_is_masked_waits(void **state)
{
	struct pci_rig *p = *state;
	const uint32_t pending = cfg(p, p->msix + 8, 4) & ~7u;

	pci_ready(p, PLAT);
	msix_on(p);
	set(p, 1, 26, 2, 1);
	any_virtio_pci_device_write(&p->p, TABLE + 16 + 12, 4, 1);
	pci_use_one(p);
	pci_use_one(p);
	assert_int_equal(told(p), 0);
	assert_int_equal(any_virtio_pci_device_read(&p->p, pending, 4), 2);
	any_virtio_pci_device_write(&p->p, TABLE + 16 + 12, 4, 0);
	assert_int_equal(p->messages[1], 1);
	assert_int_equal(any_virtio_pci_device_read(&p->p, pending, 4), 0);
	set_cfg(p, p->msix + 2, 2, 0xc000); /* the whole function */
	pci_use_one(p);
	assert_int_equal(told(p), 1);
	set_cfg(p, p->msix + 2, 2, 0x8000);
	assert_int_equal(told(p), 2);
	pci_use_one(p);
	set(p, 1, C_STATUS, 1, 0);
	assert_int_equal(told(p), 3);
}

#define PCI(f, rows) SPEC_IN(f, rows, pci_up, pci_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PCI(isr_and_the_line, "VD-PC-18"),
		PCI(the_table_is_as_large_as_it_says, "VD-PC-24 VD-PC-25"),
		PCI(events_are_mapped_and_read_back, "VD-PC-25 VD-PC-26"),
		PCI(each_event_goes_to_its_own_vector, "VD-PC-26 VD-PC-27"),
		PCI(what_is_masked_waits, "VD-PC-25"),
	};

	return cmocka_run_group_tests_name("a7_interrupts", tests, NULL, NULL);
}

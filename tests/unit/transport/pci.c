/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's registers over PCI (A7), access by access against a device that notes them. */
#include "pci_mock.h"

struct pci_mock mock;

static struct any_virtio_pci pci;
static struct any_virtio_transport t;

/* What of the common structure may be written: the rest is the device's (VG-PC-09). */
static const uint16_t writable[] = {0, 8, 12, 16, 20, 22, 24, 26, 28, 32, 36, 40, 44, 48, 52, 58};
static const uint8_t widths[] = {4, 4, 4, 4, 2, 2, 1, 1, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 2, 2, 2};
static const uint8_t starts[] = {0,  4,	 8,  12, 16, 18, 20, 21, 22, 24, 26,
				 28, 30, 32, 36, 40, 44, 48, 52, 56, 58, 60};

static struct {
	uint64_t offered;
	uint32_t sel;
	unsigned reset_reads, asks;
	bool resetting, gone, no_vectors;
} device;

static uint32_t offset_of(const volatile void *reg)
{
	return (uint32_t)((const volatile uint8_t *)reg - mock.bars[4]);
}

/* VG-PC-03: by the field's own width. */
static void check_width(uint32_t offset, unsigned width)
{
	assert_true(offset < BAR_BYTES && offset % width == 0);
	for (size_t i = 0; offset < 0x40 && i < ANY_ARRAY_SIZE(starts); i++)
		if (starts[i] == offset) {
			assert_int_equal(width, widths[i]);
			return;
		}
	assert_true(offset >= 0x40);
}

static uint32_t stored(uint32_t offset, unsigned width)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)mock.bars[4][offset + i] << 8 * i;
	return value;
}

uint32_t mock_read(const volatile void *reg, unsigned width)
{
	const uint32_t offset = offset_of(reg);

	check_width(offset, width);
	if (device.asks < 2)
		note("r%x ", (unsigned)offset);
	if (device.gone)
		return width == 4 ? UINT32_MAX : (1u << 8 * width) - 1;
	if (offset == 4)
		return device.sel > 1 ? 0 : (uint32_t)(device.offered >> (32 * device.sel));
	if (offset == 58) {
		device.asks++;
		return device.resetting && device.asks <= device.reset_reads;
	}
	if (device.no_vectors && (offset == 16 || offset == 26))
		return 0xffff;
	return stored(offset, width);
}

void mock_write(volatile void *reg, unsigned width, uint32_t value)
{
	const uint32_t offset = offset_of(reg);
	bool may = offset >= 0x40;

	check_width(offset, width);
	for (size_t i = 0; i < ANY_ARRAY_SIZE(writable); i++)
		may |= writable[i] == offset;
	assert_true(may);
	assert_false(offset == 28 && value == 0); /* VG-PC-11 */
	note("w%x=%x ", (unsigned)offset, (unsigned)value);
	for (unsigned i = 0; i < width; i++)
		mock.bars[4][offset + i] = (uint8_t)(value >> 8 * i);
	if (offset == 0)
		device.sel = value;
	device.resetting |= offset == 58;
}

void mock_barrier(const char *name)
{
	if (device.asks < 2)
		note("%s ", name);
}

static void store16(uint32_t offset, uint16_t value)
{
	mock.bars[4][offset] = (uint8_t)value;
	mock.bars[4][offset + 1] = (uint8_t)(value >> 8);
}

static void begin(void)
{
	assert_int_equal(any_virtio_pci_init(&pci, &t, &mock_fn, NULL), 0);
	mock.text[0] = 0;
}

static int up(void **state)
{
	(void)state;
	memset(&device, 0, sizeof(device));
	mock_usual();
	store16(18, 4);	 /* queues */
	store16(24, 16); /* entries */
	store16(30, 3);	 /* the doorbell's place, times the multiplier */
	store16(56, 0x77);
	begin();
	return 0;
}

static void expect(const char *text)
{
	assert_string_equal(mock.text, text);
	mock.text[0] = 0;
}

static void features_by_halves(void **state)
{
	(void)state;
	device.offered = 0x123456789abcdef0;
	assert_true(t.ops->get_features(t.ctx) == device.offered);
	expect("w0=0 r4 w0=1 r4 ");
	t.ops->set_features(t.ctx, 0x123456789abcdef0);
	expect("w8=0 wc=9abcdef0 w8=1 wc=12345678 ");
}

static void status_and_who_may_reach_memory(void **state)
{
	(void)state;
	t.ops->set_status(t.ctx, 0xb);
	assert_int_equal(mock.space[4] & 4, 0); /* what it may reach is not agreed on */
	t.ops->set_status(t.ctx, 0xf);
	assert_int_equal(mock.space[4] & 6, 6);
	assert_int_equal(t.ops->get_status(t.ctx), 0xf);
	expect("wmb w14=b wmb w14=f r14 rmb ");
}

static int setup(uint16_t queue, uint32_t size)
{
	return t.ops->queue_setup(t.ctx, queue, size, any_dma(0x1122334455667780),
				  any_dma(0x2000000010), any_dma(0x30));
}

static void vg_pc_10_11_a_queue_is_set_up(void **state)
{
	(void)state;
	assert_int_equal(t.ops->queue_max(t.ctx, 4), 0); /* beyond num_queues */
	expect("r12 ");
	assert_int_equal(t.ops->queue_max(t.ctx, 3), 16);
	expect("r12 w16=3 r18 ");
	assert_int_equal(setup(3, 8), 0);
	expect("w16=3 r1c r18 r1e w18=8 w20=55667780 w24=11223344 w28=10 w2c=20 w30=30 w34=0 "
	       "wmb w1c=1 ");
	assert_int_equal(setup(3, 8), -ANY_EBUSY);
	expect("w16=3 r1c ");
	store16(28, 0);
	assert_int_equal(setup(3, 9), -ANY_EINVAL);
	assert_int_equal(setup(3, 0), -ANY_EINVAL);
}

/* VG-PC-19: 16 bits or 32, the number or the device's word for it: four combinations. */
static void vg_pc_19_doorbells(void **state)
{
	static const uint64_t sets[] = {
		0, ANY_VIRTIO_F_NOTIFICATION_DATA, ANY_VIRTIO_F_NOTIF_CONFIG_DATA,
		ANY_VIRTIO_F_NOTIFICATION_DATA | ANY_VIRTIO_F_NOTIF_CONFIG_DATA};
	static const char *const said[] = {"wmb w300c=2 ", "wmb w300c=80050002 ", "wmb w300c=77 ",
					   "wmb w300c=80050077 "};

	(void)state;
	assert_true(t.features == (ANY_VIRTIO_F_NOTIF_CONFIG_DATA | ANY_VIRTIO_F_RING_RESET));
	for (size_t i = 0; i < ANY_ARRAY_SIZE(sets); i++) {
		store16(28, 0);
		store16(24, 16);
		t.ops->set_features(t.ctx, sets[i]);
		assert_int_equal(setup(2, 8), 0);
		mock.text[0] = 0;
		t.ops->kick(t.ctx, sets[i] & ANY_VIRTIO_F_NOTIFICATION_DATA ? 0x80050002 : 2);
		expect(said[i]);
	}
}

/* Doorbells of queues nobody remembers are asked for; outside the structure there is none. */
static void doorbells_elsewhere(void **state)
{
	(void)state;
	store16(18, 100);
	assert_int_equal(setup(90, 8), 0);
	mock.text[0] = 0;
	t.ops->kick(t.ctx, 90);
	expect("w16=5a r1e wmb w300c=5a ");
	t.ops->kick(t.ctx, 1); /* never set up */
	expect("");
	store16(28, 0);
	store16(30, 0x400); /* * 4: behind the end */
	assert_int_equal(setup(1, 8), -ANY_EPROTO);
	store16(30, 0x3ff);
	assert_int_equal(setup(1, 8), 0);
	store16(28, 0);
	store16(30, 0xffff);
	pci.multiplier = 0x80000000u; /* the product does not wrap */
	assert_int_equal(setup(1, 8), -ANY_EPROTO);
}

static void vg_pc_12_a_reset_ends_when_it_reads_0(void **state)
{
	(void)state;
	assert_int_equal(t.ops->queue_reset(t.ctx, 1), 0);
	expect("w16=1 w3a=1 r3a rmb ");
	device.asks = 0;
	device.reset_reads = 1000;
	assert_int_equal(t.ops->queue_reset(t.ctx, 1), 0);
	assert_int_equal(device.asks, 1001);
	device.asks = 0;
	device.reset_reads = UINT32_MAX;
	assert_int_equal(t.ops->queue_reset(t.ctx, 1), -ANY_EBUSY);
	assert_true(device.asks < 10000000);
}

/* An older device: its common structure ends before the newest fields, or between them. */
static void a_short_common_structure(void **state)
{
	static const struct {
		uint32_t len;
		uint64_t features;
	} cases[] = {
		{56, 0},
		{58, ANY_VIRTIO_F_NOTIF_CONFIG_DATA},
		{60, ANY_VIRTIO_F_NOTIF_CONFIG_DATA | ANY_VIRTIO_F_RING_RESET},
	};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(cases); i++) {
		mock_usual();
		space_put(0x4c, 4, cases[i].len);
		begin();
		assert_true(t.features == cases[i].features);
		assert_int_equal(pci.common.len, cases[i].len);
	}
}

static void a_device_that_is_gone(void **state)
{
	(void)state;
	device.gone = true;
	assert_int_equal(t.ops->queue_max(t.ctx, 0), 0);
	assert_int_equal(t.ops->queue_reset(t.ctx, 0), -ANY_ENODEV);
	assert_int_equal(setup(0, 16), -ANY_EBUSY);
	assert_int_equal(t.ops->get_status(t.ctx), 0xff);
}

static void configuration_by_its_width(void **state)
{
	(void)state;
	mock.bars[4][0x2003] = 0x5a;
	mock.bars[4][21] = 9;
	assert_int_equal(t.ops->config_read(t.ctx, 3, 1), 0x5a);
	assert_int_equal(t.ops->config_read(t.ctx, 2, 2), 0x5a00);
	assert_int_equal(t.ops->config_read(t.ctx, 0, 4), 0x5a000000);
	t.ops->config_write(t.ctx, 1, 1, 0xab);
	t.ops->config_write(t.ctx, 2, 2, 0xabcd);
	t.ops->config_write(t.ctx, 4, 4, 0xabcdef01);
	assert_int_equal(t.ops->config_generation(t.ctx), 9);
	expect("r2003 r2002 r2000 w2001=ab w2002=abcd w2004=abcdef01 r15 ");
	assert_int_equal(t.ops->config_read(t.ctx, 0x3c, 4), 0); /* behind its end */
	assert_int_equal(t.ops->config_read(t.ctx, UINT32_MAX - 3, 4), 0);
	t.ops->config_write(t.ctx, 0x3c, 1, 1);
	expect("");
}

static void vd_pc_18_intx(void **state)
{
	(void)state;
	mock.bars[4][0x1000] = 0x83;
	assert_int_equal(t.ops->read_isr(t.ctx), 3);
	expect("r1000 ");
}

static void with_msix(void)
{
	const uint32_t at = mock_cap(0x11, 12);

	space_put(at + 2, 2, 0x4002); /* 3 entries, function masked */
	space_put(at + 4, 4, 0);      /* in BAR 0 */
	begin();
}

static void vg_pc_14_17_20_msix(void **state)
{
	(void)state;
	assert_int_equal(any_virtio_pci_vector(&pci, 0, 0xfee00000, 0x21), -ANY_ENOTSUP);
	space_put(0x10, 4, (uint32_t)BAR_BUS + 4 * BAR_BYTES); /* where registers are noted */
	with_msix();
	assert_int_equal(pci.msix_size, 3);
	assert_int_equal(any_virtio_pci_vector(&pci, 3, 0xfee00000, 0x21), -ANY_EINVAL);
	expect("");
	pci.msix.at = mock.bars[4] + 0x800;
	assert_int_equal(any_virtio_pci_vector(&pci, 1, 0x1fee00000, 0x21), 0);
	assert_int_equal(space_get(pci.msix_at + 2u, 2), 0x8002);
	expect("w81c=1 w810=fee00000 w814=1 w818=21 w81c=0 c86=8002 ");
	pci.config_vector = 1;
	pci.queue_vector[0] = 2;
	pci.queue_vector[3] = 1;
	t.ops->set_status(t.ctx, 1);
	expect("wmb w14=1 w10=1 r10 ");
	assert_int_equal(setup(3, 8), 0);
	assert_non_null(strstr(mock.text, " w1a=1 r1a w20="));
	mock.text[0] = 0;
	any_virtio_pci_fired(&pci, 1);
	assert_int_equal(t.ops->read_isr(t.ctx), 3); /* shared: VG-PC-20 */
	assert_int_equal(t.ops->read_isr(t.ctx), 0);
	any_virtio_pci_fired(&pci, 2);
	assert_int_equal(t.ops->read_isr(t.ctx), 1);
	expect(""); /* the ISR is left alone: VG-PC-14 */
	device.no_vectors = true;
	store16(28, 0);
	assert_int_equal(setup(3, 8), -ANY_ENOMEM);
	t.ops->set_status(t.ctx, 1);
	assert_int_equal(pci.config_vector, ANY_VIRTIO_PCI_NO_VECTOR);
}

/* VG-PC-17: when a vector is refused, back to the line: MSI-X off, no vector written, the ISR read.
 */
static void vg_pc_17_back_to_the_line(void **state)
{
	(void)state;
	any_virtio_pci_no_vectors(&pci); /* of a function without MSI-X: nothing to switch off */
	expect("");
	space_put(0x10, 4, (uint32_t)BAR_BUS + 4 * BAR_BYTES);
	with_msix();
	pci.msix.at = mock.bars[4] + 0x800;
	assert_int_equal(any_virtio_pci_vector(&pci, 1, 0xfee00000, 0x21), 0);
	pci.config_vector = 1;
	pci.queue_vector[3] = 1;
	any_virtio_pci_fired(&pci, 1);
	mock.text[0] = 0;
	any_virtio_pci_no_vectors(&pci);
	expect("c86=2 ");
	assert_int_equal(pci.config_vector, ANY_VIRTIO_PCI_NO_VECTOR);
	assert_int_equal(pci.queue_vector[3], ANY_VIRTIO_PCI_NO_VECTOR);
	t.ops->set_status(t.ctx, 1);
	expect("wmb w14=1 ");
	assert_int_equal(setup(3, 8), 0);
	assert_null(strstr(mock.text, " w1a="));
	mock.text[0] = 0;
	mock.bars[4][0x1000] = 1;
	assert_int_equal(t.ops->read_isr(t.ctx), 1);
	expect("r1000 ");
}

#define TEST(name) cmocka_unit_test_setup(name, up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(features_by_halves),
		TEST(status_and_who_may_reach_memory),
		TEST(vg_pc_10_11_a_queue_is_set_up),
		TEST(vg_pc_19_doorbells),
		TEST(doorbells_elsewhere),
		TEST(vg_pc_12_a_reset_ends_when_it_reads_0),
		TEST(a_short_common_structure),
		TEST(a_device_that_is_gone),
		TEST(configuration_by_its_width),
		TEST(vd_pc_18_intx),
		TEST(vg_pc_14_17_20_msix),
		TEST(vg_pc_17_back_to_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

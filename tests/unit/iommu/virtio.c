/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio IOMMU's driver against a device that checks each request (A14). */
#include "virtio_rig.h"

static struct rig rig;

static void fini(void)
{
	if (rig.up)
		assert_int_equal(any_virtio_iommu_fini(&rig.iommu), 0);
	world_fini(&rig.world); /* and nothing stays allocated */
}

static int down(void **state)
{
	(void)state;
	fini();
	return 0;
}

static struct rig *up(enum world_kind kind)
{
	rig_init(&rig, kind, ALL);
	assert_int_equal(rig_start(&rig), 0);
	return &rig;
}

static const struct entry *at(const struct rig *r, uint32_t domain, uint64_t iova)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		if (r->entries[i].end && r->entries[i].domain == domain &&
		    iova >= r->entries[i].start && iova <= r->entries[i].end)
			return &r->entries[i];
	return NULL;
}

static void one_domain(enum world_kind kind)
{
	struct rig *r = up(kind);
	struct any_virtio_iommu_domain d;
	const struct any_iommu_ops *ops = &any_virtio_iommu_ops;
	const struct entry *e;

	assert_int_equal(r->config[ANY_VIOMMU_CFG_BYPASS], 0);
	assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 5, 2), 0);
	assert_int_equal(r->domain_of[2], 5);
	assert_int_equal(
		ops->map(&d, any_dma(0x5000), any_phys(0x123456000), 0x3000, ANY_IOMMU_READ), 0);
	e = at(r, 5, 0x7fff);
	assert_non_null(e);
	assert_true(e->phys == 0x123456000 && e->start == 0x5000 && e->end == 0x7fff);
	assert_int_equal(e->flags, ANY_VIOMMU_MAP_READ);
	assert_int_equal(ops->map(&d, any_dma(0x8000), any_phys(0), 0x1000,
				  ANY_IOMMU_WRITE | ANY_IOMMU_MMIO),
			 0);
	assert_int_equal(at(r, 5, 0x8000)->flags, ANY_VIOMMU_MAP_WRITE | ANY_VIOMMU_MAP_MMIO);
	ops->unmap(&d, any_dma(0x5000), 0x3000);
	assert_null(at(r, 5, 0x5000)); /* when it returns, it is gone */
	assert_non_null(at(r, 5, 0x8000));
	assert_int_equal(any_virtio_iommu_detach(&d), 0);
	assert_int_equal(r->domain_of[2], 0);
	assert_int_equal(r->iommu.errors, 0);
}

static void vg_io_04_to_08_requests(void **state)
{
	(void)state;
	one_domain(WORLD_FLAT);
}

static void requests_where_addresses_differ(void **state)
{
	(void)state;
	one_domain(WORLD_OFFSET);
	fini();
	one_domain(WORLD_NONCOHERENT);
}

static void vg_io_04_ranges(void **state)
{
	struct rig *r = up(WORLD_FLAT);
	struct any_virtio_iommu_domain d;
	const struct any_iommu_ops *ops = &any_virtio_iommu_ops;

	(void)state;
	assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 2, 1), -ANY_EINVAL);
	assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 10, 1), -ANY_EINVAL);
	assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 3, 1), 0);
	r->requests = 0;
	assert_int_equal(ops->map(&d, any_dma(0), any_phys(0), 0x1000, 1), -ANY_ENOMEM);
	assert_int_equal(ops->map(&d, any_dma(0xfffff000), any_phys(0), 0x2000, 1), -ANY_ENOMEM);
	assert_int_equal(ops->map(&d, any_dma(0x100000000), any_phys(0), 0x1000, 1), -ANY_ENOMEM);
	assert_int_equal(r->requests, 0); /* the device was not even asked */
	assert_int_equal(ops->map(&d, any_dma(0xfffff000), any_phys(0), 0x1000, 1), 0);
}

/* Each refusal is an error; an answer of no length, or without its status, is one, too. */
static void vg_io_04_answers(void **state)
{
	static const int errors[] = {0,		  -ANY_EIO,    -ANY_ENOTSUP, -ANY_EIO,
				     -ANY_EINVAL, -ANY_EINVAL, -ANY_ENOENT,  -ANY_EIO,
				     -ANY_ENOMEM, -ANY_EIO};
	struct rig *r = up(WORLD_FLAT);
	struct any_virtio_iommu_domain d;

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(errors); i++) {
		r->status = (int)i;
		assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 3, 1), errors[i]);
	}
	r->status = -1;
	assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 3, 1), 0);
	for (r->written = 0; r->written < 4; r->written++)
		assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 3, 1), -ANY_EIO);
	assert_int_equal(r->iommu.errors, 9 + 4);
	r->written = -1;
	r->mute = true; /* the last answer is still there, and is not this one's */
	assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 3, 1), -ANY_EIO);
	r->mute = false;
	for (unsigned i = 0; i < ENTRIES; i++)
		assert_int_equal(any_virtio_iommu_ops.map(&d, any_dma(0x10000 + i * 0x1000ull),
							  any_phys(0), 0x1000, 1),
				 0);
	assert_int_equal(any_virtio_iommu_ops.map(&d, any_dma(0x5000), any_phys(0), 0x1000, 1),
			 -ANY_ENOMEM);
	assert_null(at(r, 3, 0x5000));
}

static void a_device_that_lies_is_not_asked_again(void **state)
{
	struct rig *r = up(WORLD_FLAT);
	struct any_virtio_iommu_domain d;

	(void)state;
	r->written = 5; /* more than there is room for */
	assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 3, 1), -ANY_EPROTO);
	r->written = -1;
	r->requests = 0;
	assert_int_equal(any_virtio_iommu_attach(&r->iommu, &d, 3, 1), -ANY_ENODEV);
	assert_int_equal(any_virtio_iommu_ops.map(&d, any_dma(0x5000), any_phys(0), 0x1000, 1),
			 -ANY_ENOMEM);
	assert_int_equal(r->requests, 0);
}

static void vg_io_01_03_features(void **state)
{
	struct any_virtio_iommu_hole hole;
	struct rig *r = &rig;
	uint32_t n = 1;

	(void)state;
	rig_init(r, WORLD_FLAT, ALL & ~ANY_VIOMMU_F_MAP_UNMAP);
	assert_int_equal(rig_start(r), -ANY_ENODEV);
	assert_true(r->dev.status & ANY_VIRTIO_STATUS_FAILED);
	fini();
	rig_init(r, WORLD_FLAT, ANY_VIOMMU_F_MAP_UNMAP); /* nothing but the least */
	assert_int_equal(rig_start(r), 0);
	assert_true(r->iommu.input_end == UINT64_MAX && r->iommu.domain_end == UINT32_MAX);
	assert_int_equal(r->config[ANY_VIOMMU_CFG_BYPASS], 1); /* not touched: VG-IO-02 */
	assert_int_equal(any_virtio_iommu_probe(&r->iommu, 1, &hole, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(r->requests, 0);
	fini();
	rig_init(r, WORLD_FLAT, ALL | ANY_VIRTIO_F_RING_PACKED);
	assert_int_equal(rig_start(r), 0);
	assert_true(any_virtio_has(&r->iommu.virtio, ANY_VIOMMU_F_INPUT_RANGE |
							     ANY_VIOMMU_F_DOMAIN_RANGE |
							     ANY_VIOMMU_F_PROBE));
}

static void configurations_without_sense(void **state)
{
	static const struct {
		unsigned offset;
		uint64_t value;
	} bad[] = {{ANY_VIOMMU_CFG_PAGE_SIZE_MASK, 0},
		   {ANY_VIOMMU_CFG_INPUT_END, 0xfff},
		   {ANY_VIOMMU_CFG_DOMAIN_START, 0x0000000200000003},
		   {ANY_VIOMMU_CFG_PROBE_SIZE, 0xffffffff}};

	(void)state;
	for (size_t i = 0; i < ANY_ARRAY_SIZE(bad); i++) {
		rig_init(&rig, WORLD_FLAT, ALL);
		put64(rig.config + bad[i].offset, bad[i].value);
		assert_int_equal(rig_start(&rig), -ANY_EPROTO);
		if (i + 1 < ANY_ARRAY_SIZE(bad))
			fini();
	}
}

/* Half of what it needs was there: that half is given back. */
static void a_device_without_an_event_queue(void **state)
{
	(void)state;
	rig_init(&rig, WORLD_FLAT, ALL);
	rig.dev.n_queues = 1;
	assert_int_equal(rig_start(&rig), -ANY_ENOENT);
	assert_int_equal(rig.dev.status, ANY_VIRTIO_STATUS_FAILED);
}

/* One property of a probe. */
static size_t property(uint8_t *to, unsigned type, unsigned len, unsigned subtype, uint64_t start,
		       uint64_t end)
{
	memset(to, 0, 4 + len);
	to[0] = (uint8_t)type;
	to[1] = (uint8_t)(type >> 8);
	to[2] = (uint8_t)len;
	if (len >= 20) {
		to[4] = (uint8_t)subtype;
		put64(to + 8, start);
		put64(to + 16, end);
	}
	return 4 + len;
}

static void vg_io_09_10_reserved_memory(void **state)
{
	struct any_virtio_iommu_hole holes[4];
	struct rig *r = up(WORLD_FLAT);
	uint32_t n = 4;
	size_t end;

	(void)state;
	end = property(r->probe, 7, 4, 0, 0, 0); /* unknown: stepped over */
	end += property(r->probe + end, 1, 20, 1, 0xfee00000, 0xfeefffff); /* MSI */
	property(r->probe + end, 0xf001, 20, 9, 0x100000, 0x1fffff); /* reserved bits, subtype */
	assert_int_equal(any_virtio_iommu_probe(&r->iommu, 1, holes, &n), 0);
	assert_int_equal(n, 2);
	assert_true(holes[0].start == 0xfee00000 && holes[0].end == 0xfeefffff);
	assert_true(holes[1].start == 0x100000 && holes[1].end == 0x1fffff);
	n = 1;
	assert_int_equal(any_virtio_iommu_probe(&r->iommu, 1, holes, &n), -ANY_ENOSPC);
	property(r->probe, 1, 20, 0, 5, 4); /* ends before it starts */
	property(r->probe + 24, 1, 36, 0, 0x1000,
		 0x1fff); /* longer than we know, to the very end */
	n = 4;
	assert_int_equal(any_virtio_iommu_probe(&r->iommu, 1, holes, &n), 0);
	assert_int_equal(n, 1);
	r->probe[26] = 37; /* runs over the end */
	n = 4;
	assert_int_equal(any_virtio_iommu_probe(&r->iommu, 1, holes, &n), 0);
	assert_int_equal(n, 0);
}

static void vg_io_11_reports(void **state)
{
	struct rig *r = up(WORLD_FLAT);
	struct any_iommu_fault f;
	uint8_t bytes[24] = {2, 0, 0, 0, 0x02, 0xf1, 0xff, 0xff, 0x10};

	(void)state;
	assert_int_equal(any_virtio_iommu_fault(&r->iommu, &f), -ANY_EAGAIN);
	put64(bytes + 16, 0x123456789000);
	assert_true(report(r, bytes, 24));
	assert_int_equal(any_virtio_iommu_fault(&r->iommu, &f), 0);
	assert_int_equal(f.device, 0x10);
	assert_true(f.has_addr && f.addr.raw == 0x123456789000);
	assert_int_equal(f.access, ANY_IOMMU_WRITE);
	assert_int_equal(f.reason, ANY_IOMMU_FAULT_MAPPING);
	bytes[0] = 1;
	bytes[4] = 1;
	bytes[5] = 0;
	assert_true(report(r, bytes, 24));
	assert_int_equal(any_virtio_iommu_fault(&r->iommu, &f), 0);
	assert_int_equal(f.access, ANY_IOMMU_READ);
	assert_false(f.has_addr);
	assert_int_equal(f.reason, ANY_IOMMU_FAULT_DOMAIN);
	bytes[0] = 77;
	assert_true(report(r, bytes, 24));
	assert_int_equal(any_virtio_iommu_fault(&r->iommu, &f), 0);
	assert_int_equal(f.reason, ANY_IOMMU_FAULT_UNKNOWN);
	bytes[2] = 1; /* reserved: ignored, and so is one that is cut short */
	assert_true(report(r, bytes, 24));
	bytes[2] = 0;
	assert_true(report(r, bytes, 23));
	assert_int_equal(any_virtio_iommu_fault(&r->iommu, &f), -ANY_EAGAIN);
	assert_int_equal(r->iommu.dropped, 2);
}

/* The places go round: after many reports as many can wait as at first. */
static void places_for_reports_come_back(void **state)
{
	struct rig *r = up(WORLD_OFFSET);
	struct any_iommu_fault f;
	uint8_t bytes[24] = {2};

	(void)state;
	for (unsigned turn = 0; turn < 10; turn++) {
		unsigned n = 0;

		while (report(r, bytes, 24))
			n++;
		assert_int_equal(n, ANY_VIRTIO_IOMMU_EVENTS);
		while (n--)
			assert_int_equal(any_virtio_iommu_fault(&r->iommu, &f), 0);
		assert_int_equal(any_virtio_iommu_fault(&r->iommu, &f), -ANY_EAGAIN);
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vg_io_04_to_08_requests),
		TEST(requests_where_addresses_differ),
		TEST(vg_io_04_ranges),
		TEST(vg_io_04_answers),
		TEST(a_device_that_lies_is_not_asked_again),
		TEST(vg_io_01_03_features),
		TEST(configurations_without_sense),
		TEST(a_device_without_an_event_queue),
		TEST(vg_io_09_10_reserved_memory),
		TEST(vg_io_11_reports),
		TEST(places_for_reports_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio IOMMU in the machine, and the one device behind it. */
#include <stdlib.h>

#include <anydma/iommu_device.h>

#include "iommu.h"

#define QUEUE 16u

struct lab_viommu {
	struct any_viommu_device device;
	struct any_ring_piece pieces[2 * QUEUE];
	struct any_packed_held held[2 * QUEUE];
	struct any_viommu_endpoint endpoint;
	struct any_viommu_mapping mappings[LAB_IOMMU_MAPPINGS];
	struct lab_iommu_access *access; /* still to be made; NULL: none */
};

static void make_access(struct lab_model *d)
{
	struct lab_viommu *v = d->small;
	struct lab_iommu_access *a = v->access;
	uint64_t last;

	v->access = NULL;
	a->err = any_viommu_device_translate(&v->device, LAB_IOMMU_ENDPOINT, a->addr,
					     a->store ? ANY_DMA_FROM_DEVICE : ANY_DMA_TO_DEVICE,
					     &a->phys, &last);
	lab_device_interrupt(d->machine); /* the device's own: it is done */
}

static bool step(void *ctx)
{
	struct lab_model *d = ctx;
	struct lab_viommu *v = d->small;

	if (v->access && lab_device_random(d->machine) >> 63) {
		make_access(d);
		return true;
	}
	if (any_virtio_viommu_device_process(&v->device, 1))
		return true;
	if (!v->access)
		return false;
	make_access(d);
	return true;
}

void lab_iommu_access(struct lab_machine *m, struct lab_iommu_access *access)
{
	struct lab_viommu *v = ((struct lab_model *)m->device->ctx)->small;

	v->access = access;
	m->device->awake = true;
	while (v->access)
		lab_cpu_wait(m);
}

int lab_model_iommu(struct lab_model *d, struct lab_machine *m, const struct any_lab_config *config)
{
	static const struct any_viommu_reserved hole = {
		.start = LAB_IOMMU_HOLE_START, .end = LAB_IOMMU_HOLE_END, .msi = true};
	struct any_viommu_device_config device = {.features = lab_model_features(d, m, config),
						  .page_size_mask = ~(uint64_t)(LAB_IOMMU_PAGE - 1),
						  .input_start = LAB_IOMMU_START,
						  .input_end = LAB_IOMMU_END,
						  .domain_start = 1,
						  .domain_end = LAB_IOMMU_DOMAIN,
						  .probe_size = 64,
						  .bypass = true,
						  .n_endpoints = 1,
						  .n_mappings = LAB_IOMMU_MAPPINGS};
	struct lab_viommu *v = calloc(1, sizeof(*v));
	int err;

	d->small = v;
	if (!v)
		return -ANY_ENOMEM;
	v->endpoint = (struct any_viommu_endpoint){
		.id = LAB_IOMMU_ENDPOINT, .reserved = &hole, .n_reserved = 1};
	device.endpoints = &v->endpoint;
	device.mappings = v->mappings;
	err = any_viommu_device_init(&v->device, &device, &d->space, v->pieces, v->held, QUEUE);
	lab_model_connect(d, m, &v->device.virtio, step);
	d->device.polled = true;
	return err;
}

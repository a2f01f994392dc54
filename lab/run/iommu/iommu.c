/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sits on top of the virtio IOMMU's driver: mappings that come and go, and after each step an
 * access of the device behind it. It gets where the mapping says, or nowhere; and then the driver
 * is told what it was. Seen code.
 */
#include <anydma/iommu.h>

#include "iommu.h"

#define WINDOW 0x400000ull /* of each mapping's addresses */
#define STEPS  64u

struct entry {
	uint64_t at, phys, len;
	unsigned prot; /* 0: not mapped */
};

struct driver {
	struct any_virtio_iommu iommu;
	struct any_virtio_iommu_domain domain;
	struct entry entries[LAB_IOMMU_MAPPINGS];
	bool attached;
};

static int wrong(struct lab_small *s, const char *why)
{
	s->w->why = why;
	return -ANY_EFAULT;
}

static uint32_t below(struct lab_small *s, uint32_t n)
{
	return (uint32_t)(lab_random(s->w->machine) % n);
}

/* ---- accesses -------------------------------------------------------------------------------- */

static int report(struct lab_small *s, const struct lab_iommu_access *a)
{
	struct driver *d = s->driver;
	struct any_iommu_fault fault;
	int err;

	while ((err = any_virtio_iommu_fault(&d->iommu, &fault)) == -ANY_EAGAIN)
		lab_cpu_wait(s->w->machine);
	if (err)
		return err;
	if (fault.device != LAB_IOMMU_ENDPOINT || !fault.has_addr || fault.addr.raw != a->addr ||
	    fault.access != (a->store ? ANY_IOMMU_WRITE : ANY_IOMMU_READ) ||
	    fault.reason != (d->attached ? ANY_IOMMU_FAULT_MAPPING : ANY_IOMMU_FAULT_DOMAIN))
		return wrong(s, "a fault is reported as another");
	return 0;
}

/* A byte of the entry: its first, its last, or any. */
static int touch(struct lab_small *s, const struct entry *e)
{
	const uint64_t offsets[] = {0, e->len - 1, below(s, (uint32_t)e->len)};
	const uint64_t offset = offsets[below(s, ANY_ARRAY_SIZE(offsets))];
	struct lab_iommu_access a = {.addr = e->at + offset, .store = below(s, 2)};
	const bool allowed = e->prot & (a.store ? ANY_IOMMU_WRITE : ANY_IOMMU_READ);

	lab_iommu_access(s->w->machine, &a);
	if (!a.err != allowed)
		return wrong(s, allowed ? "the device does not reach what is mapped"
					: "the device reaches what is not mapped");
	if (a.err)
		return report(s, &a);
	return a.phys == e->phys + offset ? 0 : wrong(s, "the device reaches other memory");
}

/* ---- steps ----------------------------------------------------------------------------------- */

static int map(struct lab_small *s, struct entry *e)
{
	struct driver *d = s->driver;
	const struct any_iommu_ops *ops = &any_virtio_iommu_ops;
	const uint32_t pages = WINDOW / LAB_IOMMU_PAGE;
	const uint32_t first = below(s, pages), n = 1 + below(s, pages - first);
	const unsigned prot = 1 + below(s, 3);
	int err;

	e->at = LAB_IOMMU_START + (uint64_t)(e - d->entries) * WINDOW +
		(uint64_t)first * LAB_IOMMU_PAGE;
	e->len = (uint64_t)n * LAB_IOMMU_PAGE;
	e->phys = (lab_random(s->w->machine) >> 16) & ~(uint64_t)(LAB_IOMMU_PAGE - 1);
	err = ops->map(&d->domain, any_dma(e->at), any_phys(e->phys), e->len, prot);
	if (!err)
		e->prot = prot;
	return err;
}

static void unmap(struct lab_small *s, struct entry *e)
{
	struct driver *d = s->driver;
	const struct any_iommu_ops *ops = &any_virtio_iommu_ops;

	ops->unmap(&d->domain, any_dma(e->at), e->len);
	ops->inval(&d->domain, any_dma(e->at), e->len);
	ops->sync(&d->domain);
	e->prot = 0;
}

static int step(struct lab_small *s)
{
	struct driver *d = s->driver;
	struct entry *e = &d->entries[below(s, LAB_IOMMU_MAPPINGS)];
	int err = 0;

	if (!e->prot)
		err = map(s, e);
	else if (below(s, 3))
		unmap(s, e); /* strict: the access behind it gets nowhere */
	if (!err)
		err = touch(s, e);
	return err ? err : d->iommu.errors ? wrong(s, "a request was refused") : 0;
}

/* ---- life ------------------------------------------------------------------------------------ */

static int attach(struct lab_small *s)
{
	struct driver *d = s->driver;
	struct any_virtio_iommu_hole hole;
	uint32_t n = 1;
	int err = any_virtio_iommu_probe(&d->iommu, LAB_IOMMU_ENDPOINT, &hole, &n);

	if (err)
		return err;
	if (n != 1 || hole.start != LAB_IOMMU_HOLE_START || hole.end != LAB_IOMMU_HOLE_END)
		return wrong(s, "the addresses that cannot be mapped are others");
	err = any_virtio_iommu_attach(&d->iommu, &d->domain, LAB_IOMMU_DOMAIN, LAB_IOMMU_ENDPOINT);
	d->attached = !err;
	return err;
}

/* What is attached to nothing reaches nothing, before and behind. */
static int work(struct lab_small *s)
{
	struct driver *d = s->driver;
	const struct entry nowhere = {.at = LAB_IOMMU_START, .len = WINDOW};
	int err = touch(s, &nowhere);

	if (!err)
		err = attach(s);
	for (uint32_t i = 0; !err && i < STEPS; i++) {
		err = step(s);
		s->w->machine->count.requests += !err;
	}
	if (!err)
		err = any_virtio_iommu_detach(&d->domain);
	if (err)
		return err;
	d->attached = false;
	return touch(s, &nowhere);
}

static int up(struct lab_small *s, const struct any_virtio_transport *transport, void *shared,
	      size_t bytes)
{
	struct driver *d = s->driver;

	(void)bytes;
	s->virtio = &d->iommu.virtio;
	if (shared) {
		s->w->why = "the IOMMU's driver needs coherent memory";
		return -ANY_ENOTSUP;
	}
	return any_virtio_iommu_init(&d->iommu, transport, s->w->dma);
}

static int stop(struct lab_small *s)
{
	return any_virtio_iommu_fini(&((struct driver *)s->driver)->iommu);
}

const struct lab_small_verbs lab_small_iommu = {.bytes = sizeof(struct driver),
						.config_bytes = ANY_VIOMMU_CFG_BYTES,
						.up = up,
						.work = work,
						.stop = stop};

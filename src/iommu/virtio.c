/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtio IOMMU: one request at a time, each awaited. An answered UNMAP is the invalidation: the
 * device must have let go by then (5.13.6.6).
 */
#include "virtio.h"

#include <anydma/endian.h>

#include "any_arch.h"
#include "base/bits.h"
#include "base/mem.h"

#define WANTED                                                                                     \
	(ANY_VIOMMU_F_INPUT_RANGE | ANY_VIOMMU_F_DOMAIN_RANGE | ANY_VIOMMU_F_PROBE |               \
	 ANY_VIOMMU_F_MMIO | ANY_VIOMMU_F_BYPASS_CONFIG)
#define PAGE	   4096u
#define POLLS	   100000000u /* looks at the queue before the device is given up */
#define A_WHILE	   65536u     /* of them until its registers are asked */
#define PROBE_MOST 2048u

static int await(struct any_virtio_iommu *iommu, uint32_t *written)
{
	int err = -ANY_EAGAIN;
	void *cookie;

	for (uint32_t i = 1; i <= POLLS && err == -ANY_EAGAIN; i++) {
		err = any_virtqueue_take(&iommu->requests, &cookie, written);
		if (err && i % A_WHILE == 0 && any_virtio_check(&iommu->virtio))
			break;
		any_cpu_relax();
	}
	/* What it still has in hand is its own until a reset: no request may follow. */
	iommu->dead = err;
	return err == -ANY_EAGAIN ? -ANY_ENODEV : err;
}

static int error_of(uint8_t status)
{
	return status == ANY_VIOMMU_S_OK				      ? 0
	       : status == ANY_VIOMMU_S_NOMEM				      ? -ANY_ENOMEM
	       : status == ANY_VIOMMU_S_UNSUPP				      ? -ANY_ENOTSUP
	       : status == ANY_VIOMMU_S_NOENT				      ? -ANY_ENOENT
	       : status == ANY_VIOMMU_S_RANGE || status == ANY_VIOMMU_S_INVAL ? -ANY_EINVAL
									      : -ANY_EIO;
}

/*
 * One request of `len` bytes at VIOMMU_ASK, whose answer is `more` bytes and the tail. An answer
 * of no length is a failure (VG-IO-04).
 */
static int ask(struct any_virtio_iommu *iommu, uint32_t len, uint32_t more)
{
	const uint32_t all = more + ANY_VIOMMU_TAIL_BYTES;
	uint8_t *answer = viommu_at(iommu, VIOMMU_ANSWER);
	const struct any_virtqueue_buf bufs[] = {
		{viommu_at(iommu, VIOMMU_ASK), len, viommu_bus(iommu, VIOMMU_ASK), true},
		{answer, all, viommu_bus(iommu, VIOMMU_ANSWER), true},
	};
	uint32_t written = 0;
	int err;

	if (iommu->dead)
		return -ANY_ENODEV;
	memset(answer, 0xff, all);
	err = any_virtqueue_add(&iommu->requests, bufs, 1, 1, iommu);
	if (err)
		return err;
	any_virtqueue_kick(&iommu->requests);
	err = await(iommu, &written);
	if (!err)
		err = written < all ? -ANY_EIO
				    : error_of(*(volatile const uint8_t *)(answer + more));
	iommu->errors += err != 0;
	return err;
}

/* ---- domains */

static uint32_t type(enum any_viommu_type value)
{
	return any_cpu_to_le32(value);
}

int any_virtio_iommu_attach(struct any_virtio_iommu *iommu, struct any_virtio_iommu_domain *domain,
			    uint32_t id, uint32_t endpoint)
{
	struct any_viommu_attach *req = viommu_at(iommu, VIOMMU_ASK);

	if (id < iommu->domain_start || id > iommu->domain_end)
		return -ANY_EINVAL;
	*domain = (struct any_virtio_iommu_domain){iommu, id, endpoint};
	*req = (struct any_viommu_attach){
		.type = type(ANY_VIOMMU_T_ATTACH),
		.domain = any_cpu_to_le32(id),
		.endpoint = any_cpu_to_le32(endpoint),
	};
	return ask(iommu, ANY_VIOMMU_ATTACH_BYTES, 0);
}

int any_virtio_iommu_detach(struct any_virtio_iommu_domain *domain)
{
	struct any_viommu_detach *req = viommu_at(domain->iommu, VIOMMU_ASK);

	*req = (struct any_viommu_detach){
		.type = type(ANY_VIOMMU_T_DETACH),
		.domain = any_cpu_to_le32(domain->id),
		.endpoint = any_cpu_to_le32(domain->endpoint),
	};
	return ask(domain->iommu, ANY_VIOMMU_DETACH_BYTES, 0);
}

/* The flag is only for a device that knows it (VG-IO-07). */
static uint32_t flags_of(const struct any_virtio_iommu *iommu, unsigned prot)
{
	return (prot & ANY_IOMMU_READ ? ANY_VIOMMU_MAP_READ : 0) |
	       (prot & ANY_IOMMU_WRITE ? ANY_VIOMMU_MAP_WRITE : 0) |
	       (prot & ANY_IOMMU_MMIO && any_virtio_has(&iommu->virtio, ANY_VIOMMU_F_MMIO)
			? ANY_VIOMMU_MAP_MMIO
			: 0);
}

static int map(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
	       unsigned prot)
{
	const struct any_virtio_iommu_domain *domain = ctx;
	struct any_virtio_iommu *iommu = domain->iommu;
	struct any_viommu_map *req = viommu_at(iommu, VIOMMU_ASK);
	int err;

	if (iova.raw < iommu->input_start || iova.raw > iommu->input_end ||
	    len - 1 > iommu->input_end - iova.raw)
		return -ANY_ENOMEM; /* the allocator was given more than there is */
	*req = (struct any_viommu_map){
		.type = type(ANY_VIOMMU_T_MAP),
		.domain = any_cpu_to_le32(domain->id),
		.start = any_cpu_to_le64(iova.raw),
		.end = any_cpu_to_le64(iova.raw + (len - 1)),
		.phys = any_cpu_to_le64(phys.raw),
		.flags = any_cpu_to_le32(flags_of(iommu, prot)),
	};
	err = ask(iommu, ANY_VIOMMU_MAP_BYTES, 0);
	return err ? -ANY_ENOMEM : 0; /* whatever it was, nothing is mapped */
}

static void unmap(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct any_virtio_iommu_domain *domain = ctx;
	struct any_viommu_unmap *req = viommu_at(domain->iommu, VIOMMU_ASK);

	*req = (struct any_viommu_unmap){
		.type = type(ANY_VIOMMU_T_UNMAP),
		.domain = any_cpu_to_le32(domain->id),
		.start = any_cpu_to_le64(iova.raw),
		.end = any_cpu_to_le64(iova.raw + (len - 1)),
	};
	/* Counted in errors; what cannot be unmapped is closed, as far as anybody listens. */
	if (ask(domain->iommu, ANY_VIOMMU_UNMAP_BYTES, 0) && any_virtio_iommu_detach(domain))
		domain->iommu->dead = true;
}

/* The answered UNMAP was both. */
static void inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	(void)ctx, (void)iova, (void)len;
}

static void sync(void *ctx)
{
	(void)ctx;
}

const struct any_iommu_ops any_virtio_iommu_ops = {
	.map = map, .unmap = unmap, .inval = inval, .sync = sync};

/* ---- probe */

/* One property; unknown subtypes of reserved memory are as reserved as any (VG-IO-10). */
static bool resv(const uint8_t *value, uint32_t len, struct any_virtio_iommu_hole *hole)
{
	if (len < ANY_VIOMMU_RESV_BYTES)
		return false;
	hole->start = viommu_le(value + 4, 8);
	hole->end = viommu_le(value + 12, 8);
	return hole->start <= hole->end;
}

static int properties(const uint8_t *at, uint32_t left, struct any_virtio_iommu_hole *holes,
		      uint32_t *n)
{
	const uint32_t room = *n;

	*n = 0;
	while (left >= 4) {
		const uint32_t kind = (uint32_t)viommu_le(at, 2) & ANY_VIOMMU_P_TYPE;
		const uint32_t len = (uint32_t)viommu_le(at + 2, 2);
		struct any_virtio_iommu_hole hole;

		if (kind == ANY_VIOMMU_P_NONE || len > left - 4)
			return 0;
		if (kind == ANY_VIOMMU_P_RESV_MEM && resv(at + 4, len, &hole)) {
			if (*n == room)
				return -ANY_ENOSPC;
			holes[(*n)++] = hole;
		}
		at += 4 + len; /* others are stepped over (VG-IO-09) */
		left -= 4 + len;
	}
	return 0;
}

int any_virtio_iommu_probe(struct any_virtio_iommu *iommu, uint32_t endpoint,
			   struct any_virtio_iommu_hole *holes, uint32_t *n)
{
	uint32_t *req = viommu_at(iommu, VIOMMU_ASK);
	static const uint32_t words = ANY_VIOMMU_PROBE_BYTES / 4;
	uint8_t copy[PROBE_MOST];
	int err;

	if (!any_virtio_has(&iommu->virtio, ANY_VIOMMU_F_PROBE)) {
		*n = 0;
		return 0;
	}
	for (uint32_t i = 0; i < words; i++)
		req[i] = 0;
	req[0] = type(ANY_VIOMMU_T_PROBE);
	req[1] = any_cpu_to_le32(endpoint);
	err = ask(iommu, ANY_VIOMMU_PROBE_BYTES, iommu->probe_size);
	if (err)
		return err;
	memcpy(copy, viommu_at(iommu, VIOMMU_ANSWER), iommu->probe_size); /* read once */
	return properties(copy, iommu->probe_size, holes, n);
}

/* ---- bring-up */

static int read_config(struct any_virtio_iommu *iommu)
{
	const struct any_virtio_driver *v = &iommu->virtio;
	struct any_virtio_config_read read = any_virtio_config_begin(v);

	do {
		iommu->page_mask = any_virtio_config64(v, ANY_VIOMMU_CFG_PAGE_SIZE_MASK);
		iommu->input_start = 0;
		iommu->input_end = UINT64_MAX;
		iommu->domain_start = 0;
		iommu->domain_end = UINT32_MAX;
		iommu->probe_size = 0;
		if (any_virtio_has(v, ANY_VIOMMU_F_INPUT_RANGE)) {
			iommu->input_start = any_virtio_config64(v, ANY_VIOMMU_CFG_INPUT_START);
			iommu->input_end = any_virtio_config64(v, ANY_VIOMMU_CFG_INPUT_END);
		}
		if (any_virtio_has(v, ANY_VIOMMU_F_DOMAIN_RANGE)) {
			iommu->domain_start = any_virtio_config32(v, ANY_VIOMMU_CFG_DOMAIN_START);
			iommu->domain_end = any_virtio_config32(v, ANY_VIOMMU_CFG_DOMAIN_END);
		}
		if (any_virtio_has(v, ANY_VIOMMU_F_PROBE))
			iommu->probe_size = any_virtio_config32(v, ANY_VIOMMU_CFG_PROBE_SIZE);
	} while (any_virtio_config_again(v, &read));
	if (read.torn || !iommu->page_mask || iommu->input_start > iommu->input_end ||
	    iommu->domain_start > iommu->domain_end || iommu->probe_size > PROBE_MOST)
		return -ANY_EPROTO;
	return 0;
}

static int make_wire(struct any_virtio_iommu *iommu)
{
	const size_t align = any_dma_cache_alignment(iommu->virtio.dma);
	const uint64_t least = iommu->probe_size + 128u;

	iommu->stride = (uint32_t)any_align_up(least, align < 64 ? 64 : align);
	return any_dma_alloc_coherent(
		iommu->virtio.dma, (size_t)iommu->stride * (VIOMMU_EVENT + ANY_VIRTIO_IOMMU_EVENTS),
		&iommu->wire);
}

/* What is attached to nothing reaches nothing: one byte, and only with the feature (VG-IO-02). */
static void no_bypass(struct any_virtio_iommu *iommu)
{
	const struct any_virtio_transport *t = iommu->virtio.transport;

	if (any_virtio_has(&iommu->virtio, ANY_VIOMMU_F_BYPASS_CONFIG))
		t->ops->config_write(t->ctx, ANY_VIOMMU_CFG_BYPASS, 1, 0);
}

static int bring_up(struct any_virtio_iommu *iommu)
{
	const uint32_t size = ANY_VIRTIO_IOMMU_QUEUE;
	int err = read_config(iommu);

	if (!err)
		err = make_wire(iommu);
	if (!err)
		err = any_virtqueue_init(&iommu->requests, &iommu->virtio, ANY_VIOMMU_REQUESTS,
					 size, iommu->memory[0], sizeof(iommu->memory[0]));
	if (!err)
		err = any_virtqueue_init(&iommu->events, &iommu->virtio, ANY_VIOMMU_EVENTS, size,
					 iommu->memory[1], sizeof(iommu->memory[1]));
	if (err)
		return err;
	no_bypass(iommu);
	any_virtio_ready(&iommu->virtio);
	return any_viommu_listen(iommu);
}

static int let_go(struct any_virtqueue *vq)
{
	void *cookie;

	if (!vq->mem.size) /* it never came up */
		return 0;
	while (!any_virtqueue_detach(vq, &cookie))
		;
	return any_virtqueue_fini(vq);
}

/* Memory goes back when the device is known to have let go, and not before. */
int any_virtio_iommu_fini(struct any_virtio_iommu *iommu)
{
	int err = any_virtio_reset(&iommu->virtio);

	iommu->dead = true;
	if (!err)
		err = let_go(&iommu->requests);
	if (!err)
		err = let_go(&iommu->events);
	if (!err && iommu->wire.size)
		any_dma_free_coherent(iommu->virtio.dma, &iommu->wire);
	return err;
}

int any_virtio_iommu_init(struct any_virtio_iommu *iommu,
			  const struct any_virtio_transport *transport, struct any_dma_dev *dma)
{
	const char *why = "the IOMMU does not come up";
	int err;

	*iommu = (struct any_virtio_iommu){.dead = false};
	err = any_virtio_begin(&iommu->virtio, transport, dma, WANTED, ANY_VIOMMU_F_MAP_UNMAP);
	if (err)
		return err;
	if (transport->device_id != ANY_VIRTIO_ID_IOMMU ||
	    transport->config_len < ANY_VIOMMU_CFG_BYTES)
		err = -ANY_ENODEV;
	else
		err = bring_up(iommu);
	if (!err)
		return 0;
	if (any_virtio_iommu_fini(iommu))
		why = "the IOMMU does not reset; its memory stays allocated";
	any_virtio_fail(&iommu->virtio, why);
	return err;
}

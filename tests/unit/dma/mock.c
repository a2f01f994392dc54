/* SPDX-License-Identifier: BSD-2-Clause */
#include "mock.h"

#include <stdlib.h>

const struct any_dma_facts mock_flat = {.coherent = true};
const struct any_dma_facts mock_short = {.coherent = true,
					 .dma_max = RAM_PHYS + BUF_AT + SHORT_END - 1};
const struct any_dma_facts mock_nosnoop = {.line = LINE, .speculates = true};

static void note(struct mock *m, enum mock_op op, uint64_t at, uint64_t len)
{
	assert_true(m->n_log < sizeof(m->log) / sizeof(m->log[0]));
	m->log[m->n_log++] = (struct mock_log){op, at, len, m->look ? *m->look : 0};
	m->count[op]++;
}

void mock_forget(struct mock *m)
{
	m->n_log = 0;
	memset(m->count, 0, sizeof(m->count));
}

unsigned mock_when(const struct mock *m, enum mock_op op, unsigned n)
{
	for (unsigned i = 0; i < m->n_log; i++)
		if (m->log[i].op == op && !n--)
			return i;
	fail_msg("operation %d did not happen often enough", op);
	return 0;
}

/* ---- cache: whole lines move ---- */

static void lines(uint64_t phys, size_t len, size_t *from, size_t *n)
{
	uint64_t start = phys & ~(uint64_t)(LINE - 1),
		 end = (phys + len + LINE - 1) & ~(uint64_t)(LINE - 1);

	assert_true(phys >= RAM_PHYS && phys + len <= RAM_PHYS + RAM_SIZE);
	*from = (size_t)(start - RAM_PHYS);
	*n = (size_t)(end - start);
}

/* Maintenance must go through the address the CPU used (VIVT): check that the two agree. */
static void agree(const struct mock *m, const void *va, uint64_t phys)
{
	assert_ptr_equal(va, m->view + (phys - RAM_PHYS));
}

static void clean(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct mock *m = ctx;
	size_t from, n;

	agree(m, va, phys.raw);
	note(m, MOCK_CLEAN, phys.raw, len);
	lines(phys.raw, len, &from, &n);
	memcpy(m->dram + from, m->view + from, n);
}

static void inval(void *ctx, void *va, struct any_phys_addr phys, size_t len)
{
	struct mock *m = ctx;
	size_t from, n;

	agree(m, va, phys.raw);
	note(m, MOCK_INVAL, phys.raw, len);
	lines(phys.raw, len, &from, &n);
	memcpy(m->view + from, m->dram + from, n);
}

static void cache_sync(void *ctx)
{
	note(ctx, MOCK_SYNC, 0, 0);
}

static void drain(void *ctx, enum any_dma_dir dir)
{
	assert_true(dir == ANY_DMA_TO_DEVICE || dir == ANY_DMA_FROM_DEVICE);
	note(ctx, dir == ANY_DMA_TO_DEVICE ? MOCK_DRAIN_OUT : MOCK_DRAIN_IN, 0, 0);
}

static const struct any_dma_cache_ops cache_ops = {
	.clean = clean, .inval = inval, .sync = cache_sync};

/* ---- IOMMU ---- */

static size_t page_of(uint64_t iova)
{
	assert_true(iova >= IOVA_BASE && iova < IOVA_BASE + IOVA_SIZE);
	return (size_t)(iova - IOVA_BASE) / GRANULE;
}

static int iommu_map(void *ctx, struct any_dma_addr iova, struct any_phys_addr phys, uint64_t len,
		     unsigned prot)
{
	struct mock *m = ctx;

	assert_int_equal((iova.raw | phys.raw | len) % GRANULE, 0);
	if (m->map_room < len / GRANULE)
		return -ANY_ENOMEM;
	note(m, MOCK_MAP, iova.raw, len);
	m->map_room -= (unsigned)(len / GRANULE);
	for (uint64_t at = 0; at < len; at += GRANULE) {
		size_t i = page_of(iova.raw + at);

		assert_false(m->table[i].present);
		assert_false(m->table[i].stale); /* M5: not again before an invalidation */
		m->table[i].phys = phys.raw + at;
		m->table[i].prot = prot;
		m->table[i].present = true;
	}
	return 0;
}

static void iommu_unmap(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct mock *m = ctx;

	assert_int_equal((iova.raw | len) % GRANULE, 0);
	note(m, MOCK_UNMAP, iova.raw, len);
	m->map_room += (unsigned)(len / GRANULE);
	for (uint64_t at = 0; at < len; at += GRANULE) {
		size_t i = page_of(iova.raw + at);

		assert_true(m->table[i].present);
		m->table[i].present = false;
		m->table[i].stale = true;
	}
}

static void iommu_map_sync(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	note(ctx, MOCK_MAP_SYNC, iova.raw, len);
}

static void iommu_inval(void *ctx, struct any_dma_addr iova, uint64_t len)
{
	struct mock *m = ctx;

	note(m, MOCK_IOTLB_INVAL, iova.raw, len);
	for (size_t i = 0; i < IOVA_SIZE / GRANULE; i++)
		if (!len || IOVA_BASE + i * GRANULE - iova.raw < len)
			m->table[i].stale = false;
}

static void iommu_sync(void *ctx)
{
	note(ctx, MOCK_IOTLB_SYNC, 0, 0);
}

static const struct any_iommu_ops iommu_ops = {.map = iommu_map,
					       .unmap = iommu_unmap,
					       .map_sync = iommu_map_sync,
					       .inval = iommu_inval,
					       .sync = iommu_sync};

/* ---- Xen: driver pages lie in descending order on the bus, and one is not there at all ---- */

static bool scatter(void *ctx, struct any_phys_addr phys, uint64_t len, struct any_dma_addr *addr,
		    uint64_t *run)
{
	const uint64_t page = phys.raw & ~(uint64_t)(PAGE - 1), at = page - RAM_PHYS;

	(void)ctx, (void)len;
	if (at >= RAM_SIZE || page == mock_phys(SCATTER_HOLE))
		return false;
	addr->raw =
		SCATTER_BUS + phys.raw % PAGE + (at < BUF_AT ? at : RAM_SIZE + BUF_AT - PAGE - at);
	*run = PAGE - phys.raw % PAGE;
	return true;
}

static bool unscatter(uint64_t bus, uint64_t *phys)
{
	const uint64_t at = bus - SCATTER_BUS, page = at & ~(uint64_t)(PAGE - 1);

	if (at >= RAM_SIZE)
		return false;
	*phys = RAM_PHYS + at % PAGE + (at < BUF_AT ? page : RAM_SIZE + BUF_AT - PAGE - page);
	return *phys - mock_phys(SCATTER_HOLE) >= PAGE;
}

/* ---- building ---- */

static void add_pool(struct mock *m)
{
	const struct any_bounce_class classes[] = {{.slot = 256, .count = SLOTS_SMALL},
						   {.slot = 4096, .count = SLOTS_MID},
						   {.slot = 65536, .count = SLOTS_LARGE}};
	const struct any_dma_region mem = {m->view + POOL_AT,
					   {RAM_PHYS + POOL_AT},
					   POOL_SIZE,
					   m->facts.shared_only ? ANY_REGION_SHARED : 0};

	assert_int_equal(any_bounce_pool_init(&m->pool, &mem, classes, 3, m->stack), 0);
	m->plat.bounce = &m->pool;
}

static void add_iommu(struct mock *m, bool deferred)
{
	assert_int_equal(any_iova_init(&m->iova, IOVA_BASE, IOVA_SIZE, GRANULE, m->ranges, 32), 0);
	m->map_room = IOVA_SIZE / GRANULE;
	m->iommu = (struct any_dma_iommu){.stage = &any_dma_iommu_stage,
					  .ops = &iommu_ops,
					  .ctx = m,
					  .iova = &m->iova,
					  .granule = GRANULE,
					  .deferred = m->deferred,
					  .deferred_size = deferred ? DEFERRED : 0};
	m->plat.iommu = &m->iommu;
}

int mock_try(struct mock *m, const struct any_dma_facts *facts, unsigned with)
{
	const bool snoops = facts->coherent || facts->line <= 1;

	memset(m, 0, sizeof(*m));
	m->dram = aligned_alloc(65536, RAM_SIZE);
	m->view = snoops ? m->dram : aligned_alloc(65536, RAM_SIZE);
	assert_non_null(m->dram);
	assert_non_null(m->view);
	memset(m->dram, 0xdd, RAM_SIZE);
	memset(m->view, 0xdd, RAM_SIZE);
	m->facts = *facts;
	m->ram = (struct any_dma_region){
		m->view + BUF_AT, {RAM_PHYS + BUF_AT}, RAM_SIZE - BUF_AT, 0};
	m->ops = (struct any_dma_ops){.cache = snoops ? NULL : &cache_ops, .drain = drain};
	if (with & MOCK_SCATTER)
		m->ops.translate = scatter;
	m->plat = (struct any_dma_platform){.name = "mock",
					    .facts = *facts,
					    .ram = &m->ram,
					    .n_ram = 1,
					    .ops = &m->ops,
					    .ctx = m};
	if (with & MOCK_POOL)
		add_pool(m);
	if (with & MOCK_COHERENT) {
		m->coherent = (struct any_coherent_region){
			.mem = {m->dram + COH_AT,
				{RAM_PHYS + COH_AT},
				COH_SIZE,
				(snoops ? 0 : ANY_REGION_UNCACHED) |
					(facts->shared_only ? ANY_REGION_SHARED : 0)},
			.bitmap = m->bitmap};
		m->plat.coherent = &m->coherent;
	}
	if (with & (MOCK_IOMMU | MOCK_DEFERRED))
		add_iommu(m, with & MOCK_DEFERRED);
	return mock_attach(m);
}

void mock_start(struct mock *m, const struct any_dma_facts *facts, unsigned with)
{
	assert_int_equal(mock_try(m, facts, with), 0);
}

void mock_stop(struct mock *m)
{
	any_dma_detach(&m->dev);
	if (m->view != m->dram)
		free(m->view);
	free(m->dram);
}

unsigned char *mock_buf(struct mock *m, size_t at)
{
	return m->view + BUF_AT + at;
}

uint64_t mock_phys(size_t at)
{
	return RAM_PHYS + BUF_AT + at;
}

/* ---- the device ---- */

static bool through_windows(const struct any_dma_facts *f, uint64_t bus, uint64_t *phys)
{
	*phys = bus;
	for (uint32_t i = 0; i < f->n_segments; i++) {
		if (bus - f->segments[i].dma.raw >= f->segments[i].size)
			continue;
		*phys = f->segments[i].phys.raw + (bus - f->segments[i].dma.raw);
		return true;
	}
	return !f->n_segments || f->miss_identity;
}

/* Windows between the IOMMU and memory, backwards; the bits of a page are the tables'. */
static uint64_t through_out(const struct any_dma_iommu *iommu, uint64_t out)
{
	for (uint32_t i = 0; i < iommu->n_out; i++)
		if (out - iommu->out[i].dma.raw < iommu->out[i].size)
			return iommu->out[i].phys.raw + (out - iommu->out[i].dma.raw);
	return iommu->n_out ? 0 : out;
}

unsigned char *mock_bus(struct mock *m, uint64_t bus, bool write)
{
	const struct any_dma_facts *f = &m->facts;
	const uint64_t page_bits = f->private_bits | f->shared_bits;
	uint64_t phys;

	bus = (bus | f->implied_bits) &
	      ~f->coherent_bits; /* a bridge adds these, routing eats those */
	if (bus < f->dma_min || (f->dma_max && bus > f->dma_max) || (bus & f->dma_forbidden))
		return NULL;
	if (m->plat.iommu && (!m->iommu.partial || bus - IOVA_BASE < IOVA_SIZE)) {
		size_t i = page_of(bus);

		if (!m->table[i].present ||
		    !(m->table[i].prot & (write ? ANY_IOMMU_WRITE : ANY_IOMMU_READ)))
			return NULL;
		phys = through_out(&m->iommu, m->table[i].phys & ~page_bits) + bus % GRANULE;
	} else if (!(m->ops.translate ? unscatter(bus & ~page_bits, &phys)
				      : through_windows(f, bus & ~page_bits, &phys))) {
		return NULL;
	}
	return phys - RAM_PHYS < RAM_SIZE ? m->dram + (phys - RAM_PHYS) : NULL;
}

bool mock_device_write(struct mock *m, uint64_t bus, unsigned char with, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char *p = mock_bus(m, bus + i, true);

		if (!p)
			return false;
		*p = with;
	}
	return true;
}

bool mock_device_sees(struct mock *m, uint64_t bus, unsigned char what, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char *p = mock_bus(m, bus + i, false);

		if (!p || *p != what)
			return false;
	}
	return true;
}

bool all_are(const void *bytes, unsigned char what, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		if (p[i] != what)
			return false;
	return true;
}

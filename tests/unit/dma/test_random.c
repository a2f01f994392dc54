/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many mappings at once, in any order, on every kind of machine, against the plainest model there
 * is: what the buffer must hold after each call. Neighbouring buffers touch each other and are in
 * use.
 */
#include "mock.h"

#define BUFS  24u
#define ROOM  1024u /* of each buffer; they lie wall to wall */
#define STEPS 1500u

static const struct any_dma_segment banks[] = {
	{{RAM_PHYS}, {0x40000000}, BUF_AT + 0x2a00},
	{{RAM_PHYS + BUF_AT + 0x2a00}, {0x20000000}, 0x90000}};

static const struct machine {
	struct any_dma_facts facts;
	unsigned with;
} machines[] = {
	{{.coherent = true}, 0},
	{{.coherent = true}, MOCK_IOMMU},
	{{.coherent = true}, MOCK_DEFERRED},
	{{.coherent = true, .untrusted = true}, MOCK_POOL | MOCK_DEFERRED},
	{{.coherent = true, .dma_max = RAM_PHYS + BUF_AT + 0x27ff}, MOCK_POOL},
	{{.coherent = true, .segments = banks, .n_segments = 2}, MOCK_POOL},
	{{.coherent = true, .shared_only = true, .shared_bits = 1u << 30}, MOCK_POOL},
	{{.line = LINE, .speculates = true}, MOCK_POOL},
	{{.line = LINE, .virtual_cache = true, .drains = ANY_DMA_BOTH}, MOCK_POOL},
	{{.line = LINE, .segments = banks, .n_segments = 2}, MOCK_POOL},
	{{.line = LINE, .untrusted = true}, MOCK_POOL | MOCK_IOMMU},
};

static struct mock m;

static struct buffer {
	struct any_dma_mapping map;
	size_t from, len;
	enum any_dma_dir dir;
	unsigned char truth[ROOM];  /* what the driver must read when it owns the buffer */
	unsigned char device[ROOM]; /* what the device must read of its bytes */
	bool live;
} bufs[BUFS];

static uint64_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % below);
}

static unsigned char *cpu(unsigned i)
{
	return mock_buf(&m, i * ROOM);
}

static void scribble(unsigned i)
{
	for (unsigned k = 0; k < ROOM; k++)
		cpu(i)[k] = bufs[i].truth[k] = (unsigned char)any(256);
}

static void device_reads(const struct buffer *b)
{
	if (!(b->dir & ANY_DMA_TO_DEVICE))
		return;
	for (size_t k = 0; k < b->len; k++)
		assert_true(mock_device_sees(&m, b->map.addr.raw + k, b->device[k], 1));
}

/* Some of its bytes, not all. */
static size_t device_writes(struct buffer *b)
{
	const size_t from = any((uint32_t)b->len), n = any((uint32_t)(b->len - from) + 1);

	if (!(b->dir & ANY_DMA_FROM_DEVICE))
		return 0;
	for (size_t k = from; k < from + n; k++) {
		b->device[k] = (unsigned char)any(256);
		assert_true(mock_device_write(&m, b->map.addr.raw + k, b->device[k], 1));
	}
	return from + n;
}

static void map(unsigned i)
{
	struct buffer *b = &bufs[i];
	int err;

	scribble(i); /* the neighbours' lines with it */
	b->from = any(2) ? any(ROOM / 2) : any(ROOM / 2) / LINE * LINE;
	b->len = any(2) ? 1 + any(ROOM / 2) : (1 + any(ROOM / 2 / LINE)) * LINE;
	b->dir = (enum any_dma_dir)(1 + any(3));
	err = any_dma_map(&m.dev, cpu(i) + b->from, b->len, b->dir, &b->map);
	if (err) {
		assert_int_equal(err, -ANY_ENOMEM);
		return;
	}
	b->live = true;
	memcpy(b->device, b->truth + b->from, b->len);
	device_reads(b);
}

static void unmap(unsigned i)
{
	struct buffer *b = &bufs[i];
	size_t written;

	device_reads(b);
	written = device_writes(b);
	memcpy(b->truth + b->from, b->dir & ANY_DMA_FROM_DEVICE ? b->device : b->truth + b->from,
	       b->len);
	if (any(2) || !written) { /* earlier writes may lie behind it */
		any_dma_unmap(&m.dev, &b->map);
	} else {
		any_dma_sync_for_cpu(&m.dev, &b->map, 0, b->len);
		any_dma_unmap_written(&m.dev, &b->map, written);
	}
	assert_memory_equal(cpu(i), b->truth, ROOM);
	b->live = false;
}

static void sync(unsigned i)
{
	struct buffer *b = &bufs[i];

	device_writes(b);
	any_dma_sync_for_cpu(&m.dev, &b->map, 0, b->len);
	if (b->dir & ANY_DMA_FROM_DEVICE)
		memcpy(b->truth + b->from, b->device, b->len);
	assert_memory_equal(cpu(i) + b->from, b->truth + b->from, b->len);
	if (b->dir & ANY_DMA_TO_DEVICE)
		for (size_t k = 0; k < b->len; k++)
			cpu(i)[b->from + k] = b->truth[b->from + k] = (unsigned char)any(256);
	any_dma_sync_for_device(&m.dev, &b->map, 0, b->len);
	memcpy(b->device, b->truth + b->from, b->len);
	device_reads(b);
}

static void run(const struct machine *machine)
{
	mock_start(&m, &machine->facts, machine->with);
	memset(bufs, 0, sizeof(bufs));
	for (unsigned i = 0; i < BUFS; i++)
		scribble(i);
	for (unsigned step = 0; step < STEPS; step++) {
		const unsigned i = any(BUFS);

		mock_forget(&m);
		if (!bufs[i].live)
			map(i);
		else if (any(2))
			unmap(i);
		else
			sync(i);
	}
	for (unsigned i = 0; i < BUFS; i++) {
		if (bufs[i].live)
			unmap(i);
		assert_memory_equal(cpu(i), bufs[i].truth, ROOM);
	}
	assert_int_equal(m.pool.counters.live, 0);
	assert_true(!machine->with || !(machine->with & MOCK_POOL) || m.pool.counters.maps);
	any_dma_detach(&m.dev);
	assert_int_equal(m.iova.live, 0);
	mock_stop(&m);
}

static void test_any_order_on_every_machine(void **state)
{
	(void)state;
	for (unsigned s = 1; s <= 4; s++)
		for (size_t i = 0; i < ANY_ARRAY_SIZE(machines); i++) {
			seed = s * 1000 + i;
			run(&machines[i]);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order_on_every_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

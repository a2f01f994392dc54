/* SPDX-License-Identifier: BSD-2-Clause */
/* A2 and A3 where features need one another: the network driver before a scripted device. */
#include "mock.h"

#include <anydma/net.h>

#define PAIRS 2u
#define SIZE  16u

/* Of the bits this driver knows: what each needs at least one of (5.1.3.1). */
static const struct {
	uint64_t feature, needs;
} table[] = {
	{ANY_NET_F_GUEST_TSO4, ANY_NET_F_GUEST_CSUM},
	{ANY_NET_F_GUEST_TSO6, ANY_NET_F_GUEST_CSUM},
	{ANY_NET_F_GUEST_UFO, ANY_NET_F_GUEST_CSUM},
	{ANY_NET_F_GUEST_ECN, ANY_NET_F_GUEST_TSO4 | ANY_NET_F_GUEST_TSO6},
	{ANY_NET_F_HOST_TSO4, ANY_NET_F_CSUM},
	{ANY_NET_F_HOST_TSO6, ANY_NET_F_CSUM},
	{ANY_NET_F_HOST_UFO, ANY_NET_F_CSUM},
	{ANY_NET_F_HOST_ECN, ANY_NET_F_HOST_TSO4 | ANY_NET_F_HOST_TSO6},
	{ANY_NET_F_CTRL_RX, ANY_NET_F_CTRL_VQ},
	{ANY_NET_F_CTRL_VLAN, ANY_NET_F_CTRL_VQ},
	{ANY_NET_F_GUEST_ANNOUNCE, ANY_NET_F_CTRL_VQ},
	{ANY_NET_F_MQ, ANY_NET_F_CTRL_VQ},
	{ANY_NET_F_CTRL_MAC_ADDR, ANY_NET_F_CTRL_VQ},
	{ANY_NET_F_CTRL_RX_EXTRA, ANY_NET_F_CTRL_VQ}, /* VG-NT-06 */
};

/* Where each field of the configuration lies. */
static const struct {
	uint32_t offset, bytes;
	uint64_t feature;
} fields[] = {{0, 6, ANY_NET_F_MAC},  {6, 2, ANY_NET_F_STATUS},	       {8, 2, ANY_NET_F_MQ},
	      {10, 2, ANY_NET_F_MTU}, {12, 5, ANY_NET_F_SPEED_DUPLEX}, {17, 7, 3ull << 59}};

struct mock_net {
	struct mock *m;
	struct any_net net;
	uint64_t memory[ANY_NET_BYTES(PAIRS, SIZE) / 8];
};

static struct mock_net *net_new(uint64_t offered)
{
	static const uint8_t good[17] = {2, 0, 0, 0, 0, 7, 1, 0, 1, 0, 0xdc, 5, 0, 0x10, 0, 0, 1};
	struct mock_net *n = calloc(1, sizeof(*n));

	n->m = mock_new(WORLD_OFFSET, ANY_VIRTIO_ID_NET, offered);
	memcpy(n->m->config, good, sizeof(good));
	return n;
}

static int net_init(struct mock_net *n, uint32_t buffer)
{
	const struct any_net_options options = {.size = SIZE, .buffer = buffer, .pairs = PAIRS};

	return any_net_init(&n->net, &n->m->transport, &n->m->world.dev, &options, n->memory,
			    sizeof(n->memory));
}

static void net_free(struct mock_net *n, bool up)
{
	if (up) {
		assert_int_equal(any_net_stop(&n->net), 0);
		assert_int_equal(any_net_fini(&n->net), 0);
	}
	mock_free(n->m);
	free(n);
}

/* Every set that was ever written is whole, also one that was given up a moment later. */
static void check_sets(const struct mock *m)
{
	assert_true(mock_count(m, MOCK_SET_FEATURES) > 0);
	for (uint32_t i = mock_find(m, MOCK_SET_FEATURES, 0); i < m->n_log;
	     i = mock_find(m, MOCK_SET_FEATURES, i + 1)) {
		const uint64_t set = m->log[i].value;

		assert_int_equal(set & ~m->offered, 0);
		for (size_t t = 0; t < ANY_ARRAY_SIZE(table); t++)
			if (set & table[t].feature)
				assert_true(set & table[t].needs);
	}
}

static void check_reads(const struct mock *m)
{
	for (uint32_t i = mock_find(m, MOCK_CONFIG_READ, 0); i < m->n_log;
	     i = mock_find(m, MOCK_CONFIG_READ, i + 1))
		for (size_t f = 0; f < ANY_ARRAY_SIZE(fields); f++)
			if (m->log[i].at < fields[f].offset + fields[f].bytes &&
			    m->log[i].at + m->log[i].n > fields[f].offset)
				assert_true(m->offered & fields[f].feature);
}

static void try(uint64_t offered, uint32_t buffer)
{
	struct mock_net *n = net_new(offered | MOCK_CORE);

	assert_int_equal(net_init(n, buffer), 0);
	check_sets(n->m);
	check_reads(n->m);
	net_free(n, true);
}

/* Each dependant without what it needs, and each with it. */
static void what_needs_another_is_taken_with_it(void **state)
{
	(void)state;
	for (size_t t = 0; t < ANY_ARRAY_SIZE(table); t++) {
		struct mock_net *n;

		try(table[t].feature, 70000);
		try(~table[t].needs, 70000);
		try(table[t].feature | table[t].needs, 70000);
		n = net_new(UINT64_MAX);
		assert_int_equal(net_init(n, 70000), 0);
		if (table[t].feature & ~(ANY_NET_F_GUEST_UFO | ANY_NET_F_HOST_UFO))
			assert_true(n->m->accepted & table[t].feature); /* so it can be */
		net_free(n, true);
	}
}

static void any_offer_is_made_sense_of(void **state)
{
	uint64_t rng = 1;

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		rng = rng * 6364136223846793005ull + 1442695040888963407ull;
		try(rng ^ rng << 25, i & 1 ? 70000 : 2048);
	}
}

static void configuration_is_only_read(void **state)
{
	struct mock_net *n = net_new(UINT64_MAX);

	(void)state;
	assert_int_equal(net_init(n, 70000), 0);
	n->m->isr = ANY_VIRTIO_ISR_CONFIG;
	n->m->generation++;
	assert_int_equal(any_net_interrupt(&n->net), 0);
	assert_int_equal(mock_count(n->m, MOCK_CONFIG_WRITE), 0);
	assert_int_equal(mock_count(n->m, MOCK_KICK), 0); /* nor is anything sent by itself */
	net_free(n, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPEC(what_needs_another_is_taken_with_it, "VG-FT-02 VG-FT-03 VG-NT-06 VG-CF-03"),
		SPEC(any_offer_is_made_sense_of, "VG-FT-02 VG-FT-03 VG-FT-07 VG-CF-03"),
		SPEC(configuration_is_only_read, "VG-NT-01"),
	};

	return cmocka_run_group_tests_name("a3_net", tests, NULL, NULL);
}

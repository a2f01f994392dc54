/* SPDX-License-Identifier: BSD-2-Clause */
/* Many frames both ways, of any size, on several pairs, round and round the rings (D9, D15). */
#include "rig.h"

#define FRAMES_OUT 8u
#define SLOT	   16384u /* of RAM, for one frame that is sent */

static uint64_t rng = 1;

static uint32_t pick(uint32_t below)
{
	rng = rng * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((rng >> 33) % below);
}

struct out {
	uint32_t seed, len;
	uint16_t pair;
	bool busy;
};

struct storm {
	struct rig *r;
	struct out out[FRAMES_OUT];
	bool posted[BUFFERS];
	uint32_t sent, received, delivered;
	uint32_t in_seed[2]; /* of the next frame to arrive, a pair each */
	uint32_t in_next[2];
	uint8_t frame[16384], got[1 << 17];
};

static uint32_t length_of(uint32_t seed)
{
	static const uint32_t often[] = {60, 64, 590, 1514, 2036, 2037, 4084, 9014};

	return seed % 3 ? often[seed % ANY_ARRAY_SIZE(often)] : 14 + seed % 9001;
}

static void check_sent(struct storm *s, uint32_t i)
{
	const struct sent *last = &s->r->sent[i % REMEMBER];
	const uint32_t seed = (uint32_t)(last->bytes[6] | last->bytes[7] << 8);

	make_frame(s->frame, last->len, seed);
	s->frame[6] = (uint8_t)seed;
	s->frame[7] = (uint8_t)(seed >> 8);
	assert_memory_equal(last->bytes, s->frame, last->len);
}

static void send_some(struct storm *s)
{
	const uint32_t i = pick(FRAMES_OUT);
	uint8_t *at = s->r->world.ram + SEND_AT + i * SLOT + pick(70);
	struct any_net_piece pieces[3];
	struct any_net_frame frame = {.pieces = pieces, .n = 1 + pick(3), .cookie = &s->out[i]};
	struct out *o = &s->out[i];

	if (o->busy)
		return;
	*o = (struct out){
		.seed = s->sent & 0xffff, .len = length_of(s->sent), .pair = (uint16_t)pick(2)};
	make_frame(at, o->len, o->seed);
	at[6] = (uint8_t)o->seed;
	at[7] = (uint8_t)(o->seed >> 8);
	for (uint32_t k = 0, from = 0; k < frame.n; k++) {
		const uint32_t to = k + 1 < frame.n ? (k + 1) * (o->len / frame.n) : o->len;

		pieces[k] = (struct any_net_piece){at + from, to - from};
		from = to;
	}
	if (any_net_transmit(&s->r->net, o->pair, &frame))
		return; /* back-pressure: later */
	o->busy = true;
	s->sent++;
}

static void reclaim(struct storm *s)
{
	void *cookie;

	for (uint16_t pair = 0; pair < 2; pair++)
		while (any_net_reclaim(&s->r->net, pair, &cookie) == 0) {
			struct out *o = cookie;

			assert_true(o->busy);
			assert_int_equal(o->pair, pair);
			o->busy = false;
		}
}

static void post_some(struct storm *s)
{
	const uint32_t i = pick(BUFFERS);

	if (s->posted[i])
		return;
	post(s->r, (uint16_t)(i % 2), i, pick(3) ? BUFFER : 12 + pick(BUFFER - 12));
	s->posted[i] = true;
}

static void deliver_some(struct storm *s)
{
	const uint16_t pair = (uint16_t)pick(2);
	const uint32_t seed = s->in_seed[pair], len = length_of(seed);

	make_frame(s->frame, len, seed);
	if (any_net_device_deliver(&s->r->dev, pair, &plain, s->frame, len))
		return; /* later, the same */
	s->in_seed[pair]++;
	s->delivered++;
}

static void receive_some(struct storm *s)
{
	struct any_net_packet packet;

	for (uint16_t pair = 0; pair < 2; pair++)
		while (any_net_receive(&s->r->net, pair, &packet) == 0) {
			const uint32_t seed = s->in_next[pair]++;

			assert_int_equal(packet.result, 0);
			assert_int_equal(packet.len, length_of(seed));
			collect(&packet, s->got);
			make_frame(s->frame, packet.len, seed);
			assert_memory_equal(s->got, s->frame, packet.len);
			s->received++;
			for (struct any_net_buffer *b = packet.first; b; b = b->next)
				s->posted[b - s->r->buffers] = false;
		}
}

static void step(struct storm *s)
{
	uint32_t checked = s->r->n_sent;

	for (uint32_t n = pick(8); n; n--)
		post_some(s);
	for (uint32_t n = pick(4); n; n--)
		send_some(s);
	for (uint16_t pair = 0; pair < 2; pair++) {
		if (pick(2))
			any_net_kick_receive(&s->r->net, pair);
		if (pick(2))
			any_net_kick_transmit(&s->r->net, pair);
	}
	for (uint32_t n = pick(3); n; n--)
		deliver_some(s);
	if (pick(2))
		any_net_device_publish(&s->r->dev);
	any_net_device_process(&s->r->dev, pick(5));
	for (; checked != s->r->n_sent; checked++)
		check_sent(s, checked);
	reclaim(s);
	receive_some(s);
}

static void storm(enum world_kind kind, uint32_t total)
{
	struct storm *s = calloc(1, sizeof(*s));

	s->r = rig_with(kind, ALL);
	post(s->r, 1, 1, BUFFER);
	s->posted[1] = true;
	assert_int_equal(done(s->r, any_net_set_pairs(&s->r->net, 2)), 0);
	while (s->received < total || s->sent < total)
		step(s);
	any_net_device_publish(&s->r->dev);
	for (uint16_t pair = 0; pair < 2; pair++)
		any_net_kick_transmit(&s->r->net, pair);
	run_device(s->r);
	reclaim(s);
	receive_some(s);
	assert_int_equal(s->r->n_sent, s->sent);
	assert_int_equal(s->received, s->delivered);
	for (uint32_t i = 0; i < FRAMES_OUT; i++)
		assert_false(s->out[i].busy);
	rig_down(s->r);
	free(s);
}

static void d9_20000_frames_each_way(void **state)
{
	(void)state;
	storm(WORLD_OFFSET, 20000);
}

static void storm_on_every_platform(void **state)
{
	(void)state;
	storm(WORLD_FLAT, 2000);
	storm(WORLD_BOUNCE, 2000);
	storm(WORLD_NONCOHERENT, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d9_20000_frames_each_way),
		cmocka_unit_test(storm_on_every_platform),
	};

	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_more = ANY_VIRTIO_F_RING_PACKED;
	return failed + cmocka_run_group_tests_name("packed", tests, NULL, NULL);
}

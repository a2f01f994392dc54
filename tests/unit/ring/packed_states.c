/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every state that two honest sides of a small packed ring can reach, in every order of making,
 * publishing, taking and using, completions in any order; and what must hold in each.
 */
#include "packed_pair.h"

#define MAX_SIZE 3u
#define STATES	 (1u << 20) /* of the set of those seen; a power of two */

/* All that a next step can depend on, but for the counts of chains ever made. */
struct world {
	struct any_ring_driver driver;
	struct any_ring_device device;
	struct any_ring_shadow shadow[MAX_SIZE];
	struct any_packed_held held[MAX_SIZE];
	_Alignas(16) uint8_t mem[256];
	/* what the test knows: ids in the order they were made, handles the device holds, ids in
	 * the order they were used */
	uint16_t made[MAX_SIZE], made_count[MAX_SIZE], used[MAX_SIZE], in_hand[MAX_SIZE];
	uint32_t n_made, n_shown, n_used, n_used_shown, n_in_hand;
};

static struct packed p;
static uint64_t *seen;
static uint32_t n_seen, size;

static void save(struct world *w)
{
	w->driver = p.driver;
	w->device = p.device;
	memcpy(w->shadow, p.shadow, size * sizeof(*p.shadow));
	memcpy(w->held, p.held, size * sizeof(*p.held));
	memcpy(w->mem, p.mem, p.bytes);
}

static void load(const struct world *w)
{
	p.driver = w->driver;
	p.device = w->device;
	memcpy(p.shadow, w->shadow, size * sizeof(*p.shadow));
	memcpy(p.held, w->held, size * sizeof(*p.held));
	memcpy(p.mem, w->mem, p.bytes);
}

static uint64_t hash(uint64_t h, const void *bytes, size_t n)
{
	for (const uint8_t *b = bytes; n--; b++)
		h = (h ^ *b) * 0x100000001b3ull;
	return h;
}

/* What lies in free entries, and what a descriptor says to nobody any more, makes no state. */
static uint64_t key_of(const struct world *w)
{
	const struct any_ring_driver *g = &w->driver;
	const struct any_ring_device *d = &w->device;
	uint64_t h = 0xcbf29ce484222325ull;

	for (uint32_t i = 0; i < size; i++) {
		h = hash(h, &((const struct any_packed_desc *)(const void *)w->mem)[i].flags, 2);
		h = hash(h, &w->shadow[i].count, sizeof(w->shadow[i].count));
		h = hash(h, &w->held[i].count, sizeof(w->held[i].count));
		if (w->held[i].count)
			h = hash(h, &w->held[i].id, sizeof(w->held[i].id));
		if (i < g->n_free)
			h = hash(h, &w->shadow[i].free, sizeof(w->shadow[i].free));
	}
	h = hash(h, w->made, w->n_made * sizeof(*w->made));
	h = hash(h, w->made_count, w->n_made * sizeof(*w->made));
	h = hash(h, w->in_hand, w->n_in_hand * sizeof(*w->in_hand));
	h = hash(h, &w->n_made, 5 * sizeof(w->n_made));
	h = hash(h, &g->next, 2 * sizeof(g->next));	      /* and shown */
	h = hash(h, &g->used_idx, 2 * sizeof(g->used_idx));   /* and used_seen */
	h = hash(h, &d->avail_idx, 4 * sizeof(d->avail_idx)); /* avail_seen, used_idx, published */
	if (g->next != g->shown)
		h = hash(h, &g->first_flags, sizeof(g->first_flags));
	if (d->used_idx != d->published)
		h = hash(h, &d->first_flags, sizeof(d->first_flags));
	return h | 1;
}

static bool is_new(const struct world *w)
{
	const uint64_t h = key_of(w);
	uint32_t at;

	for (at = (uint32_t)(h >> 20) % STATES; seen[at]; at = (at + 1) % STATES)
		if (seen[at] == h)
			return false;
	seen[at] = h;
	n_seen++;
	assert_true(n_seen < STATES / 2);
	return true;
}

/* ---- steps: false if there is nothing to do */

static bool make(struct world *w, uint32_t n)
{
	const struct any_ring_buf buf[MAX_SIZE] = {{16, 16}, {16, 16}, {16, 16}};
	int err = any_ring_make_avail(&p.driver, buf, 0, n, &w->made[w->n_made % MAX_SIZE]);

	if (err) {
		assert_int_equal(err, -ANY_ENOMEM);
		return false;
	}
	w->made_count[w->n_made++] = (uint16_t)n;
	return true;
}

static bool publish(struct world *w)
{
	const bool something = w->n_shown < w->n_made;

	assert_int_equal(any_ring_publish_avail(&p.driver), something);
	(void)any_ring_kick_needed(&p.driver);
	w->n_shown = w->n_made;
	return something;
}

/* In the order in which they were made, and whole. */
static bool take(struct world *w)
{
	const int err = any_ring_take_avail(&p.device, &p.chain);
	const uint32_t next = w->n_used + w->n_in_hand;

	if (next == w->n_shown) {
		assert_int_equal(err, -ANY_EAGAIN);
		return false;
	}
	assert_int_equal(err, 0);
	assert_int_equal(p.chain.n_in, w->made_count[next]);
	assert_int_equal(p.held[p.chain.head].id, w->made[next]);
	w->in_hand[w->n_in_hand++] = p.chain.head;
	return true;
}

/* The chain moves to where those in hand begin, so that made[] is used ones, then the rest. */
static bool use(struct world *w, uint32_t which)
{
	uint16_t id, count;

	if (which >= w->n_in_hand)
		return false;
	id = p.held[w->in_hand[which]].id;
	count = p.held[w->in_hand[which]].count;
	any_ring_make_used(&p.device, w->in_hand[which], count);
	for (uint32_t i = which; i > 0; i--) {
		w->made[w->n_used + i] = w->made[w->n_used + i - 1];
		w->made_count[w->n_used + i] = w->made_count[w->n_used + i - 1];
	}
	for (uint32_t i = which; i + 1 < w->n_in_hand; i++)
		w->in_hand[i] = w->in_hand[i + 1];
	w->in_hand[--w->n_in_hand] = 0;
	w->made[w->n_used] = id;
	w->made_count[w->n_used] = count;
	w->used[w->n_used++] = id;
	return true;
}

static bool publish_used(struct world *w)
{
	const bool something = w->n_used_shown < w->n_used;

	assert_int_equal(any_ring_publish_used(&p.device), something);
	(void)any_ring_call_needed(&p.device);
	w->n_used_shown = w->n_used;
	return something;
}

static void shift(uint16_t *list)
{
	memmove(list, list + 1, (MAX_SIZE - 1) * sizeof(*list));
	list[MAX_SIZE - 1] = 0;
}

static bool take_back(struct world *w)
{
	struct any_ring_done done;
	const int err = any_ring_take_used(&p.driver, &done);

	if (!w->n_used_shown) {
		assert_int_equal(err, -ANY_EAGAIN);
		return false;
	}
	assert_int_equal(err, 0);
	assert_int_equal(done.id, w->used[0]);
	assert_int_equal(done.count, w->made_count[0]);
	assert_int_equal(done.written, done.count);
	shift(w->made);
	shift(w->made_count);
	shift(w->used);
	w->n_made--;
	w->n_shown--;
	w->n_used--;
	w->n_used_shown--;
	return true;
}

static bool step(struct world *w, unsigned which)
{
	if (which < MAX_SIZE)
		return which < size && make(w, which + 1);
	which -= MAX_SIZE;
	if (which < MAX_SIZE)
		return use(w, which);
	switch (which - MAX_SIZE) {
	case 0:
		return publish(w);
	case 1:
		return take(w);
	case 2:
		return publish_used(w);
	default:
		return take_back(w);
	}
}

static void hold(const struct world *w)
{
	uint32_t out = 0;

	for (uint32_t i = 0; i < w->n_made; i++)
		out += w->made_count[i];
	assert_int_equal(p.driver.n_free + out, size);
	assert_false(p.driver.broken | p.device.broken);
	assert_int_equal(any_ring_more_avail(&p.device), w->n_used + w->n_in_hand < w->n_shown);
	assert_int_equal(any_ring_more_used(&p.driver), w->n_used_shown > 0);
}

static void explore(void)
{
	struct world *todo = malloc(STATES / 2 * sizeof(*todo)), from, w;
	uint32_t n = 0;

	assert_non_null(todo);
	memset(&w, 0, sizeof(w));
	save(&w);
	assert_true(is_new(&w));
	todo[n++] = w;
	while (n) {
		from = todo[--n];
		for (unsigned which = 0; which < 2 * MAX_SIZE + 4; which++) {
			w = from;
			load(&w);
			if (!step(&w, which))
				continue;
			hold(&w);
			save(&w);
			if (is_new(&w))
				todo[n++] = w;
		}
	}
	free(todo);
}

static void vb_pr_01_every_state_of_small_rings(void **state)
{
	static const uint32_t least[] = {0, 10, 100, 1000};

	(void)state;
	for (size = 1; size <= MAX_SIZE; size++) {
		seen = calloc(STATES, sizeof(*seen));
		assert_non_null(seen);
		n_seen = 0;
		packed_init(&p, size, true);
		memset(p.mem, 0, p.bytes);
		explore();
		print_message("size %u: %u states\n", size, n_seen);
		assert_true(n_seen > least[size]);
		packed_fini(&p);
		free(seen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vb_pr_01_every_state_of_small_rings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

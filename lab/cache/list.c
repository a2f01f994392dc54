/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything a cache can do besides caching: one line each, in the order they act. */
#include "cache.h"

#define WARTS(x)                                                                                   \
	x(write_through) x(squash) x(prefix) x(end_inclusive) x(inval_cleans) x(whole) x(local)    \
		x(keeps_dirty) x(edges) x(outer) x(read_ahead)

#define DECLARE(name) extern const struct lab_cache_wart lab_wart_##name;
#define LIST(name)    &lab_wart_##name,

WARTS(DECLARE)

const struct lab_cache_wart *const lab_cache_warts[] = {WARTS(LIST)};
const unsigned lab_cache_wart_count = ANY_ARRAY_SIZE(lab_cache_warts);

ANY_STATIC_ASSERT(ANY_ARRAY_SIZE(lab_cache_warts) <= LAB_WARTS, "a machine may have them all");

bool lab_cache_create(struct lab_machine *m, char *why)
{
	const struct any_platform_cache *c = &m->plat->machine.cache;

	if (m->coherent)
		return true;
	if (c->outer_line && c->read_ahead) {
		snprintf(why, ANY_LAB_TEXT,
			 "an outer cache together with a read-ahead buffer is not modelled");
		return false;
	}
	m->cache.snooped_base = c->snooped.base;
	m->cache.snooped_size = c->snooped.size;
	m->cache.lower_line = c->outer_line ? c->outer_line : c->read_ahead ? m->line : 0;
	if (m->cache.lower_line)
		m->cache.lower_shift = (unsigned)__builtin_ctz(m->cache.lower_line);
	for (unsigned i = 0; i < lab_cache_wart_count; i++)
		if (lab_cache_warts[i]->present(c))
			m->cache.warts[m->cache.n_warts++] = lab_cache_warts[i];
	return true;
}

void lab_cache_device_load(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	LAB_EACH_WART(m, device_load, m, phys, len, pc);
}

void lab_cache_device_store(struct lab_machine *m, uint64_t phys, uint32_t len, uint64_t pc)
{
	LAB_EACH_WART(m, device_store, m, phys, len, pc);
}

bool lab_cache_may_misfortune(const struct lab_machine *m)
{
	for (unsigned i = 0; i < m->cache.n_warts; i++)
		if (m->cache.warts[i]->misfortune &&
		    (m->cache.warts[i]->misfortune == lab_ghost_misfortune ? m->cache.n_ghosts != 0
									   : !m->cpu->in_api))
			return true;
	return false;
}

void lab_cache_misfortune(struct lab_machine *m)
{
	LAB_EACH_WART(m, misfortune, m);
}

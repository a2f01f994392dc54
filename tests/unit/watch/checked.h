/* SPDX-License-Identifier: BSD-2-Clause */
/* The mock machine with a checker on it that must say exactly what a test expects. */
#ifndef CHECKED_H
#define CHECKED_H

#include "mock.h"

#include <anydma/check.h>

static struct mock m;
static struct any_dma_check check;
static struct any_check_entry entries[16];
static enum any_check_rule rules[64];
static unsigned n_rules;

static void report(void *ctx, const struct any_check_report *r)
{
	assert_ptr_equal(ctx, &m);
	assert_non_null(r->text);
	assert_non_null(r->event);
	assert_true(n_rules < ANY_ARRAY_SIZE(rules));
	rules[n_rules++] = r->rule;
}

static inline void start(const struct any_dma_facts *facts, unsigned with)
{
	mock_start(&m, facts, with);
	assert_int_equal(any_dma_check_init(&check, entries, ANY_ARRAY_SIZE(entries), report, &m),
			 0);
	any_dma_watch_add(&m.dev, &check.watch);
	n_rules = 0;
}

/* Exactly that, once; 0: nothing. */
static inline void expect(enum any_check_rule rule)
{
	assert_int_equal(n_rules, rule ? 1 : 0);
	if (rule)
		assert_int_equal(rules[0], rule);
	n_rules = 0;
}

static inline void stop(void)
{
	any_dma_detach(&m.dev);
	expect(0);
	assert_int_equal(check.used, 0);
	mock_stop(&m);
}

static inline struct any_dma_mapping mapped(size_t at, size_t len, enum any_dma_dir dir)
{
	struct any_dma_mapping map;

	assert_int_equal(any_dma_map(&m.dev, mock_buf(&m, at), len, dir, &map), 0);
	return map;
}

#endif

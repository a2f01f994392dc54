/* SPDX-License-Identifier: BSD-2-Clause */
/* What a rule sees, and how it says what it found. */
#ifndef ANYDMA_CLI_LINT_H
#define ANYDMA_CLI_LINT_H

#include "cli/board/board.h"
#include "cli/board/nodes.h"

enum lint_severity { LINT_ERROR, LINT_WARNING, LINT_NOTE };

struct lint;

struct lint_rule {
	const char *id, *name;
	enum lint_severity severity;
	const char *words, *advice;
	void (*check)(struct lint *l, size_t node);
};
extern const struct lint_rule lint_rules[];
extern const size_t lint_count;

struct lint_finding {
	const struct lint_rule *rule;
	char path[ANY_PLATFORM_TEXT], property[48], text[160];
};

struct lint {
	const struct cli_nodes *t;
	const struct lint_rule *rule; /* the one that looks now */
	struct lint_finding *list;
	size_t n;
	bool full; /* out of memory */
};

void lint_say(struct lint *l, size_t node, const char *property, const char *fmt, ...)
	ANY_PRINTF(4, 5);

#define LINT(number, name, severity, words, advice) void lint_##name(struct lint *l, size_t node);
#include "cli/lint/rules.h"
#undef LINT

/* regions.c: a memory range of some node */
struct lint_range {
	size_t node;
	uint64_t base, last;
};
#define LINT_RANGES 256
/* Adds the whole ranges of an enabled node to the n that are there. */
size_t lint_reg(const struct lint *l, size_t node, struct lint_range *list, size_t n);
/* iommu.c: the unit that confines this device, or CLI_NO_NODE. */
size_t lint_iommu(const struct lint *l, size_t device);

#endif

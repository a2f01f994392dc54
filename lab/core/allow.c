/* SPDX-License-Identifier: BSD-2-Clause */
/* What is not to be reported: by the driver's own word, by a list, by the target's kind. */
#include <stdarg.h>

#include "machine.h"

static enum any_lab_rule rule_by_id(const char *id, size_t len)
{
	for (unsigned i = 1; i < ANY_LAB_RULES; i++) {
		const char *full = any_lab_rules[i].id;

		if (full && !strncmp(full, id, len) && (len == 3 || !full[len]))
			return (enum any_lab_rule)i;
	}
	return ANY_LAB_OK;
}

static enum any_lab_rule rule_or_fail(struct lab_machine *m, const char *id)
{
	enum any_lab_rule rule = rule_by_id(id, strlen(id));

	if (rule == ANY_LAB_OK)
		lab_fail(m, ANY_LAB_MISUSE, lab_caller_pc(), 0, 0, 0, 0,
			 "There is no rule '%.40s' to allow.", id);
	return rule;
}

void lab_allow(struct lab_machine *m, const char *id, const char *reason)
{
	enum any_lab_rule rule = rule_or_fail(m, id);

	if (!reason || !*reason)
		lab_fail(m, ANY_LAB_MISUSE, lab_caller_pc(), 0, 0, 0, 0,
			 "%s is allowed without a reason.", any_lab_rules[rule].id);
	m->allows[rule] = true;
}

void lab_disallow(struct lab_machine *m, const char *id)
{
	m->allows[rule_or_fail(m, id)] = false;
}

/* ---- the target's kind */

/* Can this go wrong on the target at all? */
static bool applies(const struct lab_machine *m, enum any_lab_rule rule)
{
	enum any_lab_needs needs = any_lab_rules[rule].needs;

	if (m->strict == ANY_LAB_STRICT_COHERENT)
		return needs != ANY_LAB_NEEDS_CACHE;
	if (m->strict == ANY_LAB_STRICT_BOARD)
		return needs == ANY_LAB_NEEDS_CACHE   ? !m->coherent
		       : needs == ANY_LAB_NEEDS_MOVES ? !m->identity
						      : true;
	return true;
}

/* ---- the list */

static bool place_is(const char *place, const struct any_lab_site *site)
{
	const char *colon = strrchr(place, ':');
	size_t len = colon ? (size_t)(colon - place) : 0, file = strlen(site->file);
	char line[16];

	if (!site->file[0])
		return false;
	if (!colon)
		return !strcmp(place, site->function);
	snprintf(line, sizeof(line), "%u", site->line);
	return !strcmp(colon + 1, line) && file >= len &&
	       !strncmp(site->file + file - len, place, len) &&
	       (file == len || site->file[file - len - 1] == '/');
}

static bool listed(struct lab_machine *m, enum any_lab_rule rule, uint64_t pc, uint64_t before_pc)
{
	struct any_lab_site at = {0}, before = {0};
	bool looked = false;

	for (uint32_t i = 0; i < m->n_suppress; i++) {
		const struct any_lab_suppression *s = &m->suppress[i];

		if (s->rule != rule)
			continue;
		if (!looked) {
			lab_source_of_event(pc, &at);
			if (before_pc)
				lab_source(before_pc, &before);
			looked = true;
		}
		if (!place_is(s->place, &at) && !place_is(s->place, &before))
			continue;
		m->suppressed[i]++;
		return true;
	}
	return false;
}

bool lab_is_allowed(struct lab_machine *m, enum any_lab_rule rule, uint64_t pc, uint64_t before_pc)
{
	if (!applies(m, rule))
		return true;
	if (!m->allows[rule] && !listed(m, rule, pc, before_pc))
		return false;
	m->n_allowed++;
	return true;
}

/* ---- its file */

static int refuse(char why[ANY_LAB_TEXT], uint32_t line, const char *what)
{
	snprintf(why, ANY_LAB_TEXT, "line %u: %s", line, what);
	return -ANY_EINVAL;
}

static const char *word(const char **at, const char *end, size_t *len)
{
	const char *from;

	while (*at < end && (**at == ' ' || **at == '\t'))
		++*at;
	from = *at;
	while (*at < end && **at != ' ' && **at != '\t' && **at != '\r')
		++*at;
	*len = (size_t)(*at - from);
	return from;
}

static int parse_line(const char *at, const char *end, uint32_t line, struct any_lab_suppression *s,
		      char why[ANY_LAB_TEXT])
{
	size_t len;
	const char *text = word(&at, end, &len);

	*s = (struct any_lab_suppression){.line = line};
	if (!len || *text == '#')
		return 0;
	s->rule = rule_by_id(text, len);
	if (s->rule == ANY_LAB_OK)
		return refuse(why, line, "it begins with no rule's id");
	text = word(&at, end, &len);
	if (!len || len >= sizeof(s->place))
		return refuse(why, line, "after the rule comes a place: FILE:LINE or FUNCTION");
	memcpy(s->place, text, len);
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (end > at && (end[-1] == ' ' || end[-1] == '\r' || end[-1] == '\t'))
		end--;
	len = (size_t)(end - at);
	if (!len)
		return refuse(why, line, "it gives no reason");
	memcpy(s->reason, at, len < sizeof(s->reason) ? len : sizeof(s->reason) - 1);
	return 1;
}

int any_lab_suppressions(const char *text, size_t size, struct any_lab_suppression *list,
			 uint32_t max, char why[ANY_LAB_TEXT])
{
	const char *end = text + size;
	struct any_lab_suppression s;
	int n = 0;

	for (uint32_t line = 1; text < end; line++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		int one = parse_line(text, stop ? stop : end, line, &s, why);

		if (one < 0)
			return one;
		if (one && (uint32_t)n == max)
			return refuse(why, line, "there are too many");
		if (one)
			list[n++] = s;
		text = stop ? stop + 1 : end;
	}
	return n;
}

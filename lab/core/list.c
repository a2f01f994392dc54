/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of misfortunes, and the word that stands for one in a replay line. */
#include "machine.h"

/* The program's own are the machine's memory while a scenario runs (scenario/heap.c). */
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);

#define MOST (1u << 22) /* a run with more than four million of them is not shortened */

static bool grow(struct lab_list *list)
{
	uint32_t room = list->room ? 2 * list->room : 64;
	struct lab_mishap *at = room <= MOST ? __real_realloc(list->at, room * sizeof(*at)) : NULL;

	if (!at) {
		list->full = true;
		return false;
	}
	list->at = at;
	list->room = room;
	return true;
}

bool lab_list_reserve(struct lab_list *list)
{
	return list->room || grow(list);
}

bool lab_list_add(struct lab_list *list, uint64_t tick, uint32_t what)
{
	if (list->n == list->room && !grow(list))
		return false;
	list->at[list->n++] = (struct lab_mishap){tick, what};
	return true;
}

void lab_list_free(struct lab_list *list)
{
	__real_free(list->at);
	*list = (struct lab_list){0};
}

static bool number(const char **text, uint64_t max, uint64_t *value)
{
	const char *from = *text;

	for (*value = 0; **text >= '0' && **text <= '9'; ++*text) {
		uint64_t digit = (uint64_t)(**text - '0');

		if (*value > (max - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	return *text > from;
}

bool lab_list_parse(struct lab_list *list, const char *text)
{
	uint64_t tick, what, last = 0;

	if (*text++ != 'p')
		return false;
	while (*text) {
		if (list->n && *text++ != '+')
			return false;
		if (!number(&text, UINT64_MAX, &tick) || *text++ != '.' ||
		    !number(&text, UINT32_MAX, &what) || tick < last ||
		    !lab_list_add(list, tick, (uint32_t)what))
			return false;
		last = tick;
	}
	return true;
}

bool lab_list_print(const struct lab_list *list, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "p");

	for (uint32_t i = 0; i < list->n && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%llu.%u", i ? "+" : "",
				       (unsigned long long)list->at[i].tick, list->at[i].what);
	return at < size && !list->full;
}

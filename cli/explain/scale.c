/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 64 bits of address on one page. A stretch between two borders is as high as the logarithm of its
 * size, and never so low that the labels of its borders would touch.
 */
#include "cli/explain/explain.h"

#define LEAST 22.0 /* between borders: a line of text and air */
#define BIT   2.2  /* for each doubling above 64 KiB */

static void insert(struct scale *s, uint64_t at)
{
	size_t i = s->n;

	for (size_t k = 0; k < s->n; k++)
		if (s->at[k] == at)
			return;
	if (s->n == SCALE_BORDERS)
		return;
	while (i && s->at[i - 1] > at) {
		s->at[i] = s->at[i - 1];
		i--;
	}
	s->at[i] = at;
	s->n++;
}

/* The end of one range is the start of what follows it: a border is always a first address. */
void scale_add(struct scale *s, uint64_t first, uint64_t last)
{
	insert(s, first);
	insert(s, last == UINT64_MAX ? last : last + 1);
}

static double height(uint64_t size)
{
	unsigned bits = 0;

	for (size >>= 16; size; size >>= 1)
		bits++;
	return LEAST + BIT * bits;
}

/* Low addresses below, as on a shelf: y falls as the address grows. */
void scale_finish(struct scale *s, double top)
{
	double y = top;

	for (size_t i = s->n; i--;) {
		s->y[i] = y;
		if (i)
			y += height(s->at[i] - s->at[i - 1]);
	}
}

double scale_bottom(const struct scale *s)
{
	return s->n ? s->y[0] : 0;
}

double scale_y(const struct scale *s, uint64_t at)
{
	for (size_t i = 1; i < s->n; i++)
		if (at < s->at[i]) {
			double part;

			if (at <= s->at[i - 1])
				return s->y[i - 1];
			part = (double)(at - s->at[i - 1]) / (double)(s->at[i] - s->at[i - 1]);
			return s->y[i - 1] - part * (s->y[i - 1] - s->y[i]);
		}
	return s->n ? s->y[s->n - 1] : 0;
}

double scale_y_end(const struct scale *s, uint64_t last)
{
	return scale_y(s, last == UINT64_MAX ? last : last + 1);
}

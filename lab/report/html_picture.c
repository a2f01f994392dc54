/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The picture of a failure, as inline SVG coloured by the page's style: cache lines byte by byte,
 * or the ranges of a bus with the address that went wrong.
 */
#include <inttypes.h>
#include <string.h>

#include "html.h"

#define WIDTH  704u
#define BYTES  64u /* a row; longer lines take two */
#define ROW    58u
#define CELL_Y 18u
#define CELL_H 20u

static const struct {
	char letter, class[4];
	const char *what;
} states[] = {
	{'.', "sc", "clean"},
	{'D', "sd", "newer in the CPU's cache"},
	{'S', "ss", "stale in the CPU's cache"},
	{'P', "sp", "store not yet visible"},
	{'W', "sw", "written by the device"},
	{'X', "sx", "the bytes in question"},
	{'-', "sn", "not cached"},
};

static size_t state_of(char letter)
{
	for (size_t i = 0; i < ANY_ARRAY_SIZE(states); i++)
		if (states[i].letter == letter)
			return i;
	return 0;
}

static void block(FILE *out, unsigned from, unsigned len, unsigned per_row, unsigned y, size_t s)
{
	double cell = (double)WIDTH / per_row, x = (from % per_row) * cell, width = len * cell;

	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"%u\">",
		states[s].class, x, y, width, CELL_H);
	fprintf(out, "<title>bytes %u to %u: %s</title></rect>\n", from, from + len - 1,
		states[s].what);
}

/* The letter too, for eyes and printers that do not tell the colours apart. */
static void letter(FILE *out, unsigned from, unsigned len, unsigned per_row, unsigned y, size_t s)
{
	double cell = (double)WIDTH / per_row, x = (from % per_row) * cell, width = len * cell;

	if (states[s].letter != '.' && states[s].letter != '-' && width >= 10)
		fprintf(out, "<text class=\"sl\" x=\"%.1f\" y=\"%u\">%c</text>\n", x + width / 2,
			y + 14, states[s].letter);
}

/* Calls `draw` for every run of bytes in one state. */
static void
runs(FILE *out, const char *state, unsigned first, unsigned end, unsigned per_row, unsigned y,
     void (*draw)(FILE *out, unsigned from, unsigned len, unsigned per_row, unsigned y, size_t s))
{
	unsigned from = first;

	for (unsigned i = first + 1; i <= end; i++) {
		if (i < end && state[i] == state[from])
			continue;
		draw(out, from, i - from, per_row, y, state_of(state[from]));
		from = i;
	}
}

/* The borders between bytes, and the offset of every quarter. */
static void grid(FILE *out, unsigned first, unsigned per_row, unsigned y)
{
	double cell = (double)WIDTH / per_row;

	fputs("<path class=\"sg\" d=\"", out);
	for (unsigned i = 1; i < per_row; i++)
		fprintf(out, "M%.1f %uv%u", i * cell, y, CELL_H);
	fputs("\"/>", out);
	for (unsigned i = 0; i < per_row; i += per_row >= 4 ? per_row / 4 : 1)
		fprintf(out, "<text class=\"so\" x=\"%.1f\" y=\"%u\">+%u</text>", i * cell,
			y + CELL_H + 12, first + i);
	fputc('\n', out);
}

static unsigned bytes_of(const struct any_lab_line *l)
{
	unsigned n = (unsigned)strnlen(l->state, sizeof(l->state) - 1);

	return l->bytes < n ? l->bytes : n;
}

static unsigned rows_of(const struct any_lab_line *l)
{
	return (bytes_of(l) + BYTES - 1) / BYTES;
}

static void label(FILE *out, const struct any_lab_line *l, unsigned y)
{
	fprintf(out, "<text class=\"sa\" x=\"0\" y=\"%u\">0x%" PRIx64, y, l->phys);
	if (l->span)
		fprintf(out, " to 0x%" PRIx64, l->phys + (l->span - 1));
	fputs("<tspan class=\"sb\" dx=\"12\">", out);
	cli_put_html(out, l->label);
	fputs("</tspan></text>\n", out);
}

static unsigned cache_line(FILE *out, const struct any_lab_line *l, unsigned y)
{
	unsigned n = bytes_of(l), per_row = n < BYTES ? n : BYTES;

	label(out, l, y + 12);
	for (unsigned first = 0; first < n; first += per_row, y += ROW) {
		unsigned end = first + per_row < n ? first + per_row : n;

		runs(out, l->state, first, end, per_row, y + CELL_Y, block);
		grid(out, first, per_row, y + CELL_Y);
		runs(out, l->state, first, end, per_row, y + CELL_Y, letter);
	}
	return y;
}

static void legend(FILE *out, const struct any_lab_report *r)
{
	fputs("<figcaption>", out);
	for (size_t s = 0; s < ANY_ARRAY_SIZE(states); s++) {
		bool used = false;

		for (uint32_t i = 0; i < r->n_lines; i++)
			used |= memchr(r->lines[i].state, states[s].letter,
				       bytes_of(&r->lines[i])) != NULL;
		if (used)
			fprintf(out,
				"<span><svg class=\"key\" viewBox=\"0 0 12 12\" "
				"aria-hidden=\"true\">"
				"<rect class=\"%s\" width=\"12\" height=\"12\"/></svg>%s</span>\n",
				states[s].class, states[s].what);
	}
	fputs("</figcaption>", out);
}

static void cache_picture(FILE *out, const struct any_lab_report *r)
{
	unsigned rows = 0, y = 0;

	for (uint32_t i = 0; i < r->n_lines; i++)
		rows += rows_of(&r->lines[i]);
	fprintf(out, "<svg viewBox=\"-2 0 %u %u\" role=\"img\" aria-label=\"cache lines\">\n",
		WIDTH + 4, rows * ROW);
	for (uint32_t i = 0; i < r->n_lines; i++)
		y = cache_line(out, &r->lines[i], y);
	fputs("</svg>\n", out);
	legend(out, r);
}

/* All ends of all ranges in order: the axis counts them and is not to scale, so all are seen. */
static unsigned axis(const struct any_lab_report *r, uint64_t at[2 * ANY_LAB_LINES])
{
	unsigned n = 0;

	for (uint32_t i = 0; i < 2 * r->n_lines; i++) {
		const struct any_lab_line *l = &r->lines[i / 2];
		uint64_t value = i % 2 && l->span ? l->phys + (l->span - 1) : l->phys;
		unsigned k = 0;

		while (k < n && at[k] < value)
			k++;
		if (k < n && at[k] == value)
			continue;
		memmove(&at[k + 1], &at[k], (n - k) * sizeof(*at));
		at[k] = value;
		n++;
	}
	return n;
}

static double place(const uint64_t *at, unsigned n, uint64_t value)
{
	unsigned k = 0;

	while (k + 1 < n && at[k] < value)
		k++;
	return n < 2 ? WIDTH / 2.0 : 12 + k * (WIDTH - 24.0) / (n - 1);
}

static void range(FILE *out, const struct any_lab_line *l, const uint64_t *at, unsigned n,
		  unsigned y)
{
	double x = place(at, n, l->phys);
	bool wrong = l->state[0] == 'X';

	label(out, l, y + 12);
	fprintf(out, "<path class=\"sg\" d=\"M0 %uh%u\"/>", y + 27, WIDTH);
	if (l->span)
		fprintf(out,
			"<rect class=\"%s\" rx=\"3\" x=\"%.1f\" y=\"%u\" width=\"%.1f\" "
			"height=\"14\"/>\n",
			wrong ? "sx" : "sw", x, y + 20, place(at, n, l->phys + (l->span - 1)) - x);
	else
		fprintf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%u\" r=\"7\"/>\n",
			wrong ? "sx" : "sw", x, y + 27);
}

static void address_picture(FILE *out, const struct any_lab_report *r)
{
	uint64_t at[2 * ANY_LAB_LINES + 1];
	unsigned n = axis(r, at), height = r->n_lines * 42 + 4;

	fprintf(out, "<svg viewBox=\"-2 0 %u %u\" role=\"img\" aria-label=\"bus addresses\">\n",
		WIDTH + 4, height);
	for (uint32_t i = 0; i < r->n_lines; i++)
		if (r->lines[i].state[0] == 'X' && !r->lines[i].span)
			fprintf(out, "<path class=\"sm\" d=\"M%.1f 0v%u\"/>\n",
				place(at, n, r->lines[i].phys), height);
	for (uint32_t i = 0; i < r->n_lines; i++)
		range(out, &r->lines[i], at, n, i * 42);
	fputs("</svg>\n<figcaption>Bus addresses in order, not to scale.</figcaption>", out);
}

void cli_html_picture(FILE *out, const struct any_lab_report *r)
{
	unsigned drawn = 0;

	for (uint32_t i = 0; i < r->n_lines; i++)
		drawn += bytes_of(&r->lines[i]);
	if (!r->n_lines)
		return;
	fputs("<figure><div class=\"scroll\">", out);
	if (drawn)
		cache_picture(out, r);
	else
		address_picture(out, r);
	fputs("</div></figure>\n", out);
}

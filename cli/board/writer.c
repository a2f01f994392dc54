/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON with its commas. Addresses and sizes are text in hexadecimal: they have 64 bits. */
#include <inttypes.h>

#include "cli/board/board.h"

static void begin(struct cli_json_writer *w, const char *key)
{
	if (w->more)
		fputc(',', w->out);
	if (w->depth)
		fprintf(w->out, "\n%*s", (int)w->depth, "");
	if (key) {
		cli_put_json(w->out, key);
		fputs(": ", w->out);
	}
	w->more = true;
}

void cli_json_open(struct cli_json_writer *w, const char *key, char bracket)
{
	begin(w, key);
	fputc(bracket, w->out);
	w->depth++;
	w->more = false;
}

void cli_json_close(struct cli_json_writer *w, char bracket)
{
	w->depth--;
	if (w->more)
		fprintf(w->out, "\n%*s", (int)w->depth, "");
	fputc(bracket, w->out);
	w->more = true;
	if (!w->depth)
		fputc('\n', w->out);
}

void cli_json_text(struct cli_json_writer *w, const char *key, const char *text)
{
	begin(w, key);
	if (text)
		cli_put_json(w->out, text);
	else
		fputs("null", w->out);
}

void cli_json_hex(struct cli_json_writer *w, const char *key, uint64_t value)
{
	begin(w, key);
	fprintf(w->out, "\"0x%" PRIx64 "\"", value);
}

void cli_json_count(struct cli_json_writer *w, const char *key, uint64_t value)
{
	begin(w, key);
	fprintf(w->out, "%" PRIu64, value);
}

void cli_json_flag(struct cli_json_writer *w, const char *key, bool value)
{
	begin(w, key);
	fputs(value ? "true" : "false", w->out);
}

void cli_json_range(struct cli_json_writer *w, const char *key, uint64_t base, uint64_t size)
{
	begin(w, key);
	fprintf(w->out, "{\"base\": \"0x%" PRIx64 "\", \"size\": \"0x%" PRIx64 "\"}", base, size);
}

void cli_json_window(struct cli_json_writer *w, const struct any_dma_segment *s)
{
	begin(w, NULL);
	fprintf(w->out,
		"{\"cpu\": \"0x%" PRIx64 "\", \"dma\": \"0x%" PRIx64 "\", \"size\": \"0x%" PRIx64
		"\"}",
		s->phys.raw, s->dma.raw, s->size);
}

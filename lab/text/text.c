/* SPDX-License-Identifier: BSD-2-Clause */
/* Text for people, shells and documents. */
#include <string.h>

#include "text.h"

#define REPLACEMENT 0xfffdu

/* The length of the UTF-8 sequence at s, and its code point; broken: one byte, REPLACEMENT. */
static unsigned decode(const unsigned char *s, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned len = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : 4;

	*point = len == 1 ? s[0] : s[0] & (0x7fu >> len);
	for (unsigned i = 1; i < len; i++) {
		if (s[i] >> 6 != 2) {
			*point = REPLACEMENT;
			return 1;
		}
		*point = *point << 6 | (s[i] & 0x3fu);
	}
	if (s[0] >= 0xf8 || *point < least[len] || *point > 0x10ffff || *point >> 11 == 0x1b ||
	    (*point | 1) == 0xffff) { /* XML has no place for the last two */
		*point = REPLACEMENT;
		return 1;
	}
	return len;
}

static bool control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

/*
 * Walks `text` and prints it: what `special` answers for is printed so, control characters as
 * `instead`, the rest as it is.
 */
static void put(FILE *out, const char *text, const char *(*special)(uint32_t point),
		const char *instead)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		uint32_t point;
		unsigned len = decode(s, &point);
		const char *as = special ? special(point) : NULL;

		if (as)
			fputs(as, out);
		else if (control(point))
			fprintf(out, instead, (unsigned)point);
		else if (point == REPLACEMENT)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(s, 1, len, out);
		s += len;
	}
}

static const char *html_special(uint32_t point)
{
	switch (point) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
		return "        ";
	default:
		return NULL;
	}
}

static const char *json_special(uint32_t point)
{
	return point == '"' ? "\\\"" : point == '\\' ? "\\\\" : NULL;
}

static const char *shell_special(uint32_t point)
{
	return point == '\'' ? "'\\''" : NULL;
}

void cli_put_plain(FILE *out, const char *text)
{
	put(out, text, NULL, "?");
}

void cli_put_html(FILE *out, const char *text)
{
	put(out, text, html_special, "\xef\xbf\xbd");
}

void cli_put_json(FILE *out, const char *text)
{
	fputc('"', out);
	put(out, text, json_special, "\\u%04x");
	fputc('"', out);
}

void cli_put_shell(FILE *out, const char *text)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789-_=+.,/:@%";

	if (*text && strspn(text, safe) == strlen(text)) {
		fputs(text, out);
		return;
	}
	fputc('\'', out);
	put(out, text, shell_special, "?");
	fputc('\'', out);
}

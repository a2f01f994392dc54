/* SPDX-License-Identifier: BSD-2-Clause */
/* Text and numbers for people, shells and documents. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

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
	if (s[0] >= 0xf8 || *point < least[len] || *point > 0x10ffff || *point >> 11 == 0x1b) {
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

static const char *scaled(char buf[CLI_UNIT], uint64_t value, unsigned step, const char *suffixes)
{
	double v = (double)value;

	if (!value)
		return "-";
	if (value < 1000) {
		snprintf(buf, CLI_UNIT, "%" PRIu64, value);
		return buf;
	}
	/* 999.5 would print as 1000: five columns with its suffix. */
	for (v /= step; v >= 999.5 && suffixes[1]; suffixes++)
		v /= step;
	snprintf(buf, CLI_UNIT, "%.*f%c", v < 9.95 ? 1 : 0, v, suffixes[0]);
	return buf;
}

const char *cli_bytes(char buf[CLI_UNIT], uint64_t bytes)
{
	return scaled(buf, bytes, 1024, "KMGTPE");
}

const char *cli_count(char buf[CLI_UNIT], uint64_t count)
{
	return scaled(buf, count, 1000, "kMGTPE");
}

const char *cli_rate(char buf[CLI_UNIT], uint64_t bytes, double seconds)
{
	double rate = seconds > 0 ? (double)bytes / seconds / 1e6 : 0;

	if (!(rate > 0))
		return "-";
	if (rate > 99999)
		rate = 99999;
	snprintf(buf, CLI_UNIT, "%.*f", rate < 9.95 ? 1 : 0, rate);
	return buf;
}

bool cli_number(const char *text, bool sized, uint64_t *out)
{
	static const char units[] = "kMGT";
	const char *unit;
	unsigned shift = 0;
	char *end;
	unsigned long long value;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10);
	if (sized && *end) {
		unit = strchr(units, *end == 'K' ? 'k' : *end);
		if (!unit)
			return false;
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
	}
	if (errno || *end || value > UINT64_MAX >> shift)
		return false;
	*out = (uint64_t)value << shift;
	return true;
}

bool cli_colored(enum cli_color when, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != CLI_COLOR_AUTO)
		return when == CLI_COLOR_ALWAYS;
	return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb");
}

unsigned cli_width(int fd, unsigned otherwise)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	uint64_t value;

	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	if (columns && cli_number(columns, false, &value) && value > 0 && value < 1000)
		return (unsigned)value;
	return otherwise;
}

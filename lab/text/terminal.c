/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors, numbers, and what the terminal can do. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

const char *cli_program = "anydma";

void cli_error(const char *fmt, ...)
{
	char *line = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&line, &size);
	va_list args;

	va_start(args, fmt);
	if (memory) {
		vfprintf(memory, fmt, args);
		fclose(memory);
	}
	va_end(args);
	fprintf(stderr, "%s: ", cli_program);
	cli_put_plain(stderr, line ? line : fmt);
	fputc('\n', stderr);
	free(line);
}

/* A report must never land in a file that happens to be descriptor 1 because the shell closed it.
 */
bool cli_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
	/* A full file-size limit then is an error we can name (EFBIG), not a death. */
	signal(SIGXFSZ, SIG_IGN);
	return fd > 2;
}

int cli_finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		cli_error("cannot write the output: %s", strerror(errno));
		return CLI_USAGE;
	}
	return status;
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

/* SPDX-License-Identifier: BSD-2-Clause */
/* What an image prints: TAP, which any harness reads. */
#include "port.h"

#include <stdarg.h>

static unsigned done, failed;

static void put(char c)
{
	if (c == '\n')
		port->put('\r');
	port->put(c);
}

static void number(uint64_t value, unsigned base)
{
	char digits[20];
	unsigned n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		put(digits[--n]);
}

static void text(const char *s)
{
	while (*s)
		put(*s++);
}

static void directive(char kind, bool wide, va_list *args)
{
	uint64_t value;
	int small;

	switch (kind) {
	case 's':
		text(va_arg(*args, const char *));
		return;
	case 'c':
		put((char)va_arg(*args, int));
		return;
	case 'd':
		small = va_arg(*args, int);
		if (small < 0)
			put('-');
		number(small < 0 ? 0u - (unsigned)small : (unsigned)small, 10);
		return;
	default:
		value = wide ? va_arg(*args, unsigned long long) : va_arg(*args, unsigned);
		number(value, kind == 'x' ? 16 : 10);
	}
}

static void print(const char *format, va_list *args)
{
	for (; *format; format++) {
		bool wide = false;

		if (*format != '%') {
			put(*format);
			continue;
		}
		while (*++format == 'l')
			wide = true;
		directive(*format, wide, args);
	}
}

void port_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, &args);
	va_end(args);
}

bool port_ok(bool good, const char *format, ...)
{
	va_list args;

	failed += !good;
	port_say("%sok %u - ", good ? "" : "not ", ++done);
	va_start(args, format);
	print(format, &args);
	va_end(args);
	put('\n');
	return good;
}

_Noreturn void port_done(void)
{
	port_say("1..%u\n# %u failed\n", done, failed);
	port->off();
}

_Noreturn void port_panic(const char *why)
{
	port_say("Bail out! %s\n", why);
	port->off();
}

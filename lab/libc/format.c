/* SPDX-License-Identifier: BSD-2-Clause */
/* What a format loads: itself, and the strings among its arguments. */
#include <stddef.h>
#include <stdlib.h>

#include "libc.h"

/* A va_list may be an array: in a structure it can be handed on and remembers how far it is. */
struct arguments {
	va_list list;
};

struct conversion {
	long precision; /* negative: none was given */
	char length;	/* the first letter of it, but 'H' for hh, 'q' for ll; 0: none */
	char kind;
};

static const char *number(const char *f, struct arguments *args, long *value)
{
	char *end;

	if (*f == '*') {
		*value = va_arg(args->list, int);
		return f + 1;
	}
	if (*f < '0' || *f > '9')
		return f;
	*value = strtol(f, &end, 10);
	return end;
}

/* f is behind the percent sign; NULL: not known, so that what follows cannot be told either. */
static const char *parse(const char *f, struct arguments *args, struct conversion *c)
{
	long width;

	*c = (struct conversion){.precision = -1};
	f += strspn(f, "-+ #0'I");
	f = number(f, args, &width);
	if (*f == '.') {
		c->precision = 0;
		f = number(f + 1, args, &c->precision);
	}
	if (*f && strchr("hlqjztLZ", *f)) {
		c->length = *f++;
		if (*f == c->length) {
			c->length = c->length == 'h' ? 'H' : 'q';
			f++;
		}
	}
	c->kind = *f;
	return c->kind && c->kind != '$' ? f : NULL;
}

static void skip_integer(struct arguments *args, char length)
{
	switch (length) {
	case 'l':
		(void)va_arg(args->list, long);
		break;
	case 'q':
	case 'L':
		(void)va_arg(args->list, long long);
		break;
	case 'j':
		(void)va_arg(args->list, intmax_t);
		break;
	case 'z':
	case 'Z':
		(void)va_arg(args->list, size_t);
		break;
	case 't':
		(void)va_arg(args->list, ptrdiff_t);
		break;
	default:
		(void)va_arg(args->list, int);
		break;
	}
}

static size_t size_of(char length)
{
	static const struct {
		char length;
		size_t size;
	} sizes[] = {{'H', 1},
		     {'h', sizeof(short)},
		     {'l', sizeof(long)},
		     {'q', sizeof(long long)},
		     {'j', sizeof(intmax_t)},
		     {'z', sizeof(size_t)},
		     {'t', sizeof(ptrdiff_t)}};

	for (size_t i = 0; i < ANY_ARRAY_SIZE(sizes); i++)
		if (sizes[i].length == length)
			return sizes[i].size;
	return sizeof(int);
}

static void read_string(struct arguments *args, const struct conversion *c, uint64_t pc)
{
	const char *s = va_arg(args->list, const char *);

	if (s && c->kind == 's' && !c->length) /* of wide ones nothing is said */
		lab_scan(s, c->precision < 0 ? SIZE_MAX : (size_t)c->precision, 0, 0, pc);
}

/* false: an argument of no known size. */
static bool convert(struct arguments *args, const struct conversion *c, uint64_t pc)
{
	if (strchr("%m", c->kind))
		return true;
	if (strchr("diouxXcCbB", c->kind))
		skip_integer(args, c->length);
	else if (strchr("eEfFgGaA", c->kind) && c->length == 'L')
		(void)va_arg(args->list, long double);
	else if (strchr("eEfFgGaA", c->kind))
		(void)va_arg(args->list, double);
	else if (strchr("sS", c->kind))
		read_string(args, c, pc);
	else if (c->kind == 'p')
		(void)va_arg(args->list, void *);
	else if (c->kind == 'n')
		lab_announce(va_arg(args->list, void *), size_of(c->length), true, pc);
	else
		return false;
	return true;
}

void lab_read_format(const char *fmt, va_list list, uint64_t pc)
{
	struct arguments args;
	struct conversion c;

	lab_scan(fmt, SIZE_MAX, 0, 0, pc);
	va_copy(args.list, list);
	while ((fmt = strchr(fmt, '%'))) {
		fmt = parse(fmt + 1, &args, &c);
		if (!fmt || !convert(&args, &c, pc))
			break;
		fmt++;
	}
	va_end(args.list);
}

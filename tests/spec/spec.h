/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the specification's rows. A test is named by the rows it proves, and that name is what
 * scripts/conformance looks for in what the program prints.
 */
#ifndef ANYDMA_TESTS_SPEC_H
#define ANYDMA_TESTS_SPEC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SPEC(function, rows)                                                                       \
	{                                                                                          \
		.name = rows " " #function, .test_func = function                                  \
	}

/* The same, with a set-up and a tear-down. */
#define SPEC_IN(function, rows, up, down)                                                          \
	{                                                                                          \
		.name = rows " " #function, .test_func = function, .setup_func = up,               \
		.teardown_func = down                                                              \
	}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every command line shares, that of `anydma` and those of users' programs: exit statuses, the
 * one way to print an error, and text that came from outside (trees, file names, driver processes)
 * made safe for where it is printed.
 */
#ifndef ANYDMA_LAB_TEXT_H
#define ANYDMA_LAB_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <anydma/compiler.h>

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1, /* the question was answered, and the answer is no */
	CLI_USAGE = 2,	/* usage or input error: there is no answer */
};

/* The program as its messages name it. */
extern const char *cli_program;

/* Its name, ": " and the text, one line on standard error whatever the arguments hold. */
void cli_error(const char *fmt, ...) ANY_PRINTF(1, 2);

/* Before anything is opened; false: there is not even /dev/null. */
bool cli_standard_files(void);
/* The exit status once all output is written, or CLI_USAGE after one line of why it is not. */
int cli_finish(int status);

/* text.c: control bytes and broken UTF-8 never reach the terminal or a document. */
void cli_put_plain(FILE *out, const char *text);
void cli_put_html(FILE *out, const char *text);
void cli_put_json(FILE *out, const char *text);	 /* with its quotes */
void cli_put_shell(FILE *out, const char *text); /* one shell word */

#define CLI_UNIT 16
/* Five columns at most, "-" for none: 812, 4.0K, 12M and 812, 1.2k, 12M. */
const char *cli_bytes(char buf[CLI_UNIT], uint64_t bytes);
const char *cli_count(char buf[CLI_UNIT], uint64_t count);
const char *cli_rate(char buf[CLI_UNIT], uint64_t bytes, double seconds);

/* Decimal or 0x, with k, M, G, T (powers of 1024) where `sized`. False leaves *out alone. */
bool cli_number(const char *text, bool sized, uint64_t *out);

/* screen and progress: what the terminal behind a descriptor can do. */
enum cli_color { CLI_COLOR_AUTO, CLI_COLOR_ALWAYS, CLI_COLOR_NEVER };
bool cli_colored(enum cli_color when, int fd);
unsigned cli_width(int fd, unsigned otherwise);

#endif

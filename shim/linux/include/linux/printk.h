/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_PRINTK_H
#define ANYDMA_LINUX_LINUX_PRINTK_H

/* Seen on standard error where ANYDMA_LINUX_LOG is set in the environment. */
void any_linux_printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define printk(...)	any_linux_printk(__VA_ARGS__)
#define pr_err(...)	any_linux_printk(__VA_ARGS__)
#define pr_warn(...)	any_linux_printk(__VA_ARGS__)
#define pr_notice(...)	any_linux_printk(__VA_ARGS__)
#define pr_info(...)	any_linux_printk(__VA_ARGS__)
#define pr_debug(...)	any_linux_printk(__VA_ARGS__)
#define KERN_ERR	""
#define KERN_WARNING	""
#define KERN_INFO	""
#define KERN_DEBUG	""
#define net_ratelimit() 1

#endif

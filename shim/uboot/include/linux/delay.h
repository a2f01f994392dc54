/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_UBOOT_LINUX_DELAY_H
#define ANYDMA_UBOOT_LINUX_DELAY_H

/* Names of its own: a program may hold another shim's drivers too. */
#define udelay any_uboot_udelay
void udelay(unsigned long us);
#define mdelay(ms) udelay((ms)*1000ul)
#define ndelay(ns) udelay(1)

/* Milliseconds; they pass in udelay(). */
unsigned long get_timer(unsigned long base);

#endif

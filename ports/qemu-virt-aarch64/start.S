/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EL1, one CPU, caches on: normal memory must be cacheable for cache operations to mean anything.
 * Two levels of nothing: 1 GiB blocks of a 39-bit space (board.c fills the table's meaning).
 */
	.section .text.start, "ax"
	.global _start
_start:
	msr	daifset, #0xf
	ldr	x0, =stack_top
	mov	sp, x0
	/* .bss */
	ldr	x1, =bss_start
	ldr	x2, =bss_end
1:	cmp	x1, x2
	b.hs	2f
	stp	xzr, xzr, [x1], #16
	b	1b
2:	ldr	x0, =board_tables
	bl	board_fill_tables
	/* 0: device nGnRE, 1: normal write-back, 2: normal non-cacheable */
	ldr	x0, =0x44ff04
	msr	mair_el1, x0
	/* 39 bits, 4 KiB granule, inner shareable, write-back walks; the upper half is off */
	ldr	x0, =((25 << 0) | (1 << 8) | (1 << 10) | (3 << 12) | (1 << 23) | (2 << 32))
	msr	tcr_el1, x0
	ldr	x0, =board_tables
	msr	ttbr0_el1, x0
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	sy
	isb
	mrs	x0, sctlr_el1
	mov	x1, #0x1005		/* I, C, M */
	orr	x0, x0, x1
	bic	x0, x0, #2		/* unaligned accesses are allowed */
	msr	sctlr_el1, x0
	isb
	ldr	x0, =vectors
	msr	vbar_el1, x0
	isb
	bl	board_main
3:	wfi
	b	3b

	.align	11
vectors:
	.rept	16
	.align	7
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	mrs	x2, far_el1
	b	board_exception
	.endr

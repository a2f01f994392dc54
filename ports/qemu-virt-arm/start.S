/* SPDX-License-Identifier: BSD-2-Clause */
/* Supervisor mode, one CPU, caches on, one table of 1 MiB sections. */
	.syntax	unified
	.arch_extension virt
	.section .text.start, "ax"
	.arm
	.global _start
_start:
	cpsid	aif
	ldr	sp, =stack_top
	ldr	r1, =bss_start
	ldr	r2, =bss_end
	mov	r0, #0
1:	cmp	r1, r2
	strlo	r0, [r1], #4
	blo	1b
	/* the compiler may use the floating point registers to move data */
	mrc	p15, 0, r0, c1, c0, 2
	orr	r0, r0, #(0xf << 20)
	mcr	p15, 0, r0, c1, c0, 2
	isb
	mov	r0, #(1 << 30)
	vmsr	fpexc, r0
	ldr	r0, =board_tables
	bl	board_fill_tables
	mov	r0, #1
	mcr	p15, 0, r0, c3, c0, 0	/* domain 0: as the sections say */
	mov	r0, #0
	mcr	p15, 0, r0, c2, c0, 2	/* TTBCR: one table, short descriptors */
	ldr	r0, =board_tables
	orr	r0, r0, #0x4a		/* walks: inner and outer write-back, shareable */
	mcr	p15, 0, r0, c2, c0, 0
	mcr	p15, 0, r0, c8, c7, 0	/* TLBIALL */
	mcr	p15, 0, r0, c7, c5, 0	/* ICIALLU */
	dsb
	isb
	ldr	r0, =vectors
	mcr	p15, 0, r0, c12, c0, 0
	mrc	p15, 0, r0, c1, c0, 0
	ldr	r1, =0x1005		/* I, C, M */
	orr	r0, r0, r1
	bic	r0, r0, #2		/* unaligned accesses are allowed */
	mcr	p15, 0, r0, c1, c0, 0
	isb
	bl	board_main
2:	wfi
	b	2b

	.align	5
vectors:
	.rept	8
	b	trap
	.endr
trap:
	ldr	sp, =stack_top		/* of whatever mode this is: nobody returns */
	mrc	p15, 0, r0, c5, c0, 0	/* DFSR */
	mov	r1, lr
	mrc	p15, 0, r2, c6, c0, 0	/* DFAR */
	b	board_exception

	.global board_psci
board_psci:
	hvc	#0
	bx	lr

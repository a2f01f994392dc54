/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel mode, KSEG0 cached; exceptions end the image. */
	.set	noreorder
	.section .text.start, "ax"
	.global _start
	.ent	_start
_start:
	mfc0	$t0, $12
	lui	$t1, 0x0040		/* BEV: EBase may be written */
	mtc0	$t1, $12
	ehb
	la	$t0, vectors
	mtc0	$t0, $15, 1
	mtc0	$zero, $12		/* no interrupts, vectors at EBase */
	ehb
	mfc0	$t0, $16
	li	$t1, ~7
	and	$t0, $t0, $t1
	ori	$t0, $t0, 3		/* KSEG0: cached, write-back */
	mtc0	$t0, $16
	ehb
	la	$sp, stack_top
	la	$t0, bss_start
	la	$t1, bss_end
1:	beq	$t0, $t1, 2f
	nop
	sw	$zero, 0($t0)
	b	1b
	addiu	$t0, $t0, 4
2:	jal	board_main
	addiu	$sp, $sp, -32
3:	b	3b
	nop
	.end	_start

	.align	12
vectors:
	.skip	0x180
	mfc0	$a0, $13
	mfc0	$a1, $14
	mfc0	$a2, $8
	la	$sp, stack_top
	j	board_exception
	addiu	$sp, $sp, -32

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From machine mode, where QEMU starts without firmware, to supervisor mode with one table of 1 GiB
 * pages: only pages have memory types (Svpbmt). Traps stay in machine mode, and end the image.
 */
	.section .text.start, "ax"
	.global _start
_start:
	csrw	mie, zero
	csrr	t0, mhartid
	bnez	t0, 3f
	la	sp, stack_top
	la	t0, bss_start
	la	t1, bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, (t0)
	addi	t0, t0, 8
	j	1b
2:	mv	s0, a1			/* the devicetree */
	la	t0, trap
	csrw	mtvec, t0
	/* all of memory is the supervisor's */
	li	t0, -1
	csrw	pmpaddr0, t0
	li	t0, 0x1f
	csrw	pmpcfg0, t0
	/* PBMTE; CBZE, CBCFE; CBIE = 3: an invalidate is no write-back */
	li	t0, (1 << 62) | 0xf0
	csrw	0x30a, t0		/* menvcfg */
	la	a0, board_tables
	call	board_fill_tables
	li	t0, 3 << 11
	csrc	mstatus, t0
	li	t0, 1 << 11		/* MPP: supervisor */
	csrs	mstatus, t0
	la	t0, supervisor
	csrw	mepc, t0
	mret
supervisor:
	la	t0, board_tables
	srli	t0, t0, 12
	li	t1, 8 << 60		/* Sv39 */
	or	t0, t0, t1
	csrw	satp, t0
	sfence.vma
	mv	a0, s0
	call	board_main
3:	wfi
	j	3b

	.align	2
trap:
	csrr	a0, mcause
	csrr	a1, mepc
	csrr	a2, mtval
	j	board_exception

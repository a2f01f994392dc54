/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From QEMU's PVH entry, 32-bit protected mode without paging, to long mode: 4 GiB where they are,
 * by 2 MiB pages, and the first one once more past the caches.
 */
	.section .note.pvh, "a", @note
	.long	4, 4, 18		/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.long	_start

#define PRESENT 0x003			/* writable */
#define LARGE	0x080
#define BYPASS	0x018			/* PCD, PWT: uncacheable */

	.section .text.start, "ax"
	.code32
	.global _start
_start:
	cli
	cld
	movl	$stack_top, %esp
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl
	/* top level, one entry */
	movl	$board_tables, %edi
	leal	4096 + PRESENT(%edi), %eax
	movl	%eax, (%edi)
	/* second level: four directories, then the first again, past the caches */
	leal	8192 + PRESENT(%edi), %eax
	movl	%eax, 4096(%edi)
	addl	$4096, %eax
	movl	%eax, 4104(%edi)
	addl	$4096, %eax
	movl	%eax, 4112(%edi)
	addl	$4096, %eax
	movl	%eax, 4120(%edi)
	addl	$4096, %eax
	movl	%eax, 4128(%edi)
	/* directories; the last of the four is registers */
	leal	8192(%edi), %edx
	movl	$(PRESENT | LARGE), %eax
	movl	$1536, %ecx
1:	movl	%eax, (%edx)
	addl	$8, %edx
	addl	$0x200000, %eax
	loop	1b
	orl	$BYPASS, %eax
	movl	$512, %ecx
2:	movl	%eax, (%edx)
	addl	$8, %edx
	addl	$0x200000, %eax
	loop	2b
	movl	$(PRESENT | LARGE | BYPASS), %eax
	movl	$512, %ecx
3:	movl	%eax, (%edx)
	addl	$8, %edx
	addl	$0x200000, %eax
	loop	3b
	movl	%edi, %cr3
	movl	%cr4, %eax
	orl	$0x620, %eax		/* PAE; SSE, which a compiler may use to move data */
	movl	%eax, %cr4
	movl	$0xc0000080, %ecx	/* EFER.LME */
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	%cr0, %eax
	andl	$~0x4, %eax
	orl	$0x80000002, %eax
	movl	%eax, %cr0
	lgdt	descriptors
	ljmp	$8, $long_mode

	.code64
long_mode:
	movw	$16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movq	$stack_top, %rsp
	movl	%ebx, %edi		/* QEMU's start info; nothing above has touched it */
	call	board_main
4:	hlt
	jmp	4b

	.section .rodata
	.align	8
table:
	.quad	0, 0x00af9a000000ffff, 0x00cf92000000ffff
descriptors:
	.word	23
	.long	table

	.section .bss
	.align	4096
board_tables:
	.skip	7 * 4096

/* SPDX-License-Identifier: BSD-2-Clause */
/* Two segments; the second begins in the middle. */
[0004] Signature : "MCFG"
[0004] Table Length : 00000000
[0001] Revision : 01
[0001] Checksum : 00
[0006] Oem ID : "ANYDMA"
[0008] Oem Table ID : "TEST    "
[0004] Oem Revision : 00000001
[0004] Asl Compiler ID : "INTL"
[0004] Asl Compiler Revision : 00000001
[0008] Reserved : 0000000000000000

[0008] Base Address : 00000000B0000000
[0002] Segment Group Number : 0000
[0001] Start Bus Number : 00
[0001] End Bus Number : FF
[0004] Reserved : 00000000

[0008] Base Address : 0000008000000000
[0002] Segment Group Number : 0002
[0001] Start Bus Number : 40
[0001] End Bus Number : 7F
[0004] Reserved : 00000000

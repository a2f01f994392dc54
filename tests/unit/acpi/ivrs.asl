/* SPDX-License-Identifier: BSD-2-Clause */
/* An AMD machine: one function, a range, an alias behind a bridge, memory that stays. */
[0004] Signature : "IVRS"
[0004] Table Length : 00000000
[0001] Revision : 02
[0001] Checksum : 00
[0006] Oem ID : "ANYDMA"
[0008] Oem Table ID : "AMD     "
[0004] Oem Revision : 00000001
[0004] Asl Compiler ID : "INTL"
[0004] Asl Compiler Revision : 20200925
[0004] Virtualization Info : 00143000
[0008] Reserved : 0000000000000000

[0001] Subtable Type : 10
[0001] Flags : 30
[0002] Length : 0034
[0002] DeviceId : 0002
[0002] Capability Offset : 0040
[0008] Base Address : 00000000FD800000
[0002] PCI Segment Group : 0000
[0002] Virtualization Info : 0000
[0004] Feature Reporting : 00000000
[0001] Entry Type : 02
[0002] Device ID : 0010
[0001] Data Setting : 00
[0001] Entry Type : 03
[0002] Device ID : 0100
[0001] Data Setting : 00
[0001] Entry Type : 04
[0002] Device ID : 01FF
[0001] Data Setting : 00
[0001] Entry Type : 42
[0002] Device ID : 0308
[0001] Data Setting : 00
[0001] Reserved : 00
[0002] Source Used Device ID : 00A4
[0001] Reserved : 00
[0001] Entry Type : 48
[0002] Device ID : 0000
[0001] Data Setting : 00
[0001] Handle : 21
[0002] Source Used Device ID : 00A0
[0001] Variety : 01

[0001] Subtable Type : 10
[0001] Flags : 30
[0002] Length : 001C
[0002] DeviceId : 4002
[0002] Capability Offset : 0040
[0008] Base Address : 00000000FD900000
[0002] PCI Segment Group : 0000
[0002] Virtualization Info : 0000
[0004] Feature Reporting : 00000000
[0001] Entry Type : 02
[0002] Device ID : 4008
[0001] Data Setting : 00

[0001] Subtable Type : 21
[0001] Flags : 07
[0002] Length : 0020
[0002] DeviceId : 0010
[0002] Auxiliary Data : 0000
[0008] Reserved : 0000000000000000
[0008] Start Address : 000000009F000000
[0008] Memory Length : 0000000000200000

[0001] Subtable Type : 22
[0001] Flags : 08
[0002] Length : 0020
[0002] DeviceId : 0100
[0002] Auxiliary Data : 010F
[0008] Reserved : 0000000000000000
[0008] Start Address : 00000000A0000000
[0008] Memory Length : 0000000000010000

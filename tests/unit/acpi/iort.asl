/* SPDX-License-Identifier: BSD-2-Clause */
/* An Arm server: a PCI segment behind an SMMUv3, one that goes straight to the ITS, a network
   controller behind an SMMUv2 and a DMA engine behind nothing. */
[0004] Signature : "IORT"
[0004] Table Length : 00000000
[0001] Revision : 00
[0001] Checksum : 00
[0006] Oem ID : "ANYDMA"
[0008] Oem Table ID : "SERVER  "
[0004] Oem Revision : 00000001
[0004] Asl Compiler ID : "INTL"
[0004] Asl Compiler Revision : 20200925
[0004] Node Count : 00000007
[0004] Node Offset : 00000030
[0004] Reserved : 00000000

/* 0x30 */
[0001] Type : 00
[0002] Length : 0018
[0001] Revision : 00
[0004] Reserved : 00000000
[0004] Mapping Count : 00000000
[0004] Mapping Offset : 00000000
[0004] ItsCount : 00000001
[0004] Identifiers : 00000000

/* 0x48: walks tables coherently */
[0001] Type : 04
[0002] Length : 0044
[0001] Revision : 01
[0004] Reserved : 00000000
[0004] Mapping Count : 00000000
[0004] Mapping Offset : 00000000
[0008] Base Address : 0000000002B40000
[0004] Flags (decoded below) : 00000001
COHACC Override : 1
HTTU Override : 0
Proximity Domain Valid : 0
[0004] Reserved : 00000000
[0008] VATOS Address : 0000000000000000
[0004] Model : 00000000
[0004] Event GSIV : 00000000
[0004] PRI GSIV : 00000000
[0004] GERR GSIV : 00000000
[0004] Sync GSIV : 00000000
[0004] Proximity Domain : 00000000
[0004] Device ID Mapping Index : 00000000

/* 0x8C: does not */
[0001] Type : 03
[0002] Length : 004C
[0001] Revision : 01
[0004] Reserved : 00000000
[0004] Mapping Count : 00000000
[0004] Mapping Offset : 00000000
[0008] Base Address : 0000000002B50000
[0008] Span : 0000000000010000
[0004] Model : 00000001
[0004] Flags (decoded below) : 00000001
DVM Supported : 1
Coherent Walk : 0
[0004] Global Interrupt Offset : 0000003C
[0004] Context Interrupt Count : 00000000
[0004] Context Interrupt Offset : 0000004C
[0004] PMU Interrupt Count : 00000000
[0004] PMU Interrupt Offset : 0000004C
[0004] NSgIrpt : 00000000
[0004] NSgIrpt Flags (decoded below) : 00000000
Edge Triggered : 0
[0004] NSgCfgIrpt : 00000000
[0004] NSgCfgIrpt Flags (decoded below) : 00000000
Edge Triggered : 0

/* 0xD8: segment 0, coherent, 40 bits, ids + 0x10000 to the SMMUv3 */
[0001] Type : 02
[0002] Length : 0038
[0001] Revision : 01
[0004] Reserved : 00000000
[0004] Mapping Count : 00000001
[0004] Mapping Offset : 00000024
[0008] Memory Properties : [IORT Memory Access Properties]
[0004] Cache Coherency : 00000001
[0001] Hints (decoded below) : 00
Transient : 0
Write Allocate : 0
Read Allocate : 0
Override : 0
[0002] Reserved : 0000
[0001] Memory Flags (decoded below) : 01
Coherency : 1
Device Attribute : 0
[0004] ATS Attribute : 00000000
[0004] PCI Segment Number : 00000000
[0001] Memory Size Limit : 28
[0003] Reserved : 000000
[0004] Input base : 00000100
[0004] ID Count : 0000FEFF
[0004] Output Base : 00010000
[0004] Output Reference : 00000048
[0004] Flags (decoded below) : 00000000
Single Mapping : 0

/* 0x110: segment 1, an older revision: no limit is read; straight to the ITS */
[0001] Type : 02
[0002] Length : 0038
[0001] Revision : 00
[0004] Reserved : 00000000
[0004] Mapping Count : 00000001
[0004] Mapping Offset : 00000024
[0008] Memory Properties : [IORT Memory Access Properties]
[0004] Cache Coherency : 00000000
[0001] Hints (decoded below) : 00
Transient : 0
Write Allocate : 0
Read Allocate : 0
Override : 0
[0002] Reserved : 0000
[0001] Memory Flags (decoded below) : 00
Coherency : 0
Device Attribute : 0
[0004] ATS Attribute : 00000000
[0004] PCI Segment Number : 00000001
[0001] Memory Size Limit : 20
[0003] Reserved : 000000
[0004] Input base : 00000000
[0004] ID Count : 0000FFFF
[0004] Output Base : 00000000
[0004] Output Reference : 00000030
[0004] Flags (decoded below) : 00000000
Single Mapping : 0

/* 0x148: 32 bits, not coherent, stream 0x42 of the SMMUv2 */
[0001] Type : 01
[0002] Length : 003C
[0001] Revision : 00
[0004] Reserved : 00000000
[0004] Mapping Count : 00000001
[0004] Mapping Offset : 00000028
[0004] Node Flags : 00000000
[0008] Memory Properties : [IORT Memory Access Properties]
[0004] Cache Coherency : 00000000
[0001] Hints (decoded below) : 00
Transient : 0
Write Allocate : 0
Read Allocate : 0
Override : 0
[0002] Reserved : 0000
[0001] Memory Flags (decoded below) : 00
Coherency : 0
Device Attribute : 0
[0001] Memory Size Limit : 20
[0010] Device Name : "\_SB.ETH0"
[0001] Padding : 00
[0004] Input base : 00000000
[0004] ID Count : 00000000
[0004] Output Base : 00000042
[0004] Output Reference : 0000008C
[0004] Flags (decoded below) : 00000001
Single Mapping : 1

/* 0x184: no mapping: no IOMMU; a limit of 0 bits is firmware's mistake */
[0001] Type : 01
[0002] Length : 0028
[0001] Revision : 00
[0004] Reserved : 00000000
[0004] Mapping Count : 00000000
[0004] Mapping Offset : 00000000
[0004] Node Flags : 00000000
[0008] Memory Properties : [IORT Memory Access Properties]
[0004] Cache Coherency : 00000001
[0001] Hints (decoded below) : 00
Transient : 0
Write Allocate : 0
Read Allocate : 0
Override : 0
[0002] Reserved : 0000
[0001] Memory Flags (decoded below) : 00
Coherency : 0
Device Attribute : 0
[0001] Memory Size Limit : 00
[0010] Device Name : "\_SB.DMA0"
[0001] Padding : 00

/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio network on the wire (5.1). Little-endian. */
#ifndef ANYDMA_VIRTIO_NET_H
#define ANYDMA_VIRTIO_NET_H

#include <anydma/types.h>

#define ANY_NET_F_CSUM		      (1ull << 0) /* the device completes checksums */
#define ANY_NET_F_GUEST_CSUM	      (1ull << 1) /* the driver takes incomplete ones */
#define ANY_NET_F_CTRL_GUEST_OFFLOADS (1ull << 2)
#define ANY_NET_F_MTU		      (1ull << 3)
#define ANY_NET_F_MAC		      (1ull << 5)
#define ANY_NET_F_GUEST_TSO4	      (1ull << 7)
#define ANY_NET_F_GUEST_TSO6	      (1ull << 8)
#define ANY_NET_F_GUEST_ECN	      (1ull << 9)
#define ANY_NET_F_GUEST_UFO	      (1ull << 10)
#define ANY_NET_F_HOST_TSO4	      (1ull << 11)
#define ANY_NET_F_HOST_TSO6	      (1ull << 12)
#define ANY_NET_F_HOST_ECN	      (1ull << 13)
#define ANY_NET_F_HOST_UFO	      (1ull << 14)
#define ANY_NET_F_MRG_RXBUF	      (1ull << 15)
#define ANY_NET_F_STATUS	      (1ull << 16)
#define ANY_NET_F_CTRL_VQ	      (1ull << 17)
#define ANY_NET_F_CTRL_RX	      (1ull << 18)
#define ANY_NET_F_CTRL_VLAN	      (1ull << 19)
#define ANY_NET_F_CTRL_RX_EXTRA	      (1ull << 20)
#define ANY_NET_F_GUEST_ANNOUNCE      (1ull << 21)
#define ANY_NET_F_MQ		      (1ull << 22)
#define ANY_NET_F_CTRL_MAC_ADDR	      (1ull << 23)
#define ANY_NET_F_SPEED_DUPLEX	      (1ull << 63)

#define ANY_NET_F_GUEST_GSO (ANY_NET_F_GUEST_TSO4 | ANY_NET_F_GUEST_TSO6)
#define ANY_NET_F_HOST_GSO  (ANY_NET_F_HOST_TSO4 | ANY_NET_F_HOST_TSO6)

#define ANY_NET_MAC_BYTES 6u
#define ANY_NET_ETH	  14u /* destination, source, type */
#define ANY_NET_VLAN	  4u
#define ANY_NET_MTU_MIN	  68u
#define ANY_NET_MAX_PAIRS 0x8000u

/* Before every frame, both ways; the feature bits that would make it longer are not ours. */
struct any_net_header {
	uint8_t flags, gso_type;
	uint16_t hdr_len, gso_size;
	uint16_t csum_start, csum_offset;
	uint16_t num_buffers;
};

#define ANY_NET_HEADER_BYTES 12u

#define ANY_NET_NEEDS_CSUM 1u /* flags */
#define ANY_NET_DATA_VALID 2u

#define ANY_NET_GSO_NONE  0u
#define ANY_NET_GSO_TCPV4 1u
#define ANY_NET_GSO_TCPV6 4u
#define ANY_NET_GSO_ECN	  0x80u /* beside the others */

/* Device configuration, by offset. */
#define ANY_NET_CFG_MAC	      0u
#define ANY_NET_CFG_STATUS    6u
#define ANY_NET_CFG_MAX_PAIRS 8u
#define ANY_NET_CFG_MTU	      10u
#define ANY_NET_CFG_SPEED     12u
#define ANY_NET_CFG_DUPLEX    16u
#define ANY_NET_CFG_BYTES     17u

#define ANY_NET_S_LINK_UP  1u
#define ANY_NET_S_ANNOUNCE 2u

#define ANY_NET_SPEED_UNKNOWN  0xffffffffu
#define ANY_NET_DUPLEX_UNKNOWN 0xffu

/* A command: class, command, data, all device-readable; then the acknowledgement. */
#define ANY_NET_CTRL_OK	 0u
#define ANY_NET_CTRL_ERR 1u

#define ANY_NET_CTRL_RX		  0u
#define ANY_NET_CTRL_RX_PROMISC	  0u /* one byte: on or off */
#define ANY_NET_CTRL_RX_ALLMULTI  1u
#define ANY_NET_CTRL_RX_ALLUNI	  2u /* this and the next three: CTRL_RX_EXTRA */
#define ANY_NET_CTRL_RX_NOMULTI	  3u
#define ANY_NET_CTRL_RX_NOUNI	  4u
#define ANY_NET_CTRL_RX_NOBCAST	  5u
#define ANY_NET_CTRL_MAC	  1u
#define ANY_NET_CTRL_MAC_TABLE	  0u /* twice: a 32-bit count and so many addresses */
#define ANY_NET_CTRL_MAC_ADDR	  1u
#define ANY_NET_CTRL_VLAN	  2u
#define ANY_NET_CTRL_VLAN_ADD	  0u /* 16 bits */
#define ANY_NET_CTRL_VLAN_DEL	  1u
#define ANY_NET_CTRL_ANNOUNCE	  3u
#define ANY_NET_CTRL_ANNOUNCE_ACK 0u
#define ANY_NET_CTRL_MQ		  4u
#define ANY_NET_CTRL_MQ_PAIRS	  0u /* 16 bits */
#define ANY_NET_CTRL_OFFLOADS	  5u
#define ANY_NET_CTRL_OFFLOADS_SET 0u /* 64 bits, by the feature bits */

/* Those of `bits` that are there without any of what they need. */
static inline uint64_t any_net_missing(uint64_t features, uint64_t bits, uint64_t any_of)
{
	return features & any_of ? 0 : features & bits;
}

/* The table of VD-NT-01: bits that must not be there. */
static inline uint64_t any_net_unmet(uint64_t f)
{
	const uint64_t ctrl = ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN | ANY_NET_F_CTRL_RX_EXTRA |
			      ANY_NET_F_GUEST_ANNOUNCE | ANY_NET_F_MQ | ANY_NET_F_CTRL_MAC_ADDR |
			      ANY_NET_F_CTRL_GUEST_OFFLOADS;

	return any_net_missing(f, ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_UFO, ANY_NET_F_GUEST_CSUM) |
	       any_net_missing(f, ANY_NET_F_GUEST_ECN, ANY_NET_F_GUEST_GSO) |
	       any_net_missing(f, ANY_NET_F_HOST_GSO | ANY_NET_F_HOST_UFO, ANY_NET_F_CSUM) |
	       any_net_missing(f, ANY_NET_F_HOST_ECN, ANY_NET_F_HOST_GSO) |
	       any_net_missing(f, ctrl, ANY_NET_F_CTRL_VQ);
}

#endif

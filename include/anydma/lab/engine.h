/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two devices to try a driver against: a DMA engine in about the shape of those in SoCs, and a
 * simple network card. What follows is their datasheet; a driver needs no more of this file than
 * the offsets and bits.
 *
 * Registers are 32 bits wide and read and written as such, or two at a time, the lower first;
 * reserved bits read as 0. All memory the
 * devices look at is little-endian, unless the configuration says ANY_LAB_BIG_ENDIAN: then the
 * words of descriptors, status words and status blocks are big-endian. Registers have the CPU's
 * byte order. All addresses are bus addresses.
 *
 * Interrupts: one line. INT_STATUS collects causes, whether enabled or not; the line is asserted
 * when a cause that INT_ENABLE has appears, and when one that is pending is enabled. Write 1 to a
 * bit of INT_STATUS to clear it. Causes that come while others are handled may come with them:
 * clear, read the register back (the read pushes what the device wrote before), then look at
 * memory.
 *
 * Order: the device writes data before the words that say so: payload, then the length of the
 * descriptor, then its control word, then the status word or block, then the interrupt.
 */
#ifndef ANYDMA_LAB_ENGINE_H
#define ANYDMA_LAB_ENGINE_H

#include <anydma/lab/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what both have ------------------------------------------------------------------------ */

#define ANY_LAB_BIG_ENDIAN 1u /* flags of the configurations: words in memory are big-endian */

/*
 * How the device misbehaves, by chance (any_lab_model_random(), so the seed decides). The first
 * group is what devices are entitled to: a right driver passes with all of ANY_LAB_UNKIND. The
 * second is what a driver must refuse to believe, and the last what nothing but an IOMMU can stop:
 * with that one the lab reports the device's access, or the platform's IOMMU the fault.
 */
enum any_lab_hostile {
	ANY_LAB_LATE = 1u << 0,	     /* it does nothing for long, again and again */
	ANY_LAB_REORDERED = 1u << 1, /* completes descriptors in another order (OWN bit: a later one
					first, by up to 3; never by index; never within a packet) */
	ANY_LAB_PARTIAL = 1u << 2,   /* moves less than was asked, and says so in the length */
	ANY_LAB_SPURIOUS = 1u << 3,  /* interrupts with no cause, or ahead of the writes */
	ANY_LAB_AT_ONCE = 1u << 4,   /* all is done and signalled inside the doorbell write */
	ANY_LAB_LINGERS = 1u << 5, /* goes on reading and writing after RESET, until BUSY clears */
	ANY_LAB_ERRORS = 1u << 6,  /* fails descriptors: ERR, and less or nothing moved */
	ANY_LAB_UNKIND = 0x7fu,
	/* Completions that cannot be: lengths above what was given, counts and indices of what was
	 * never given. It never clears the OWN bit of a descriptor that it is not done with. */
	ANY_LAB_BOGUS = 1u << 7,
	ANY_LAB_OVERRUN = 1u << 8, /* writes past the end of the buffer */
};

/* ---- the DMA engine: registers ------------------------------------------------------------- */

#define ANY_LAB_ENGINE_ID 0x00 /* RO: ANY_LAB_ENGINE_MAGIC */
#define ANY_LAB_ENGINE_CAPS                                                                        \
	0x04 /* RO: [7:0] channels, [15:8] bytes from one descriptor to the next */
#define ANY_LAB_ENGINE_CTRL	  0x08 /* ENABLE, RESET */
#define ANY_LAB_ENGINE_STATUS	  0x0c /* RO: BUSY */
#define ANY_LAB_ENGINE_INT_STATUS 0x10 /* W1C: INT_DONE(c), INT_ERROR(c) */
#define ANY_LAB_ENGINE_INT_ENABLE 0x14 /* the same bits; 0 after reset */
/* Channel c, memory must be ready by now: value is ignored, but in ring mode by index, where it is
 * the index one past the last descriptor given (free-running, 16 bits). Starts the channel. */
#define ANY_LAB_ENGINE_DOORBELL(c) (0x40 + 4 * (c))

#define ANY_LAB_ENGINE_MAGIC  0x414e5945u /* "ANYE" */
#define ANY_LAB_ENGINE_ENABLE (1u << 0)	  /* CTRL: doorbells are heard */
#define ANY_LAB_ENGINE_RESET  (1u << 1)	  /* CTRL: stop; all registers as after power-on */
#define ANY_LAB_ENGINE_BUSY                                                                        \
	(1u << 0) /* STATUS: it may still access memory: after RESET,                              \
		     wait until this clears before memory is taken back */
#define ANY_LAB_ENGINE_INT_DONE(c)  (1u << (c))
#define ANY_LAB_ENGINE_INT_ERROR(c) (1u << (8 + (c)))

/* The registers of channel c. Written while the channel is not busy. */
#define ANY_LAB_ENGINE_CHANNELS 4
#define ANY_LAB_ENGINE_CH(c)	(0x100 + 0x40 * (c))
#define ANY_LAB_ENGINE_CH_MODE	0x00 /* below */
#define ANY_LAB_ENGINE_CH_STATUS                                                                   \
	0x04 /* RO: CH_BUSY, CH_DONE, CH_ERROR; cleared by the doorbell                            \
	      */
#define ANY_LAB_ENGINE_CH_DESC_LO   0x08 /* list: the first descriptor; ring: the ring */
#define ANY_LAB_ENGINE_CH_DESC_HI   0x0c
#define ANY_LAB_ENGINE_CH_RING_SIZE 0x10 /* ring: descriptors, 1..1024 */
#define ANY_LAB_ENGINE_CH_HEAD	    0x14 /* RO, ring: free-running index of the next it will do */
#define ANY_LAB_ENGINE_CH_STATUS_LO 0x18 /* the status word, with MODE_STATUS_WORD */
#define ANY_LAB_ENGINE_CH_STATUS_HI 0x1c
#define ANY_LAB_ENGINE_CH_SRC_LO    0x20 /* direct */
#define ANY_LAB_ENGINE_CH_SRC_HI    0x24
#define ANY_LAB_ENGINE_CH_DST_LO    0x28 /* direct */
#define ANY_LAB_ENGINE_CH_DST_HI    0x2c
#define ANY_LAB_ENGINE_CH_LEN	    0x30 /* direct */
#define ANY_LAB_ENGINE_CH_COUNT	    0x34 /* RO: bytes moved by the last transfer */

#define ANY_LAB_ENGINE_CH_BUSY	(1u << 0)
#define ANY_LAB_ENGINE_CH_DONE	(1u << 1) /* nothing left to do */
#define ANY_LAB_ENGINE_CH_ERROR (1u << 2) /* a transfer has failed */

/*
 * CH_MODE. Direct: one transfer by SRC, DST and LEN, of the kind in [5:4]; done when CH_DONE is
 * set. List: from DESC along `next`, to a descriptor with LAST, or without OWN; a doorbell begins
 * anew at DESC. Ring: from HEAD on, around RING_SIZE descriptors, to one without OWN; with
 * MODE_BY_INDEX, OWN means nothing, and the doorbell's value says how far.
 */
#define ANY_LAB_ENGINE_MODE_DIRECT 0u
#define ANY_LAB_ENGINE_MODE_LIST   1u
#define ANY_LAB_ENGINE_MODE_RING   2u
#define ANY_LAB_ENGINE_MODE_KIND(kind)                                                             \
	((uint32_t)(kind) << 4) /* direct: one of the three below                                  \
				 */
#define ANY_LAB_ENGINE_MODE_BY_INDEX (1u << 8)
/* After each descriptor (direct: the transfer) the device writes how many it has completed since
 * the mode was written, 32 bits, free-running, to STATUS_LO/HI. */
#define ANY_LAB_ENGINE_MODE_STATUS_WORD (1u << 9)

/*
 * The kinds of transfer. A channel's FIFO is its peripheral: an SD card, an SPI or UART shift
 * register, an ADC. What it gives and what becomes of what it takes: any_lab_engine_config.
 */
#define ANY_LAB_ENGINE_COPY	 0u /* memory to memory */
#define ANY_LAB_ENGINE_TO_FIFO	 1u /* source to FIFO; no destination */
#define ANY_LAB_ENGINE_FROM_FIFO 2u /* FIFO to destination; no source */

/* ---- the DMA engine: descriptors ----------------------------------------------------------- */

/*
 * A descriptor as it lies in memory, aligned to 8 bytes, CAPS[15:8] bytes from the next. Devices
 * with 16 bytes between them have the short form: they cannot copy, and their lists are arrays.
 */
struct any_lab_engine_desc {
	uint32_t control;
	uint32_t len;	 /* given: bytes to move, 1..16 MiB; returned: bytes moved */
	uint64_t source; /* short form: the one address */
	uint64_t destination;
	uint64_t next; /* list: the next descriptor, unless LAST */
};
struct any_lab_engine_short {
	uint32_t control, len;
	uint64_t address;
};

/* Control. The device clears OWN and sets ERR as it must, and leaves the other bits as they are. */
#define ANY_LAB_ENGINE_OWN	  (1u << 31) /* the device's */
#define ANY_LAB_ENGINE_IRQ	  (1u << 30) /* INT_DONE when this one is completed */
#define ANY_LAB_ENGINE_LAST	  (1u << 29) /* list: no next */
#define ANY_LAB_ENGINE_ERR	  (1u << 28) /* returned: failed; len bytes have moved. INT_ERROR. */
#define ANY_LAB_ENGINE_KIND(kind) ((uint32_t)(kind)) /* [1:0]: COPY, TO_FIFO, FROM_FIFO */

/* ---- the DMA engine: the scenario's side --------------------------------------------------- */

struct any_lab_engine_config {
	uint32_t channels; /* 1..4; 0: 1 */
	uint32_t stride;   /* bytes from one descriptor to the next: 16, or 32..64 by 8; 0: 32 */
	uint32_t burst;	   /* most bytes in one bus access; 0: 4096 */
	uint32_t flags;	   /* ANY_LAB_BIG_ENDIAN */
	uint32_t hostile;  /* enum any_lab_hostile */
	/* The byte of this number that channel's FIFO gives. NULL: (uint8_t)(n * 7 + channel). */
	uint8_t (*produce)(void *ctx, uint32_t channel, uint64_t n);
	void *ctx;
};

/* Attaches an engine; the CPU's address of its registers. The configuration is copied. */
volatile void *any_lab_engine_attach(struct any_lab *lab,
				     const struct any_lab_engine_config *config);

/* What the channel's FIFO has been fed since the start, from byte `from` on: copies at most `len`
 * bytes and says how many. `to` NULL: only says how many there are. */
size_t any_lab_engine_consumed(struct any_lab *lab, uint32_t channel, size_t from, void *to,
			       size_t len);

/* ---- the network card: registers ----------------------------------------------------------- */

#define ANY_LAB_NIC_ID 0x00 /* RO: ANY_LAB_NIC_MAGIC */
#define ANY_LAB_NIC_CAPS                                                                           \
	0x04 /* RO: [0] rings are by index, [15:8] bytes between descriptors,                      \
		[31:16] MTU: longest frame */
#define ANY_LAB_NIC_CTRL	0x08 /* TX_ENABLE, RX_ENABLE, LOOPBACK, RESET */
#define ANY_LAB_NIC_STATUS	0x0c /* RO: BUSY */
#define ANY_LAB_NIC_INT_STATUS	0x10 /* W1C: INT_TX, INT_RX, INT_DROPPED */
#define ANY_LAB_NIC_INT_ENABLE	0x14 /* the same bits; 0 after reset */
#define ANY_LAB_NIC_BLOCK_LO	0x18 /* by index: the status block */
#define ANY_LAB_NIC_BLOCK_HI	0x1c
#define ANY_LAB_NIC_TX_DOORBELL 0x40 /* memory must be ready by now; by index: the new tail, */
#define ANY_LAB_NIC_RX_DOORBELL 0x44 /* below the ring's size; else the value is ignored */
#define ANY_LAB_NIC_TX_PACKETS	0x80 /* RO: frames sent */
#define ANY_LAB_NIC_RX_PACKETS	0x84 /* RO: frames received */
#define ANY_LAB_NIC_RX_DROPPED	0x88 /* RO: frames lost: longer than the buffer that was next */

#define ANY_LAB_NIC_RING(r)   (0x100 + 0x40 * (r)) /* 0: transmit, 1: receive */
#define ANY_LAB_NIC_TX	      0
#define ANY_LAB_NIC_RX	      1
#define ANY_LAB_NIC_RING_LO   0x00 /* where the ring is, aligned to 16 */
#define ANY_LAB_NIC_RING_HI   0x04
#define ANY_LAB_NIC_RING_SIZE 0x08 /* descriptors, 2..1024 */
#define ANY_LAB_NIC_RING_HEAD 0x0c /* RO: place in the ring of the next it will do */

#define ANY_LAB_NIC_MAGIC	0x414e594eu /* "ANYN" */
#define ANY_LAB_NIC_TX_ENABLE	(1u << 0)   /* CTRL; set after the ring's registers */
#define ANY_LAB_NIC_RX_ENABLE	(1u << 1)   /* CTRL; set after the ring's registers */
#define ANY_LAB_NIC_LOOPBACK	(1u << 2)   /* CTRL: frames sent are frames received */
#define ANY_LAB_NIC_RESET	(1u << 3)   /* CTRL: stop; all registers as after power-on */
#define ANY_LAB_NIC_BUSY	(1u << 0)   /* STATUS: as the engine's */
#define ANY_LAB_NIC_INT_TX	(1u << 0)
#define ANY_LAB_NIC_INT_RX	(1u << 1)
#define ANY_LAB_NIC_INT_DROPPED (1u << 2)

/* ---- the network card: descriptors --------------------------------------------------------- */

/*
 * By OWN bit: the driver gives a descriptor by setting OWN (last), the card returns it by clearing
 * it (last). By index: the card does the descriptors from HEAD up to, not including, the tail that
 * was rung; so one of the ring always stays empty. It writes back the length and flags of what it
 * received, and the flags of what it could not send (OWN is never set), then its new HEAD into the
 * status block.
 *
 * A frame to send may lie in several descriptors, EOP in the last; all are given before the
 * doorbell. A frame received lies in one buffer, EOP set.
 */
struct any_lab_nic_desc {
	uint64_t address;
	uint32_t len; /* transmit: bytes here. Receive, given: room; returned: bytes of the frame */
	uint32_t flags;
};
#define ANY_LAB_NIC_OWN (1u << 31)
#define ANY_LAB_NIC_EOP (1u << 30)
#define ANY_LAB_NIC_IRQ                                                                            \
	(1u << 29) /* transmit: INT_TX when it is done. Receive always interrupts. */
#define ANY_LAB_NIC_ERR (1u << 28) /* returned: not sent, or received with errors */

/* By index: where the card says how far it is. 64 bytes, aligned to 64. */
struct any_lab_nic_block {
	uint32_t tx_head; /* next transmit descriptor it will do, below the ring's size */
	uint32_t rx_head;
	uint32_t reserved[14];
};

/* ---- the network card: the scenario's side ------------------------------------------------- */

struct any_lab_nic_config {
	uint32_t mtu;	  /* longest frame; 0: 1518; at most 16384 */
	uint32_t stride;  /* bytes from one descriptor to the next: 16..64 by 8; 0: 16 */
	uint32_t burst;	  /* most bytes in one bus access; 0: 4096 */
	bool by_index;	  /* else by OWN bit */
	uint32_t flags;	  /* ANY_LAB_BIG_ENDIAN */
	uint32_t hostile; /* enum any_lab_hostile */
};

/* Attaches a card; the CPU's address of its registers. */
volatile void *any_lab_nic_attach(struct any_lab *lab, const struct any_lab_nic_config *config);

/* A frame arrives on the wire. False: the card's own memory (64 frames) is full, or it is longer
 * than the MTU; the frame is lost. */
bool any_lab_nic_inject(struct any_lab *lab, const void *frame, size_t len);

/* Takes the oldest frame that was sent and not looped back: its length, at most `room` bytes of it
 * copied; 0: none. The last 64 are kept. */
size_t any_lab_nic_sent(struct any_lab *lab, void *to, size_t room);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The DMA engine: registers (engine.c), descriptors (engine_desc.c), the moving of bytes and the
 * peripherals behind the FIFOs (engine_move.c). Its datasheet is anydma/lab/engine.h. */
#ifndef ANYDMA_LAB_ENGINE_MODEL_H
#define ANYDMA_LAB_ENGINE_MODEL_H

#include "unit.h"

#define LAB_ENGINE_CHUNK 65536u

/* What a peripheral was fed, in pieces. */
struct lab_fed {
	struct lab_fed *next;
	uint32_t used;
	uint8_t bytes[LAB_ENGINE_CHUNK];
};

/* The one transfer that a channel is busy with. */
struct lab_transfer {
	bool active, fails;
	uint32_t kind, control, len, limit, done;
	uint64_t source, destination, next;
	uint64_t desc;	/* its descriptor */
	uint32_t ahead; /* ring: descriptors between HEAD and it */
};

struct lab_channel {
	uint32_t number, mode, status, ring_size, len, count, completed;
	uint64_t desc, status_word, source, destination;
	uint16_t head, tail; /* free-running */
	uint32_t head_place; /* of head in the ring */
	uint32_t ahead;	     /* bit n: the descriptor n after HEAD is done already */
	uint64_t at;	     /* list: the next descriptor */
	bool running;
	struct lab_transfer now;
	uint64_t given, fed; /* bytes out of and into the FIFO */
	struct lab_fed *first, *last;
};

struct lab_engine {
	struct lab_unit u;
	struct any_lab_engine_config config;
	struct lab_channel ch[ANY_LAB_ENGINE_CHANNELS];
	uint32_t ctrl, turn;
	bool declared; /* the lab knows where the rings are */
};

/* engine_desc.c: begins the next transfer, or finds that there is none; ends the one at hand */
void lab_engine_begin(struct lab_engine *e, struct lab_channel *c);
void lab_engine_complete(struct lab_engine *e, struct lab_channel *c);
/* Tells the lab where descriptors lie. */
void lab_engine_declare(struct lab_engine *e);

/* NULL: what is attached is something else. */
const struct lab_engine *lab_engine_of(struct any_lab *lab);

/* engine_move.c: one burst */
void lab_engine_move(struct lab_engine *e, struct lab_channel *c);

static inline uint32_t lab_channel_mode(const struct lab_channel *c)
{
	return c->mode & 15u;
}

/* Rings whose descriptors say who has them. */
static inline bool lab_channel_by_own(const struct lab_channel *c)
{
	return lab_channel_mode(c) != ANY_LAB_ENGINE_MODE_DIRECT &&
	       !(c->mode & ANY_LAB_ENGINE_MODE_BY_INDEX);
}

#endif

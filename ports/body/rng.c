/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "Random" bytes that are the host's: 32-bit words, the n-th of them n times an odd number
 * (ports/host/rng.py). QEMU reads more of its file than it hands out, so an answer begins anywhere
 * behind the last one; within it no byte may be missing.
 */
#include <anydma/endian.h>
#include <anydma/rng.h>

#include "../shared/port.h"

#define QUEUE	  8u
#define IN_FLIGHT 4u
#define TOTAL	  4096u
#define ROOM	  256u
#define POLLS	  100000000u
#define WORDS	  100000u /* of the host's file, and what it began with */
#define FACTOR	  2654435761u
#define INVERSE	  244002641u /* FACTOR * INVERSE is 1, modulo 2^32 */

static struct any_rng rng;

static bool take(void **cookie, uint32_t *len)
{
	int err = -ANY_EAGAIN;

	for (uint32_t i = 0; i < POLLS && err == -ANY_EAGAIN; i++)
		err = any_rng_poll(&rng, cookie, len);
	return !err;
}

static bool ask(uint8_t *buf)
{
	for (uint32_t i = 0; i < ROOM; i++)
		buf[i] = 0xee;
	return !any_rng_ask(&rng, buf, ROOM, buf);
}

/* An answer's words follow each other, and it comes from behind the last. */
static bool follows(const void *buf, uint32_t len, uint32_t *next)
{
	const any_le32 *word = buf;
	const uint32_t n = any_load_le32(word) * INVERSE;

	if (len % 4 || n < *next || n > WORDS)
		return false;
	for (uint32_t i = 0; i < len / 4; i++)
		if (any_load_le32(word + i) != (n + i) * FACTOR)
			return false;
	*next = n + len / 4;
	return true;
}

static void transfers(const struct port_device *at)
{
	uint32_t got = 0, len = 0, next = 0, answers = 0;
	bool good = true;
	void *cookie;

	for (uint32_t i = 0; i < IN_FLIGHT && good; i++)
		good = ask(port_alloc(ROOM, 64));
	any_rng_kick(&rng);
	while (good && got < TOTAL) {
		good = take(&cookie, &len) && follows(cookie, len, &next);
		got += len;
		answers++;
		good = good && ask(cookie);
		any_rng_kick(&rng);
	}
	port_ok(good, "%s: %u bytes of the host's in %u answers, up to word %u", at->name,
		(unsigned)got, (unsigned)answers, (unsigned)next);
}

static void run(const struct port_device *at)
{
	void *cookie;
	int err = any_rng_init(&rng, at->transport, at->dma, QUEUE,
			       port_alloc(ANY_RNG_BYTES(QUEUE), 8), ANY_RNG_BYTES(QUEUE));

	if (port_refused(at, err))
		return;
	if (!port_ok(!err, "%s: an entropy device comes up: %s", at->name, any_strerror(err)))
		return;
	port_say("# rng %s%s\n",
		 any_virtio_has(&rng.virtio, ANY_VIRTIO_F_RING_PACKED) ? "packed" : "split",
		 any_virtio_has(&rng.virtio, ANY_VIRTIO_F_ACCESS_PLATFORM) ? " platform" : "");
	transfers(at);
	err = any_rng_stop(&rng);
	while (!err && !any_rng_abort(&rng, &cookie))
		;
	if (!err)
		err = any_rng_fini(&rng);
	port_ok(!err, "%s: and is given back: %s", at->name, any_strerror(err));
}

const struct port_body port_body_rng = {.device_id = ANY_VIRTIO_ID_RNG, .run = run};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices that are a stream of bytes: one kind of work for all. What comes in goes on where it
 * stopped; what goes out is the same stream, and comes back. Another kind of work is a verb.
 *
 * A kind is a device's model (model_NAME.c), the verbs of its driver (NAME.c), and a line below.
 */
#ifndef ANYDMA_LAB_SMALL_H
#define ANYDMA_LAB_SMALL_H

#include "../run.h"

#define LAB_SMALLS(_) _(rng) _(console) _(iommu)

#define LAB_SMALL_QUEUE	  32u
#define LAB_SMALL_LONGEST 1500u /* buffer */

static inline uint8_t lab_small_byte(uint64_t at)
{
	return (uint8_t)(at * 29 + (at >> 8) * 7 + (at >> 16) * 3);
}

/* The driver's side. Seen code. */
struct lab_small {
	struct lab_work *w;
	const struct lab_small_verbs *verbs;
	void *driver;				/* verbs->bytes, zeroes */
	const struct any_virtio_driver *virtio; /* of it */
};

struct lab_small_verbs {
	size_t bytes; /* of the driver and its private memory */
	uint32_t config_bytes;
	/* Until bytes can flow. shared: where there is no coherent memory; else NULL. */
	int (*up)(struct lab_small *s, const struct any_virtio_transport *transport, void *shared,
		  size_t bytes);
	int (*work)(struct lab_small *s); /* NULL: a stream, by the verbs below */
	int (*post)(struct lab_small *s, void *buf, size_t len, void *cookie);
	int (*get)(struct lab_small *s, void **cookie, uint32_t *len);
	/* NULL: nothing goes out */
	int (*say)(struct lab_small *s, const void *buf, size_t len, void *cookie);
	int (*said)(struct lab_small *s, void **cookie);
	void (*kick)(struct lab_small *s);
	/* What an interrupt may be about beside bytes. NULL: nothing. */
	int (*news)(struct lab_small *s);
	int (*stop)(struct lab_small *s);
	/* NULL: stop was all */
	int (*abort_in)(struct lab_small *s, void **cookie);
	int (*abort_out)(struct lab_small *s, void **cookie);
	int (*fini)(struct lab_small *s);
};

#define LAB_SMALL(name)                                                                            \
	extern const struct lab_small_verbs lab_small_##name;                                      \
	int lab_model_##name(struct lab_model *d, struct lab_machine *m,                           \
			     const struct any_lab_config *config);
LAB_SMALLS(LAB_SMALL)
#undef LAB_SMALL

struct lab_small_kind {
	const char *name;
	int (*model)(struct lab_model *d, struct lab_machine *m,
		     const struct any_lab_config *config);
	const struct lab_small_verbs *verbs;
};
const struct lab_small_kind *lab_small_kind(const char *name); /* NULL: no such */

/* As lab_work_run. */
int lab_work_small(struct lab_work *w, const struct lab_small_verbs *verbs);

#endif

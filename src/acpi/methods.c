/* SPDX-License-Identifier: BSD-2-Clause */
/* What _CCA and _DMA returned, along the namespace from the device upwards. */
#include "acpi.h"

static int complain(struct any_platform_error *error, int err, const char *what)
{
	const struct table t = {NULL, 0, "_DMA", error};

	return any_acpi_error(&t, err, 0, what);
}

/* The topmost answer wins: once an ancestor has said it, its children's are not looked at. */
static bool coherence(const struct any_acpi_device *d, bool *coherent)
{
	bool said = false;

	for (unsigned i = 0; i < d->n_scopes; i++)
		if (d->scopes[i].cca >= 0) {
			*coherent = d->scopes[i].cca != 0;
			said = true;
		}
	return said;
}

static int add_window(struct any_platform *p, const struct any_acpi_window *w,
		      struct any_platform_error *error)
{
	const uint64_t bus = w->start - w->offset, span = w->end - w->start;

	if (w->start >= w->end)
		return complain(error, -ANY_EINVAL, "a window ends where it starts, or before");
	if (bus + span < bus || span == UINT64_MAX)
		return complain(error, -ANY_EINVAL, "a window wraps on the bus");
	if (p->facts.n_segments == ANY_PLATFORM_SEGMENTS)
		return complain(error, -ANY_ENOSPC, "more windows than fit");
	p->segments[p->facts.n_segments++] =
		(struct any_dma_segment){any_phys(w->start), any_dma(bus), span + 1};
	if (bus + span > p->facts.dma_max)
		p->facts.dma_max = bus + span;
	return 0;
}

/* The nearest node with the method; it means nothing without a _CRS beside it. */
static int windows(const struct any_acpi_device *d, struct any_platform *p, bool *has_dma,
		   struct any_platform_error *error)
{
	const struct any_acpi_scope *s = NULL;
	int err = 0;

	for (unsigned i = 0; i < d->n_scopes && !s; i++)
		if (d->scopes[i].has_dma)
			s = &d->scopes[i];
	*has_dma = s != NULL;
	if (!s)
		return 0;
	if (!s->has_crs)
		return complain(error, -ANY_EINVAL, "stands without a _CRS");
	if (!s->n_dma)
		return complain(error, -ANY_EINVAL, "has no windows: the device reaches nothing");
	for (uint32_t i = 0; i < s->n_dma && !err; i++)
		err = add_window(p, &s->dma[i], error);
	return err;
}

int any_acpi_read_methods(const struct any_acpi *acpi, const struct any_acpi_device *d,
			  struct any_acpi_answer *a, bool *has_cca, bool *has_dma,
			  struct any_platform_error *error)
{
	a->platform.facts.coherent = !acpi->cca_required; /* a PC snoops unless it says otherwise */
	*has_cca = coherence(d, &a->platform.facts.coherent);
	return windows(d, &a->platform, has_dma, error);
}

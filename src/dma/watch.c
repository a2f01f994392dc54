/* SPDX-License-Identifier: BSD-2-Clause */
/* Telling the observers. Without one, nothing here runs on any path that matters. */
#include "pipeline.h"

/* The newest is told first. One that refuses ends the round; all who were told are told the end. */
int any_dma_watch_begin(struct any_dma_event *event)
{
	int err = 0;

	event->phase = ANY_DMA_BEGIN;
	for (struct any_dma_watch *w = event->dev->watch; w && !err; w = w->next) {
		err = w->event(w, event);
		event->refused = err ? w : NULL;
	}
	return err;
}

void any_dma_watch_end(struct any_dma_event *event, int err)
{
	const struct any_dma_watch *last = event->refused;

	event->phase = ANY_DMA_END;
	event->err = err;
	for (struct any_dma_watch *w = event->dev->watch; w; w = w->next) {
		/* What an observer answers at the end changes nothing. */
		(void)w->event(w, event);
		if (w == last)
			return;
	}
}

void any_dma_watch_tell(const struct any_dma_event *event)
{
	for (struct any_dma_watch *w = event->dev->watch; w; w = w->next)
		(void)w->event(w, event);
}

void any_dma_watch_add(struct any_dma_dev *dev, struct any_dma_watch *watch)
{
	watch->next = dev->watch;
	dev->watch = watch;
	any_dma_refresh(dev); /* no fast window while somebody looks */
}

void any_dma_watch_remove(struct any_dma_dev *dev, struct any_dma_watch *watch)
{
	for (struct any_dma_watch **at = &dev->watch; *at; at = &(*at)->next) {
		if (*at != watch)
			continue;
		*at = watch->next;
		break;
	}
	any_dma_refresh(dev);
}

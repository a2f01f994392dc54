/* SPDX-License-Identifier: BSD-2-Clause */
/* The same machine, the same answers: what is plain is attached so. */
#include "mock.h"

int mock_attach(struct mock *m)
{
	return any_dma_attach_plain(&m->dev, &m->plat) ? any_dma_attach(&m->dev, &m->plat) : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "mock.h"

int mock_attach(struct mock *m)
{
	return any_dma_attach(&m->dev, &m->plat);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux, spi-fsl-dspi, commit 03fe7aaf0c3d: the transfer buffers come from dma_alloc_coherent(),
 * and were given back with dma_unmap_single(): the memory leaks, and a mapping is undone that
 * nobody made.
 */
#include "linux.h"

#define BUFSIZE 64u

struct fsl_dspi {
	struct engine spi; /* its FIFO is the shift register */
	u8 *tx_dma_buf, *rx_dma_buf;
	dma_addr_t tx_dma_phys, rx_dma_phys;
};

static void dspi_release_dma(struct fsl_dspi *dspi, bool fixed)
{
	struct device *dev = dspi->spi.dev;

	if (!fixed) {
		dma_unmap_single(dev, dspi->tx_dma_phys, BUFSIZE, DMA_TO_DEVICE); /* BUG */
		dma_unmap_single(dev, dspi->rx_dma_phys, BUFSIZE, DMA_FROM_DEVICE);
		return;
	}
	if (dspi->tx_dma_buf)
		dma_free_coherent(dev, BUFSIZE, dspi->tx_dma_buf, dspi->tx_dma_phys);
	if (dspi->rx_dma_buf)
		dma_free_coherent(dev, BUFSIZE, dspi->rx_dma_buf, dspi->rx_dma_phys);
}

static int dspi_request_dma(struct fsl_dspi *dspi)
{
	struct device *dev = dspi->spi.dev;

	dspi->tx_dma_buf = dma_alloc_coherent(dev, BUFSIZE, &dspi->tx_dma_phys, GFP_KERNEL);
	if (!dspi->tx_dma_buf)
		return -ENOMEM;
	dspi->rx_dma_buf = dma_alloc_coherent(dev, BUFSIZE, &dspi->rx_dma_phys, GFP_KERNEL);
	if (dspi->rx_dma_buf)
		return 0;
	dma_free_coherent(dev, BUFSIZE, dspi->tx_dma_buf, dspi->tx_dma_phys);
	return -ENOMEM;
}

static int dspi_dma_xfer(struct fsl_dspi *dspi, const u8 *tx, u8 *rx, u32 len)
{
	int err;

	memcpy(dspi->tx_dma_buf, tx, len);
	engine_start(&dspi->spi, ANY_LAB_ENGINE_TO_FIFO, dspi->tx_dma_phys, 0, len);
	err = engine_finish(&dspi->spi);
	if (err)
		return err;
	engine_start(&dspi->spi, ANY_LAB_ENGINE_FROM_FIFO, 0, dspi->rx_dma_phys, len);
	err = engine_finish(&dspi->spi);
	if (err)
		return err;
	dma_rmb(); /* the words the controller wrote before it said it was done */
	memcpy(rx, dspi->rx_dma_buf, len);
	return 0;
}

static int run(struct any_lab *lab, bool fixed)
{
	u8 tx[BUFSIZE] = "read identification", rx[BUFSIZE], sent[BUFSIZE];
	struct fsl_dspi dspi;
	int err = engine_probe(&dspi.spi, lab, 0);

	if (!err)
		err = dspi_request_dma(&dspi);
	if (err)
		return has_coherent(lab) ? err : 0;
	err = dspi_dma_xfer(&dspi, tx, rx, BUFSIZE);
	dspi_release_dma(&dspi, fixed);
	if (!err) {
		ANY_LAB_CHECK(lab, rx[BUFSIZE - 1] == (u8)(7 * (BUFSIZE - 1)));
		ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, 0, 0, sent, BUFSIZE) == BUFSIZE &&
					   !memcmp(sent, tx, BUFSIZE));
	}
	any_linux_unbind(dspi.spi.pdev);
	return err;
}

ANY_CASE(linux_dspi, run, .name = "linux-D5-dspi_free",
	 .issue = "Linux 03fe7aaf0c3d (conformance D5)",
	 .bug = "coherent memory given back with the streaming unmap", .rule = ANY_LAB_MISUSE,
	 .platform = "arm64-nc");

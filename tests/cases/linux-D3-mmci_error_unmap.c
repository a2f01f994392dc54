/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux, mmci with STM32's DMA (CVE-2024-26787): a request that ended with an error interrupt never
 * reached the code that unmaps its list. The next request maps the same lines again, and the
 * kernel's debug layer says so. The driver here uses the controller's single-buffer mode.
 */
#include <linux/scatterlist.h>

#include "linux.h"

#define BLOCK 512u
#define TRIES 20

struct mmc_data {
	struct scatterlist sg;
	int sg_count;
	int error;
};

struct mmci_host {
	struct engine card; /* its FIFO is the card */
	struct mmc_data *data;
};

static int sdmmc_idma_prep_data(struct mmci_host *host, struct mmc_data *data)
{
	data->sg_count =
		dma_map_sg(host->card.dev, &data->sg, 1, DMA_FROM_DEVICE); /* BUG: mapped twice */
	return data->sg_count ? 0 : -ENOMEM;
}

static void sdmmc_idma_unprep_data(struct mmci_host *host, struct mmc_data *data)
{
	dma_unmap_sg(host->card.dev, &data->sg, 1, DMA_FROM_DEVICE);
}

static void mmci_data_irq(struct mmci_host *host, int status, bool fixed)
{
	struct mmc_data *data = host->data;

	if (status) {
		data->error = status;
		if (fixed)
			sdmmc_idma_unprep_data(host, data);
		host->data = NULL;
		return;
	}
	sdmmc_idma_unprep_data(host, data);
	host->data = NULL;
}

static int mmci_request(struct mmci_host *host, struct mmc_data *data, bool fixed)
{
	int err = sdmmc_idma_prep_data(host, data);

	if (err)
		return err;
	data->error = 0;
	host->data = data;
	engine_start(&host->card, ANY_LAB_ENGINE_FROM_FIFO, 0, sg_dma_address(&data->sg),
		     sg_dma_len(&data->sg));
	mmci_data_irq(host, engine_finish(&host->card), fixed);
	return data->error;
}

/* The MMC core tries again what failed. */
static int mmc_read(struct mmci_host *host, struct mmc_data *data, bool fixed)
{
	int err = -EIO;

	for (unsigned int tries = 0; err == -EIO && tries < TRIES; tries++)
		err = mmci_request(host, data, fixed);
	return err;
}

static int run(struct any_lab *lab, bool fixed)
{
	struct mmc_data data = {.error = 0};
	struct mmci_host host = {.data = NULL};
	int err = engine_probe(&host.card, lab, ANY_LAB_ERRORS);
	u8 *buf = kmalloc(BLOCK, GFP_KERNEL);

	sg_init_one(&data.sg, buf, BLOCK);
	for (unsigned int i = 0; i < 4 && !err; i++)
		err = mmc_read(&host, &data, fixed);
	ANY_LAB_CHECK(lab, err || (u8)(buf[1] - buf[0]) == 7);
	kfree(buf);
	any_linux_unbind(host.card.pdev);
	return err;
}

ANY_CASE(linux_mmci, run, .name = "linux-D3-mmci_error_unmap",
	 .issue = "CVE-2024-26787 (conformance D3)",
	 .bug = "a request that fails is not unmapped, the next maps its lines again",
	 .rule = ANY_LAB_MISUSE, .platform = "arm64-nc");

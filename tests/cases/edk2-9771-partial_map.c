/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tianocore/edk2 #9771: Map() may succeed for less than was asked; callers that want it all took
 * that for a failure, freed the buffer and left it mapped. The device keeps its way into what is
 * now somebody else's memory.
 */
#include <anydma/lab/engine.h>

#include "any_arch.h"
#include "case.h"

#include <stdlib.h>

#define SIZE	(512u << 10)
#define SMALLER 256u

struct pci_io {
	struct any_dma_dev *dma;
	struct any_dma_mapping map;
};

/* EFI_PCI_IO_PROTOCOL.Map: *bytes says what was asked and what was mapped. */
static int pci_io_map(struct pci_io *pci, void *host, size_t *bytes)
{
	size_t most = any_dma_max_mapping_len(pci->dma);

	if (*bytes > most)
		*bytes = most;
	return any_dma_map(pci->dma, host, *bytes, ANY_DMA_BOTH, &pci->map);
}

static void pci_io_unmap(struct pci_io *pci)
{
	any_dma_unmap(pci->dma, &pci->map);
}

/* A buffer that is mapped whole, or NULL. */
static void *create_buffer(struct pci_io *pci, size_t size, bool fixed)
{
	void *buffer = malloc(size);
	size_t bytes = size;
	int err;

	if (!buffer)
		return NULL;
	err = pci_io_map(pci, buffer, &bytes);
	if (!err && bytes == size)
		return buffer;
	if (fixed && !err)
		pci_io_unmap(pci);
	free(buffer); /* BUG: unless nothing of it is mapped */
	return NULL;
}

static int run(struct any_lab *lab, bool fixed)
{
	struct pci_io pci = {.dma = any_lab_dma(lab)};
	void *buffer = create_buffer(&pci, SIZE, fixed);

	if (!buffer) /* makes do with less */
		buffer = create_buffer(&pci, SMALLER, fixed);
	if (!buffer)
		return -ANY_ENOMEM;
	pci_io_unmap(&pci);
	free(buffer);
	return 0;
}

ANY_CASE(edk2_partial_map, run, .name = "edk2-9771-partial_map", .issue = "tianocore/edk2 #9771",
	 .bug = "a buffer mapped for less than was asked is freed and stays mapped",
	 .rule = ANY_LAB_FREED, .platform = "x86-sev-guest");

/* SPDX-License-Identifier: BSD-2-Clause */
/* Scatter-gather lists: the pieces are the driver's, what was mapped is remembered here. */
#include "book.h"

#include <anydma/compiler.h>

#define MOST 512

static void gather(struct book *b, struct scatterlist *list, int nents, enum dma_data_direction dir,
		   struct any_dma_sg *pieces)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, nents, i)
	{
		book_check_map(b, sg_virt(sg), sg->length, dir, "A map of a list");
		pieces[i] = (struct any_dma_sg){.buf = sg_virt(sg), .len = sg->length};
	}
}

static void scatter(struct scatterlist *list, const struct any_dma_extent *extent, unsigned int n)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sg(list, sg, n, i)
	{
		sg->dma_address = extent[i].addr.raw;
		sg->dma_length = extent[i].len;
	}
}

/* The number of segments, or a negative error. */
static inline __attribute__((always_inline)) int
map_list(struct device *dev, struct scatterlist *list, int nents, enum dma_data_direction dir)
{
	struct book *b = book_of(dev, "A map of a list");
	enum any_dma_dir way = book_dir(dir, "A map of a list");
	struct any_dma_extent extent[MOST];
	struct any_dma_sg *pieces;
	unsigned int n = 0;
	int err;

	if (nents <= 0)
		any_lab_misuse("A map of a list with %d pieces.", nents);
	book_check_sg(b, list, nents);
	pieces = nents <= MOST ? book_pieces(b, (unsigned int)nents) : NULL;
	if (!pieces)
		return -ENOMEM;
	gather(b, list, nents, dir, pieces);
	err = b->unreachable || book_injects(b)
		      ? -ENOMEM
		      : any_dma_map_sg(b->dma, pieces, (unsigned int)nents, way, extent,
				       (unsigned int)nents, &n);
	if (err) {
		book_release(b, pieces, (unsigned int)nents);
		return err;
	}
	scatter(list, extent, n);
	book_add(b, &(struct book_entry){.kind = BOOK_SG,
					 .dir = dir,
					 .addr = extent[0].addr.raw,
					 .size = extent[0].len,
					 .cpu = pieces[0].buf,
					 .checked = true,
					 .pieces = pieces,
					 .nents = (unsigned int)nents});
	return (int)n;
}

unsigned int dma_map_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			      enum dma_data_direction dir, unsigned long attrs)
{
	int n = map_list(dev, sg, nents, dir);

	(void)attrs;
	return n < 0 ? 0 : (unsigned int)n;
}

int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		    unsigned long attrs)
{
	int n = map_list(dev, sgt->sgl, (int)sgt->orig_nents, dir);

	(void)attrs;
	if (n < 0)
		return n == -ENOMEM || n == -EINVAL ? n : -EIO; /* DA-07 */
	sgt->nents = (unsigned int)n;
	return 0;
}

void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	struct book *b = book_of(dev, "An unmap of a list");
	const struct book_entry want = {
		.kind = BOOK_SG, .dir = dir, .addr = sg->dma_address, .nents = (unsigned int)nents};
	const struct book_entry e = book_take(b, book_check_unmap(b, &want, "An unmap of a list"));

	(void)attrs;
	any_dma_unmap_sg(b->dma, e.pieces, e.nents);
	book_release(b, e.pieces, e.nents);
}

void dma_unmap_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		       unsigned long attrs)
{
	dma_unmap_sg_attrs(dev, sgt->sgl, (int)sgt->orig_nents, dir, attrs);
}

void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sg, int nents,
			 enum dma_data_direction dir)
{
	struct book *b = book_of(dev, "A sync of a list");
	const struct book_entry e = *book_check_sync_sg(b, sg, nents, dir, true);

	any_dma_sync_sg_for_cpu(b->dma, e.pieces, e.nents);
}

void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sg, int nents,
			    enum dma_data_direction dir)
{
	struct book *b = book_of(dev, "A sync of a list");
	const struct book_entry e = *book_check_sync_sg(b, sg, nents, dir, false);

	any_dma_sync_sg_for_device(b->dma, e.pieces, e.nents);
}

int sg_alloc_table(struct sg_table *sgt, unsigned int n, gfp_t gfp)
{
	sgt->sgl = kcalloc(n, sizeof(*sgt->sgl), gfp);
	if (!sgt->sgl)
		return -ENOMEM;
	sg_init_table(sgt->sgl, n);
	sgt->nents = sgt->orig_nents = n;
	return 0;
}

void sg_free_table(struct sg_table *sgt)
{
	kfree(sgt->sgl);
	sgt->sgl = NULL;
	sgt->nents = sgt->orig_nents = 0;
}

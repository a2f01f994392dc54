/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_SCATTERLIST_H
#define ANYDMA_LINUX_LINUX_SCATTERLIST_H

#include <linux/kernel.h>
#include <linux/mm.h>

struct scatterlist {
	unsigned long page_link; /* the page, and in the two lowest bits: chained, last */
	unsigned int offset;
	unsigned int length;
	dma_addr_t dma_address;
	unsigned int dma_length;
};

struct sg_table {
	struct scatterlist *sgl;
	unsigned int nents;	 /* as mapped */
	unsigned int orig_nents; /* as built: what unmap and sync take (DA-04) */
};

#define SG_CHAIN	    1ul
#define SG_END		    2ul
#define SG_MAX_SINGLE_ALLOC 128

#define sg_dma_address(sg) ((sg)->dma_address)
#define sg_dma_len(sg)	   ((sg)->dma_length)

static inline struct page *sg_page(const struct scatterlist *sg)
{
	return (struct page *)(sg->page_link & ~(SG_CHAIN | SG_END));
}

static inline void *sg_virt(const struct scatterlist *sg)
{
	return (char *)page_address(sg_page(sg)) + sg->offset;
}

static inline void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len,
			       unsigned int offset)
{
	sg->page_link = (unsigned long)page | (sg->page_link & SG_END);
	sg->offset = offset;
	sg->length = len;
}

static inline void sg_set_buf(struct scatterlist *sg, const void *buf, unsigned int len)
{
	sg_set_page(sg, virt_to_page(buf), len, (unsigned int)offset_in_page(buf));
}

static inline void sg_mark_end(struct scatterlist *sg)
{
	sg->page_link = (sg->page_link & ~SG_CHAIN) | SG_END;
}

static inline bool sg_is_last(const struct scatterlist *sg)
{
	return sg->page_link & SG_END;
}

static inline struct scatterlist *sg_next(struct scatterlist *sg)
{
	if (sg_is_last(sg))
		return NULL;
	sg++;
	return sg->page_link & SG_CHAIN ? (struct scatterlist *)(void *)sg_page(sg) : sg;
}

static inline void sg_init_table(struct scatterlist *sg, unsigned int n)
{
	memset(sg, 0, n * sizeof(*sg));
	sg_mark_end(&sg[n - 1]);
}

static inline void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int len)
{
	sg_init_table(sg, 1);
	sg_set_buf(sg, buf, len);
}

static inline void sg_chain(struct scatterlist *list, unsigned int n, struct scatterlist *next)
{
	list[n - 1].page_link = ((unsigned long)next | SG_CHAIN) & ~SG_END;
}

#define for_each_sg(list, sg, n, i)                                                                \
	for ((i) = 0, (sg) = (list); (unsigned int)(i) < (unsigned int)(n);                        \
	     (i)++, (sg) = sg_next(sg))
#define for_each_sgtable_sg(sgt, sg, i)	    for_each_sg((sgt)->sgl, sg, (sgt)->orig_nents, i)
#define for_each_sgtable_dma_sg(sgt, sg, i) for_each_sg((sgt)->sgl, sg, (sgt)->nents, i)

int sg_alloc_table(struct sg_table *sgt, unsigned int n, gfp_t gfp);
void sg_free_table(struct sg_table *sgt);

#endif

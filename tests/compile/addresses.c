/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU pointers, CPU physical addresses and DMA addresses do not mix (design section 3, Law): each
 * NOT_ part is the bug of the 2018 mail in one of its shapes, and must not compile. The comment is
 * the diagnostic to expect from either compiler.
 */
#include <anydma/dma.h>

void give_to_device(struct any_dma_addr addr);
void give_to_mmu(struct any_phys_addr addr);

/* The right way, and what keeps the parts below from failing for a dull reason. */
int right(struct any_dma_dev *dev, void *buf, struct any_phys_addr regs,
	  struct any_dma_mapping *map)
{
	int err = any_dma_map(dev, buf, 64, ANY_DMA_TO_DEVICE, map);

	if (err)
		return err;
	give_to_device(map->addr);
	give_to_mmu(regs);
	any_dma_unmap(dev, map);
	return any_dma_map_resource(dev, regs, 4, ANY_DMA_BOTH, map);
}

void wrong(struct any_dma_dev *dev, void *buf, uint64_t number, struct any_phys_addr phys,
	   struct any_dma_addr dma, struct any_dma_mapping *map)
{
	(void)dev, (void)buf, (void)number, (void)phys, (void)dma, (void)map;

#ifdef NOT_ASSIGN_PHYS_TO_DMA /* incompatible type */
	dma = phys;
#endif
#ifdef NOT_ASSIGN_DMA_TO_PHYS /* incompatible type */
	phys = dma;
#endif
#ifdef NOT_ASSIGN_POINTER_TO_DMA /* incompatible type */
	dma = buf;
#endif
#ifdef NOT_ASSIGN_POINTER_TO_PHYS /* incompatible type */
	phys = buf;
#endif
#ifdef NOT_ASSIGN_DMA_TO_POINTER /* incompatible type */
	buf = dma;
#endif
#ifdef NOT_ASSIGN_PHYS_TO_POINTER /* incompatible type */
	buf = phys;
#endif
#ifdef NOT_ASSIGN_NUMBER_TO_DMA /* incompatible type */
	dma = number;
#endif
#ifdef NOT_ASSIGN_NUMBER_TO_PHYS /* incompatible type */
	phys = number;
#endif
#ifdef NOT_ASSIGN_DMA_TO_NUMBER /* incompatible type */
	number = dma;
#endif
#ifdef NOT_ASSIGN_PHYS_TO_NUMBER /* incompatible type */
	number = phys;
#endif

#ifdef NOT_GIVE_PHYS_TO_DEVICE /* incompatible type */
	give_to_device(phys);
#endif
#ifdef NOT_GIVE_POINTER_TO_DEVICE /* incompatible type */
	give_to_device(buf);
#endif
#ifdef NOT_GIVE_NUMBER_TO_DEVICE /* incompatible type */
	give_to_device(number);
#endif
#ifdef NOT_GIVE_DMA_TO_MMU /* incompatible type */
	give_to_mmu(dma);
#endif
#ifdef NOT_GIVE_POINTER_TO_MMU /* incompatible type */
	give_to_mmu(buf);
#endif
#ifdef NOT_GIVE_NUMBER_TO_MMU /* incompatible type */
	give_to_mmu(number);
#endif

#ifdef NOT_MAP_A_PHYS /* incompatible type */
	if (any_dma_map(dev, phys, 64, ANY_DMA_TO_DEVICE, map))
		return;
#endif
#ifdef NOT_MAP_A_DMA /* incompatible type */
	if (any_dma_map(dev, dma, 64, ANY_DMA_TO_DEVICE, map))
		return;
#endif
#ifdef NOT_MAP_A_NUMBER /* pointer from integer|integer to pointer */
	if (any_dma_map(dev, number, 64, ANY_DMA_TO_DEVICE, map))
		return;
#endif
#ifdef NOT_MAP_RESOURCE_AT_DMA /* incompatible type */
	if (any_dma_map_resource(dev, dma, 4, ANY_DMA_BOTH, map))
		return;
#endif
#ifdef NOT_MAP_RESOURCE_AT_POINTER /* incompatible type */
	if (any_dma_map_resource(dev, buf, 4, ANY_DMA_BOTH, map))
		return;
#endif
#ifdef NOT_UNMAP_AN_ADDRESS /* incompatible (type|pointer) */
	any_dma_unmap(dev, &map->addr);
#endif

#ifdef NOT_COMPARE_PHYS_WITH_DMA /* invalid operands */
	if (phys == dma)
		return;
#endif
#ifdef NOT_COMPARE_DMA_WITH_POINTER /* invalid operands */
	if (dma == buf)
		return;
#endif
#ifdef NOT_COMPARE_PHYS_WITH_NUMBER /* invalid operands */
	if (phys == number)
		return;
#endif
#ifdef NOT_TEST_DMA_FOR_ZERO /* scalar */
	if (dma)	     /* address 0 is valid: DA-01 */
		return;
#endif
#ifdef NOT_ADD_TO_DMA /* invalid operands */
	dma = dma + 64;
#endif
#ifdef NOT_CAST_PHYS_TO_DMA /* non-scalar|arithmetic or pointer type is required */
	dma = (struct any_dma_addr)phys;
#endif
#ifdef NOT_CAST_DMA_TO_POINTER /* pointer type|arithmetic or pointer type is required */
	buf = (void *)dma;
#endif
}

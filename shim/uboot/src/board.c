/* SPDX-License-Identifier: BSD-2-Clause */
/* What a board's code knows: addresses, uncached memory, time. */
#include <asm/io.h>
#include <linux/delay.h>
#include <noncached.h>
#include <phys2bus.h>

#include <anydma/lab/shim.h>

#define MOST_LOOKS 200u /* of one delay */

static const char key;

static const struct any_dma_platform *plat(void)
{
	return any_lab_dma(any_lab_current())->plat;
}

phys_addr_t virt_to_phys(const volatile void *p)
{
	const struct any_dma_region *region;
	struct any_phys_addr phys;

	if (any_dma_virt_to_phys(plat(), (const void *)(uintptr_t)p, 1, &phys, &region))
		return (phys_addr_t)(uintptr_t)p;
	return phys.raw;
}

void *phys_to_virt(phys_addr_t phys)
{
	for (u32 i = 0; i < plat()->n_ram; i++)
		if (phys - plat()->ram[i].phys.raw < plat()->ram[i].size)
			return (char *)plat()->ram[i].cpu + (phys - plat()->ram[i].phys.raw);
	return NULL;
}

phys_addr_t dev_phys_to_bus(struct udevice *dev, phys_addr_t phys)
{
	void *p = phys_to_virt(phys);

	(void)dev;
	return p ? any_lab_bus_address(any_lab_current(), p) : phys;
}

phys_addr_t dev_bus_to_phys(struct udevice *dev, phys_addr_t bus)
{
	void *p = any_lab_cpu_address(any_lab_current(), bus);

	(void)dev;
	return p ? virt_to_phys(p) : bus;
}

void noncached_init(void)
{
}

unsigned long noncached_alloc(size_t size, size_t align)
{
	if (align > 4096)
		return 0;
	return (unsigned long)any_lab_dma_memory(any_lab_current(), size, true);
}

void udelay(unsigned long us)
{
	unsigned long *passed = any_lab_shim_state(&key, sizeof(*passed));

	*passed += us;
	for (unsigned long i = 0; i < us && i < MOST_LOOKS; i++)
		any_lab_relax(any_lab_current());
}

unsigned long get_timer(unsigned long base)
{
	unsigned long *passed = any_lab_shim_state(&key, sizeof(*passed));

	return *passed / 1000 - base;
}

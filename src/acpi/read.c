/* SPDX-License-Identifier: BSD-2-Clause */
/* One device of an ACPI machine: the order in which its facts are read. */
#include "acpi.h"

#include "base/mem.h"

static void name(struct any_acpi_answer *a, const struct any_acpi_device *d)
{
	static const char digits[] = "0123456789abcdef";
	char *to = a->platform.device;
	uint16_t id = function_of(d);
	size_t n = 0;

	memcpy(a->platform.name, "ACPI", 5);
	for (; d->name && d->name[n] && n + 1 < sizeof(a->platform.device); n++)
		to[n] = d->name[n] < ' ' || d->name[n] > '~' ? '?' : d->name[n];
	if (d->name)
		return;
	for (int shift = 12; shift >= 0; shift -= 4)
		*to++ = digits[d->segment >> shift & 15];
	*to++ = ':';
	*to++ = digits[id >> 12];
	*to++ = digits[id >> 8 & 15];
	*to++ = ':';
	*to++ = digits[id >> 7 & 1];
	*to++ = digits[id >> 3 & 15];
	*to++ = '.';
	*to = digits[id & 7];
}

/* The windows restrict what an IOMMU may hand out; they no longer translate (section 4, as for
 * dma-ranges). */
static int conclude(struct any_acpi_answer *a, struct any_platform_error *error)
{
	const struct table t = {NULL, 0, "ACPI", error};
	struct any_platform *p = &a->platform;

	p->machine.cache.line = 64;
	p->machine.cache.n_views = 1;
	p->facts.line = p->facts.coherent ? 1 : 64;
	if (!p->machine.iommu.present)
		return 0;
	p->facts.n_segments = 0;
	if (p->facts.dma_max && p->machine.iommu.size - 1 > p->facts.dma_max)
		p->machine.iommu.size = p->facts.dma_max + 1;
	p->machine.iommu.size &= ~(p->machine.iommu.granule - 1);
	return p->machine.iommu.size
		       ? 0
		       : any_acpi_error(&t, -ANY_EINVAL, 0,
					"the device's limit leaves no page of its IOMMU's");
}

static int check(const struct any_acpi_device *d, struct any_platform_error *error)
{
	const struct table t = {NULL, 0, "ACPI", error};

	if (!d->name && (!d->n_hops || d->n_hops > ANY_ACPI_HOPS))
		return any_acpi_error(&t, -ANY_EINVAL, 0, "neither a name nor a way to a function");
	return 0;
}

int any_acpi_read(const struct any_acpi *acpi, const struct any_acpi_device *device,
		  struct any_acpi_answer *out, struct any_platform_error *error)
{
	bool has_cca = false, has_dma = false;
	struct any_acpi_answer a;
	int err = check(device, error);

	memset(&a, 0, sizeof(a));
	if (err)
		return err;
	error->text[0] = 0;
	name(&a, device);
	err = any_acpi_read_methods(acpi, device, &a, &has_cca, &has_dma, error);
	if (!err)
		err = any_acpi_read_iort(acpi, device, &a, &has_cca, has_dma, error);
	if (!err && !a.platform.machine.iommu.present)
		err = any_acpi_read_dmar(acpi, device, &a, error);
	if (!err && !a.platform.machine.iommu.present)
		err = any_acpi_read_ivrs(acpi, device, &a, error);
	if (err)
		return err;
	if (acpi->cca_required && !has_cca) {
		const struct table t = {NULL, 0, "_CCA", error};

		return any_acpi_error(&t, -ANY_ENODEV, 0, "nobody says it: no DMA for this device");
	}
	err = conclude(&a, error);
	if (err)
		return err;
	*out = a;
	out->platform.facts.segments = out->platform.segments;
	return 0;
}

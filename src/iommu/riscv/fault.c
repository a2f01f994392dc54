/* SPDX-License-Identifier: BSD-2-Clause */
/* What the IOMMU stopped, as it reports it. */
#include "riscv.h"

enum cause {
	READ_FAULT = 5,
	WRITE_FAULT = 7,
	READ_PAGE_FAULT = 13,
	WRITE_PAGE_FAULT = 15,
	ALL_DISALLOWED = 256,
	CONTEXT_NOT_VALID = 258,
};

/*
 * The cause says it where it can, and is believed before TTYP, which QEMU says "write" in whatever
 * it was. TTYP: 1 to 3 untranslated, 5 to 7 translated: to execute, to read, to write.
 */
static unsigned access_of(uint32_t cause, uint32_t type)
{
	if (cause == READ_FAULT || cause == READ_PAGE_FAULT)
		return ANY_IOMMU_READ;
	if (cause == WRITE_FAULT || cause == WRITE_PAGE_FAULT)
		return ANY_IOMMU_WRITE;
	if (type == 0 || type == 4 || type > 7)
		return 0;
	return (type & 3u) == 3 ? ANY_IOMMU_WRITE : ANY_IOMMU_READ;
}

static enum any_iommu_reason reason_of(uint32_t cause)
{
	return cause == READ_PAGE_FAULT || cause == WRITE_PAGE_FAULT || cause == READ_FAULT ||
			       cause == WRITE_FAULT
		       ? ANY_IOMMU_FAULT_MAPPING
	       : cause == ALL_DISALLOWED || cause == CONTEXT_NOT_VALID ? ANY_IOMMU_FAULT_DOMAIN
								       : ANY_IOMMU_FAULT_UNKNOWN;
}

static bool understand(const uint64_t words[4], struct any_iommu_fault *fault)
{
	const uint32_t cause = (uint32_t)words[0] & 0xfffu;
	const uint32_t type = (uint32_t)(words[0] >> 34) & 0x3fu;
	const unsigned access = access_of(cause, type);

	*fault = (struct any_iommu_fault){
		.device = (uint32_t)(words[0] >> 40),
		.addr = any_dma(access ? words[2] : 0),
		.has_addr = access,
		.access = access,
		.reason = reason_of(cause),
	};
	return cause; /* 0 is none */
}

static int fail(struct any_riscv_iommu *iommu, int err)
{
	iommu->dead = true;
	iommu->errors++;
	return err;
}

static int take(struct any_riscv_iommu *iommu, uint64_t words[4])
{
	struct any_riscv_iommu_queue *q = &iommu->faults;
	const uint32_t csr = rv_read(iommu, RV_FQCSR), tail = rv_read(iommu, RV_FQT);
	uint8_t *at = q->mem + q->head * RV_REPORT_BYTES;

	if ((csr & RV_FQ_FAULT) || !(csr & RV_Q_ON))
		return fail(iommu, -ANY_ENODEV);
	if (tail >> q->log2)
		return fail(iommu, -ANY_EPROTO);
	if (csr & RV_FQ_OVERFLOW) { /* some were lost; by writing 1 */
		iommu->dropped++;
		rv_write(iommu, RV_FQCSR, RV_Q_ENABLE | RV_FQ_OVERFLOW);
	}
	if (tail == q->head)
		return -ANY_EAGAIN;
	any_mmio_rmb(); /* the tail before the report: partner, the IOMMU's write of both */
	any_iommu_pages_inval(iommu->pages, at, RV_REPORT_BYTES);
	for (unsigned i = 0; i < 4; i++) /* read once */
		words[i] = rv_get((const uint64_t *)(const void *)at + i);
	q->head = (q->head + 1) & ((1u << q->log2) - 1);
	rv_write(iommu, RV_FQH, q->head);
	return 0;
}

/* Never longer than a whole queue of nonsense: the tail may run ahead for ever. */
int any_riscv_iommu_fault(struct any_riscv_iommu *iommu, struct any_iommu_fault *fault)
{
	uint64_t words[4];

	if (iommu->dead)
		return -ANY_ENODEV;
	for (uint32_t i = 0; i < 1u << iommu->faults.log2; i++) {
		struct any_iommu_fault found;
		int err = take(iommu, words);

		if (err)
			return err;
		if (understand(words, &found)) {
			*fault = found;
			return 0;
		}
		iommu->dropped++;
	}
	return fail(iommu, -ANY_EPROTO);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel knows of a device's mappings, and what its debug layer checks about them. A
 * driver keeps only a dma_addr_t; here is the rest. Not seen by the machine: a check is no event.
 */
#ifndef ANYDMA_LINUX_BOOK_H
#define ANYDMA_LINUX_BOOK_H

#include <anydma/dma.h>
#include <anydma/lab/shim.h>

#include <anydma/lab/model.h>
#include <anydma_linux.h>
#include <linux/dma-mapping.h>

#define BOOK_ENTRIES 1024
#define BOOK_PIECES  4096
#define BOOK_GONE    64

enum book_kind { BOOK_SINGLE, BOOK_SG, BOOK_COHERENT, BOOK_NONCOHERENT };

struct book_entry {
	enum book_kind kind;
	enum dma_data_direction dir;
	u64 addr;
	size_t size;
	void *cpu;
	bool checked; /* dma_mapping_error() was asked, or the call says it itself */
	struct any_dma_mapping map;
	struct any_dma_coherent mem;
	struct any_dma_sg *pieces; /* of a list: in the book's array */
	unsigned int nents;
};

struct book_gone {
	u64 addr;
	size_t size;
};

struct book_handler {
	irq_handler_t handler, thread;
	void *dev_id;
	unsigned int irq;
};

struct book_action {
	void (*action)(void *data);
	void *data;
};

struct book_range {
	u64 from, size;
};

/* One run's. */
struct book {
	struct any_lab *lab;
	struct any_dma_dev *dma;
	u64 reach;				/* what the device drives, by the tree */
	bool unreachable, coherent_unreachable; /* the mask leaves it no memory */
	struct platform_device pdev;
	struct device_dma_parameters parms;
	u64 mask;
	struct resource regs;
	volatile void *regs_cpu;

	struct book_entry entries[BOOK_ENTRIES];
	unsigned int n, gone_at;
	struct book_gone gone[BOOK_GONE];
	struct any_dma_sg pieces[BOOK_PIECES];
	bool piece_used[BOOK_PIECES];
	unsigned int fail_one_in;

	struct book_handler handlers[8];
	unsigned int n_handlers;
	struct book_action actions[256];
	unsigned int n_actions;
	struct book_range vmalloc[32];
	unsigned int n_vmalloc;
	u64 microseconds;
};

/* book.c */
struct book *book_open(void);
struct book *book_of(struct device *dev, const char *call);
struct book_entry *book_add(struct book *b, const struct book_entry *entry);
/* Takes the entry out: its slot may be another's at once. A list's pieces stay until released. */
struct book_entry book_take(struct book *b, struct book_entry *entry);
void book_release(struct book *b, const struct any_dma_sg *pieces, unsigned int n);
struct any_dma_sg *book_pieces(struct book *b, unsigned int n);
enum any_dma_dir book_dir(enum dma_data_direction dir, const char *call);
bool book_injects(struct book *b);

/* check.c: each ends the run with the row of C5 that was broken */
void book_check_map(struct book *b, const void *p, size_t size, enum dma_data_direction dir,
		    const char *call);
struct book_entry *book_check_unmap(struct book *b, const struct book_entry *want,
				    const char *call);
struct book_entry *book_check_sync(struct book *b, u64 addr, size_t size,
				   enum dma_data_direction dir, bool for_cpu);
struct book_entry *book_check_sync_sg(struct book *b, struct scatterlist *sg, int nents,
				      enum dma_data_direction dir, bool for_cpu);
void book_check_sg(struct book *b, struct scatterlist *sg, int nents);
void book_check_unbound(struct book *b);

/* time.c */
void book_pass(struct book *b, u64 us);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_LINUX_LINUX_SLAB_H
#define ANYDMA_LINUX_LINUX_SLAB_H

#include <linux/gfp.h>

/* Owns its cache lines, whatever the size (ARCH_KMALLOC_MINALIGN): mapping it is safe (DA-34). */
void *kmalloc(size_t size, gfp_t gfp);
void *kzalloc(size_t size, gfp_t gfp);
void *kcalloc(size_t n, size_t size, gfp_t gfp);
void kfree(const void *p);

#define kmalloc_array(n, size, gfp)   kcalloc((n), (size), (gfp))
#define kmalloc_node(size, gfp, node) kmalloc((size), (gfp))
#define kzalloc_node(size, gfp, node) kzalloc((size), (gfp))
#define kvmalloc(size, gfp)	      kmalloc((size), (gfp))
#define kvzalloc(size, gfp)	      kzalloc((size), (gfp))
#define kvfree(p)		      kfree(p)
#define kfree_sensitive(p)	      kfree(p)

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ANYDMA_VIRTIO_LOST_H
#define ANYDMA_VIRTIO_LOST_H

extern const char any_virtio_gone[]; /* why */

#endif

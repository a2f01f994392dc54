/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the files of reports are found. */
#ifndef ANYDMA_LAB_SOURCE_H
#define ANYDMA_LAB_SOURCE_H

/* The folder that paths in reports are relative to: the user's project, or this source tree. */
const char *lab_source_root(void);

#endif

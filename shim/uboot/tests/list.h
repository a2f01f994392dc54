/* SPDX-License-Identifier: BSD-2-Clause */
/* One file, one line: the scenes of shim/uboot/tests/NAME.c. */
SCENES(copy)
SCENES(wrong)

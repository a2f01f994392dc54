/* SPDX-License-Identifier: BSD-2-Clause */
/* One file, one line: the scenes of shim/libmetal/test/NAME.c. */
SCENES(right)
SCENES(wrong)

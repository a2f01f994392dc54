/* SPDX-License-Identifier: BSD-2-Clause */
/* One file, one line: the scenes of shim/linux/tests/NAME.c. */
SCENES(misuse)
SCENES(api)
SCENES(nic)
SCENES(vblk)
SCENES(wrong)

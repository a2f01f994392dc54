/* SPDX-License-Identifier: BSD-2-Clause */
/* One file, one line: the scenes of tests/scenario/NAME.c. */
SCENES(copy)
SCENES(raw)
SCENES(memory)
SCENES(device)
SCENES(card)
SCENES(cpus)
SCENES(engine)
SCENES(virtio)
SCENES(detect)
SCENES(strings)
SCENES(fortified)
